r"""Derivatives in the two sources s, t and in the ridge g, to the order that losses need them.

A jet holds the Taylor coefficients of 1, s, t, g, st, sg, tg and g^2: all losses are second
derivatives of one generating function, and none needs those of s^2 and t^2. Products of jets
leave out what is beyond. A table of 8 x 8 coefficients is a jet at one point of jets at another,
for what depends on both.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled

SIZE = 8


class Jet(NamedTuple):
    """Taylor coefficients: f = one + s ds + t dt + g dg + st ds dt + ... + gg dg^2."""

    one: float
    s: float
    t: float
    g: float
    st: float
    sg: float
    tg: float
    gg: float


# c_k of a product is the sum of a_i b_j over these (i, j, k)
PRODUCTS = np.array(
    [(0, k, k) for k in range(8)]
    + [(k, 0, k) for k in range(1, 8)]
    + [(1, 2, 4), (2, 1, 4), (1, 3, 5), (3, 1, 5), (2, 3, 6), (3, 2, 6), (3, 3, 7)]
)


@compiled
def plus(a: Jet, b: Jet) -> Jet:
    """a + b."""
    return Jet(
        a.one + b.one,
        a.s + b.s,
        a.t + b.t,
        a.g + b.g,
        a.st + b.st,
        a.sg + b.sg,
        a.tg + b.tg,
        a.gg + b.gg,
    )


@compiled
def scaled(c: float, a: Jet) -> Jet:
    """c a, with a number c."""
    return Jet(c * a.one, c * a.s, c * a.t, c * a.g, c * a.st, c * a.sg, c * a.tg, c * a.gg)


@compiled
def product(a: Jet, b: Jet) -> Jet:
    """a b."""
    return Jet(
        a.one * b.one,
        a.one * b.s + a.s * b.one,
        a.one * b.t + a.t * b.one,
        a.one * b.g + a.g * b.one,
        a.one * b.st + a.st * b.one + a.s * b.t + a.t * b.s,
        a.one * b.sg + a.sg * b.one + a.s * b.g + a.g * b.s,
        a.one * b.tg + a.tg * b.one + a.t * b.g + a.g * b.t,
        a.one * b.gg + a.gg * b.one + a.g * b.g,
    )


@compiled
def series(c: float, c1: float, c2: float, e: Jet) -> Jet:
    """c + c1 e + c2 e^2 of a jet e without constant."""
    f = plus(scaled(c1, e), scaled(c2, product(e, e)))
    return Jet(c, f.s, f.t, f.g, f.st, f.sg, f.tg, f.gg)


@compiled
def table_product(a: Floats, b: Floats) -> Floats:
    """The product of two tables, jets in both their indices."""
    out = np.zeros((SIZE, SIZE))
    for i, j, k in PRODUCTS:
        for m, n, p in PRODUCTS:
            out[k, p] += a[i, m] * b[j, n]
    return out


@compiled
def table_logarithm(a: Floats, constant: float) -> Floats:
    """log(a) - log(c) = e - e^2/2 + e^3/3 - e^4/4 with e = a/c - 1, and e^5 beyond all tables.

    The constant c is given apart, as it may be a difference.
    """
    e = a / constant
    e[0, 0] = 0.0
    e2 = table_product(e, e)
    return e - e2 / 2.0 + table_product(e, e2) / 3.0 - table_product(e2, e2) / 4.0


@compiled
def table_inverse(a: Floats) -> Floats:
    """1/a = (1 - e + e^2 - e^3 + e^4)/c, e = a/c - 1 with the constant c of the table."""
    e = a / a[0, 0]
    e[0, 0] = 0.0
    e2 = table_product(e, e)
    inverse = e2 - e - table_product(e, e2) + table_product(e2, e2)
    inverse[0, 0] = 1.0
    return inverse / a[0, 0]
