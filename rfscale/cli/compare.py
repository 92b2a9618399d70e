"""`rfscale compare`: theory beside simulation; without any option on sizes, the main job."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import numpy as np

from rfscale.cli import (
    combinations,
    main_job,
    model_options,
    output_options,
    pictures,
    show_results,
    simulation_options,
    size_options,
    training_options,
    wording,
)
from rfscale.cli.help_texts import describe
from rfscale.cli.number_lists import HELP
from rfscale.comparison import Comparison, compare, judged_together, verdict, what_disagrees
from rfscale.support.files import check_writable

DEFAULT_PICTURE = "rfscale-compare.png"
DISAGREE = 1  # exit status: theory and simulation differ at a point that is judged
NOT_JUDGED = 3  # exit status: no point is judged
NOT_OF_MAIN_JOB = ("test_points", "target_stderr", "max_draws")


EXAMPLES = {
    "rfscale compare": "the main job, half a minute: the peak of the loss at N = T and the end of "
    "the power law at N = M; table, verdict, picture (rfscale-compare.png)",
    "rfscale compare --N 20:200:6log --T 100 --M 500 --ridge 1e-3": "an experiment of your own: "
    "six sizes of the model",
    "rfscale compare --N 40 --T 100 --M 300 --tau 1:1e6:7log --draws 20": "one size, along the "
    "path of training by gradient flow",
}
NOTES = f"""\
{HELP}
Exit status: 0 they agree, 1 they do not at a point, 2 bad input, 3 no point
could be judged.
"""
TEXT = (
    "Theory and simulation of the same experiment, at all combinations of the lists, how far they "
    "are apart, and a verdict: they agree where the gap of the test loss, and those of signal, "
    "noise and training loss, are within what the draws and the theory say of their errors. "
    "Without --N and --T experiments are run whose sizes and models are chosen; of the model "
    "--alpha alone may be given then."
)


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    usage = "[--N LIST --T LIST] [OPTION ...]"
    describe(parser, usage=usage, text=TEXT, examples=EXAMPLES, notes=NOTES)
    size_options.add_sizes(parser, required=False, whole=True)
    size_options.add_ridge_or_kernel_ridge(parser)
    training_options.add(parser)
    model_options.add(parser)
    simulation_options.add(parser)
    output_options.add(parser.add_argument_group("output"))


def run(options: argparse.Namespace) -> int:
    """Compare at all combinations; the main job if nothing is said of model and sizes."""
    if size_options.is_default(options) and not training_options.given(options):
        return _run_main_job(options)
    size_options.require_sizes(options)
    points = combinations.from_options(options, whole=True)
    experiment = points.arguments | simulation_options.arguments(options)
    with output_options.with_remarks(options), training_options.named():
        results = judged_together([compare(model, **experiment) for model in points.models])
    show_results.show_results(options, points, results)
    return _print_verdict(options, results)


def _run_main_job(options: argparse.Namespace) -> int:
    picture = options.plot or DEFAULT_PICTURE
    check_writable(picture)
    _check_main_job(options)
    alpha = model_options.value(options, "alpha")
    with output_options.with_remarks(options):
        job = main_job.run(options.draws, options.seed, options.workers, alpha, progress=True)
    _write_main_job(options, job.parts)
    pictures.save(main_job.figure(job), picture)
    print(f"picture: {picture}", file=sys.stderr)
    return _print_verdict(options, list(job.parts.values()))


def _check_main_job(options: argparse.Namespace) -> None:
    """Raise ValueError if an option is given that its experiments do not take."""
    given = [name for name in model_options.changed(options) if name != "alpha"]
    given += [name for name in NOT_OF_MAIN_JOB if getattr(options, name) is not None]
    given += ["latents"] if options.latents != "gaussian" else []
    if given:
        raise ValueError(
            f"{', '.join(map(wording.option, given))} {'needs' if len(given) == 1 else 'need'} "
            "--N and --T: without them experiments are run whose sizes and models are chosen, "
            "but for --alpha"
        )


def _write_main_job(options: argparse.Namespace, parts: dict[str, Comparison]) -> None:
    """A table for each part, or all parts in one file."""
    if output_options.is_on_screen(options):
        for title, comparison in parts.items():
            print(title)
            show_results.write(options, [show_results.columns(options, comparison)], [comparison])
            print()
        return
    rows = [
        {"part": np.full(comparison.gap.shape, title)} | show_results.columns(options, comparison)
        for title, comparison in parts.items()
    ]
    show_results.write(options, rows, list(parts.values()))


def _print_verdict(options: argparse.Namespace, comparisons: Sequence[Comparison]) -> int:
    """Print the verdict and return the exit status.

    It stands below a table on standard output, or else on standard error.
    """
    if output_options.is_on_screen(options):
        print(show_results.paragraph(verdict(comparisons)))
    else:
        print(verdict(comparisons), file=sys.stderr)
    if what_disagrees(comparisons):
        return DISAGREE
    judged = [comparison.judged | comparison.judged_by_train for comparison in comparisons]
    return 0 if any(np.any(points) for points in judged) else NOT_JUDGED
