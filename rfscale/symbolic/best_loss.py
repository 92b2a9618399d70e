r"""The best ridge, the best share of a budget, and the exponents of the loss.

.. math:: (\mathrm{df}_2 - \mathrm{df}_3)(N - \mathrm{df}_1)(T - \mathrm{df}_1) = (\mathrm{df}_1 -
          \mathrm{df}_2)^3

Each formula names the equations of the derivations that it is.
"""

from rfscale.symbolic.formula import Formula
from rfscale.symbolic.power_law import CONSTANTS
from rfscale.symbolic.solution import DF1

POWER_LAW = "rfscale.asymptotics.optimal_ridge_power_law"
AT_BEST = {
    "a": "2*N*T/(N + T + sqrt((N - T)**2 + 4*kappa*N*T))",
    "kappa": "G(2/(alpha*(1 + alpha)))",
}
NO_NOISE = "infinite sizes without label noise; (12.10) has the terms of label noise"
SCALES = r"$1 + \alpha \ll a \ll M$, no label noise"
AT_MOST = (
    r"with $e = (1 + \alpha)/2a$ and f the cutoff error at a, at most $1.25\,e + 2f$ of the loss, "
    r"$2e + 7f$ of the ridge"
)
EXPONENTS = r"$1 \ll N, T \ll M$, no label noise, without or with the best ridge"
SLOW = r"of relative order $(n/M)^{\alpha+\beta}$, and slow near the crossing of the two exponents"

FORMULAS = (
    Formula(
        name="optimal_ridge_condition",
        title="the condition of the best ridge, for Delta",
        left="(df2 - df3)*(N - df1)*(T - df1)",
        right="(df1 - df2)**3",
        where={
            "df1": DF1,
            "df2": "Sum((lambda_J[J]/(lambda_J[J] + Delta))**2, (J, 1, M))",
            "df3": "Sum((lambda_J[J]/(lambda_J[J] + Delta))**3, (J, 1, M))",
        },
        conditions=("df1 < N", "df1 < T"),
        unknown="Delta",
        regime=NO_NOISE,
        error="of relative order 1/size",
        function="rfscale.optimal_ridge",
        result="its `prediction.delta`",
        tags=("12.5",),
    ),
    Formula(
        name="optimal_ridge",
        title="the best ridge",
        left="best_gamma",
        right="G(sigma_u**2/M)*Delta*G((df1 - df2)**3/(df2 - df3))",
        regime=NO_NOISE,
        error="of relative order 1/size",
        function="rfscale.optimal_ridge",
        result="its `ridge`",
        tags=("12.6",),
    ),
    Formula(
        name="optimal_share",
        title="the best share of a budget N T, at the best ridge",
        left="T/N",
        right="G((2*L + sigma_eps**2)/(2*L))",
        regime="infinite sizes, the best ridge, a given product N T; L is the loss at that share",
        error="of relative order 1/size",
        function="rfscale.compute_optimal",
        tags=("13.2", "13.4"),
    ),
    Formula(
        name="optimal_ridge_power_law_df1",
        title="df1 at the best ridge of a power law",
        left="a",
        right=AT_BEST["a"],
        where={"kappa": AT_BEST["kappa"]},
        regime=SCALES,
        error=AT_MOST,
        function=POWER_LAW,
        tags=("12.15",),
    ),
    Formula(
        name="optimal_ridge_power_law",
        title="the best ridge of a power law",
        left="best_gamma",
        right="G(sigma_u**2*lambda_plus/M)*kappa*C*a**(1 - alpha)",
        where=AT_BEST | CONSTANTS,
        regime=SCALES,
        error=AT_MOST,
        function=POWER_LAW,
        tags=("12.16",),
    ),
    Formula(
        name="optimal_ridge_power_law_loss",
        title="the loss of a power law at the best ridge",
        left="best_loss",
        right=(
            "G(sigma_w**2*lambda_plus/(2*M))*C*a**(-alpha)"
            "*G((N + T - (1 - kappa)*a)/(N + T - 2*(1 - alpha**-1)*a))"
        ),
        where=AT_BEST | CONSTANTS,
        regime=SCALES,
        error=AT_MOST,
        function=POWER_LAW,
        tags=("12.17", "12.19"),
    ),
    Formula(
        name="loss_exponents_in_N",
        title="the exponent of the loss in N, L ~ N^-mu_N, for a source condition",
        left="mu_N",
        right="Min(alpha + beta, 1 + alpha)",
        conditions=("0 < alpha + beta",),
        regime=r"$N \ll T$; " + EXPONENTS,
        error=SLOW + r", $\beta = 1$",
        function="rfscale.asymptotics.loss_exponents",
        tags=("15.16", "15.17", "15.18"),
    ),
    Formula(
        name="loss_exponents_in_T",
        title="the exponent of the loss in T, L ~ T^-mu_T, for a source condition",
        left="mu_T",
        right="Min(alpha + beta, 2 + 2*alpha)",
        conditions=("0 < alpha + beta",),
        regime=r"$T^{\max(1, \min(\beta, 2 + \alpha))} \ll N$; " + EXPONENTS,
        error=SLOW + r", $\beta = 2 + \alpha$",
        function="rfscale.asymptotics.loss_exponents",
        tags=("15.16", "15.17", "15.18"),
    ),
    Formula(
        name="source_phases_variance",
        title="the loss of a smooth teacher between the two, by the choice of the features",
        left="L",
        right="G(sigma_w**2*lambda_plus/(2*M))*G(zeta(beta)*C/(N*T**alpha))",
        where=CONSTANTS,
        conditions=("1 < beta",),
        regime=r"$T \ll N \ll T^{\min(\beta, 2 + \alpha)}$; " + EXPONENTS,
        error=r"of the relative order of the other terms, and T/N",
        function="rfscale.asymptotics.source_phases",
        tags=("15.20", "15.21"),
    ),
    Formula(
        name="source_compute_optimal",
        title="the exponent of the loss in N T at the best share, L ~ (N T)^-mu_C",
        left="mu_C",
        right="Max((1 + alpha)/2, (alpha + theta)/(1 + theta))",
        where={"theta": "Min(beta, 2 + alpha)"},
        conditions=("1 < beta",),
        regime=EXPONENTS,
        error=r"slow near $\alpha = 1$, $\beta = 1$ and $\beta = 2 + \alpha$",
        function="rfscale.asymptotics.source_compute_optimal",
        tags=("15.31",),
    ),
)
