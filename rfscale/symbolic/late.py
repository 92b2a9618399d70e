r"""The end of training by gradient flow: the approach to the plateau, and the growth of the peak.

.. math:: \mathcal S = C n^{-\alpha} \Big[\frac{1}{1 - x} - \frac{2x}{(1 - dx)^2}\, X\Big],
          \qquad x = \frac nm, \qquad X \sim \frac{e^{-\tau\sigma_e}}{\tau^{3/2}}

with n = min(N, T), m = max(N, T) and the lower edge sigma_e of the kernel's spectrum. The sum over
J has sizes larger by 1/2 (20.3). Each formula names the equations of the derivations that it is.
"""

from rfscale.symbolic.flow import NOISE, OF_NOISE, SHARED, SIGNAL, STATED
from rfscale.symbolic.formula import Formula
from rfscale.symbolic.power_law import FUNCTIONS, ROOT

LATE = r"$1 \ll \tau\sigma_e$, $1 + \alpha \ll n \ll M$"
PLATEAU = FUNCTIONS + "plateau_approach"
PEAK = r"N = T < M, $\lambda_+ N^2 \ll (\mathrm{df}_1 - \mathrm{df}_2)^2 \Delta\tau$; "
PEAK += r"$\Delta$ where $\mathrm{df}_1 = N$"
PEAK_FACTOR = "(2*(2 - sqrt(2))*sqrt(Delta*tau/(pi*lambda_plus)) + N/(2*sum_pq))"


def edge(n: str, m: str) -> dict[str, str]:
    """The abbreviations of the lower edge (20.19), d in units of n, and of X (20.20)."""
    return {
        "X": "sqrt(s*d/(2*pi*Delta_e*R))*exp(-tau_h*sigma_e)/(sigma_e*tau_h*sqrt(tau_h))",
        "sigma_e": "Delta_e*(d - 1)*(1 - d*x)",
        "Delta_e": f"(c/(d*{n}_h))**(1 + alpha)",
        "d": "2/((1 - s)*(1 + x) + R)",
        "R": "sqrt((1 - s)**2*(1 + x)**2 - 4*(1 - 2*s)*x)",
        "x": f"{n}_h/{m}_h",
        "tau_h": f"tau*(1 + (2*{n})**-1)*(1 + (2*{m})**-1)",
        f"{n}_h": f"{n} + half",
        f"{m}_h": f"{m} + half",
        **ROOT,
    }


def plateau_noise(bound: str, n: str, m: str, *, end: str, last: str) -> Formula:
    """The noise loss for n < m, with V_h = end - last X."""
    return Formula(
        name=f"plateau_approach_noise_{bound}",
        title=f"the noise loss of gradient flow near its plateau, {n} < {m}",
        left="L_noise",
        right=NOISE + "*" + OF_NOISE,
        where={"V_h": f"{end} - G({last})*X", **edge(n, m)},
        conditions=(f"{n} < {m}",),
        regime=LATE,
        error=STATED,
        function=PLATEAU,
        result="its noise",
        tags=("20.3", "20.19", "20.21"),
    )


FORMULAS = (
    Formula(
        name="plateau_approach_signal",
        title="the signal loss of gradient flow near its plateau",
        left="L_signal",
        right=(
            SIGNAL + SHARED + "*c**(1 + alpha)*n_h**(-alpha)*((1 - x)**-1 - G(2*x/(1 - d*x)**2)*X)"
        ),
        where=edge("n", "m"),
        conditions=("n < m",),
        regime=LATE + "; m finite",
        error=STATED,
        function=PLATEAU,
        result="its signal",
        tags=("20.3", "20.19", "20.20"),
    ),
    Formula(
        name="plateau_approach_one_size_signal",
        title="the signal loss of gradient flow near its plateau, where one size is infinite",
        left="L_signal",
        right=(
            SIGNAL + SHARED + "*(c**(1 + alpha)*n_h**(-alpha)"
            " + (1 - s)*n_h*exp(-2*tau_h*sigma_e)/(4*s*tau_h*sqrt(pi*s*Delta_e*tau_h)))"
        ),
        where={
            "sigma_e": "Delta_e*s/(1 - s)",
            "Delta_e": "(c*(1 - s)/n_h)**(1 + alpha)",
            "tau_h": "tau*(1 + (2*n)**-1)",
            "n_h": "n + half",
            **ROOT,
        },
        regime=LATE + r"; $m = \infty$",
        error=STATED,
        function=PLATEAU,
        result="its signal",
        tags=("20.3", "20.16", "20.19"),
    ),
    plateau_noise("features", "N", "T", end="G(x/(1 - x))", last="2*x/(1 - d*x)**2"),
    plateau_noise("data", "T", "N", end="G(x/(1 - x)) + alpha", last="2/(d - 1)**2"),
    Formula(
        name="peak_growth_signal",
        title="the signal loss of gradient flow at N = T, where the peak grows",
        left="L_signal",
        right=f"G(sigma_w**2/(2*M))*N*Delta*{PEAK_FACTOR}",
        conditions=("N < M",),
        regime=PEAK,
        error=STATED,
        function=FUNCTIONS + "peak_growth",
        result="its signal",
        tags=("20.22", "20.23"),
    ),
    Formula(
        name="peak_growth_noise",
        title="the noise loss of gradient flow at N = T, where the peak grows",
        left="L_noise",
        right=f"{NOISE}*({PEAK_FACTOR} - 1)",
        regime=PEAK,
        error=STATED,
        function=FUNCTIONS + "peak_growth",
        result="its noise",
        tags=("20.22", "20.23"),
    ),
)
