"""Coverage of intervals on synthetic tables; as a script it prints the table of the book.

A law is fitted to the table of Chinchilla's figure. Losses with noise are drawn at the table's
sizes, the law is fitted to them, and intervals are counted that hold the truth.
"""

import sys
import warnings
from dataclasses import dataclass

import numpy as np

import rfscale as rf
from rfscale.measured.losses.loss_fit import LossFit

NOISES = {
    "R": "residuals of the table, drawn anew",
    "O": "normal, 5 % of runs above the law by 10 times as much",
    "H": "normal, falling by e for 2 standard deviations of log N T",
    "R40": "as R, 40 rows",
}
METHODS = ("bootstrap", "sandwich")
FEW = 40  # rows
LOSS_AT = (70e9, 1.4e12)
BUDGET = 1e24


@dataclass(frozen=True)
class Truth:
    """A law with the parameters of the table, and the sizes of the table, or 40 of them."""

    fit: LossFit
    N: np.ndarray
    T: np.ndarray

    @classmethod
    def of(cls, law, noise):
        table = rf.published_losses("chinchilla")
        fit = rf.fit_losses(table, law=law, intervals="sandwich")
        rows = np.arange(table.rows)
        if noise == "R40":
            rows = np.sort(np.random.default_rng(7).choice(rows, FEW, replace=False))
        return cls(fit, table.N[rows], table.T[rows])

    def losses(self, noise, rng):
        """One table's."""
        law = self.fit.losses(self.N, self.T, self.fit.best[None])[0]
        return law * np.exp(self._noise(noise, rng))

    def _noise(self, noise, rng):
        residuals = self.fit.residuals
        if noise in ("R", "R40"):
            return rng.choice(residuals - np.median(residuals), self.N.size)
        normal = rng.standard_normal(self.N.size) * residuals.std()
        if noise == "O":
            is_out = rng.random(self.N.size) < 0.05
            return np.where(is_out, 10 * np.abs(normal), normal)
        compute = np.log(self.N * self.T)
        scale = np.exp(-0.5 * (compute - compute.mean()) / compute.std())
        return normal * scale / np.sqrt(np.mean(scale**2))


def quantities(fit):
    """The intervals that are asked for, by name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rf.RegimeWarning)  # beyond the sizes of the table
        best = fit.allocate(BUDGET)
        loss = fit.predict(*LOSS_AT)
    found = {name: fit[name] for name in fit.parameters}
    if fit.law.name == "chinchilla":  # others have the exponent of the best N built in
        found["exponent of N"] = best.exponent
    return found | {"T/N at 1e24": best.ratio, "loss of 70e9, 1.4e12": loss}


def covered(law, noise, tables, resamples, *, narrower=1.0, seed=20):
    """Whether the interval of each method holds the truth: arrays (tables, quantities), and names.

    With `narrower` the distance of the ends from the value is multiplied by it.
    """
    truth = Truth.of(law, noise)
    true = {name: one.value for name, one in quantities(truth.fit).items()}
    streams = np.random.SeedSequence([seed, *map(ord, noise)]).spawn(tables)
    held = {method: [] for method in METHODS}
    for k, stream in enumerate(streams):
        losses = truth.losses(noise, np.random.default_rng(stream))
        for method in METHODS:
            options = {"intervals": method, "resamples": resamples, "seed": k}
            found = quantities(rf.fit_losses(truth.N, truth.T, losses, law, **options))
            held[method].append([_holds(found[name], true[name], narrower) for name in true])
    return {method: np.array(rows) for method, rows in held.items()}, list(true)


def _holds(interval, true, narrower):
    low = interval.value + narrower * (interval.low - interval.value)
    high = interval.value + narrower * (interval.high - interval.value)
    return bool(low <= true <= high)


def main(tables, resamples):
    """Print a table for each law."""
    for law in ("chinchilla", "random-features"):
        print(f"\n{law}: {tables} tables, {resamples} resamples\n")
        for noise in NOISES:
            held, names = covered(law, noise, tables, resamples)
            if noise == "R":
                print("| noise | interval | " + " | ".join(names) + " |")
                print("|---|---|" + "---|" * len(names))
            for method, rows in held.items():
                cells = [f"{100 * share:.1f}" for share in rows.mean(axis=0)]
                print(f"| {noise} | {method} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
