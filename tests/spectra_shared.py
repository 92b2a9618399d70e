"""Power laws and samples of them, which the tests of fitted spectra share."""

import numpy as np


def law(alpha, M):
    return np.arange(1.0, M + 1) ** -(1 + alpha)


def eigenvalues_of_samples(rng, spectrum, T):
    """Of Gaussian samples, those that are not 0."""
    x = rng.standard_normal((T, spectrum.size)) * np.sqrt(spectrum)
    return np.linalg.eigvalsh(x @ x.T / T if spectrum.size > T else x.T @ x / T)
