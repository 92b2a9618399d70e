"""Which columns of a table are N, T, the loss and the runs: by the names that people give them."""

from __future__ import annotations

from rfscale.support.described import described

NAMES = {
    "N": ("n", "params", "parameters", "model_size", "n_params", "num_params", "nparams",
          "n_parameters", "num_parameters", "model_params"),
    "T": ("t", "d", "tokens", "data", "samples", "n_tokens", "num_tokens", "n_samples",
          "num_samples", "train_tokens", "training_tokens", "data_size", "dataset_size"),
    "loss": ("l", "loss", "final_loss", "val_loss", "valid_loss", "validation_loss", "test_loss",
             "eval_loss", "train_loss"),
    "groups": ("run", "runs", "run_id", "run_name", "group", "groups"),
    "C": ("c", "flops", "flop", "compute", "training_flop", "training_flops", "total_flops"),
}  # fmt: skip
SHOWN = 20  # names in an error


def taken_columns(
    names: tuple[str, ...],
    N: str | None,
    T: str | None,
    loss: str | None,
    groups: str | None,
) -> dict[str, str]:
    """The names of the columns N, T or else C, loss and maybe groups.

    Raises
    ------
    ValueError
        If one is not there, or several may be meant.
    """
    given = {"N": N, "T": T, "loss": loss, "groups": groups}
    taken = {role: _named(role, name, names) for role, name in given.items() if name is not None}
    for role in ("N", "loss"):
        if role not in taken:
            taken[role] = _guessed(role, names) or _missing(role, names)
    if "T" not in taken:
        tokens = _guessed("T", names)
        taken |= {"T": tokens} if tokens else {"C": _guessed("C", names) or _missing("T", names)}
    runs = [name for name in names if _plain(name) in NAMES["groups"]]
    if "groups" not in taken and len(runs) == 1:
        taken["groups"] = runs[0]
    columns = [name for role, name in taken.items() if role != "groups"]
    if len(set(columns)) < len(columns):
        raise ValueError(f"N, T and loss must be different columns, got {', '.join(columns)}")
    return taken


def _named(role: str, name: object, names: tuple[str, ...]) -> str:
    if not isinstance(name, str) or name not in names:
        raise ValueError(
            f"{role} must be one of the columns {_listed(names)}, got {described(name)}"
        )
    return name


def _guessed(role: str, names: tuple[str, ...]) -> str | None:
    """The one column whose name says that it is this; ValueError for several."""
    found = [name for name in names if _plain(name) in NAMES[role]]
    if role == "loss" and not found:
        found = [name for name in names if "loss" in _plain(name)]
    if len(found) > 1:
        raise ValueError(f"{role} may be any of the columns {_listed(tuple(found))}: name one")
    return found[0] if found else None


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _missing(role: str, names: tuple[str, ...]) -> str:
    raise ValueError(
        f"{role} must be named: none of the columns {_listed(names)} has one of its usual names, "
        f"{', '.join(NAMES[role])}"
    )


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(map(repr, names[:SHOWN])) + more
