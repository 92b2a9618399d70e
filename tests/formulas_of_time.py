"""Random points for the formulas of training time: what each is given, and what it has to be."""

from dataclasses import replace

import numpy as np
import scipy

import rfscale as rf
from rfscale import asymptotics as closed


def large(rng, alpha=None, **given):
    """A model with M far above sizes."""
    alpha = alpha or rng.uniform(0.6, 2.0)
    spectrum = rf.PowerLaw(alpha, 10**12, rng.uniform(0.5, 3.0))
    return rf.ScalingModel(spectrum, *rng.uniform(0.3, 2.0, 3), **given)


def scales(model, *names):
    of_spectrum = {"lambda_plus": "scale", "alpha": "alpha"}
    return {
        name: getattr(model.spectrum, of_spectrum[name])
        if name in of_spectrum
        else getattr(model, name)
        for name in names
    }


def units(which):
    return [("M", "lambda_plus", "sigma_w"), ("sigma_eps",)][which]


def undertrained(which):
    def draw(rng):
        model = large(rng)
        N, T = 10 ** rng.uniform(3, 6, 2)
        tau = min(N, T) ** (rng.uniform(0.2, 0.6) * (1 + model.spectrum.alpha))
        values = scales(model, "alpha", *units(which)) | {"N": N, "T": T, "tau": tau}
        return values, closed.undertrained_loss(model, N, T, tau)[which]

    return draw


def undertrained_source(rng):
    beta = rng.uniform(-0.4, 0.9)
    model = large(rng, teacher=rf.SourceCondition(beta))
    N, T = 10 ** rng.uniform(3, 6, 2)
    tau = min(N, T) ** (rng.uniform(0.2, 0.4) * (1 + model.spectrum.alpha))
    values = scales(model, "alpha", *units(0)) | {"N": N, "T": T, "tau": tau, "beta": beta}
    return values, closed.undertrained_loss(model, N, T, tau)[0]


def at_one(which, same=False):
    def draw(rng):
        model = large(rng, alpha=1.0)
        N, T = 10 ** rng.uniform(1.5, 3, 2)
        T = N if same else T
        tau = min(N, T) ** 2 * 10 ** rng.uniform(-1.5, 1)
        values = scales(model, *units(which)) | {"N": N, "tau": tau}
        if not same:
            values["T"] = T
        return values, closed.flow_alpha_one(model, N, T, tau)[which]

    return draw


def best_time(same=False):
    def draw(rng):
        N, T = 10 ** rng.uniform(1.5, 3, 2)
        model = large(rng, alpha=1.0)
        noise = model.sigma_w * np.sqrt(rng.uniform(0, 3) / (model.M * N))
        model = replace(model, sigma_eps=noise)
        values = scales(model, "M", "lambda_plus", "sigma_w", "sigma_eps") | {"N": N}
        if same:
            return values, closed.best_time_alpha_one(model, N, N)[0]
        return values | {"T": T}, closed.best_time_alpha_one(model, N, T)[0]

    return draw


def plateau(which, order):
    """`order` is that of the symbols: of n < m, or of N and T."""

    def draw(rng):
        model = large(rng)
        n = 10 ** rng.uniform(1.5, 2.5)
        m = n * rng.uniform(1.5, 4) if order != ("n",) else np.inf
        sizes = dict(zip(order, (n, m), strict=False))
        N = sizes.get("N", n)
        T = sizes.get("T", m)
        tau = rng.uniform(3, 9) * n ** (1 + model.spectrum.alpha)
        values = scales(model, "alpha", *units(which)) | sizes | {"tau": tau}
        return values, closed.plateau_approach(model, N, T, tau)[which]

    return draw


def peak_growth(which):
    def draw(rng):
        spectrum = rf.PowerLaw(rng.uniform(0.4, 2.0), int(rng.integers(20, 60)), 1.7)
        model = rf.ScalingModel(spectrum, *rng.uniform(0.3, 2.0, 3))
        N = rng.uniform(0.2, 0.8) * model.M
        delta = rf.predict(model, N, np.inf).delta
        values = {"N": N, "Delta": delta, "sum_pq": spectrum.df1_minus_df2(delta)}
        tau = 10 ** rng.uniform(2, 5) * N**2
        values |= scales(model, *(("M", "sigma_w"), ("sigma_eps",))[which])
        return values | {"tau": tau, "lambda_plus": 1.7}, closed.peak_growth(model, N, tau)[which]

    return draw


def best_use(which, *names):
    def draw(rng):
        model = large(rng)
        alpha = model.spectrum.alpha
        cost = str(rng.choice(["N tau", "N T tau"]))
        compute = 10 ** rng.uniform(9, 12)
        x, k = closed.compute_optimal_constants(alpha, cost)
        q = cost.count("T") + 2
        given = scales(model, "M", "lambda_plus", "sigma_w") | {"x_C": x, "k_C": k}
        values = {name: given[name] for name in names} | {"alpha": alpha, "q": q}
        found = closed.compute_optimal_time(model, compute, cost)
        return values | {"compute": compute}, getattr(found, which)

    return draw


def sgd(rng):
    spectrum = rf.PowerLaw(rng.uniform(1.2, 2.5), 100, rng.uniform(0.5, 3.0))
    model = rf.ScalingModel(spectrum, *rng.uniform(0.3, 2.0, 3))
    steps, batch = rng.integers((50, 1), (200, 4))
    training = rf.SGD(steps, batch, relative_step=rng.uniform(0.2, 0.5))
    N = 10 ** rng.uniform(4, 5)
    unit = model.sigma_u**2 * spectrum.scale * N / model.M
    values = {"lambda_J": spectrum.eigenvalues, "alpha": spectrum.alpha, "B": batch, "N": N}
    values |= {"lambda_plus": spectrum.scale, "tau": steps * training.relative_step}
    values |= {"eta": training.relative_step / unit}
    values |= scales(model, "sigma_w", "sigma_u", "sigma_eps")
    return values, closed.sgd_power_law(model, N, training)


def best_step(names, of_z):
    def draw(rng):
        spectrum = rf.PowerLaw(rng.uniform(0.5, 2.5), 60, rng.uniform(0.5, 3.0))
        model = rf.ScalingModel(spectrum, sigma_u=rng.uniform(0.3, 2.0))
        N, batch = 10 ** rng.uniform(4, 5), int(rng.integers(1, 9))
        eta = closed.best_sgd_step(model, N, batch)
        lam = spectrum.eigenvalues

        def excess(z):  # (21.13)
            left = spectrum.alpha / (1 + spectrum.alpha) * (batch + 1 - np.sum(lam / (z - lam)))
            return left - np.sum(lam * z / (z - lam) ** 2)

        z = scipy.optimize.brentq(excess, lam[0] * (1 + 1e-6), 100 * lam[0], xtol=1e-13)
        given = {"lambda_J": lam, "alpha": spectrum.alpha, "B": batch, "N": N, "z": z}
        given |= scales(model, "M", "sigma_u")
        found = 2 * batch * model.M / ((batch + 1) * model.sigma_u**2 * N * eta) if of_z else eta
        return {name: given[name] for name in names}, found

    return draw


CASES_OF_TIME = {
    "undertrained_signal": undertrained(0),
    "undertrained_noise": undertrained(1),
    "undertrained_source_signal": undertrained_source,
    "flow_alpha_one_signal": at_one(0),
    "flow_alpha_one_noise": at_one(1),
    "flow_alpha_one_peak_signal": at_one(0, same=True),
    "flow_alpha_one_peak_noise": at_one(1, same=True),
    "best_time_alpha_one": best_time(),
    "best_time_alpha_one_peak": best_time(same=True),
    "plateau_approach_signal": plateau(0, ("n", "m")),
    "plateau_approach_one_size_signal": plateau(0, ("n",)),
    "plateau_approach_noise_features": plateau(1, ("N", "T")),
    "plateau_approach_noise_data": plateau(1, ("T", "N")),
    "peak_growth_signal": peak_growth(0),
    "peak_growth_noise": peak_growth(1),
    "compute_optimal_time_size": best_use("N", "x_C"),
    "compute_optimal_time": best_use("tau", "x_C"),
    "compute_optimal_time_loss": best_use("signal", "k_C", "M", "lambda_plus", "sigma_w"),
    "sgd_power_law": sgd,
    "best_sgd_step_condition": best_step(("lambda_J", "alpha", "B"), of_z=True),
    "best_sgd_step": best_step(("B", "M", "N", "sigma_u", "z"), of_z=False),
}
