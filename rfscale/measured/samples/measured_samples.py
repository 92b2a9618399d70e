"""Measured samples: their pool, and everything that theory says about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from rfscale.measured.samples.measured_model import model_of, power_law_of
from rfscale.measured.samples.measured_prediction import MeasuredPrediction, predicted
from rfscale.measured.samples.pooled_samples import PooledSamples
from rfscale.measured.samples.power_law_fit import PowerLawFit
from rfscale.model import ScalingModel
from rfscale.support.arguments import flag

SHOWN = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)  # degrees of freedom, in tables


@dataclass(frozen=True, eq=False)
class Measured(PooledSamples):
    """Samples with labels, and what their pool says; made by `measure`.

    Attributes
    ----------
    X, y : ndarray
        All samples and their labels, shapes (samples, inputs) and (samples, outputs).
    features : SampleFeatures
        Which random features are trained on them.
    pool : ndarray of int
        The indices of the samples that make the pool, P of them.
    """

    def predict(
        self,
        N: ArrayLike,
        T: ArrayLike,
        ridge: ArrayLike | str | None = None,
        *,
        kernel_ridge: ArrayLike | None = None,
        leverages: bool = True,
        stderr: bool = True,
    ) -> MeasuredPrediction:
        """The loss of N random features trained on T samples like these.

        Parameters
        ----------
        N : array_like
            Numbers of features >= 1; `numpy.inf` is kernel ridge regression.
        T : array_like
            Numbers of samples, at most P. Beyond P/2 the pool knows too few degrees of freedom.
        ridge : array_like or "optimal"
            gamma >= 0 of the training loss, a sum over samples, for features phi = u x (or
            relu(u x)) with u ~ N(0, 1). By default the best, or a stronger one as good to 1 %.
        kernel_ridge : array_like, optional
            In its place gamma/N, the ridge of the kernel matrix: `alpha` of scikit-learn's
            `KernelRidge` at N = infinity.
        leverages : bool
            False for plain planar theory, from second moments alone.
        stderr : bool
            False to leave out the jackknife, which takes ten times as long as the rest, once.

        Returns
        -------
        MeasuredPrediction

        Raises
        ------
        ValueError
            If an argument is out of its range, there are no labels, or T is larger than the pool.

        Warns
        -----
        RegimeWarning
            If T is larger than half of the pool.

        Notes
        -----
        The equations are in `rfscale.measured.samples.pool` and `rfscale.measured.samples.curve`.
        Losses are read off polynomials through six of 192 ridges or more: `mse` is off by less than
        1e-4, mostly 1e-6, `train` by 1e-11 of the variance where that is more. A ridge weaker than
        the pool knows is taken for the weakest it knows, and `order_error` is infinite.

        Examples
        --------
        >>> import numpy as np, rfscale as rf
        >>> rng = np.random.default_rng(1)
        >>> X = rng.standard_normal((400, 30)) / np.arange(1, 31)
        >>> data = rf.measure(X, X.sum(axis=1) + 0.1 * rng.standard_normal(400))
        >>> print(data.predict([10, 40], 100, stderr=False).mse.round(3))
        [0.182 0.014]
        """
        flag("leverages", leverages)
        flag("stderr", stderr)
        if ridge is None and kernel_ridge is None:
            ridge = "optimal"
        point = {"ridge": ridge, "kernel_ridge": kernel_ridge}
        return predicted(self, N, T, **point, leverages=leverages, stderr=stderr)

    def power_law(self, window: tuple[float, float] | None = None) -> PowerLawFit:
        """The power law of the population's spectrum, as far as there is one.

        Fitted to the degrees of freedom at the resolution of the population, with the leverages of
        the samples, the first five ranks left free; `stderr` is from leaving out tenths of the
        pool, and how far alpha moves with the window's begin. A line through the sample's
        eigenvalues would find the decline that the number of samples makes. Of exact power laws
        with 100 inputs and 600 Gaussian samples alpha comes out low by 0.00, 0.02, 0.04, 0.06 and
        0.11 for 2, 1, 0.5, 0 and -0.3: one to two `stderr`. With 400 inputs it is a third of
        that or less; with 40 it is 0.05, 0.12 and 0.19 for 2, 1 and 0.5, below which it says
        little.

        Parameters
        ----------
        window : tuple of float, optional
            Degrees of freedom between which alpha is fitted; by default 5, or more where alpha is
            small, and half of the inputs or samples, whichever are fewer.

        Returns
        -------
        PowerLawFit

        Raises
        ------
        ValueError
            If there are fewer than 24 samples or inputs that differ, or the window is not within
            what the pool resolves.

        Examples
        --------
        >>> import numpy as np, rfscale as rf
        >>> X = np.random.default_rng(1).standard_normal((600, 100)) / np.arange(1, 101)
        >>> fit = rf.measure(X).power_law()  # of variances J^-2, so that alpha is 1
        >>> fit.verdict, bool(abs(fit.alpha - 1) < 2 * fit.stderr)
        ('power law', True)
        """
        return power_law_of(self, window)

    def model(self) -> ScalingModel:
        """The model that these samples are: everything the package does is open to it.

        Its losses carry 1/2 and clean labels: `mse` here is 2 test + sigma_eps^2. It has the second
        moments of the samples, not their leverages. From the moments of all samples if there are 40
        an input, otherwise from the degrees of freedom that the pool shows.

        Returns
        -------
        ScalingModel
            With `Eigenvalues`, `Teacher.weights` (over several outputs the root of summed squares)
            and sigma_u = sqrt(M), so that ridges are those of `predict` here; sigma_w = 0 where
            nothing is learned.

        Raises
        ------
        ValueError
            If there are no labels.

        Examples
        --------
        >>> import numpy as np, rfscale as rf
        >>> X = np.random.default_rng(1).standard_normal((600, 10)) / np.arange(1, 11)
        >>> model = rf.measure(X, X.sum(axis=1)).model()
        >>> loss = rf.predict(model, N=5, T=50, ridge=1.0)
        >>> print(np.round(2 * loss.test + model.sigma_eps**2, 2))
        0.23
        """
        return model_of(self)

    def _extent(self) -> str:
        counts = [(self.X.shape[1], "input"), (self.y.shape[1], "output")]
        kind = ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts)
        kind += f", {self.features.name} features"
        return f", {len(self.X)} samples of {kind}, a pool of {self.P}"

    def summary(self) -> str:
        """How many samples, inputs and outputs, and which features."""
        return f"Measured{self._extent()}".replace(",", ":", 1)

    def _about(self) -> str:
        return ""

    def remarks(self) -> list[str]:
        """What the columns are."""
        return [
            "delta: the population's resolution at df1 degrees of freedom; dispersion of the "
            "samples' leverages: if it is far above the Gaussian one, of linear features, plain "
            "planar theory fails"
        ]

    def _table(self) -> dict[str, Any]:
        """The population along the pool's grid, from few degrees of freedom to many."""
        pool = self.curves(leverages=True).pool
        columns = {
            "df1": pool.df1,
            "df2": pool.df1 - pool.slope,
            "delta": pool.kappa,
            "dispersion": pool.dispersion,
            "gaussian": pool.gaussian_dispersion,
        }
        return {name: values[::-1] for name, values in columns.items()}

    def _short(self) -> dict[str, Any]:
        table = self._table()
        rows = [np.argmin(np.abs(table["df1"] - n)) for n in SHOWN if n < table["df1"][-1]]
        return {name: values[rows] for name, values in table.items()}
