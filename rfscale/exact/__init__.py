r"""The planar solution at one point to any number of digits, in mpmath.

>>> import rfscale as rf
>>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=100))
>>> print(rf.exact.predict(model, N=20, T=30, ridge="1e-3", digits=20))
ExactPrediction to 20 digits
  delta  = 0.0057530400408462784486
  df1    = 18.489845287855860642
  df2    = 9.8450672752205023606
  test   = 0.0011482337458994272063
  signal = 0.0011482337458994272063
  noise  = 0.0
  train  = 0.00033804935758164262067

`rfscale.predict` is the fast way to the same numbers in float64. The equations are in
`rfscale.exact.solution`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import mpmath as mp

from rfscale.exact.numbers import given_digits
from rfscale.exact.problem import stated
from rfscale.exact.solution import solved
from rfscale.model import ScalingModel, require_model
from rfscale.support.arguments import integer

__all__ = ["ExactPrediction", "predict"]

LARGEST_M = 100_000  # the eigenvalues are summed one by one
GUARD = 20  # digits of work beyond those that are asked for
MAX_PASSES = 8  # with more digits each


@dataclass(frozen=True)
class ExactPrediction:
    """The planar solution at one point, as mpmath numbers.

    Attributes
    ----------
    delta : mpf
        The resolution Delta.
    df1, df2 : mpf
        Degrees of freedom at Delta.
    test : mpf
        Test loss, (1/2) E (z_hat - y_hat)^2 on clean labels: signal + noise; `inf` where it
        diverges.
    signal, noise : mpf
        Its parts, proportional to sigma_w^2 and to sigma_eps^2.
    train : mpf
        Training mean squared error on noisy labels, without a factor 1/2.
    digits : int
        How many digits of each are right.
    """

    delta: Any
    df1: Any
    df2: Any
    test: Any
    signal: Any
    noise: Any
    train: Any
    digits: int

    def __repr__(self) -> str:
        return f"<ExactPrediction to {self.digits} digits: test loss {mp.nstr(self.test, 6)}>"

    def __str__(self) -> str:
        values = (f.name for f in fields(self) if f.name != "digits")
        lines = (f"  {name:6} = {mp.nstr(getattr(self, name), self.digits)}" for name in values)
        return "\n".join([f"ExactPrediction to {self.digits} digits", *lines])


def predict(
    model: ScalingModel, N: Any, T: Any, ridge: Any = 0, *, digits: int = 50
) -> ExactPrediction:
    """The planar losses of N features trained on T samples, at one point, to `digits` digits.

    Parameters
    ----------
    model : ScalingModel
        Of one spectrum with M <= 100 000, any teacher and test spectrum. Its parameters are taken
        as the binary numbers that they are.
    N, T : int, float, str or mpmath.mpf
        Numbers of features and samples > 0; `inf` is allowed. A float is the binary number that it
        is, a string such as "0.1" the decimal number.
    ridge : int, float, str or mpmath.mpf
        gamma >= 0, not divided by T; 0 is the limit ridge -> 0. Without effect where N or T is
        infinite.
    digits : int
        Relative accuracy of the results, >= 1.

    Returns
    -------
    ExactPrediction
        `delta`, `df1`, `df2`, `test`, `signal`, `noise`, `train`.

    Raises
    ------
    ValueError
        If an argument is out of its range or not a single number, M is above 100 000, or the ridge
        is infinite together with N or T.

    Notes
    -----
    Equations (4.7), (5.12), (15.3) and (15.4), which for a plain model are (5.8) and (5.9); the
    limits without ridge are (7.2) to (7.7). log Delta is the root of a decreasing function. Its
    sign on either side, at a distance of a thousandth of the last digit, is shown to be beyond
    rounding; where it is not, the work is done again with more digits. It takes some 0.2
    milliseconds a direction.

    Examples
    --------
    >>> import rfscale as rf
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=100))
    >>> rf.exact.predict(model, N=20, T=30, ridge="1e-3", digits=20).test
    mpf('0.0011482337458994272')
    """
    require_model(model, single=True)
    digits = integer("digits", digits)
    if model.M > LARGEST_M:
        raise ValueError(
            f"model must have M <= {LARGEST_M} here, where eigenvalues are summed one by one, "
            f"got M = {model.M}"
        )
    precision = digits + given_digits(N, T, ridge) + GUARD
    for _ in range(MAX_PASSES):
        with mp.workdps(precision):
            problem = stated(model, N, T, ridge)
            values, missing = solved(problem, digits)
        if missing == 0:
            with mp.workdps(digits):
                return ExactPrediction(**{k: +v for k, v in values.items()}, digits=digits)
        precision += missing
    raise ArithmeticError(f"{digits} digits were not reached with {precision} digits of work")
