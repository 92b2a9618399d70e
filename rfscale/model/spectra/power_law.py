"""The power-law spectrum, any number of them at once, at a cost that does not depend on M."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rfscale.model.checks import WIDEST
from rfscale.model.spectra.base import Spectrum
from rfscale.support.arguments import Floats, broadcast, finite, integers, numbers
from rfscale.support.described import shortened
from rfscale.support.machine import require_memory
from rfscale.support.sealed import sealed
from rfscale.traces.moments import HIGHEST, power_sums
from rfscale.traces.nodes import Nodes, make_nodes, power_law_nodes


@sealed
@dataclass(frozen=True, eq=False)
class PowerLaw(Spectrum):
    """The power-law spectrum lambda_J = scale * J^-(1 + alpha), J = 1..M ([MRS]).

    Its traces cost the same for any M: the first terms are summed, the rest is done by
    Euler-Maclaurin (`rfscale.traces.nodes`), to a relative error below 1e-12 for
    alpha from 0.01 to 20, M up to 1e18 and Delta/scale from 1e-300 to 1e300.

    Parameters
    ----------
    alpha : float or array_like
        Exponent > 0.
    M : int or array_like
        Number of latent dimensions, >= 1, with M^(1 + alpha) <= 1e600.
    scale : float or array_like
        The largest eigenvalue lambda_+ > 0.

    Raises
    ------
    ValueError
        If a parameter is out of its range, or their shapes do not broadcast.

    Notes
    -----
    Arrays stand for several spectra; they broadcast with each other, and in `predict` and
    `optimal_ridge` with N, T and ridge.

    Examples
    --------
    >>> PowerLaw(alpha=1.0, M=4).eigenvalues.tolist()
    [1.0, 0.25, 0.1111, 0.0625]
    >>> PowerLaw(alpha=[0.5, 1.0], M=10**12).df(1, 1e-12).round().tolist()
    [239839915.0, 1570795.0]
    """

    alpha: float
    M: int
    scale: float = 1.0

    def __post_init__(self) -> None:
        alpha = numbers("alpha", self.alpha)
        M = integers("M", self.M)
        scale = numbers("scale", self.scale)
        broadcast(alpha=np.asarray(alpha), M=np.asarray(M), scale=np.asarray(scale))
        if np.any((1.0 + alpha) * np.log10(np.asarray(M, dtype=np.float64)) > WIDEST):
            raise ValueError(
                f"alpha must be such that M^(1 + alpha) <= 1e{WIDEST:g}, "
                f"got alpha = {shortened(alpha)} with M = {shortened(M)}"
            )
        for name, value in (("alpha", alpha), ("M", M), ("scale", scale)):
            object.__setattr__(self, name, value)

    @property
    def shape(self) -> tuple[int, ...]:
        """The broadcast shape of alpha, M and scale; () for a single spectrum."""
        return np.broadcast_shapes(np.shape(self.alpha), np.shape(self.M), np.shape(self.scale))

    @property
    def rank(self) -> int:
        """Number of positive eigenvalues, which is M."""
        return self.M

    @property
    def largest(self) -> float:
        """The largest eigenvalue, which is scale."""
        return self.scale

    @property
    def eigenvalues(self) -> Floats:
        """The M eigenvalues of a single spectrum, largest first. Shape (M,)."""
        with np.errstate(under="ignore"):
            return self.scale * self._ranks() ** -(1.0 + self.alpha)

    @cached_property
    def log_eigenvalues(self) -> Floats:
        """log(lambda_J / scale) = -(1 + alpha) log J of a single spectrum. Shape (M,)."""
        logarithms: Floats = -(1.0 + self.alpha) * np.log(self._ranks())
        logarithms.flags.writeable = False
        return logarithms

    @cached_property
    def nodes(self) -> Nodes:
        """The weighted nodes of the first spectrum; the compiled sums make those of the others."""
        return power_law_nodes(*(float(values.flat[0]) for values in self.kernel_parameters()))

    def kernel_parameters(self) -> tuple[Floats, Floats]:
        """alpha and M, of the broadcast shape: what the nodes of each spectrum are made from."""
        alpha, M = (np.asarray(value, dtype=np.float64) for value in (self.alpha, self.M))
        return np.broadcast_to(alpha, self.shape), np.broadcast_to(M, self.shape)

    def relative_trace(self, power: float) -> Floats:
        """The sum of J^-(power (1 + alpha)), of the broadcast shape."""
        alpha, M = self.kernel_parameters()
        exponent = finite("power", power) * (1.0 + alpha)
        columns = (np.array(a, order="C").ravel() for a in (alpha, M, exponent))
        return power_sums(*columns).reshape(self.shape)

    def _nodes_for(self, order: int) -> Nodes:
        if order <= HIGHEST:
            return self.nodes
        roots = self._ranks() ** ((1.0 + self.alpha) / 2)
        return make_nodes(roots, np.empty(0), float(self.M), self.alpha, 0.0)

    def _ranks(self) -> Floats:
        if self.shape:
            raise ValueError(
                f"a single spectrum is needed here, but alpha, M and scale have shape {self.shape}"
            )
        require_memory(4 * 8 * float(self.M), f"a spectrum of M = {self.M} eigenvalues")
        return np.arange(1, self.M + 1, dtype=np.float64)
