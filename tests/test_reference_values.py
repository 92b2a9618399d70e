"""Thousands of numbers over the whole domain are those that the API gave before: see the script."""

import numpy as np
from reference_values import read, reference_values


def test_the_numbers_are_the_same():
    """To the last digits of other processors and libraries.

    Theory: the losses of these points depend on their arguments by up to 1/(1 - N/T) of a few
    thousand roundings. Simulations: the condition of a draw's features is up to 1e4.
    """
    expected, found = read(), reference_values()
    assert found.keys() == expected.keys()
    for part, tolerance in (("theory", 1e-12), ("closed_forms", 1e-12), ("experiments", 1e-10)):
        names = [name for name in expected if name.startswith(part)]
        old, new = (np.array([values[name] for name in names]) for values in (expected, found))
        np.testing.assert_allclose(new, old, rtol=tolerance, err_msg=part)
