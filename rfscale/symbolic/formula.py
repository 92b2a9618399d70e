"""A formula: its equation in sympy, where it holds, how far it is off, where it is derived."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sympy as sp
from sympy.parsing.sympy_parser import parse_expr

from rfscale.symbolic import evaluation, layout
from rfscale.symbolic.notation import HALF, QUANTITIES, SYMBOLS, F, J, hypergeometric


@dataclass(frozen=True)
class Formula:
    """An equation left = right of `rfscale.symbolic`.

    Attributes
    ----------
    name, title : str
        Its key, and what it is in some words.
    left, right : str
        Both sides, as they are to be read: what sympy parses, products in this order. G(...) is a
        fraction of its own, F(a, b, c, z) the hypergeometric function, Gamma(x) Euler's.
    where : mapping
        Abbreviations: name to what it stands for. A later one may be used in an earlier one.
    conditions : tuple of str
        Inequalities among the symbols, outside of which the equation does not hold.
    unknown : str
        The symbol that the equation is solved for, if that is not its left side. left - right grows
        with it.
    regime, error : str
        Where it holds and how far it is off, with TeX between dollar signs.
    function : str
        Dotted name of the function that computes it.
    result : str
        What of the function's result it is.
    tags : tuple of str
        The equations of the derivations that it is.
    """

    name: str
    title: str
    left: str
    right: str
    regime: str
    error: str
    function: str
    tags: tuple[str, ...]
    where: Mapping[str, str] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()
    unknown: str = ""
    result: str = ""

    @cached_property
    def equation(self) -> Any:
        """left = right in sympy as it is displayed, unevaluated and with abbreviations."""
        return sp.Eq(displayed(self.left), displayed(self.right), evaluate=False)

    @cached_property
    def definitions(self) -> dict[Any, Any]:
        """The abbreviations in sympy, as they are displayed."""
        return {SYMBOLS[name]: displayed(text) for name, text in self.where.items()}

    @cached_property
    def expression(self) -> Any:
        """The right side in sympy, without abbreviations; left - right where it is to be solved."""
        right = self._evaluated(self.right)
        return self._evaluated(self.left) - right if self.unknown else right

    @cached_property
    def inequalities(self) -> dict[str, Any]:
        """The conditions in sympy, without abbreviations."""
        return {text: self._evaluated(text) for text in self.conditions}

    @cached_property
    def symbols(self) -> dict[str, str]:
        """Name and meaning of each symbol that `evaluate` is given."""
        known = set().union(
            *(self._names(e) for e in (self.expression, *self.inequalities.values()))
        )
        known -= {self.unknown, "M" if "lambda_J" in known else ""}
        return {name: q.meaning for name, q in QUANTITIES.items() if name in known}

    def evaluate(self, digits: int = 15, **values: Any) -> Any:
        """The number that the formula gives.

        Parameters
        ----------
        digits : int
            How many digits are right, >= 1.
        **values : int, float, str or mpmath.mpf
            A number for each of `symbols`; `lambda_plus`, `sigma_u` and `sigma_w` are 1 by default.
            A float is the binary number that it is, a string such as "0.1" the decimal number.

        Returns
        -------
        sympy.Float

        Raises
        ------
        ValueError
            If a symbol is missing, unknown or out of its range, a condition does not hold, or the
            equation has no root.

        Examples
        --------
        >>> import rfscale as rf
        >>> rf.symbolic["power_law_constant"].evaluate(digits=30, alpha=1)  # (pi/2)^2
        2.46740110027233965470862274997
        """
        return evaluation.evaluate(self, digits, values)

    def latex(self, *, omit: tuple[str, ...] = ()) -> str:
        """The equation and its abbreviations, but those of `omit`, in LaTeX, without delimiters.

        Examples
        --------
        >>> import rfscale as rf
        >>> print(rf.symbolic["ridgeless_signal"].latex())
        L_\\mathrm{signal} = \\frac{\\sigma_w^{2}}{2 M} \\frac{n \\Delta}{1 - \\frac{n}{m}}
        """
        return layout.latex(self, omit)

    def conditions_latex(self) -> str:
        """The conditions in LaTeX, without delimiters."""
        return r",\; ".join(layout.tex(displayed(text)) for text in self.conditions)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def __repr__(self) -> str:
        equation = re.sub(r"\bG\(", "(", f"{self.left} = {self.right}")
        return f"<Formula {self.name}: {equation}>"

    def __str__(self) -> str:
        return layout.text(self)

    def _evaluated(self, text: str) -> Any:
        names = {**SYMBOLS, "G": lambda group: group, "F": hypergeometric}
        for name, meaning in reversed(list(self.where.items())):
            names[name] = _parsed(meaning, names, evaluate=True)
        return _parsed(text, names, evaluate=True)

    def _names(self, expression: Any) -> set[str]:
        return {str(symbol) for symbol in expression.free_symbols} & set(QUANTITIES)


def displayed(text: str) -> Any:
    """An expression as it is written, unevaluated."""
    return _parsed(text, {**SYMBOLS, "G": sp.UnevaluatedExpr, "F": F}, evaluate=False)


def _parsed(text: str, names: Mapping[str, Any], *, evaluate: bool) -> Any:
    words = {**names, "J": J, "half": HALF, "Gamma": sp.gamma}
    return parse_expr(text, local_dict=words, evaluate=evaluate)
