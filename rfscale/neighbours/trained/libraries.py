"""What training needs, imported at first use: JAX starts threads, after which a fork warns."""

from __future__ import annotations

from typing import Any


def jax_and_optax(what: str) -> tuple[Any, Any]:
    """The modules `jax` and `optax`; `what` asks for them.

    Raises
    ------
    ImportError
        If one of them is not installed.
    """
    try:
        import jax
        import optax
    except ImportError:
        raise ImportError(f'{what} needs JAX and optax: pip install "rfscale[trained]"') from None
    return jax, optax
