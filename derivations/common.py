r"""What all derivations share: the kinds of checks, the symbols, and the definitions that later
steps build on.

Units. Step 1 shows that a loss depends on the amplitudes through one combination, gamma
M/(sigma_u^2 lambda_+). From then on features have weights of variance 1, lambda_+ = 1, gamma stands
for that combination, and losses are traces: L_signal = (sigma_w^2 lambda_+/2M) S, L_noise =
(sigma_eps^2/2) V. `unit_model` is the package's model in these units.
"""

import mpmath as mp
import numpy as np
import scipy
import sympy as sp

import rfscale as rf

sp.core.random.seed(0)  # sympy tries random points; the same ones every time

# --- checks: each prints what it has shown, and raises AssertionError where it does not hold ------

LARGEST_Z = 4.0  # a mean of draws may be off by so many standard errors
CAUGHT_Z = 6.0  # an error of so many is then caught with a probability of 97.7 %


def identity(tag, statement, *expressions):
    """Sympy expressions that vanish: first at a point, as it takes long to simplify one that does
    not, then as such.
    """
    assert expressions, "nothing to check"
    for expression in map(sp.sympify, expressions):
        symbols = sorted(expression.free_symbols, key=str)
        point = {symbol: sp.Rational(7 + 3 * i, 5 + 2 * i) for i, symbol in enumerate(symbols)}
        value = sp.N(expression.subs(point), 30, maxn=200)
        # cancel has no chance in it, while factor may try for ever
        differs = (value.is_number and abs(value) > 1e-20) or (
            sp.cancel(sp.together(expression)) != 0 and sp.simplify(expression) != 0
        )
        if differs:
            raise AssertionError(f"({tag}) {statement}: {expression} is not zero")
    print(f"({tag}) {statement}: exact")


def equal(tag, statement, left, right, rel=1e-11):
    """Numbers or arrays that agree to rounding, relative to the largest."""
    left, right = (np.asarray(side, dtype=float) for side in (left, right))
    error = float(np.max(np.abs(left - right)) / np.max(np.abs(right)))
    if not error <= rel:
        raise AssertionError(
            f"({tag}) {statement}: {left} is not {right}, relative error {error:.1e}"
        )
    print(f"({tag}) {statement}: holds to {max(error, 1e-16):.0e}")


def below(tag, statement, values, bound):
    """Values that are not above a bound, or each of its own; the largest share is printed."""
    share = float(np.max(np.asarray(values, dtype=float) / bound))
    if not share <= 1:
        raise AssertionError(f"({tag}) {statement}: {share:.3g} of the bound")
    print(f"({tag}) {statement}: {share:.2g} of the bound")


def by_order(tag, statement, sizes, gaps, order, within=0.1, stderrs=None):
    """Relative gaps that fall as size^-order: a formula that is right in the limit, and not only
    near it.

    The last two sizes are compared. `stderrs` are those of gaps that were simulated: an error of
    the formula would have to be as large as is printed to change the power by `within` and two
    standard errors of it.
    """
    sizes, gaps = np.asarray(sizes[-2:], dtype=float), np.abs(np.asarray(gaps[-2:], dtype=float))
    octave = np.log(sizes[1] / sizes[0])
    found = -float(np.log(gaps[1] / gaps[0]) / octave)
    spread = (
        0.0 if stderrs is None else float(np.linalg.norm(np.divide(stderrs[-2:], gaps)) / octave)
    )
    if not (abs(found - order) <= within and LARGEST_Z * spread <= within):
        raise AssertionError(
            f"({tag}) {statement}: gaps {gaps} fall as {found:.3f} +- {spread:.1g}, not {order}"
        )
    caught = (within + (CAUGHT_Z - LARGEST_Z) * spread) * octave / abs(1 / gaps[1] - 1 / gaps[0])
    power = "" if stderrs is None else f", +- {spread:.2f}; {caught:.1%} off would have been seen"
    print(
        f"({tag}) {statement}: gap {gaps[1]:.1e}, "
        f"falling with the power {found:.2f} ({order:g} expected){power}"
    )


def sampled(tag, statement, samples, value, power):
    """Independent draws whose mean is the value; `power` is the relative error that must not go
    unnoticed.
    """
    samples = np.asarray(samples, dtype=float)
    stderr = samples.std(ddof=1) / np.sqrt(samples.size)
    measured(tag, f"{statement}: {samples.size} draws", samples.mean(), stderr, value, power)


def measured(tag, statement, mean, stderr, value, power):
    """The same for a mean and its standard error."""
    z, caught = (mean - value) / stderr, CAUGHT_Z * stderr / abs(value)
    if not (abs(z) <= LARGEST_Z and caught <= power):
        raise AssertionError(
            f"({tag}) {statement}: {mean:.6g} +- {stderr:.1g} is not {value:.6g} to {power:.1%}"
        )
    print(f"({tag}) {statement}, {z:+.1f} standard errors; {caught:.1%} off would have been seen")


# --- symbols --------------------------------------------------------------------------------------

N, T, M, Delta, gamma, alpha = sp.symbols("N T M Delta gamma alpha", positive=True)
df1, df2, df3, df4, df5 = DF = sp.symbols("df1:6", positive=True)
s, kappa = 1 / (1 + alpha), 2 / (alpha * (1 + alpha))  # of a power law: (9.2) and (12.14)


def slope(expression):
    """Delta d/dDelta, by (4.8): Delta d df_k/dDelta = -k (df_k - df_{k+1})."""
    chain = sum(
        -k * (DF[k - 1] - DF[k]) * sp.diff(expression, DF[k - 1]) for k in range(1, len(DF))
    )
    return chain + Delta * sp.diff(expression, Delta)


# --- definitions ----------------------------------------------------------------------------------


def power_law(alpha, M):
    """lambda_J = J^-(1+alpha), in units of lambda_+ (1.2)."""
    return np.arange(1.0, M + 1) ** -(1 + alpha)


def draw(rng, lam, N, T):
    """Feature weights u (N, M) of variance 1 and latent data x (M, T) of variances lam, (1.2) and
    (1.4).
    """
    M = len(lam)
    return rng.standard_normal((N, M)), np.sqrt(lam)[:, None] * rng.standard_normal((M, T))


def traces(u, x, test, gamma, W=1.0):
    """Signal S (1.13), noise V (1.14), and the same of the training loss (1.17), of one draw.

    `test` are the variances of the latents in the test data, W those of the teacher's weights
    (1.20).
    """
    M, T = x.shape
    phi, W = u @ x, W * np.ones(M)
    predictor = np.linalg.solve(gamma * np.eye(len(u)) + phi @ phi.T, phi).T  # phi^T q, (T, N)
    error = np.eye(M) - x @ predictor @ u
    residual = np.eye(T) - predictor @ phi
    signal = np.sum(W[:, None] * error**2 * test)
    noise = np.sum((predictor @ u) ** 2 * test)
    return signal, noise, np.sum(W[:, None] * (x @ residual) ** 2), np.sum(residual**2)


def equivalents(lam, test, W, N, T, gamma, s, t):
    """a and b of (3.10), by iteration in floating point, and the diagonal of resolvent (3.9)."""
    a, b = float(T), float(N)
    for _ in range(2000):
        R = 1 / (gamma + (a * lam + s * test) * (b + t * W))
        a, b = T / (1 + np.sum(lam * (b + t * W) * R)), N / (1 + np.sum((a * lam + s * test) * R))
    return a, b, R


def saddle(lam, test, W, N, T, log_gamma, s, t):
    """a and b of (3.10) in mpmath's precision."""
    gamma = mp.exp(log_gamma)

    def slopes(a, b):  # (4.2)
        terms = [
            (i, j, k, gamma + (a * i + s * j) * (b + t * k))
            for i, j, k in zip(lam, test, W, strict=True)
        ]
        in_a = mp.fsum(a * i * (b + t * k) / K for i, _, k, K in terms) + a - T
        return in_a, mp.fsum((a * i + s * j) * b / K for i, j, _, K in terms) + b - N

    numbers = (float(value) for value in (N, T, gamma, s, t))
    start = equivalents(*(np.asarray(values, dtype=float) for values in (lam, test, W)), *numbers)[
        :2
    ]
    return tuple(mp.findroot(slopes, start, tol=mp.mpf(10) ** (8 - 2 * mp.mp.dps)))


def F0(lam, test, W, N, T, log_gamma, s, t):
    """The planar generating function (4.4)."""
    a, b = saddle(lam, test, W, N, T, log_gamma, s, t)
    terms = zip(lam, test, W, strict=True)
    logarithms = mp.fsum(
        mp.log(mp.exp(log_gamma) + (a * i + s * j) * (b + t * k)) for i, j, k in terms
    )
    of_a = a - T * mp.log(a) - (T - T * mp.log(T))
    of_b = b - N * mp.log(b) - (N - N * mp.log(N))
    return logarithms + of_a + of_b


def derivative(F, gamma, *orders):
    """The derivative of these orders of F(log gamma, s, t) at s = t = 0, to about ten digits."""
    with mp.workdps(40):
        return float(mp.diff(F, (mp.log(gamma), mp.mpf(0), mp.mpf(0)), orders, h=mp.mpf(10) ** -9))


def c_of(alpha):
    """c = pi s/sin(pi s) of a power law (9.5), alpha a number or a symbol; C of (9.14) is
    c^(1+alpha).
    """
    s = 1 / (1 + alpha)
    if isinstance(s, sp.Basic):
        return sp.pi * s / sp.sin(sp.pi * s)
    c = mp.pi * s / mp.sinpi(s)
    return c if isinstance(alpha, mp.mpf) else float(c)


def k_of(alpha):
    """k_alpha (16.11)."""
    m = 1 + alpha
    return np.log(np.pi * alpha / m) / 2 - m / 4 * np.log(2 * np.pi * m / (c_of(alpha) * (1 + m)))


def inverted(K, r2, theta, reach):
    """P (16.4) along the line through theta, up to `reach` times it; K a function of an array."""
    z = theta * (1 + 1j * np.linspace(0, reach, 4_001))
    return np.trapezoid(np.real(np.exp(z * r2 + K(z)) / z), z.imag) / np.pi


def of_typical_point(lam):
    """K (16.1) of y = 1, for `inverted`."""

    def K(z):
        product = 2 * np.multiply.outer(z, lam)
        return -np.sum(np.log(1 + product) + product / (1 + product), axis=-1) / 2

    return K


def bent_line():
    """r, the share P = (r + r^3)/2 of points nearer than r, and their dimension d log P/d log r."""
    r = np.geomspace(1e-9, 1, 20_001)
    return r, (r + r**3) / 2, (1 + 3 * r**2) / (1 + r**2)


def df(k, lam, delta):
    """Degrees of freedom df_k(Delta) = sum_J (lambda_J/(lambda_J + Delta))^k (4.6)."""
    return np.sum((lam / (lam + delta)) ** k)


def resolution(lam, N, T, gamma):
    """Delta, the root of Delta (N - df1)(T - df1) = gamma with df1 < min(N, T) (4.7); gamma = 0 if
    min(N, T) < M.
    """
    n, m = min(N, T), max(N, T)

    def unused(z):
        return n - df(1, lam, np.exp(z))

    low = (
        scipy.optimize.brentq(unused, np.log(lam[-1]) - 60, 60, xtol=1e-15)
        if n < len(lam)
        else -600.0
    )
    if gamma == 0:
        return np.exp(low)

    def mismatch(z):
        return np.exp(z) * unused(z) * (unused(z) + m - n) - gamma

    return np.exp(scipy.optimize.brentq(mismatch, low, 60, xtol=1e-15))


def planar(lam, N, T, gamma):
    """Delta, and the planar traces of signal (5.8) and noise (5.9)."""
    delta = resolution(lam, N, T, gamma)
    one, two = df(1, lam, delta), df(2, lam, delta)
    return delta, *losses(N, T, delta, one, two)


def losses(N, T, Delta, df1, df2):
    """The planar traces of signal (5.8) and noise (5.9) at Delta, in numbers or symbols."""
    D = (N - df1) * (T - df1) + (N + T - 2 * df1) * (df1 - df2)
    return Delta * N * T * (df1 - df2) / D, (N * df2 - 2 * df1 * df2 + df1**2) / D


def complex_resolution(lam, N, T, ridges):
    """The root Delta of (18.14) at complex ridges; N or T may be infinite.

    Newton's method for log Delta, in steps from a large positive ridge. Ridges on the negative axis
    are approached from above.
    """
    start, ridges = 100 * np.sum(lam) * (1 + 1 / N + 1 / T), np.asarray(ridges)
    way = np.log(ridges + 0j) - np.log(start)
    z = np.full(ridges.shape, np.log(start), dtype=complex)
    for share in np.linspace(0, 1, 2 + int(np.max(np.abs(way)) / 0.4)):
        for _ in range(12 if share == 1 else 3):
            p = lam / (lam + np.exp(z)[..., None])
            d, spread = p.sum(-1), (p * (1 - p)).sum(-1)
            slope = 1 + spread / (N - d) + spread / (T - d)
            left = z + np.log(1 - d / N) + np.log(1 - d / T)
            z = z - (left - np.log(start) - share * way) / slope
    return np.exp(z)


def two_ridge_traces(lam, N, T, ridges, W=1.0):
    """S and V for all pairs of ridges, by (18.14) and, for equal ones, (18.9); and y_T."""
    p = lam / (lam + (delta := complex_resolution(lam, N, T, ridges))[:, None])
    omega, omega_2, d, d_2 = (np.sum(f, -1) for f in (W * p, W * p * p, p, p * p))
    y_N, y_T, same = 1 - d / N, 1 - d / T, np.eye(len(d), dtype=bool)
    D = y_N * y_T + (d - d_2) * (y_N / T + y_T / N)
    difference = np.where(same, 1, ridges[:, None] - ridges)
    signal = delta[:, None] * delta * (y_N[:, None] * omega - y_N * omega[:, None]) / difference
    signal = np.where(same, delta * (y_N * (omega - omega_2) + omega * (d - d_2) / N) / D, signal)
    noise = (y_T * ridges[:, None] - y_T[:, None] * ridges) / difference / y_T[:, None] / y_T - 1
    noise = np.where(same, (y_N * d_2 / T + d * (d - d_2) / N / T) / D, noise)
    return signal, noise, y_T


def mixture_traces(lam, N, T, ridges, v, W=1.0):
    """S, V, S_A/T and V_A/T of the weights sum_k v_k theta(ridge_k)."""
    signal, noise, y_T = two_ridge_traces(lam, N, T, ridges, W)
    left = v * y_T
    pairs = (v, signal), (v, noise), (left, signal), (left, 1 + noise)
    return np.array([np.real(f @ values @ f) for f, values in pairs])


def best_ridge_condition(N, T, Delta, df1, df2, df3, eta):
    """What vanishes at the best ridge (12.10), rising with Delta; eta is the strength of the label
    noise (12.9).
    """
    A, B = N - df1, T - df1
    from_noise = (df2 - df3) * A**2 + (df1 - df2) ** 2 * A + (df1 - df2) ** 3
    return Delta * N * ((df2 - df3) * A * B - (df1 - df2) ** 3) - eta * from_noise


def show(figure):
    """Show a figure where there is a display."""
    import matplotlib.pyplot as plt  # takes as long as a short derivation

    if plt.get_backend().lower() != "agg" and plt.fignum_exists(figure.number):
        plt.show()


def unit_model(spectrum, **options):
    """The package's model whose losses are the traces: `signal` is S, `noise` V, `train` 2 (S_A +
    V_A)/T (1.16).
    """
    M = spectrum.M
    return rf.ScalingModel(
        spectrum, sigma_w=np.sqrt(2 * M), sigma_u=np.sqrt(M), sigma_eps=np.sqrt(2), **options
    )
