"""The symbols of all formulas: how each is written, what it means and which numbers it may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import mpmath as mp
import numpy as np
import sympy as sp

from rfscale.exact.numbers import exact_number
from rfscale.support.described import described, holds_masked


class F(sp.Function):  # type: ignore[misc]
    """The hypergeometric function 2F1(a, b; c; z), as it is displayed, in one line."""

    nargs = 4

    def _latex(self, printer: Any) -> str:
        a, b, c, z = (printer._print(argument) for argument in self.args)
        return rf"{{}}_2F_1\left({a}, {b}; {c}; {z}\right)"


def hypergeometric(a: Any, b: Any, c: Any, z: Any) -> Any:
    """The same, as it is evaluated."""
    return sp.hyper((a, b), (c,), z)


@dataclass(frozen=True)
class Quantity:
    """A symbol that is given a number by keyword, or that names a result or an abbreviation.

    Attributes
    ----------
    name : str
        The keyword.
    meaning : str
        Empty for an abbreviation, which its formula defines.
    tex, text : str
        How it is written in LaTeX and in a terminal; by default its name.
    allowed : str
        "> 0", ">= 0", "in (0, 1)", "real", "an integer >= 1" or "numbers > 0".
    default : float, optional
        Its value where none is given.
    """

    name: str
    meaning: str = ""
    tex: str = ""
    text: str = ""
    allowed: str = "> 0"
    default: float | None = None

    @property
    def symbol(self) -> Any:
        """The sympy symbol."""
        if self.allowed == "numbers > 0":
            return sp.IndexedBase(sp.Symbol(self.name, positive=True))
        return sp.Symbol(self.name, real=True, positive=None if self.allowed == "real" else True)

    def number(self, value: Any) -> Any:
        """The value as mpmath takes it, or ValueError."""
        if self.allowed == "numbers > 0":
            return [None, *self._numbers(value)]  # J counts from 1
        number = exact_number(self.name, value)
        good = {
            "> 0": number > 0,
            ">= 0": number >= 0,
            "in (0, 1)": 0 < number < 1,
            "real": not mp.isnan(number),
            "an integer >= 1": number >= 1 and mp.isint(number),
        }
        if not good[self.allowed]:
            raise ValueError(f"{self.name} must be {self.allowed}, got {described(value)}")
        return int(number) if self.allowed == "an integer >= 1" else number

    def _numbers(self, values: Any) -> list[Any]:
        is_list = isinstance(values, Sequence | np.ndarray) and not isinstance(values, str | bytes)
        try:
            plain = is_list and not holds_masked(values)
            numbers = [exact_number(self.name, value) for value in values] if plain else []
        except (TypeError, ValueError):  # an array of no dimension, or something in it
            numbers = []
        if not numbers or not all(number > 0 and mp.isfinite(number) for number in numbers):
            raise ValueError(f"{self.name} must be a list of numbers > 0, got {described(values)}")
        return numbers


def _average(factors: str, meaning: str) -> Quantity:
    """A sum over the spectrum, which is named by its factors: "rho_W_pq"."""
    inside = factors.replace("pp", "p^2").replace("qq", "q^2")
    inside = inside.replace("_", " ").replace("rho", r"\rho")
    text = inside.replace(r"\rho", "ρ").replace("^2", "²").replace(" ", "")
    return Quantity(f"sum_{factors}", meaning, rf"\langle {inside}\rangle", f"⟨{text}⟩")


TAU = "t N T lambda_plus sigma_u^2/M in laws of time; of Delta, Delta M^(1+alpha)/lambda_plus"

QUANTITIES = {
    quantity.name: quantity
    for quantity in (
        Quantity("N", "number of features"),
        Quantity("T", "number of samples"),
        Quantity("M", "number of latent dimensions"),
        Quantity("n", "df_1 at Delta; without ridge the smaller of N and T"),
        Quantity("m", "the larger of N and T"),
        Quantity("alpha", "exponent of the spectrum, lambda_J ~ J^-(1+alpha)", r"\alpha", "α"),
        Quantity("lambda_plus", "largest eigenvalue", r"\lambda_+", "λ₊", default=1),
        Quantity("lambda_J", "the eigenvalues, M of them", r"\lambda", "λ", "numbers > 0"),
        Quantity("sigma_w", "scale of the teacher's weights", r"\sigma_w", "σ_w", ">= 0", 1),
        Quantity("sigma_u", "scale of the features", r"\sigma_u", "σ_u", default=1),
        Quantity("sigma_eps", "label noise", r"\sigma_\epsilon", "σ_ε", ">= 0"),
        Quantity("gamma", "ridge, not divided by T", r"\gamma", "γ"),
        Quantity("beta", "exponent of the teacher, w_J^2 ~ J^-beta", r"\beta", "β", "real"),
        Quantity("Delta", "resolution", r"\Delta", "Δ"),
        Quantity("k", "order of the degrees of freedom", allowed="an integer >= 1"),
        Quantity("df1", "degrees of freedom df_1 at Delta", r"\mathrm{df}_1", "df₁"),
        Quantity("df2", "degrees of freedom df_2 at Delta", r"\mathrm{df}_2", "df₂"),
        Quantity("df3", "degrees of freedom df_3 at Delta", r"\mathrm{df}_3", "df₃"),
        Quantity("L", "test loss"),
        Quantity("nu", "n/M", r"\nu", "ν", "in (0, 1)"),
        Quantity("tau", TAU, r"\tau", "τ"),
        Quantity("B", "number of samples in a step of SGD"),
        Quantity("z", "the best step is 2 B M/((B + 1) sigma_u^2 N z)"),
        Quantity("x_C", "tau/N^(1+alpha) at the best use of compute"),
        Quantity("k_C", "S C^(alpha/(q+alpha)) at the best use of compute, a number"),
        Quantity("compute", "amount of compute, N tau or N T tau", r"\mathcal{C}", "𝒞"),
        Quantity("q", "2 for the compute N tau, 3 for N T tau"),
        Quantity("u", "coordinate of the source s, 1 at the physical point"),
        Quantity("v", "coordinate of the source t, 1 at the physical point"),
        Quantity("inverse_trace", "sum of 1/lambda_J", r"\mathrm{tr}\,\Lambda^{-1}", "tr Λ⁻¹"),
        _average("pq", "sum of p q = df1 - df2; p = lambda/(lambda + Delta), q = 1 - p"),
        _average("pqq", "sum of p q^2; p = lambda/(lambda + Delta), q = 1 - p"),
        _average("ppqq", "sum of p^2 q^2"),
        _average("rho_p", "sum of rho p; rho = test variance over training variance"),
        _average("rho_pp", "sum of rho p^2"),
        _average("rho_pq", "sum of rho p q"),
        _average("W_p", "sum of W p; sigma_w^2 W/M = variance of the teacher's weight"),
        _average("W_pp", "sum of W p^2"),
        _average("W_pq", "sum of W p q"),
        _average("rho_W_pq", "sum of rho W p q"),
        # results and abbreviations
        Quantity("df_k", tex=r"\mathrm{df}_k", text="df_k"),
        Quantity("L_signal", tex=r"L_\mathrm{signal}", text="L_signal"),
        Quantity("L_noise", tex=r"L_\mathrm{noise}", text="L_noise"),
        Quantity("L_train", tex=r"L_\mathrm{train}", text="L_train"),
        Quantity("best_loss", tex="L^*", text="L*"),
        Quantity("best_gamma", tex=r"\gamma^*", text="γ*"),
        Quantity("mu_N", tex=r"\mu_N", text="μ_N"),
        Quantity("mu_T", tex=r"\mu_T", text="μ_T"),
        Quantity("mu_C", tex=r"\mu_C", text="μ_C"),
        Quantity("theta", tex=r"\theta", text="θ"),
        Quantity("F1", tex="F_1", text="F₁"),
        Quantity("error", tex=r"\varepsilon", text="ε"),
        Quantity("poles", tex=r"\varepsilon_1", text="ε₁"),
        Quantity("miss", tex=r"\varepsilon_1", text="ε₁"),
        Quantity("first", tex=r"\varepsilon_0", text="ε₀"),
        Quantity("last", tex=r"\varepsilon_M", text="ε_M"),
        Quantity("V", tex=r"\mathcal{V}"),
        Quantity("kappa", tex=r"\kappa", text="κ"),
        Quantity("x_0", text="x₀"),
        Quantity("x_M"),
        Quantity("share", tex="G", text="G"),
        Quantity("eta", tex=r"\eta", text="η"),
        Quantity("V_h", tex=r"\mathcal{V}_{1/2}", text="V½"),
        Quantity("N_h", tex="N_{1/2}", text="N½"),
        Quantity("T_h", tex="T_{1/2}", text="T½"),
        Quantity("n_h", tex="n_{1/2}", text="n½"),
        Quantity("m_h", tex="m_{1/2}", text="m½"),
        Quantity("tau_h", tex=r"\tau_{1/2}", text="τ½"),
        Quantity("sigma_e", tex=r"\sigma_e", text="σ_e"),
        Quantity("Delta_e", tex=r"\Delta_e", text="Δ_e"),
        *(Quantity(name) for name in ("A", "C", "D", "R", "X", "a", "b", "c", "d", "e")),
        Quantity("K_1", text="K₁"),
        Quantity("K_2", text="K₂"),
        *(Quantity(name) for name in ("h", "p", "s", "x", "y", "k_0")),
    )
}
SYMBOLS = {name: quantity.symbol for name, quantity in QUANTITIES.items()}
J = sp.Symbol("J", integer=True, positive=True)
TEX = {
    getattr(symbol, "label", symbol): QUANTITIES[name].tex or name
    for name, symbol in SYMBOLS.items()
}
TEXT = {name: quantity.text or name for name, quantity in QUANTITIES.items()}
HALF = sp.Rational(1, 2)
