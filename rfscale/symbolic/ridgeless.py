r"""Losses without ridge, for any spectrum; n = min(N, T), m = max(N, T), df1(Delta) = n.

.. math:: L_\mathrm{signal} = \frac{\sigma_w^2}{2M} \frac{n\,\Delta}{1 - n/m}

(7.2) to (7.7), (7.16) to (7.18), (7.22), (7.25), (8.5), (10.1), (10.3), (14.3).
"""

from rfscale.symbolic.formula import Formula

RIDGELESS = "rfscale.asymptotics.ridgeless"
FINITE_SIZE_NOISE = "rfscale.asymptotics.ridgeless_finite_size_noise"
ERROR = "of relative order 1/size"
NO_RIDGE = r"ridge = 0; $\Delta$ is where $\mathrm{df}_1 = n$"

FORMULAS = (
    Formula(
        name="ridgeless_signal",
        title="the signal loss without ridge",
        left="L_signal",
        right="G(sigma_w**2/(2*M))*G(n*Delta/(1 - n/m))",
        conditions=("n < M", "n < m"),
        regime=NO_RIDGE,
        error=ERROR,
        function=RIDGELESS,
        tags=("7.2", "7.3"),
    ),
    Formula(
        name="ridgeless_signal_square",
        title="the signal loss without ridge at N = T = M",
        left="L_signal",
        right="G(sigma_w**2/(2*M))*G(M**2/(3*inverse_trace))",
        regime=r"ridge $\to 0$ at N = T = M",
        error=ERROR,
        function=RIDGELESS,
        tags=("7.7",),
    ),
    Formula(
        name="ridgeless_noise_features",
        title="the noise loss without ridge, of few features",
        left="L_noise",
        right="G(sigma_eps**2/2)*G(N/(T - N))",
        conditions=("N < T", "N < M"),
        regime=NO_RIDGE,
        error=ERROR,
        function=RIDGELESS,
        tags=("7.4",),
    ),
    Formula(
        name="ridgeless_noise_data",
        title="the noise loss without ridge, of few samples",
        left="L_noise",
        right="G(sigma_eps**2/2)*(T/(N - T) + df2/(T - df2))",
        conditions=("T < N", "T < M"),
        regime=NO_RIDGE,
        error=ERROR,
        function=RIDGELESS,
        tags=("7.4",),
    ),
    Formula(
        name="ridgeless_noise_latent",
        title="the noise loss without ridge where all is learned and the signal is 0",
        left="L_noise",
        right="G(sigma_eps**2/2)*G(M/(T - M))",
        conditions=("M <= N", "M < T"),
        regime=NO_RIDGE,
        error=ERROR,
        function=RIDGELESS,
        tags=("7.6",),
    ),
    Formula(
        name="ridgeless_finite_size_signal",
        title="the signal loss without ridge at finite size",
        left="L_signal",
        right=(
            "G(sigma_w**2/(2*M))*G((m - 1)/(m - n - 1))*Delta*(n + (n*df3 - df2**2)/(n - df2)**2)"
        ),
        conditions=("n < M", "n + 1 < m"),
        regime=r"$n - \mathrm{df}_2 \gg 1$",
        error=r"$\mathrm{df}_2/n(n - \mathrm{df}_2)^2$",
        function="rfscale.asymptotics.ridgeless_finite_size_signal",
        tags=("7.16", "7.17", "7.22"),
    ),
    Formula(
        name="ridgeless_finite_size_noise_features",
        title="the noise loss without ridge at finite size, of few features",
        left="L_noise",
        right="G(sigma_eps**2/2)*G(k_0/(T - k_0 - 1))",
        where={"k_0": "Min(N, M)"},
        conditions=("Min(N, M) + 1 < T",),
        regime="always",
        error="exact",
        function=FINITE_SIZE_NOISE,
        tags=("7.16", "7.18"),
    ),
    Formula(
        name="ridgeless_finite_size_noise_data",
        title="the noise loss without ridge at finite size, of few samples",
        left="L_noise",
        right="G(sigma_eps**2/2)*V",
        where={
            "V": (
                "(T + df2/c)/(N - T - 1) + df2/c + df2/c**2"
                " + T*(4*sum_pqq**2 - 4*sum_pqq*c + 3*sum_ppqq*c)/c**4"
            ),
            "c": "T - df2",
        },
        conditions=("T + 1 < N", "T < M"),
        regime=r"$c \gg 1$",
        error=r"$1.25\,\mathrm{df}_2/T c^2$",
        function=FINITE_SIZE_NOISE,
        tags=("7.24", "7.25"),
    ),
    Formula(
        name="plateau_features",
        title="the plateau of few features",
        left="L",
        right="G(sigma_w**2/(2*M))*N*Delta",
        conditions=("N < M",),
        regime=r"$N \ll T$, ridge = 0; $\Delta$ is where $\mathrm{df}_1 = N$",
        error="at a finite T the signal is $1/(1 - N/T)$ larger, and label noise is added",
        function="rfscale.asymptotics.plateau_features",
        tags=("10.1", "10.3"),
    ),
    Formula(
        name="plateau_data",
        title="the plateau of few samples",
        left="L",
        right="G(sigma_w**2/(2*M))*T*Delta + G(sigma_eps**2/2)*G(df2/(T - df2))",
        conditions=("T < M",),
        regime=r"$T \ll N$, ridge = 0; $\Delta$ is where $\mathrm{df}_1 = T$",
        error="at a finite N the signal is $1/(1 - T/N)$ larger",
        function="rfscale.asymptotics.plateau_data",
        tags=("10.1", "10.3", "14.3"),
    ),
    Formula(
        name="peak",
        title="the height of the peak of the signal loss at N = T",
        left="L_signal",
        right="G(sigma_w**2/(4*M))*Delta**Rational(3, 2)*N**2*sqrt(sigma_u**2/(gamma*M))",
        conditions=("N < M",),
        regime=(
            r"N = T, $\Delta$ where $\mathrm{df}_1 = N$, and a small ridge, "
            r"$h = \sqrt{\gamma M/(\sigma_u^2\Delta)} \ll \mathrm{df}_1 - \mathrm{df}_2$"
        ),
        error=r"$h/(\mathrm{df}_1 - \mathrm{df}_2)$",
        function="rfscale.asymptotics.peak",
        tags=("8.3", "8.5"),
    ),
)
