"""What the search of the book finds first."""

import re
import tomllib
from urllib.parse import quote

import pytest
from book_shared import LOCAL, PHONE, ROOT


@pytest.mark.parametrize("words", ["double descent", "optimal_ridge", "plateau"])
def test_search_works_without_a_network(book, visit, words):
    visitor = visit(PHONE)
    page = visitor.open(book / "index.html")
    page.goto((book / "search.html").resolve().as_uri() + "?q=" + words.replace(" ", "+"))
    page.wait_for_selector("#search-results li a")
    links = page.locator("#search-results li a")
    assert links.count() >= 2
    links.first.click()
    page.wait_for_load_state()
    assert words.split()[0].lower() in page.locator("article").inner_text().lower()
    assert not visitor.complaints, visitor.complaints
    assert all(url.startswith(LOCAL) for url in visitor.requests)


def test_search_finds_the_page_on_each_subject_first(book, visit):
    """What `subjects.toml` promises; a subject that has been moved or doubled fails."""
    page = visit(PHONE).page
    pages = tomllib.loads((ROOT / "book" / "subjects.toml").read_text(encoding="utf-8"))
    assert len(pages) > 30
    wrong = {}
    for name, subjects in pages.items():
        for subject in subjects:
            first = first_found(page, book, subject)
            if first.split("#")[0] != f"{name}.html":
                wrong[subject] = first
    assert not wrong


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("optimal ridge", "derivations/12_optimal_ridge.html"),
        ("the optimal ridges", "derivations/12_optimal_ridge.html"),
        ("what removes double descent", "examples/figures/04_double_descent.html"),
        ("general teacher", "derivations/15_teachers.html"),
        ("dimension puzzle", "examples/figures/15_dimension_puzzle.html"),
        ("degrees of freedom", "formulas.html#degrees-of-freedom"),
        ("cluster fail", "examples/how_to/03_cluster_sweep.html"),
        ("does the theory predict a regression", "examples/figures/05_theory_and_simulation.html"),
        ("optimal_ridge", "reference/theory.html#rfscale.optimal_ridge"),
        ("predict", "reference/theory.html#rfscale.predict"),
        ("compare", "reference/comparison.html#rfscale.compare"),
        ("bias variance", "reference/theory.html#rfscale.bias_variance"),
    ],
)
def test_search_finds_what_titles_and_names_say_first(book, visit, words, place):
    assert first_found(visit(PHONE).page, book, words) == place


def first_found(page, book, words):
    """Where the first result of a search leads."""
    address = (book / "search.html").resolve().as_uri()
    page.goto(f"{address}?q={quote(words)}")
    first = page.locator("#search-results li a").first
    return re.sub(r"\?[^#]*", "", first.get_attribute("href"))
