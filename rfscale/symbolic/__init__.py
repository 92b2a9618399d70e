"""Every closed form and the central equations as sympy expressions: to show and to evaluate.

The module is a mapping from names to `Formula`: in a notebook ``rf.symbolic["delta_finite_M"]``
shows the formula, ``rf.symbolic["delta_finite_M"].latex()`` is its LaTeX, and ``.evaluate(...)`` a
number with any number of digits. `rfscale formulas` shows the same in a terminal.

>>> import rfscale as rf
>>> formula = rf.symbolic["delta_power_law"]
>>> formula
<Formula delta_power_law: Delta = lambda_plus*C*n**(-(1 + alpha))>
>>> formula.regime, formula.function
('$1 + \\\\alpha \\\\ll n \\\\ll M$', 'rfscale.asymptotics.delta_power_law')
>>> formula.evaluate(digits=20, alpha=1, n=100)
0.00024674011002723396547
>>> [name for name in rf.symbolic if name.startswith("peak")]
['peak', 'peak_growth_signal', 'peak_growth_noise']
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType

from rfscale.symbolic import best_loss, flow, late, power_law, ridgeless, solution, use_of_time
from rfscale.symbolic.formula import Formula

__all__ = ["Formula"]

_FORMULAS: dict[str, Formula] = {
    formula.name: formula
    for group in (solution, ridgeless, power_law, best_loss, flow, late, use_of_time)
    for formula in group.FORMULAS
}


class _Formulas(ModuleType, Mapping[str, Formula]):
    """A module that is a mapping from names to formulas."""

    __hash__ = ModuleType.__hash__

    def __getitem__(self, name: str) -> Formula:
        if name not in _FORMULAS:
            near = difflib.get_close_matches(str(name), _FORMULAS, n=5, cutoff=0.4)
            near += [key for key in _FORMULAS if str(name) in key and key not in near]
            hint = f"; near are {', '.join(near)}" if near else ""
            raise KeyError(f"there is no formula {name!r}{hint}; rfscale formulas lists them all")
        return _FORMULAS[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_FORMULAS)

    def __len__(self) -> int:
        return len(_FORMULAS)

    def __eq__(self, other: object) -> bool:
        return self is other


sys.modules[__name__].__class__ = _Formulas
