"""Sums over a power law to 25 digits, slowly: a head, and an integral by quadrature."""

import mpmath as mp

HEAD = 300
ENDS = ((1, 24), (3, -5760 / 7), (5, 967680 / 31), (7, -154828800 / 127))  # midpoint rule


def twin(left, alpha, T, K=None):
    """sum_k p_k left(T p_k), the p_k normalised; `left` a function of an mpmath number."""
    with mp.workdps(30):
        alpha = mp.mpf(alpha)
        whole = mp.zeta(1 + alpha) - (mp.zeta(1 + alpha, K + 1) if K else 0)

        def term(x):
            p = x ** -(1 + alpha) / whole
            return p * left(T * p)

        last = K if K and K <= 10 * HEAD else HEAD
        total = mp.fsum(term(mp.mpf(k)) for k in range(1, last + 1))
        return float(total if last == K else total + _rest(term, alpha, K))


def _rest(term, alpha, K):
    """The sum beyond the head."""
    low = HEAD + mp.mpf("0.5")
    high = K + mp.mpf("0.5") if K else low * mp.exp(60 / alpha)
    parts = int(mp.log(high / low) / 2) + 1
    places = [mp.log(low) + mp.log(high / low) * i / parts for i in range(parts + 1)]
    rest = mp.quad(lambda t: term(mp.exp(t)) * mp.exp(t), places) + _end(term, low)
    return rest - _end(term, high) if K else rest


def _end(term, x):
    return sum(mp.diff(term, x, order) / mp.mpf(by) for order, by in ENDS)
