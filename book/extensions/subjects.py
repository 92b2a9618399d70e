"""The subjects of `subjects.toml` lead to their pages: in the search, and in the index.

Sphinx forgets them for pages that it does not write anew, so a book that is built on an old one
(`make book` never does) finds them no more.
"""

import tomllib
from functools import cache
from pathlib import Path

from sphinx import addnodes
from sphinx.transforms import SphinxTransform

SUBJECTS = Path(__file__).parents[1] / "subjects.toml"


@cache
def subjects():
    """The subjects of each page, all of them different."""
    pages = tomllib.loads(SUBJECTS.read_text(encoding="utf-8"))
    named = [subject for names in pages.values() for subject in names]
    twice = {subject for subject in named if named.count(subject) > 1}
    if twice:
        raise ValueError(f"{SUBJECTS.name} gives two pages to {', '.join(sorted(twice))}")
    return pages


class NameSubjects(SphinxTransform):
    """Entries of the index for the whole page, as its main place: the search puts these first."""

    default_priority = 500  # the index is collected at 850

    def apply(self, **options):
        self.env.note_dependency(str(SUBJECTS))
        names = subjects().get(self.env.docname, ())
        if names:
            entries = [("single", name, "", "main", None) for name in names]
            self.document.insert(0, addnodes.index(entries=entries, inline=False))


def check_pages(app, env):
    """Each page of the table is a page of the book."""
    unknown = sorted(set(subjects()) - env.found_docs)
    if unknown:
        raise ValueError(f"{SUBJECTS.name} names pages that do not exist: {', '.join(unknown)}")


def setup(app):
    app.add_transform(NameSubjects)
    app.connect("env-updated", check_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
