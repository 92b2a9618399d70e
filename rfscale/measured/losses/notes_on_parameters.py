"""Notes on parameters: those that the table does not determine, and those at their bounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rfscale.measured.losses.identified import slopes_of_free
from rfscale.measured.losses.laws import LARGEST
from rfscale.measured.losses.note import Note, listed
from rfscale.measured.losses.notes_on_design import budgets
from rfscale.measured.losses.rank import singular_values

if TYPE_CHECKING:
    from rfscale.measured.losses.loss_fit import LossFit

ERROR = 0.25  # of an exponent; those of tables with three budgets are below 0.1
CONDITION = 1000.0  # of the scaled slopes: 20 to 60 on public tables, 2600 on a single budget
WEIGHT = 0.2  # of a parameter in a direction that is not determined

SHARE_OF_M = 3.0  # over N, below which M = infinity was rejected, with E free, in 96 of 100 tables

BOUNDS = {
    ("coupled", "g", True): "the law becomes max(A/N^alpha, B/T^beta)",
    ("random-features M", "log_M", True): "M cannot be told from infinity",
}


def named(fit: LossFit, name: str) -> str:
    """A parameter at the centre by the name that the table shows, or where it is shown."""
    shown = fit.law.shown(name)
    return shown if shown in fit.parameters else f"{shown} (of at_centre)"


def not_converged(fit: LossFit) -> Iterator[Note]:
    """Steps that were not small at the end."""
    if not fit.converged:
        yield Note(
            "not-converged",
            "the last step of the fit was not small: the minimum is flat, or there is none within "
            "the bounds",
        )


def exponents(fit: LossFit) -> Iterator[Note]:
    """Exponents with errors of a good part of themselves."""
    errors = dict(zip(fit.law.parameters, fit.spread.errors, strict=True))
    best = dict(zip(fit.law.parameters, fit.best, strict=True))
    free = {name for name in fit.law.nonlinear if errors[name] > 0 and not name.startswith("log_")}
    bad = [name for name in fit.law.nonlinear if name in free and errors[name] > ERROR * best[name]]
    if bad:
        said = [f"{name} ({best[name]:.3g} +- {errors[name]:.2g})" for name in bad]
        yield Note(
            "not-determined",
            f"{listed(said)} {'is' if len(bad) == 1 else 'are'} not determined by these rows"
            + (": N T takes 2 values only" if budgets(fit.table) == 2 else ""),
        )


def hardly_apart(fit: LossFit) -> Iterator[Note]:
    """Slopes that nearly depend on one another."""
    jacobian, is_inside = slopes_of_free(fit)
    if not jacobian.size:
        return
    values, directions = singular_values(jacobian)
    if values[0] <= CONDITION * values[-1]:
        return
    names = [n for n, inside in zip(fit.law.parameters, is_inside, strict=True) if inside]
    mixed = [
        named(fit, n) for n, part in zip(names, directions[-1], strict=True) if abs(part) > WEIGHT
    ]
    condition = f"{values[0] / values[-1]:.2g}" if values[-1] > 0 else "infinite"
    yield Note(
        "hardly-apart",
        f"{listed(mixed)} can hardly be told apart (condition number {condition}): their "
        "intervals are no better than their bounds; hold one of them, or add runs off this line",
    )


def no_floor(fit: LossFit) -> Iterator[Note]:
    """A least loss that the table leaves open."""
    name = fit.law.floor
    if name is None or name not in fit.law.linear:
        return
    j = fit.law.parameters.index(name)
    E = float(fit.best[j])
    error = float(fit.spread.errors[j])
    if E > 0 and error > ERROR * E:
        yield Note(
            "no-floor",
            f"{name} = {E:.3g} +- {error:.2g} is not pinned down, and other laws give others: hold "
            "it if it is known",
        )


def floor_or_M(fit: LossFit) -> Iterator[Note]:
    """M far beyond all N, where its first effect is that of a smaller E."""
    held = {name for name, _ in fit.held}
    if fit.law.name != "random-features M" or {"E", "M", "log_M"} & held:
        return
    largest = float(fit.table.N.max())
    if fit["M"].value > SHARE_OF_M * largest:
        yield Note(
            "floor-or-M",
            f"E and M cannot be told apart below N of about M/3 (the largest N is {largest:.3g}): "
            "hold E if it is known, and take M as no more than a lower bound: see profile",
        )


def at_bounds(fit: LossFit) -> Iterator[Note]:
    """Parameters that would leave their ranges."""
    for name in (*fit.at_lower, *fit.at_upper):
        is_upper = name in fit.at_upper
        value = fit[fit.law.shown(name)].value
        said = f"{named(fit, name)} = {value:.3g} at its bound"
        yield Note("at-bound", f"{said}: {_at_bound(fit, name, is_upper)}")


def _at_bound(fit: LossFit, name: str, is_upper: bool) -> str:
    known = BOUNDS.get((fit.law.name, name, is_upper))
    if known:
        return known
    if fit.law.shown(name) == fit.law.floor:
        return "the data show no floor under this law; exponents then are lower bounds"
    if name in fit.law.linear:
        return "the data do not show this term, and nothing determines its exponent"
    return f"no {'larger' if is_upper else 'smaller'} values are tried, and intervals end there"


def beyond_floats(fit: LossFit) -> Iterator[Note]:
    """Parameters in the units of N and T that are no number any more."""
    centre = dict(zip(fit.law.parameters, fit.best, strict=True))
    beyond = [
        one.name
        for one in fit.law.published
        if fit[one.name].value >= LARGEST or (fit[one.name].value == 0 and centre[one.of] != 0)
    ]
    if beyond:
        yield Note(
            "beyond-floats",
            f"{listed(beyond)} in the units of N and T cannot be given as numbers of 64 bits: see "
            "at_centre",
        )
