"""How a formula is typeset: in LaTeX and in a terminal, both by sympy, row by row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy.printing.pretty.pretty import PrettyPrinter
from sympy.printing.pretty.stringpict import prettyForm

from rfscale.symbolic.notation import QUANTITIES, TEX, TEXT

if TYPE_CHECKING:
    from rfscale.symbolic.formula import Formula

WIDEST = 30  # characters in a row, by `_width`: what a phone shows
PLAIN = {r"\alpha": "α", r"\beta": "β", r"\gamma": "γ", r"\Delta": "Δ", r"\kappa": "κ"}
PLAIN |= {r"\nu": "ν", r"\tau": "τ", r"\ll": "≪", r"\gg": "≫", r"\le": "≤", r"\to": "→"}
PLAIN |= {r"\infty": "∞", r"\tfrac12": "1/2", r"\sqrt": "√", r"\epsilon": "ε", r"\sigma": "σ"}
PLAIN |= {r"\ne": "≠", r"\lambda": "λ"}


def latex(formula: Formula, omit: tuple[str, ...] = ()) -> str:
    """The equation and the abbreviations, each a row; what is too wide is split between terms."""
    kept = {k: v for k, v in formula.definitions.items() if str(k) not in omit}
    sides = [(formula.equation.lhs, formula.equation.rhs), *kept.items()]
    rows = [row for left, right in sides for row in _rows(tex(left), right)]
    if len(rows) == 1:
        return rows[0].replace("&", "", 1)
    return "\\begin{aligned} " + r" \\ ".join(rows) + r" \end{aligned}"


def tex(expression: Any) -> str:
    """The LaTeX of an expression, in the order in which it was written."""
    text = sp.latex(expression, order="none", symbol_names=TEX)
    text = re.sub(r"\{(\\lambda)\}_", r"\1_", text)
    text = re.sub(r"\\operatorname\{(erfc?)\}", r"\\mathrm{\1}", text)
    return re.sub(r"(?<=[\w}]) (?=\\mathrm)", r" \\, ", text)


def _rows(left: str, right: Any) -> list[str]:
    """left &= right, with a new row wherever the next term would make one too wide."""
    rows = [f"{left} &= "]
    for position, term in enumerate(_terms(right)):
        text = tex(term)
        signed = text if position == 0 or text.startswith("-") else f"+ {text}"
        if position and _width(rows[-1]) + _width(signed) > WIDEST:
            rows.append(r"& \quad ")
        rows[-1] += signed if rows[-1].endswith((" ", "= ")) else f" {signed}"
    return rows


def _terms(expression: Any) -> list[Any]:
    """The terms of a sum that may hold sums, as it is unevaluated."""
    if not expression.is_Add:
        return [expression]
    return [term for part in expression.args for term in _terms(part)]


def _width(text: str) -> int:
    """About how many characters wide LaTeX is; a fraction is as wide as its wider part."""
    text = re.sub(r"\\(left|right|mathrm|displaystyle|quad)\b", "", _without_fractions(text))
    text = re.sub(r"\\[A-Za-z]+|\\.", "x", text)
    return len(re.sub(r"[{}^_&\s]", "", text))


def _without_fractions(text: str) -> str:
    while (start := text.find(r"\frac{")) >= 0:
        top, after = _braced(text, start + 5)
        bottom, after = _braced(text, after)
        wider = max(top, bottom, key=_width)
        text = text[:start] + wider + text[after:]
    return text


def _braced(text: str, start: int) -> tuple[str, int]:
    """The text in the braces that open at `start`, and the position after them."""
    depth = 0
    for position in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return text[start + 1 : position], position + 1
    raise ValueError(f"braces do not close in {text!r}")


def text(formula: Formula) -> str:
    """The formula and all that is said of it, for a terminal."""
    sides = [(formula.equation.lhs, formula.equation.rhs), *formula.definitions.items()]
    equations = [pretty(sp.Eq(left, right, evaluate=False)) for left, right in sides]
    function = f"{formula.function}, {formula.result}" if formula.result else formula.function
    facts = {
        "needs": ", ".join(formula.conditions),
        "regime": plain(formula.regime),
        "error": plain(formula.error),
        "function": function,
        "derived": ", ".join(f"({tag})" for tag in formula.tags),
        "solved for": formula.unknown
        and f"{formula.unknown}, {QUANTITIES[formula.unknown].meaning}",
    }
    rows = [(name, said) for name, said in facts.items() if said]
    rows += [(name, _meaning(name)) for name in formula.symbols]
    width = max(len(name) for name, _ in rows)
    lines = [f"{name:{width}}  {said}" for name, said in rows]
    return "\n\n".join([f"{formula.name}: {formula.title}", *equations, "\n".join(lines)])


def _meaning(name: str) -> str:
    quantity = QUANTITIES[name]
    default = "" if quantity.default is None else f", {quantity.default:g} by default"
    return f"{quantity.meaning}, {quantity.allowed}{default}"


def pretty(expression: Any) -> str:
    """The expression in the characters of a terminal, in the order in which it was written."""
    settings = {"order": "none", "use_unicode": True, "wrap_line": False}
    return str(_Terminal(settings).doprint(expression))


class _Terminal(PrettyPrinter):  # type: ignore[misc]
    """sympy's printer, with the names of `QUANTITIES`."""

    def _print_Symbol(self, symbol: Any, bold_name: bool = False) -> Any:
        return prettyForm(TEXT.get(symbol.name, symbol.name))

    def _print_Indexed(self, indexed: Any) -> Any:
        return prettyForm(f"{TEXT[str(indexed.base)]}_{indexed.indices[0]}")

    def _print_F(self, function: Any) -> Any:
        a, b, c, z = function.args
        inside = self._print_seq((a, b), delimiter=", ")
        for more in (c, z):
            inside = prettyForm(*inside.right("; ", self._print(more)))
        return prettyForm(*prettyForm(*inside.parens()).left("₂F₁"))


def plain(text: str) -> str:
    """A sentence without TeX."""
    text = re.sub(r"\\mathrm\{df\}_(\d)", r"df\1", text.replace("$", ""))
    for command in sorted(PLAIN, key=len, reverse=True):
        text = re.sub(re.escape(command) + r"(?![a-z])", PLAIN[command], text)
    return re.sub(r"\\[,;]|[{}\\]", "", text)
