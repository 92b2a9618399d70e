"""Four known answers, and what this installation makes of them.

They were computed without the package: the planar loss and the optimal ridge from the equations as
they are displayed, in 50-digit arithmetic, the one-loop loss from the generating function in 140
digits, differentiated by numbers. The simulation has to agree with the last of them.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

ONE_LOOP = 0.00814152291917692
STANDARD_ERRORS = 4.5  # of a right simulation one in 100 000 is further off


@dataclass(frozen=True)
class Answer:
    """A number with its error, to be compared with the known one."""

    found: float
    error: float
    known: float

    @property
    def right(self) -> bool:
        """Whether the known number is within the error."""
        return abs(self.found - self.known) <= self.error

    def __str__(self) -> str:
        verdict = "right" if self.right else "WRONG"
        return f"{self.found:.10g}, known {self.known:.10g} +- {self.error:.1g}: {verdict}"


@dataclass(frozen=True)
class Result:
    """What came of one question: an answer, or an exception in its place."""

    question: str
    answer: Answer | Exception
    seconds: float

    @property
    def right(self) -> bool:
        """Whether there is an answer, and it is right."""
        return isinstance(self.answer, Answer) and self.answer.right

    def __str__(self) -> str:
        raised = isinstance(self.answer, Exception)
        said = f"{type(self.answer).__name__}: {self.answer}: WRONG" if raised else self.answer
        return f"{self.question}: {said}, {self.seconds:.1f} s"


def results() -> list[Result]:
    """All questions, answered."""
    return [_result(question, answer) for question, answer in QUESTIONS.items()]


def _result(question: str, answer: Callable[[], Answer]) -> Result:
    began = time.perf_counter()
    try:
        with warnings.catch_warnings(action="ignore"):
            found: Answer | Exception = answer()
    except Exception as error:
        found = error
    return Result(question=question, answer=found, seconds=time.perf_counter() - began)


def _planar() -> Answer:
    import rfscale as rf

    model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=4000))
    found = float(rf.predict(model, N=500, T=300, ridge=1e-8).test)
    return _to_digits(found, 2.403105577957703e-6)


def _optimal_ridge() -> Answer:
    import rfscale as rf

    model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=100), sigma_eps=0.1)
    return _to_digits(float(rf.optimal_ridge(model, N=50, T=80).ridge), 0.500094562696945)


def _one_loop() -> Answer:
    import rfscale as rf

    model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=100), sigma_eps=0.1)
    found = float(rf.predict(model, N=20, T=30, ridge=1e-3, order="one-loop").test)
    return _to_digits(found, ONE_LOOP)


def _simulation() -> Answer:
    import rfscale as rf

    model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=100), sigma_eps=0.1)
    test = rf.simulate(model, N=20, T=30, ridge=1e-3, draws=2000, seed=1, progress=False).test
    return Answer(float(test.mean), STANDARD_ERRORS * float(test.stderr), ONE_LOOP)


def _to_digits(found: float, known: float) -> Answer:
    """An answer to eleven digits: what is wrong is off by more, rounding by less."""
    return Answer(found, 1e-11 * known, known)


QUESTIONS: dict[str, Callable[[], Answer]] = {
    "planar loss": _planar,
    "optimal ridge": _optimal_ridge,
    "one-loop loss": _one_loop,
    "simulated loss": _simulation,
}
