"""Roots of many increasing functions at once, by Ridders' method in brackets."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rfscale.support.arguments import Floats

STEPS = 100
CLOSE = 3e-14  # to 0, of values that are logarithms
NARROW = 1e-15  # brackets, relative to their ends at first
LARGEST = 1e3  # in place of infinite values, of logarithms


def increasing_roots(
    f: Callable[[Floats], Floats], low: Floats, high: Floats, *, close: float = CLOSE
) -> Floats:
    """Where f(u) = 0 to `close`, elementwise, f increasing: -inf if f(low) > 0, inf if f(high) < 0.

    Ridders (1979): the function is made linear by an exponential, and brackets at least halve.
    """
    ends = [np.array(end, dtype=np.float64) for end in np.broadcast_arrays(low, high)]
    values = [_bounded(f(end)) for end in ends]
    outside = np.where(values[0] > 0, -np.inf, np.where(values[1] < 0, np.inf, 0.0))
    narrow = NARROW * np.max(np.abs(ends), initial=1.0)
    root = ends[0]
    for _ in range(STEPS):
        root, value = _step(f, ends, values)
        is_found = (np.abs(value) <= close) | (ends[1] - ends[0] <= narrow)
        if np.all(is_found | (outside != 0)):
            break
    return np.where(outside != 0, outside, root)


def _step(
    f: Callable[[Floats], Floats], ends: list[Floats], values: list[Floats]
) -> tuple[Floats, Floats]:
    """The next guess and its value; the brackets and their values are replaced in place."""
    middle = (ends[0] + ends[1]) / 2
    at_middle = _bounded(f(middle))
    with np.errstate(all="ignore"):
        bend = np.sqrt(at_middle**2 - values[0] * values[1])
        move = np.where(bend > 0, (ends[1] - ends[0]) / 2 * at_middle / bend, 0.0)
    guess = np.clip(middle - move, ends[0], ends[1])
    at_guess = _bounded(f(guess))
    for place, value in ((middle, at_middle), (guess, at_guess)):
        is_inside = (place >= ends[0]) & (place <= ends[1])
        is_below = value < 0
        for side, chosen in ((0, is_inside & is_below), (1, is_inside & ~is_below)):
            ends[side] = np.where(chosen, place, ends[side])
            values[side] = np.where(chosen, value, values[side])
    return guess, at_guess


def _bounded(values: Floats) -> Floats:
    return np.nan_to_num(values, nan=LARGEST, posinf=LARGEST, neginf=-LARGEST)
