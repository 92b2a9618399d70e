"""A `formula` directive shows formulas of `rfscale.symbolic`, by their names: the equations, when
they hold, how far they are off, what computes them and where they are derived.
"""

import re
from typing import ClassVar

from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

import rfscale


def names(argument):
    return tuple(argument.split())


class FormulaDirective(SphinxDirective):
    """An abbreviation is defined once; `:defined:` names those that are defined above."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar = {"defined": lambda text: names(directives.unchanged_required(text))}

    def run(self):
        formulas = [rfscale.symbolic[name] for name in names(self.arguments[0])]
        defined = set(self.options.get("defined", ()))
        blocks = []
        for formula in formulas:
            blocks.append(equation(formula, tuple(defined)))
            defined |= {formula.left, *formula.where}
        return self.parse_text_to_nodes("\n\n".join([*blocks, fields(formulas)]))


def equation(formula, omit):
    """The display, after the conditions, if there are any."""
    conditions = formula.conditions_latex()
    display = f"$${formula.latex(omit=omit)}$$"
    return f"For ${conditions}$\n\n{display}" if conditions else display


def fields(formulas):
    """What is said of the formulas, each thing once."""
    functions = (f"{{py:obj}}`{formula.function}`" for formula in formulas)
    rows = {
        "Regime": joined((formula.regime for formula in formulas), "; "),
        "Error": joined((formula.error for formula in formulas), "; "),
        "Function": joined([*functions, *(f.result for f in formulas if f.result)]),
        "Derived": joined(f"({tag})" for formula in formulas for tag in formula.tags),
        "Name": joined(f"`{formula.name}`" for formula in formulas),
    }
    return "\n".join(f":{name}: {linked(said)}" for name, said in rows.items())


def joined(parts, separator=", "):
    return separator.join(dict.fromkeys(parts))


def linked(text):
    """Functions that a text names are links to the reference."""
    return re.sub(r"(?<!\})`(rfscale\.[\w.]+)`", r"{py:obj}`\1`", text)


def setup(app):
    app.add_directive("formula", FormulaDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
