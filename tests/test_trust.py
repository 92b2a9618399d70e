"""The page of the book that collects the claims on accuracy names tests that exist."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = (TESTS.parent / "book" / "trust.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)
CLAIM = re.compile(r"^:(\w+):", re.MULTILINE)


def test_the_tests_that_hold_the_claims_exist():
    assert len(NAMED) > 50
    missing = [
        f"{file}::{name}"
        for file, name in NAMED
        if not re.search(rf"^def {name}\(", (TESTS / file).read_text(encoding="utf-8"), re.M)
    ]
    assert missing == []


def test_every_claim_says_where_it_holds_how_it_was_measured_and_what_holds_it():
    sections = PAGE.split("\n### ")[1:]
    assert len(sections) > 30
    for section in sections:
        own = section.split("\n## ")[0]
        assert CLAIM.findall(own) == ["Claim", "Where", "Measured", "Test"], own[:60]
