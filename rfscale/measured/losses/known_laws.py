r"""The laws that the package knows, each equation once, with the literature's names of parameters.

Each but `saturating` is also there without its least loss E: hold E at 0. `coupled` (25.2) is
Chinchilla at g = 1 and Kaplan (25.4) at g = 1/beta; the talk's law (25.6) is Kaplan's with one
exponent. Random features: (25.7), at finite M (25.11). `saturating` (Bryant and Liu,
arXiv:2605.09189, without its term for repeated data) stays below L0, the loss of knowing nothing;
hold it, at the logarithm of the vocabulary. Chinchilla is its limit for infinite L0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rfscale.measured.losses.discrete_features import EXACT
from rfscale.measured.losses.laws import Law, Published, keep
from rfscale.measured.losses.random_features import loss_of_features, ridgeless_loss
from rfscale.theory.asymptotics.best_ridge import best_loss

EXPONENT = (0.02, 3.0)
USUAL = (0.05, 1.2)  # exponents of real losses
LOG_RATIO = (-12.0, 12.0)  # of sizes at the centre
USUAL_RATIO = (-6.0, 6.0)
COUPLING = (0.2, 20.0)
USUAL_COUPLING = (0.5, 8.0)
POWER = (0.1, 5.0)
USUAL_POWER = (0.3, 2.0)
LOG_M = (0.01, 40.0)  # of M over the central N
USUAL_LOG_M = (3.0, 20.0)
LOG_H = (-15.0, 5.0)  # at the centre
USUAL_LOG_H = (-5.0, 1.0)


def share(log_r: Any) -> Any:
    """w = 1/(1 + e^log_r), the part that N has at the centre; of -log_r that of T."""
    return 1 / (1 + np.exp(log_r))


def joined(x: Any, y: Any, alpha: Any, beta: Any, log_r: Any, g: Any) -> Any:
    """[w x^(-alpha g) + (1 - w) y^(-beta g)]^(1/g), with w the share of N."""
    of_N = np.log(share(log_r)) - alpha * g * np.log(x)
    of_T = np.log(share(-log_r)) - beta * g * np.log(y)
    largest = np.maximum(np.real(of_N), np.real(of_T))  # whose power may be beyond all floats
    return np.exp((largest + np.log(np.exp(of_N - largest) + np.exp(of_T - largest))) / g)


CHINCHILLA = Law(
    name="chinchilla",
    formula="E + A/N^alpha + B/T^beta",
    linear=("E", "A_share", "B_share"),
    nonlinear={"alpha": EXPONENT, "beta": EXPONENT},
    starts={"alpha": USUAL, "beta": USUAL},
    terms=lambda x, y, alpha, beta: (1.0, x**-alpha, y**-beta),
    published=(
        Published("A", of="A_share", factor=lambda N0, T0, alpha, beta: N0**alpha),
        Published("B", of="B_share", factor=lambda N0, T0, alpha, beta: T0**beta),
    ),
)

TIED = Law(
    name="tied",
    formula="E + A/N^alpha + B/T^alpha",
    linear=("E", "A_share", "B_share"),
    nonlinear={"alpha": EXPONENT},
    starts={"alpha": USUAL},
    terms=lambda x, y, alpha: (1.0, x**-alpha, y**-alpha),
    published=(
        Published("A", of="A_share", factor=lambda N0, T0, alpha: N0**alpha),
        Published("B", of="B_share", factor=lambda N0, T0, alpha: T0**alpha),
    ),
)

KAPLAN = Law(
    name="kaplan",
    formula="E + [(Nc/N)^(alpha/beta) + Tc/T]^beta",
    linear=("E", "K"),
    nonlinear={"alpha": EXPONENT, "beta": EXPONENT, "log_r": LOG_RATIO},
    starts={"alpha": USUAL, "beta": USUAL, "log_r": USUAL_RATIO},
    terms=lambda x, y, alpha, beta, log_r: (1.0, joined(x, y, alpha, beta, log_r, 1 / beta)),
    published=(
        Published(
            "Nc",
            of="K",
            factor=lambda N0, T0, alpha, beta, log_r: N0**alpha * share(log_r) ** beta,
            root=lambda alpha, beta, log_r: alpha,
        ),
        Published(
            "Tc",
            of="K",
            factor=lambda N0, T0, alpha, beta, log_r: (T0 * share(-log_r)) ** beta,
            root=lambda alpha, beta, log_r: beta,
        ),
    ),
    hidden=("log_r",),
)

SAMPLES_PER_FEATURE = Published(
    "r", of="log_r", factor=lambda N0, T0, *theta: T0 / N0, is_exponential=True
)

TALK = Law(
    name="talk",
    formula="E + k (1/N + r/T)^alpha",
    linear=("E", "K"),
    nonlinear={"alpha": EXPONENT, "log_r": LOG_RATIO},
    starts={"alpha": USUAL, "log_r": USUAL_RATIO},
    terms=lambda x, y, alpha, log_r: (1.0, joined(x, y, alpha, alpha, log_r, 1 / alpha)),
    published=(
        Published("k", of="K", factor=lambda N0, T0, alpha, log_r: (share(log_r) * N0) ** alpha),
        SAMPLES_PER_FEATURE,
    ),
)

COUPLED = Law(
    name="coupled",
    formula="E + [(A/N^alpha)^g + (B/T^beta)^g]^(1/g)",
    linear=("E", "K"),
    nonlinear={"alpha": EXPONENT, "beta": EXPONENT, "log_r": LOG_RATIO, "g": COUPLING},
    starts={"alpha": USUAL, "beta": USUAL, "log_r": USUAL_RATIO, "g": USUAL_COUPLING},
    terms=lambda x, y, alpha, beta, log_r, g: (1.0, joined(x, y, alpha, beta, log_r, g)),
    published=(
        Published(
            "A",
            of="K",
            factor=lambda N0, T0, alpha, beta, log_r, g: N0**alpha * share(log_r) ** (1 / g),
        ),
        Published(
            "B",
            of="K",
            factor=lambda N0, T0, alpha, beta, log_r, g: T0**beta * share(-log_r) ** (1 / g),
        ),
    ),
    hidden=("log_r",),
)

RANDOM_FEATURES = Law(
    name="random-features",
    formula="E + k f(N, T/r; alpha)",
    linear=("E", "K"),
    nonlinear={"alpha": EXPONENT, "log_r": LOG_RATIO},
    starts={"alpha": USUAL, "log_r": USUAL_RATIO},
    terms=lambda x, y, alpha, log_r: (1.0, best_loss(x, y * np.exp(-log_r), alpha)),
    published=(
        Published(
            "k",
            of="K",
            factor=lambda N0, T0, alpha, log_r: N0**alpha / best_loss(1.0, np.exp(-log_r), alpha),
        ),
        SAMPLES_PER_FEATURE,
    ),
)

RANDOM_FEATURES_POWER = Law(
    name="random-features power",
    formula="E + k f(N^p, T/r; alpha)",
    linear=("E", "K"),
    nonlinear={"alpha": EXPONENT, "log_r": LOG_RATIO, "p": POWER},
    starts={"alpha": USUAL, "log_r": USUAL_RATIO, "p": USUAL_POWER},
    terms=lambda x, y, alpha, log_r, p: (1.0, best_loss(x**p, y * np.exp(-log_r), alpha)),
    published=(
        Published(
            "k",
            of="K",
            factor=lambda N0, T0, alpha, log_r, p: (
                N0 ** (p * alpha) / best_loss(1.0, np.exp(-log_r), alpha)
            ),
        ),
        Published(
            "r",
            of="log_r",
            factor=lambda N0, T0, alpha, log_r, p: T0 / N0**p,
            is_exponential=True,
        ),
    ),
)


def _of_M(x: Any, y: Any, alpha: Any, log_r: Any, log_M: Any) -> Any:
    return loss_of_features(x, y * np.exp(-log_r), np.exp(log_M), alpha)


RANDOM_FEATURES_M = Law(
    name="random-features M",
    formula="E + k f(N, T/r, M; alpha)",
    linear=("E", "K"),
    nonlinear={"alpha": EXPONENT, "log_r": LOG_RATIO, "log_M": LOG_M},
    starts={"alpha": USUAL, "log_r": USUAL_RATIO, "log_M": USUAL_LOG_M},
    terms=lambda x, y, *theta: (1.0, _of_M(x, y, *theta)),
    published=(
        Published("k", of="K", factor=lambda N0, T0, *th: N0 ** th[0] / _of_M(1.0, 1.0, *th)),
        SAMPLES_PER_FEATURE,
        Published("M", of="log_M", factor=lambda N0, T0, *theta: N0, is_exponential=True),
    ),
    analytic=False,
)

RIDGELESS = Law(
    name="ridgeless",
    formula="E + k n^-alpha/(1 - n/m), n and m the smaller and the larger of N and T/r",
    linear=("E", "K"),
    nonlinear={"alpha": EXPONENT, "log_r": LOG_RATIO},
    starts={"alpha": USUAL, "log_r": USUAL_RATIO},
    terms=lambda x, y, alpha, log_r: (1.0, ridgeless_loss(x, y * np.exp(-log_r), alpha)),
    published=(
        Published(
            "k",
            of="K",
            factor=lambda N0, T0, alpha, log_r: (
                N0**alpha / ridgeless_loss(1.0, np.exp(-log_r), alpha)
            ),
        ),
        SAMPLES_PER_FEATURE,
    ),
)


def _bounded(x: Any, y: Any, alpha: Any, beta: Any, log_r: Any, log_h: Any) -> tuple[Any, Any]:
    """1/(1 + h) and h/(1 + h)."""
    h = np.exp(log_h) * joined(x, y, alpha, beta, log_r, 1.0)
    return 1 / (1 + h), h / (1 + h)


SATURATING = Law(
    name="saturating",
    formula="E + (L0 - E) h/(1 + h), h = a/N^alpha + b/T^beta",
    linear=("E_share", "L0_share"),
    nonlinear={"alpha": EXPONENT, "beta": EXPONENT, "log_r": LOG_RATIO, "log_h": LOG_H},
    starts={"alpha": USUAL, "beta": USUAL, "log_r": USUAL_RATIO, "log_h": USUAL_LOG_H},
    terms=_bounded,
    published=(
        Published("E", of="E_share", factor=lambda N0, T0, a, b, r, log_h: 1 + np.exp(log_h)),
        Published("L0", of="L0_share", factor=lambda N0, T0, a, b, r, log_h: 1 + np.exp(-log_h)),
    ),
)

LAWS = (
    CHINCHILLA,
    TIED,
    KAPLAN,
    TALK,
    COUPLED,
    RANDOM_FEATURES,
    RANDOM_FEATURES_POWER,
    RANDOM_FEATURES_M,
    RIDGELESS,
    SATURATING,
    EXACT,
)
keep(*LAWS)
