r"""One loop: the terms of relative order 1/size, for any spectrum, teacher, test and ridge (6.15).

All losses are derivatives of E log det[gamma + (x x^T + s Lambda')(u^T u + t W)] = F0 + F1 +
O(1/size). With A_J = 1/(1 + rho_J s/a), B_J = 1/(1 + W_J t/b), rho = lambda'/lambda, p and q at the
saddle point, where a = T - sum pA and b = N - sum pB, F1 is (6.9) in other coordinates,

.. math:: F_1 = \tfrac12 \log \frac{E}{N T}, \qquad E = a b + a S_B + b S_A + S_A S_B - R^2 = \Big(T
          - \sum A^2p^2\Big)\Big(N - \sum B^2p^2\Big) - R^2,
.. math:: S_A = \sum pA(1 - pA), \quad S_B = \sum pB(1 - pB), \quad R = \sum pqAB; \qquad
          E = N T D \;\; \text{at} \; s = t = 0.

Below are its total derivatives: those of a, b and of zeta, the common part of the change of
log(p/q), from the linear equations of the saddle point; then those of S_A, S_B and R; then d_i d_j
F1 = (E_ij/E - E_i E_j/E^2)/2, the losses of (6.15). They are ordered such that a large zeta, of the
order of 1/q as Delta falls below lambda_M, comes with a q: nothing cancels there. What is small
with y_T = 1 - df1/T, as the training loss is, has it as a factor. In units where lambda_+ =
sigma_u^2/M = 1.
"""

from __future__ import annotations

from typing import NamedTuple

from rfscale.support.compiled import compiled
from rfscale.theory.equations.planar import Saddle, dual, signal_variance
from rfscale.traces.quadrature import Moments, WeightedMoments


class OneLoop(NamedTuple):
    """The terms that one loop adds to the planar ones, and to df1."""

    signal: float
    noise: float
    train_signal: float
    train_noise: float
    df1: float


class Response(NamedTuple):
    """First derivatives in t at fixed s; "own" is b, "other" a. In s at fixed t, own is a."""

    chi: Moments  # sums with W, or rho
    own: float  # of b, or a
    other: float
    log_own: float  # of log b, which is finite where b = 0
    log_other: float
    zeta: float
    own_S: float  # of S_B, or S_A
    other_S: float
    R: float
    D: float  # of E/(N T)


@compiled
def one_loop_terms(moments: WeightedMoments, saddle: Saddle) -> OneLoop:
    """The losses of (6.15), and what df1 changes by."""
    one = moments.one
    y_N, _, iN, iT, D = saddle
    in_s = _response(moments.test, one, dual(saddle))
    in_t = _response(moments.teacher, one, saddle)
    k = y_N / D  # the change of log Delta with log gamma is y_T k
    e = one.s * iN / D
    train_noise, df1 = _in_ridge(one, saddle, k)
    return OneLoop(
        signal=_mixed(moments, in_s, in_t, saddle),
        noise=iT * _with_ridge(in_s, one, dual(saddle), e, k, True),
        train_signal=-_with_ridge(in_t, one, saddle, -e, k, False),
        train_noise=train_noise,
        df1=df1,
    )


@compiled
def _response(chi: Moments, one: Moments, saddle: Saddle) -> Response:
    """How the saddle point moves with t, and by duality with s.

    (b + s) d log b + s d log a = df2 and s d log b + (a + s) d log a = -s, both with W.
    """
    y_own, y_other, i_own, i_other, D = saddle
    s = one.s
    log_own = i_own * (y_other * chi.df2 + s * chi.df1 * i_other) / D
    log_other = -i_other * (y_own * chi.s + s * chi.df1 * i_own) / D
    own = y_own * (y_other * chi.df2 + s * chi.df1 * i_other) / D
    other = -y_other * (y_own * chi.s + s * chi.df1 * i_own) / D
    zeta = (i_own * y_other * chi.df2 - i_other * y_own * chi.s) / D
    own_S = own + 2.0 * (one.pqq * zeta - chi.ppq)
    other_S = other + 2.0 * (one.pqq * zeta + chi.pqq)
    R = zeta * (one.pqq - one.ppq) - 2.0 * chi.ppq
    dD = own * i_own * (y_other + s * i_other) + other * i_other * (y_own + s * i_own)
    dD += y_own * other_S * i_other + y_other * own_S * i_own + s * chi.df1 * i_own * i_other
    return Response(chi, own, other, log_own, log_other, zeta, own_S, other_S, R, dD)


@compiled
def _mixed(moments: WeightedMoments, in_s: Response, in_t: Response, saddle: Saddle) -> float:
    """d^2 F1/ds dt."""
    one, rho, W, both = moments
    y_N, y_T, iN, iT, D = saddle
    s = one.s
    z_s = in_s.zeta
    z_t = in_t.zeta
    zz = z_s * z_t
    at = in_t.log_other  # dlog a/dt
    bs = in_s.log_other  # dlog b/ds
    # second derivatives of the saddle point: the same linear equations as in `_response`, with
    # these on the right
    on_a = zz * (one.ppq - one.pqq) + z_s * (W.ppq - W.pqq) + 2.0 * (z_t * rho.ppq + both.ppq)
    on_b = zz * (one.ppq - one.pqq) + z_t * (rho.ppq - rho.pqq) + 2.0 * (z_s * W.ppq + both.ppq)
    on_a += bs * W.s - at * rho.df2 - in_s.own * at
    on_b += at * rho.s - bs * W.df2 - in_t.own * bs
    a = y_T * ((s * iN + y_N) * on_a - s * iN * on_b) / D + in_s.own * at
    b = y_N * ((s * iT + y_T) * on_b - s * iT * on_a) / D + in_t.own * bs
    zeta = (y_N * on_a * iT + y_T * on_b * iN) / D
    # S_A = sum pA(1 - pA): from products of first derivatives of pA, and from its second ("bent")
    bent = one.pqq * zeta - (zz * one.ppqq + z_s * W.ppqq + z_t * rho.ppqq + both.ppqq)
    products = zz * (one.pqqq - one.ppqq) - (both.ppqq - both.pppq)
    S_A = a + 2.0 * (products + z_s * (W.pqqq - W.ppqq) - z_t * (rho.ppqq - rho.pppq))
    S_B = b + 2.0 * (products + z_t * (rho.pqqq - rho.ppqq) - z_s * (W.ppqq - W.pppq))
    S_A += 2.0 * (bent - bs * W.pqq + at * rho.ppq)
    S_B += 2.0 * (bent - at * rho.pqq + bs * W.ppq)
    R = 0.5 * (S_A + S_B) - signal_variance(moments, saddle)
    return _mixed_logarithm(in_s, in_t, (a + S_A, b + S_B, R), s, saddle)


@compiled
def _mixed_logarithm(
    i: Response, j: Response, second: tuple[float, float, float], s: float, saddle: Saddle
) -> float:
    """d_i d_j (log E)/2 = (E E_ij - E_i E_j)/(2 E^2) of E = P Q - R^2, P = a + S_A, Q = b + S_B.

    P is in units of T, Q in units of N; `second` are the second derivatives of P, Q and R. Written
    out, terms P Q (P_i Q_j + P_j Q_i) drop out: they are of order one where the rest is of the
    order of q.
    """
    y_N, y_T, iN, iT, D = saddle
    P_ij, Q_ij, R_ij = second
    P = y_T + s * iT
    Q = y_N + s * iN
    R = s
    unit = iN * iT
    P_i = (i.own + i.own_S) * iT
    Q_i = (i.other + i.other_S) * iN
    P_j = (j.other + j.other_S) * iT
    Q_j = j.own * iN + j.own_S * iN
    total = D * (P_ij * iT * Q + P * Q_ij * iN - 2.0 * unit * (i.R * j.R + R * R_ij))
    total -= R * R * unit * (P_i * Q_j + P_j * Q_i) + Q * Q * P_i * P_j + P * P * Q_i * Q_j
    total += 2.0 * R * unit * (i.R * (P_j * Q + P * Q_j) + j.R * (P_i * Q + P * Q_i))
    return 0.5 * (total - 4.0 * R * R * unit * unit * i.R * j.R) / D / D


@compiled
def _with_ridge(
    d: Response, one: Moments, saddle: Saddle, e: float, k: float, noise: bool
) -> float:
    """(1/y_T) d^2 F1/dt dlog gamma; for the noise (1/y_T) (d/ds + d^2/ds dlog gamma) F1.

    The former for d in t and e = -dlog b/y_T. The latter for d in s: all terms with d/ds combine
    with those of dlog a = 1 - y_T c, c = k + e. Both a and b change by s y_T k, S_A, S_B and R by
    (sum p^2 q - sum p q^2) y_T k, and log Delta by y_T k. The noise is of the order of sum p^2 at
    large ridges, and all terms are: where k times sum p q^2 would come with c times sum p q, they
    are one.
    """
    y_own, y_other, i_own, i_other, D = saddle
    s = one.s
    chi = d.chi
    zeta = d.zeta
    ds = one.ppq - one.pqq
    c = k + e if noise else e
    on_own = c * chi.df2 - k * (zeta * ds + 2.0 * chi.ppq + s * d.log_own)
    bend = chi.ppq if noise else -chi.pqq
    on_other = -e * chi.s - k * (zeta * ds + chi.ppq + bend + s * d.log_other)
    own = y_own * ((s * i_other + y_other) * on_own - s * i_other * on_other) / D
    other = y_other * ((s * i_own + y_own) * on_other - s * i_own * on_own) / D
    own += d.log_own * s * k
    other += d.log_other * s * k
    zeta_too = one.pqq * (y_other * on_own * i_own + y_own * on_other * i_other) / D
    bent = zeta_too + k * (2.0 * (one.ppqq * zeta + chi.ppqq) - zeta * one.pqqq)
    own_S = own + 2.0 * (bent - c * chi.ppq - k * chi.pppq)
    other_S = other + 2.0 * (bent + e * chi.pqq + k * (chi.ppqq if noise else -chi.pqqq))
    rest = s * (e * chi.df1 + k * (chi.df2 if noise else -chi.s)) + k * ds * chi.df1
    rest += k * ((d.own + d.other) * 2.0 * one.ppq + s * (d.own_S + d.other_S))
    E = own * i_own * (y_other + s * i_other) + other * i_other * (y_own + s * i_own)
    E += y_own * other_S * i_other + y_other * own_S * i_own + rest * i_own * i_other
    falls = 2.0 * (s * s * i_own * i_other + (y_own * i_other + y_other * i_own) * one.ppq) / D
    return 0.5 * (E / D - d.D / D * k * falls)


@compiled
def _in_ridge(one: Moments, saddle: Saddle, k: float) -> tuple[float, float]:
    """(1/(T y_T^2)) (d/dlog gamma - d^2/dlog gamma^2) F1, and -dF1/dlog gamma.

    From derivatives in log Delta: `slope` is E'/E, `bend` half of (E'' - E')/E: E' and E'' are of
    the order of q, their difference of that of q^2.
    """
    y_N, y_T, iN, iT, D = saddle
    steep = y_T * iN + y_N * iT
    slope = 2.0 * (one.s * one.s * iN * iT + steep * one.ppq) / D
    bend = 3.0 * (one.s * (one.s - 2.0 * one.pqq) * iN * iT - steep * one.ppqq) / D
    return -iT * k * k * (bend - slope * slope), -0.5 * y_T * k * slope
