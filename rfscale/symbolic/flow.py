r"""Gradient flow in the course of time: early times, all times at alpha = 1, and its best time.

.. math:: \mathcal S = \frac{c\,(2\tau)^{s-1}}{\Gamma(s)} + \dots \qquad \tau = \frac{t\, N T
          \lambda_+ \sigma_u^2}{M}

The sum over J has N + 1/2 and T + 1/2 in the place of the N and T of its integral (20.3). Each
formula names the equations of the derivations that it is.
"""

from rfscale.symbolic.formula import Formula
from rfscale.symbolic.power_law import FUNCTIONS, ROOT

EARLY = r"$1 \ll \tau \ll \min(N, T)^{1+\alpha}$, N, T far below M"
STATED = "stated by the function"
SIGNAL = "G(sigma_w**2*lambda_plus/(2*M))"
NOISE = "G(sigma_eps**2/2)"
HALVES = {
    "tau_h": "tau*(1 + (2*N)**-1)*(1 + (2*T)**-1)",
    "N_h": "N + half",
    "T_h": "T + half",
}
SHARED = "*G(tau/tau_h)"  # of the signal of the sum in that of the integral
OF_NOISE = "(G(T/T_h)*V_h - (2*T_h)**-1)"

ALPHA_ONE = r"$\alpha = 1$, $1 \ll \tau$, $1 \ll N, T \ll M$"
APART = ALPHA_ONE + r", $N \ne T$; at $N = T$ flow_alpha_one_peak_signal, flow_alpha_one_peak_noise"
STRENGTH = "G(sigma_eps**2*M/(sigma_w**2*lambda_plus))"
PLACE = {
    "y": "b*sqrt(tau_h)",
    "b": "G(h/2)*Abs(N_h**-1 - T_h**-1)",
    "h": "G(pi/2)",
    **HALVES,
}
NOISE_AT_ONE = {
    "V_h": "G(h/T_h)*(2*K_1 - K_2)",
    "K_1": "sqrt(tau_h)*(y*erf(y) + exp(-y**2)/sqrt(pi) + erf(y)/(2*y))",
    "K_2": (
        "sqrt(2*tau_h)*(sqrt(2)*y*erf(sqrt(2)*y) + exp(-2*y**2)/sqrt(pi)"
        " + erf(sqrt(2)*y)/(2*sqrt(2)*y))"
    ),
    **PLACE,
}
PEAK = {
    "V_h": "G(h/N_h)*G(2*(2 - sqrt(2))/sqrt(pi))*sqrt(tau_h)",
    "h": "G(pi/2)",
    "tau_h": "tau*(1 + (2*N)**-1)**2",
    "N_h": "N + half",
}

FORMULAS = (
    Formula(
        name="undertrained_signal",
        title="the signal loss of gradient flow at early times",
        left="L_signal",
        right=(
            SIGNAL + SHARED + "*(c*(2*tau_h)**(s - 1)/Gamma(s)"
            " + (N_h**-1 + T_h**-1)*G((1 - s)*c**2*(2*tau_h)**(2*s - 1)/Gamma(2*s)))"
        ),
        where=HALVES | ROOT,
        regime=EARLY,
        error=STATED,
        function=FUNCTIONS + "undertrained_loss",
        result="its signal",
        tags=("20.3", "20.6"),
    ),
    Formula(
        name="undertrained_noise",
        title="the noise loss of gradient flow at early times",
        left="L_noise",
        right=NOISE + "*" + OF_NOISE,
        where={
            "V_h": (
                "T_h**-1*(G((2 - 2**s)/Gamma(1 + s))*c*tau_h**s"
                " + G((2 - 4**s)/Gamma(1 + 2*s))*c**2*tau_h**(2*s)"
                "*(T_h**-1 - s*(N_h**-1 + T_h**-1)))"
            ),
            **HALVES,
            **ROOT,
        },
        regime=EARLY,
        error=STATED,
        function=FUNCTIONS + "undertrained_loss",
        result="its noise",
        tags=("20.3", "20.7"),
    ),
    Formula(
        name="undertrained_source_signal",
        title="the signal loss at early times with a source condition",
        left="L_signal",
        right=SIGNAL + "*s*Gamma(e)*(2*tau_h)**(-e)",
        where={"e": "G((alpha + beta)/(1 + alpha))", **HALVES, "s": ROOT["s"]},
        conditions=("0 < alpha + beta",),
        regime=EARLY,
        error=STATED,
        function=FUNCTIONS + "undertrained_loss",
        result="its signal",
        tags=("20.3", "20.8"),
    ),
    Formula(
        name="flow_alpha_one_signal",
        title="the signal loss of gradient flow at alpha = 1",
        left="L_signal",
        right=(
            SIGNAL + SHARED + "*(h*(a + b*erf(sqrt(2)*y) + exp(-2*y**2)/sqrt(2*pi*tau_h))"
            " + G(h**2/N_h)*V_h)"
        ),
        where={"a": "G(h/2)*(N_h**-1 + T_h**-1)", **NOISE_AT_ONE},
        regime=APART,
        error=STATED,
        function=FUNCTIONS + "flow_alpha_one",
        result="its signal",
        tags=("20.3", "20.10", "20.11"),
    ),
    Formula(
        name="flow_alpha_one_noise",
        title="the noise loss of gradient flow at alpha = 1",
        left="L_noise",
        right=NOISE + "*" + OF_NOISE,
        where=NOISE_AT_ONE,
        regime=APART,
        error=STATED,
        function=FUNCTIONS + "flow_alpha_one",
        result="its noise",
        tags=("20.3", "20.10"),
    ),
    Formula(
        name="flow_alpha_one_peak_signal",
        title="the signal loss of gradient flow at alpha = 1, N = T",
        left="L_signal",
        right=(SIGNAL + SHARED + "*(h**2/N_h + h/sqrt(2*pi*tau_h) + G(h**2/N_h)*V_h)"),
        where=PEAK,
        regime=ALPHA_ONE,
        error=STATED,
        function=FUNCTIONS + "flow_alpha_one",
        result="its signal",
        tags=("20.3", "20.10", "20.11"),
    ),
    Formula(
        name="flow_alpha_one_peak_noise",
        title="the noise loss of gradient flow at alpha = 1, N = T",
        left="L_noise",
        right=NOISE + "*(G(N/N_h)*V_h - (2*N_h)**-1)",
        where=PEAK,
        regime=ALPHA_ONE,
        error=STATED,
        function=FUNCTIONS + "flow_alpha_one",
        result="its noise",
        tags=("20.3", "20.10"),
    ),
    Formula(
        name="best_time_alpha_one",
        title="the best time of gradient flow at alpha = 1, for tau",
        left="G(2/T_h)*(h**2/N_h + eta)*(D - R)",
        right="G(exp(-2*y**2)/(sqrt(pi)*2*tau_h*sqrt(2*tau_h)))",
        where={
            "D": "exp(-y**2)/sqrt(pi*tau_h) - b*erfc(y)",
            "R": "exp(-2*y**2)/sqrt(2*pi*tau_h) - b*erfc(sqrt(2)*y)",
            "eta": "G(N_h/N)*" + STRENGTH,
            **PLACE,
        },
        unknown="tau",
        regime=ALPHA_ONE + ", T finite, and N finite without label noise",
        error=STATED,
        function=FUNCTIONS + "best_time_alpha_one",
        result="its tau",
        tags=("20.3", "20.13"),
    ),
    Formula(
        name="best_time_alpha_one_peak",
        title="the best time of gradient flow at alpha = 1, N = T",
        left="tau",
        right="N**2/(4*(sqrt(2) - 1)*(h**2 + eta*N_h))",
        where={"eta": "G(N_h/N)*" + STRENGTH, "h": "G(pi/2)", "N_h": "N + half"},
        regime=ALPHA_ONE,
        error=STATED,
        function=FUNCTIONS + "best_time_alpha_one",
        result="its tau",
        tags=("20.3", "20.14"),
    ),
)
