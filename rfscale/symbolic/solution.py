r"""The planar solution, one loop and general teachers.

.. math:: \Delta\,(N - \mathrm{df}_1)(T - \mathrm{df}_1) = \frac{\gamma M}{\sigma_u^2}

(4.6), (4.7), (5.7) to (5.9), (5.12), (6.9), (15.3), (15.4).
"""

from rfscale.symbolic.formula import Formula

DF1 = "Sum(lambda_J[J]/(lambda_J[J] + Delta), (J, 1, M))"
D = "(N - df1)*(T - df1) + (N + T - 2*df1)*(df1 - df2)"
PLANAR_ERROR = "of relative order 1/size; `order_error` says how large"
INFINITE = "infinite sizes, any spectrum and ridge"

FORMULAS = (
    Formula(
        name="degrees_of_freedom",
        title="degrees of freedom of a spectrum",
        left="df_k",
        right="Sum((lambda_J[J]/(lambda_J[J] + Delta))**k, (J, 1, M))",
        regime="any spectrum",
        error="exact",
        function="rfscale.PowerLaw.df",
        tags=("4.6",),
    ),
    Formula(
        name="fixed_point",
        title="the planar fixed point, for Delta",
        left="Delta*(N - df1)*(T - df1)",
        right="G(gamma*M/sigma_u**2)",
        where={"df1": DF1},
        conditions=("df1 < N", "df1 < T"),
        unknown="Delta",
        regime='infinite sizes at fixed ratios ("planar"), any spectrum, a ridge above 0',
        error=PLANAR_ERROR,
        function="rfscale.predict",
        result="its `delta`",
        tags=("4.7",),
    ),
    Formula(
        name="planar_determinant",
        title="the denominator of all planar losses",
        left="D",
        right=D,
        regime=INFINITE,
        error=PLANAR_ERROR,
        function="rfscale.predict",
        tags=("5.7",),
    ),
    Formula(
        name="planar_signal",
        title="the planar signal loss",
        left="L_signal",
        right="G(sigma_w**2/(2*M))*G(Delta*N*T*(df1 - df2)/D)",
        where={"D": D},
        regime=INFINITE,
        error=PLANAR_ERROR,
        function="rfscale.predict",
        result="its `signal`",
        tags=("5.8",),
    ),
    Formula(
        name="planar_noise",
        title="the planar noise loss",
        left="L_noise",
        right="G(sigma_eps**2/2)*G((N*df2 - 2*df1*df2 + df1**2)/D)",
        where={"D": D},
        regime=INFINITE,
        error=PLANAR_ERROR,
        function="rfscale.predict",
        result="its `noise`",
        tags=("5.9",),
    ),
    Formula(
        name="training_loss",
        title="the training loss on noisy labels, without a factor 1/2",
        left="L_train",
        right="(1 - df1/T)**2*(2*L + sigma_eps**2)",
        regime=INFINITE,
        error=PLANAR_ERROR,
        function="rfscale.predict",
        result="its `train`",
        tags=("5.12",),
    ),
    Formula(
        name="one_loop",
        title="one loop, whose derivatives are the terms of relative order 1/size",
        left="F1",
        right="half*log(A)",
        where={
            "A": "(1 - u**2*df2/T)*(1 - v**2*df2/N) - G(u**2*v**2*(df1 - df2)**2/(N*T))",
        },
        regime="N, T and M some tens or more, N and T not close with a weak ridge",
        error="of relative order 1/size²; `order_error` says how large",
        function="rfscale.predict",
        result='with `order="one-loop"`',
        tags=("6.9", "6.15", "6.16"),
    ),
    Formula(
        name="general_signal",
        title="the signal loss of any teacher on any test distribution",
        left="L_signal",
        right="G(sigma_w**2/(2*M))*Delta*(sum_rho_W_pq + B/D)",
        where={
            "B": (
                "(T - df1)*sum_rho_pq*sum_W_pp + (N - df1)*sum_rho_pp*sum_W_pq"
                " + sum_pq*sum_rho_p*sum_W_p"
            ),
            "D": "(N - df1)*(T - df1) + (N + T - 2*df1)*sum_pq",
        },
        regime="infinite sizes, any ridge",
        error=PLANAR_ERROR,
        function="rfscale.predict",
        result="its `signal`",
        tags=("15.3",),
    ),
    Formula(
        name="general_noise",
        title="the noise loss on any test distribution",
        left="L_noise",
        right="G(sigma_eps**2/2)*G(((N - df1)*sum_rho_pp + sum_pq*sum_rho_p)/D)",
        where={"D": "(N - df1)*(T - df1) + (N + T - 2*df1)*sum_pq"},
        regime="infinite sizes, any ridge",
        error=PLANAR_ERROR,
        function="rfscale.predict",
        result="its `noise`",
        tags=("15.4",),
    ),
)
