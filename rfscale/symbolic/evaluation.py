"""Numbers from a formula, with as many digits of work as it takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import mpmath as mp
import sympy as sp

from rfscale.exact.numbers import given_digits
from rfscale.support.arguments import integer
from rfscale.symbolic.notation import QUANTITIES, SYMBOLS

if TYPE_CHECKING:
    from rfscale.symbolic.formula import Formula

GUARD = 20  # digits of work beyond those that are asked for
MAX_PASSES = 8  # each with twice the digits
WIDEST = 2.0**14  # log of the largest root that is looked for


def evaluate(formula: Formula, digits: int, values: Mapping[str, Any]) -> Any:
    """The formula's number: two passes, the second with twice the digits, have to agree."""
    digits = integer("digits", digits)
    values = _complete(formula, values)
    precision = digits + given_digits(*values.values()) + GUARD
    last = None
    for _ in range(MAX_PASSES):
        with mp.workdps(precision):
            value = _value(formula, {k: QUANTITIES[k].number(v) for k, v in values.items()}, digits)
            if last is not None and _agree(value, last, digits):
                return sp.Float(value, digits)
        last = value
        precision *= 2
    raise ArithmeticError(f"{formula.name} was not found to {digits} digits at {dict(values)}")


def _agree(value: Any, last: Any, digits: int) -> bool:
    return bool(value == last or abs(value - last) <= mp.mpf(10) ** -(digits + 2) * abs(value))


def _complete(formula: Formula, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with the defaults, all of them and no others."""
    allowed = ", ".join(formula.symbols)
    for name in values:
        if name not in formula.symbols:
            raise ValueError(f"{formula.name} has no symbol {name!r}; its symbols are {allowed}")
    defaults = {name: QUANTITIES[name].default for name in formula.symbols}
    complete = defaults | dict(values)
    missing = [name for name, value in complete.items() if value is None]
    if missing:
        raise ValueError(f"{formula.name} needs {', '.join(missing)}; its symbols are {allowed}")
    return complete


def _value(formula: Formula, numbers: dict[str, Any], digits: int) -> Any:
    if "lambda_J" in numbers:
        numbers["M"] = len(numbers["lambda_J"]) - 1
    names = [*numbers, *([formula.unknown] if formula.unknown else [])]
    inside = []
    for text, inequality in formula.inequalities.items():
        holds = _function(names, inequality)
        if formula.unknown and SYMBOLS[formula.unknown] in inequality.free_symbols:
            inside.append(holds)
        elif not holds(*numbers.values(), *([1] if formula.unknown else [])):
            given = {n: numbers[n] for n in re.findall(r"\w+", text) if n in numbers}
            raise ValueError(f"{formula.name} needs {text}, got {_said(given)}")
    function = _function(names, formula.expression)
    try:
        if formula.unknown:
            return _root(formula.name, function, inside, list(numbers.values()), digits)
        value = function(*numbers.values())
    except ZeroDivisionError:
        raise ValueError(f"{formula.name} divides by zero at {_said(numbers)}") from None
    if isinstance(value, mp.mpc) or mp.isnan(value):
        raise ValueError(f"{formula.name} has no value at {_said(numbers)}")
    return mp.mpf(value)


def _function(names: list[str], expression: Any) -> Callable[..., Any]:
    symbols = [SYMBOLS[name] for name in names]
    function: Callable[..., Any] = sp.lambdify(symbols, expression, modules="mpmath")
    return function


def _said(numbers: dict[str, Any]) -> str:
    return ", ".join(f"{n} = {float(v):g}" for n, v in numbers.items() if n != "lambda_J")


def _root(
    name: str, function: Callable[..., Any], inside: list[Any], values: list[Any], digits: int
) -> Any:
    """Where an increasing function is 0, by halvings of a bracket of the logarithm.

    Where one of the conditions on the unknown does not hold, the unknown is too small.
    """

    def is_below(z: Any) -> bool:
        point = [*values, mp.exp(z)]
        return not all(holds(*point) for holds in inside) or bool(function(*point) < 0)

    low, high = _bracket(name, is_below)
    while high - low > mp.mpf(10) ** -(digits + 5):
        middle = (low + high) / 2
        if is_below(middle):
            low = middle
        else:
            high = middle
    return mp.exp((low + high) / 2)


def _bracket(name: str, is_below: Callable[[Any], bool]) -> tuple[Any, Any]:
    """Logarithms below and above the root."""
    low = mp.mpf(-1)
    high = mp.mpf(1)
    while not is_below(low) and low > -WIDEST:
        low *= 2
    while is_below(high) and high < WIDEST:
        high *= 2
    if not is_below(low) or is_below(high):
        raise ValueError(f"{name} has no root for these values")
    return low, high
