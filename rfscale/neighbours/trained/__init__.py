"""Networks that are trained, beside the closed forms: the ReLU-output toy model (`toy`), multitask
sparse parity (`parity`), and quanta that are looked for in gradients (`discovery`).

Training needs JAX and optax (``pip install "rfscale[trained]"``), clustering scikit-learn
(``pip install "rfscale[data]"``); both are imported at first use.
"""

from importlib import import_module

TYPE_CHECKING = False  # as in `typing`, which is slow to import
if TYPE_CHECKING:
    from rfscale.neighbours.trained import discovery, parity, toy

__all__ = ["discovery", "parity", "toy"]


if not TYPE_CHECKING:  # `python -m rfscale.neighbours.trained.toy` must not find it imported

    def __getattr__(name):
        if name in __all__:
            return import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
