"""Coverage of the intervals of fitted laws: a part of the table in the book, and its power."""

import coverage_of_fits
import numpy as np
import pytest

TABLES = 60
RESAMPLES = 199


@pytest.mark.slow
@pytest.mark.parametrize("law", ["chinchilla", "random-features"])
def test_intervals_hold_the_truth_in_95_percent(law):
    """In four noises; the mean over tables, noises and quantities is that of some 240 tables.

    Quantities of one table depend on one another: as if they were one, its standard error is
    100 sqrt(.05 * .95/240) = 1.4 percent. The limit of 3 percent leaves that of the resamples,
    .5 percent, and two standard errors. A single quantity in a single noise may be off by 3.1
    standard errors of 60 tables, 2.8 percent: one of some 60 is so by chance in 17 of 18 cases.
    """
    for method, held in each_method(law, narrower=1.0).items():
        assert abs(np.mean([rows.mean() for rows in held]) - 0.95) < 0.03, method
        assert min(rows.mean(axis=0).min() for rows in held) > 0.95 - 3.1 * 0.028, method


@pytest.mark.slow
def test_intervals_narrower_by_a_third_are_found_out():
    """They hold a normal truth in 81 percent: erf(2/3 * 1.96/sqrt 2)."""
    for method, held in each_method("chinchilla", narrower=2 / 3).items():
        assert np.mean([rows.mean() for rows in held]) < 0.95 - 0.03, method


def each_method(law, narrower):
    """Whether intervals hold, of the methods: a list over noises."""
    found = [
        coverage_of_fits.covered(law, noise, TABLES, RESAMPLES, narrower=narrower)[0]
        for noise in coverage_of_fits.NOISES
    ]
    return {method: [one[method] for one in found] for method in coverage_of_fits.METHODS}
