"""The toy model at several T as a program: a line of text and a file for each run.

Run it by ``python -m rfscale.neighbours.trained.toy``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from rfscale.neighbours.trained.toy import ToyRun, samples, train

SIZES = {  # n, sparsity, T, steps
    False: (500, 0.98, [5, 15, 50, 150, 250, 400, 1000], 5_000),
    True: (
        10_000,
        0.999,
        [3, 5, 8, 15, 30, 100, 300, 700, 1000, 2000, 3000, 5000, 7000, 10_000, 20_000],
        50_000,
    ),
}
FRESH = 5000  # samples that losses are tested on
HEADER = "     T seed     train      test      |W|      |b|      D1      D5      D6  learned"


def main(arguments: list[str] | None = None) -> None:
    """Train at each T and seed; what is there already is read, what was interrupted goes on."""
    options = _parser().parse_args(arguments)
    n, sparsity, sizes, steps = SIZES[options.full]
    n = options.n or n
    sparsity = sparsity if options.sparsity is None else options.sparsity
    folder = Path(options.folder)
    folder.mkdir(parents=True, exist_ok=True)
    fresh = samples(options.fresh, n, sparsity, seed=2**31)
    print(HEADER, flush=True)
    for seed in range(options.seeds):
        for T in options.T or sizes:
            run = train(
                samples(T, n, sparsity, seed=seed),
                fresh,
                options.m,
                steps=options.steps or steps,
                over=options.over,
                eps=options.eps,
                seed=seed,
                checkpoint=folder / f"T{T}_seed{seed}.checkpoint.npz",
                progress=True,
            )
            run.save(folder / f"T{T}_seed{seed}.npz")
            print(line(run), flush=True)


def line(run: ToyRun) -> str:
    """Sizes, losses, norms, the first, fifth and sixth dimensionality of features, the regime."""
    largest = np.sort(run.feature_dimensionalities)[::-1]
    D = "".join(f" {largest[i]:7.3f}" if i < largest.size else " " * 8 for i in (0, 4, 5))
    losses = f"{run.train:9.4f} {run.test:9.4f}"
    return f"{run.T:6d} {run.seed:4d} {losses} {run.W_norm:8.2f} {run.b_norm:8.2f}{D}  {run.regime}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rfscale.neighbours.trained.toy", description=__doc__.splitlines()[0]
    )
    full = "the published size: n = 10,000, S = 0.999, T up to 20,000, 50,000 steps; for a GPU"
    parser.add_argument("--full", action="store_true", help=full)
    parser.add_argument("--n", type=int, help="number of features")
    parser.add_argument("--sparsity", type=float, help="probability that a feature is 0")
    parser.add_argument("--m", type=int, default=2, help="number of hidden dimensions")
    parser.add_argument("--T", type=int, nargs="+", help="numbers of samples")
    parser.add_argument("--steps", type=int, help="steps of AdamW")
    parser.add_argument("--seeds", type=int, default=1, help="runs at each T")
    parser.add_argument("--over", default="sum", choices=("sum", "mean"), help="of the loss")
    parser.add_argument("--eps", type=float, default=1e-8, help="of Adam")
    parser.add_argument("--fresh", type=int, default=FRESH, help="samples that are tested on")
    parser.add_argument("--folder", default="toy", help="where runs are kept (%(default)s)")
    return parser
