"""Errors in the words of the place that they come from: an option, or a key of a TOML file.

The library names an argument as Python does: "sigma_eps must be ...". On the command line that is
--sigma-eps.
"""

from __future__ import annotations

import difflib
import errno
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

MOST = 4  # names that are suggested
VERB = r"(?= (?:must|is|are|has|have|needs?|cannot|takes?|holds?|lacks?|and \w+ must)\b)"


def option(name: str) -> str:
    """An argument's name as an option."""
    return f"--{name.replace('_', '-')}"


def as_options(text: str, names: Collection[str]) -> str:
    """A message with `names`, those of a command's options, written as options."""
    return everywhere(_with_names(text, {name: option(name) for name in names}))


@contextmanager
def renaming(**names: str) -> Iterator[None]:
    """Change names of arguments in errors: those of the library into those that a user gave."""
    try:
        yield
    except ValueError as error:
        raise ValueError(_with_names(str(error), names)) from error


def _with_names(text: str, names: Mapping[str, str]) -> str:
    """A name of one word, such as N, is replaced where the message begins with it; one with _
    everywhere, unless it is part of a path or of a quotation.
    """
    match = re.match(rf"(\w+){VERB}", text)
    start = match[1] if match is not None and match[1] in names else ""
    rest = text[len(start) :]
    for name, new in names.items():
        if "_" in name:
            rest = re.sub(rf"(?<![\w./'\"-]){name}(?![\w./'\"(^])", new, rest)
    return names.get(start, start) + rest


def everywhere(text: str) -> str:
    """Without words that only Python has, and whole numbers as they are typed."""
    return re.sub(r"(got -?\d+)\.0$", r"\1", text.replace("numpy.inf", "inf"))


@contextmanager
def in_file(where: str, names: Collection[str]) -> Iterator[None]:
    """Say in front of an error that begins with one of the names in which file it stands."""
    try:
        yield
    except ValueError as error:
        match = re.match(rf"(\w+){VERB}", str(error))
        if match is None or match[1] not in names:
            raise
        raise ValueError(f"{where}: {everywhere(str(error))}") from error


# what the equations call an option
SYMBOLS = {"gamma": "ridge", "delta": "kernelridge", "beta": "teacherexponent", "noise": "sigmaeps"}


def near(name: str, known: Collection[str]) -> list[str]:
    """The known names that were probably meant, best first.

    Hyphens, underscores and capitals make no difference; then those that begin alike, if they are
    few; then the one that is spelled most alike.
    """
    plain = {_plain(other): other for other in known}
    word = _plain(name)
    word = SYMBOLS.get(word, word)
    if word in plain:
        return [plain[word]]
    begun = [other for short, other in plain.items() if short.startswith(word)]
    if 0 < len(begun) <= MOST:
        return sorted(begun)
    return [plain[close] for close in difflib.get_close_matches(word, plain, n=1, cutoff=0.7)]


def did_you_mean(name: str, known: Collection[str], otherwise: str = "") -> str:
    """The nearest of the known names as a question, or else `otherwise`."""
    found = near(name, known)
    return f": did you mean {' or '.join(found)}?" if found else otherwise


def of_the_system(error: OSError) -> str:
    """An error with a file, by the file's name."""
    if error.errno == errno.ENOSPC and error.filename is None:  # files are named by who writes them
        return f"cannot write standard output: {error.strerror}"
    if not isinstance(error.filename, str) or error.strerror is None:
        return str(error)
    if isinstance(error, FileNotFoundError):
        return f"there is no file {error.filename}"
    if isinstance(error, IsADirectoryError):
        return f"{error.filename} is a folder, not a file"
    return f"{error.filename}: {error.strerror[0].lower()}{error.strerror[1:]}"


def _plain(name: str) -> str:
    return name.strip("-").replace("_", "").replace("-", "").lower()
