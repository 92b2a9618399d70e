r"""The resolution Delta of a power law where df1(Delta) = n, and the errors of its closed forms.

.. math:: \Delta = \lambda_+ C n^{-(1+\alpha)}, \qquad C = \Big(\frac{\pi s}{\sin \pi
          s}\Big)^{1+\alpha}, \qquad s = \frac{1}{1 + \alpha}

Each formula names the equations of the derivations that it is.
"""

from rfscale.symbolic.formula import Formula

FUNCTIONS = "rfscale.asymptotics."
S = {"s": "(1 + alpha)**-1"}
CONSTANTS = {"C": "(G(pi*s/sin(pi*s)))**(1 + alpha)", **S}
ROOT = {"c": "G(pi*s/sin(pi*s))", **S}
BELOW_M = ("n < M",)

FORMULAS = (
    Formula(
        name="power_law_constant",
        title="the constant of the power law",
        left="C",
        right="(G(pi*s/sin(pi*s)))**(1 + alpha)",
        where=S,
        regime=r"$\alpha > 0$",
        error="exact",
        function=FUNCTIONS + "power_law_constant",
        tags=("9.5", "9.14"),
    ),
    Formula(
        name="delta_power_law",
        title="the pure power law of Delta",
        left="Delta",
        right="lambda_plus*C*n**(-(1 + alpha))",
        where=CONSTANTS,
        regime=r"$1 + \alpha \ll n \ll M$",
        error=r"$(1 + \alpha)/2n$ plus the cutoff error",
        function=FUNCTIONS + "delta_power_law",
        tags=("9.16", "9.17"),
    ),
    Formula(
        name="delta_infinite_M",
        title="the power law of Delta with its first correction",
        left="Delta",
        right="lambda_plus*(c/(n + half))**(1 + alpha)",
        where=ROOT,
        regime=r"$n \ll M$, and n not much below $1 + \alpha$",
        error=r"the cutoff error at $n + \tfrac12$ plus the discreteness error at n",
        function=FUNCTIONS + "delta_infinite_M",
        tags=("9.14", "9.15"),
    ),
    Formula(
        name="delta_finite_M",
        title="Delta at any M, from the hypergeometric law",
        left="n",
        right="(M + half)*F(1, s, 1 + s, -x_M) - half*F(1, s, 1 + s, -x_0)",
        where={
            "x_M": "G(Delta/lambda_plus)*(M + half)**(1 + alpha)",
            "x_0": "G(Delta/lambda_plus)*half**(1 + alpha)",
            **S,
        },
        conditions=BELOW_M,
        unknown="Delta",
        regime=r"all n < M, and n not much below $1 + \alpha$",
        error="the discreteness error",
        function=FUNCTIONS + "delta_finite_M",
        tags=("11.4", "11.22"),
    ),
    Formula(
        name="scaling_function",
        title="the scaling function tau(nu)",
        left="nu",
        right="F(1, s, 1 + s, -tau)",
        where=S,
        unknown="tau",
        regime=r"$0 < \nu < 1$",
        error="exact",
        function=FUNCTIONS + "scaling_function",
        tags=("11.6",),
    ),
    Formula(
        name="delta_scaling",
        title="the scaling law of Delta",
        left="n/M",
        right="F(1, s, 1 + s, -tau)",
        where={"tau": "G(Delta/lambda_plus)*M**(1 + alpha)", **S},
        conditions=BELOW_M,
        unknown="Delta",
        regime=r"$n \gg 1 + \alpha$, any $n/M$",
        error=r"$(2 + \alpha)/2n$",
        function=FUNCTIONS + "delta_scaling",
        tags=("11.6", "11.7"),
    ),
    Formula(
        name="delta_linear",
        title="the linear end of Delta",
        left="Delta",
        right="(M - n)*(2 + alpha)*lambda_plus*M**(-(2 + alpha))",
        conditions=BELOW_M,
        regime=r"$n \to M$",
        error=r"$(1 - n/M)\,(2 + \alpha)^2/(3 + 2\alpha)$ plus $(2 + \alpha)/2M$",
        function=FUNCTIONS + "delta_linear",
        tags=("11.13", "11.14"),
    ),
    Formula(
        name="delta_breakdown",
        title="the talk's form of Delta up to n = M",
        left="Delta",
        right="G(lambda_plus*C/n)*(n**-1 - M**-1)**alpha",
        where=CONSTANTS,
        conditions=BELOW_M,
        regime=r"$\alpha$ near 1, or $n \ll M$",
        error=r"that of the uniform form, plus $|(1 - n/M)^\alpha/(1 - (n/M)^\alpha) - 1|$",
        function=FUNCTIONS + "delta_breakdown",
        tags=("11.15", "11.16", "11.17"),
    ),
    Formula(
        name="delta_uniform",
        title="a uniform form of Delta",
        left="Delta",
        right="G(lambda_plus*C/n)*(n**(-alpha) - M**(-alpha))",
        where=CONSTANTS,
        conditions=BELOW_M,
        regime=r"$n \gg 1 + \alpha$, and $\alpha$ not much below 0.25",
        error="`rfscale.asymptotics.uniform_error`, a formula of its own",
        function=FUNCTIONS + "delta_uniform",
        tags=("11.18", "11.19"),
    ),
    Formula(
        name="cutoff_error",
        title="the cutoff error: what a finite M takes off Delta",
        left="error",
        right="G((1 + alpha)/(alpha*C))*(n/M)**alpha",
        where=CONSTANTS,
        regime=r"$n \ll M$, to first order",
        error="its square",
        function=FUNCTIONS + "cutoff_error",
        tags=("9.20",),
    ),
    Formula(
        name="discreteness_error",
        title="the discreteness error: how the sum over J differs from its integral",
        left="error",
        right="first + last + poles",
        where={
            "first": "G((1 + alpha)**2/(24*2**alpha*n))*(c/(n + half))**(1 + alpha)",
            "last": "G((1 + alpha)*(2 + alpha)/(24*M**2))",
            "poles": (
                "Piecewise((G(4*pi/c)*exp(-2*pi*sin(pi*s)*(n + half)/c), alpha >= 1), (0, True))"
            ),
            **ROOT,
        },
        regime=r"any n; for $\alpha < 1$ there are no poles",
        error="an upper estimate",
        function=FUNCTIONS + "discreteness_error",
        tags=("9.15", "11.22"),
    ),
    Formula(
        name="uniform_error",
        title="the error of the uniform form",
        left="error",
        right="miss*(n/M)**alpha + (2 + alpha)/(2*n)",
        where={
            "miss": "Max(a, b)",
            "a": "Abs(1 - (1 + alpha)/(alpha*C))",
            "b": "Abs(1 - alpha*C/(2 + alpha))",
            **CONSTANTS,
        },
        regime=r"$n \gg 1 + \alpha$",
        error="an estimate to first order",
        function=FUNCTIONS + "uniform_error",
        tags=("11.18", "11.19"),
    ),
)
