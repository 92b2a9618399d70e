r"""The best use of compute by gradient flow, and one-pass SGD while it learns.

.. math:: \mathcal S = k_C\, \mathcal C^{-\alpha/(q+\alpha)}, \qquad \mathcal S =
          \frac{s\,\Gamma(1 - s)\,(2\tau)^{s-1}}{1 - G}

The constants of the first law are the least value of an integral, which is no closed form:
`rfscale.asymptotics.compute_optimal_constants` has them. Each formula names the equations of the
derivations that it is.
"""

from rfscale.symbolic.flow import NOISE, SIGNAL, STATED
from rfscale.symbolic.formula import Formula
from rfscale.symbolic.power_law import FUNCTIONS, S

COMPUTE = FUNCTIONS + "compute_optimal_time"
SCALES = r"$1 + \alpha \ll N \ll M$; N = T for the compute $N T \tau$, T infinite for $N \tau$"
WHILE_IT_LEARNS = r"$1 \ll 2\tau \ll N^{1+\alpha}, M^{1+\alpha}$"
BEST_STEP = "that of sgd_power_law, without label noise"

FORMULAS = (
    Formula(
        name="compute_optimal_time_size",
        title="the number of features at the best use of compute",
        left="N",
        right="G(compute/x_C)**(q + alpha)**-1",
        regime=SCALES,
        error=STATED,
        function=COMPUTE,
        result="its `N`",
        tags=("20.25", "20.26"),
    ),
    Formula(
        name="compute_optimal_time",
        title="the time of training at the best use of compute",
        left="tau",
        right="x_C*G(compute/x_C)**G((1 + alpha)/(q + alpha))",
        regime=SCALES,
        error=STATED,
        function=COMPUTE,
        result="its `tau`",
        tags=("20.25", "20.26"),
    ),
    Formula(
        name="compute_optimal_time_loss",
        title="the loss at the best use of compute",
        left="L_signal",
        right=SIGNAL + "*k_C*compute**(-G(alpha/(q + alpha)))",
        regime=SCALES,
        error=STATED,
        function=COMPUTE,
        result="its `signal`",
        tags=("20.25", "20.26"),
    ),
    Formula(
        name="sgd_power_law",
        title="the loss of one-pass SGD while it learns",
        left="L",
        right=(
            SIGNAL + "*G(s*Gamma(1 - s)*(2*tau)**(s - 1)/(1 - share))"
            " + " + NOISE + "*G(share/(1 - share))"
        ),
        where={
            "share": "B**-1*Sum(h*lambda_J[J]/(2 - h*(1 + B**-1)*lambda_J[J]), (J, 1, M))",
            "h": "eta*G(sigma_u**2*N/M)",
            **S,
        },
        regime=WHILE_IT_LEARNS + r"; $\tau/\lambda_+$ is h times the steps",
        error=STATED,
        function=FUNCTIONS + "sgd_power_law",
        tags=("21.12",),
    ),
    Formula(
        name="best_sgd_step_condition",
        title="the condition of the best step of one-pass SGD, for z",
        left="G(alpha/(1 + alpha))*(B + 1 - Sum(lambda_J[J]/(z - lambda_J[J]), (J, 1, M)))",
        right="Sum(z*lambda_J[J]/(z - lambda_J[J])**2, (J, 1, M))",
        conditions=("lambda_J[1] < z",),
        unknown="z",
        regime=BEST_STEP,
        error=STATED,
        function=FUNCTIONS + "best_sgd_step",
        tags=("21.12", "21.13"),
    ),
    Formula(
        name="best_sgd_step",
        title="the best step of one-pass SGD",
        left="eta",
        right="G(2*B/(B + 1))*G(M/(sigma_u**2*N*z))",
        regime=BEST_STEP,
        error=STATED,
        function=FUNCTIONS + "best_sgd_step",
        tags=("21.12", "21.13"),
    ),
)
