"""The book as it is read: from files, without a network, on a desk and on a phone."""

import re
from functools import cache
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from book_shared import DESK, LOCAL, PHONE, ROOT, SIDEWAYS, coloured

import rfscale
from rfscale.cli import COMMANDS

BOOK = ROOT / "build" / "book"
PAGES = sorted(str(path.relative_to(BOOK)) for path in BOOK.rglob("*.html")) or ["index.html"]
APART = {"explorer.html"}  # has tests of its own
READ = [name for name in PAGES if name not in APART]

# Titles in the navigation, but for names of functions and files, which are code
NAVIGATION = ".sidebar-tree a, .toc-tree a:not(:has(code)), .related-pages .title"


class Page(HTMLParser):
    """The links, pictures, anchors and equations of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.assets, self.anchors, self.equations = [], [], [], 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.anchors += [given["id"]] if given.get("id") else []
        self.equations += "math" in (given.get("class") or "").split()
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag in ("img", "script", "iframe", "source") and given.get("src"):
            self.assets.append(given["src"])
        elif tag == "link" and given.get("rel") in ("icon", "preload", "stylesheet"):
            self.assets.append(given["href"])
        for part in (given.get("srcset") or "").split(","):
            self.assets.extend(part.split()[:1])


@cache
def parsed(path):
    return Page(path.read_text(encoding="utf-8"))


def aim(folder, address):
    """The file and the anchor that a relative address means."""
    parts = urlsplit(address)
    return (folder / unquote(parts.path)).resolve(), unquote(parts.fragment)


# --- as files -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(book, name):
    path = book / name
    for link in parsed(path).links:
        if urlsplit(link).scheme or link.startswith("//"):
            assert re.fullmatch(r"https://[\w.-]+\.[a-z]+(/[^\s\"<>]*)?", link), f"{name}: {link}"
            continue
        target, anchor = (
            aim(path.parent, link)
            if urlsplit(link).path
            else (path, unquote(urlsplit(link).fragment))
        )
        assert target.is_file(), f"{name}: no file for {link}"
        assert target.is_relative_to(book.resolve()) or target == path, (
            f"{name}: {link} leaves the book"
        )
        if anchor and target.suffix == ".html" and target.name not in APART:
            assert anchor in parsed(target).anchors, f"{name}: no anchor for {link}"


@pytest.mark.parametrize("name", READ)
def test_no_page_has_an_anchor_twice(book, name):
    anchors = parsed(book / name).anchors
    assert len(anchors) == len(set(anchors)), {
        anchor for anchor in anchors if anchors.count(anchor) > 1
    }


@pytest.mark.parametrize("name", PAGES)
def test_everything_a_page_shows_is_local(book, name):
    path = book / name
    for asset in parsed(path).assets:
        if not asset.startswith("data:"):
            assert not urlsplit(asset).scheme, f"{name}: {asset}"
            assert not asset.startswith("//"), f"{name}: {asset}"
            assert aim(path.parent, asset)[0].is_file(), f"{name}: no file for {asset}"


def test_styles_ask_for_nothing(book):
    for path in book.rglob("*.css"):
        for address in re.findall(r"url\(\s*['\"]?([^'\")]+)", path.read_text(encoding="utf-8")):
            assert address.startswith(("data:", "#")) or aim(path.parent, address)[0].is_file(), (
                f"{path}: {address}"
            )


def test_every_script_has_a_page_with_what_it_printed(book):
    scripts = sorted(ROOT.glob("derivations/[0-9]*.py")) + sorted(ROOT.glob("examples/*/*.py"))
    assert len(scripts) >= 30
    for path in scripts:
        page = book / path.relative_to(ROOT).with_suffix(".html")
        assert page.is_file(), f"no page for {path.name}"
        text = page.read_text(encoding="utf-8")
        if "print(" in path.read_text() or path.parent.name == "derivations":
            assert "sphx-glr-script-out" in text, f"{path.name} printed nothing"
        if "show(" in path.read_text() or path.parent.parent.name == "examples":
            pictures = sorted((book / "_images").glob(f"sphx_glr_{path.stem}_???.png"))
            assert pictures, f"{path.name} drew nothing"
            for picture in pictures:
                assert picture.name in text, f"{picture.name} is not on its page"
                assert coloured(picture) > 0.001, f"{picture.name} is empty"


def test_every_equation_of_the_derivations_can_be_linked_to(book):
    found = 0
    for path in ROOT.glob("derivations/[0-9]*.py"):
        anchors = parsed(book / "derivations" / f"{path.stem}.html").anchors
        for step, number in re.findall(r"\\tag\{(\d+)\.(\d+)\}", path.read_text()):
            assert f"equation-{step}-{number}" in anchors, f"{path.name}: ({step}.{number})"
            found += 1
    assert found > 250


def test_every_number_of_an_equation_is_a_link_and_no_other_number_is(book):
    for name in READ:
        text = (book / name).read_text(encoding="utf-8")
        for target, words in re.findall(
            r'<a[^>]*href="[^"]*#equation-([\d-]+)"[^>]*>([^<]*)</a>', text
        ):
            assert words == target.replace("-", "."), name
        if name.startswith(("derivations", "formulas", "notation")):
            math = r"<(div|span)[^>]*class=\"math\b.*?</\1>"
            prose = re.sub(rf"(?s){math}|<(a|pre|code|script|title|h\d)\b.*?</\2>", "", text)
            assert not re.findall(r"\(\d{1,2}\.[1-9]\d?\)", prose), name
    table = (book / "derivations" / "11_breakdown.html").read_text(encoding="utf-8")
    cells = re.findall(r"(?s)<td>.*?</td>", table)
    assert any("15.1" in cell for cell in cells)  # the talk's form is off by this factor
    assert not any("#equation-" in cell for cell in cells if "." in cell)


def test_steps_are_linked_from_the_examples(book):
    for path in (book / "examples" / "figures").glob("[0-9]*.html"):
        links = parsed(path).links
        assert any(re.match(r"\.\./\.\./derivations/\d\d_\w+\.html$", link) for link in links), (
            path.name
        )


def test_each_of_several_steps_is_a_link(book):
    page = book / "examples" / "figures" / "04_double_descent.html"
    found = re.findall(r'derivations/(\d\d)_\w+\.html"[^>]*>(\d+)</a>', page.read_text("utf-8"))
    assert {("08", "8"), ("12", "12")} <= set(found)  # "steps 8 and 12"
    for name in READ:
        if name.startswith(("derivations", "examples", "formulas", "notation", "index")):
            text = (book / name).read_text(encoding="utf-8")
            prose = re.sub(r"(?s)<(pre|code|script|title|h\d)\b.*?</\1>", "", text)
            assert not re.findall(r"\b[Ss]teps \d+(?:,| and| to)", prose), name


def test_the_command_line_begins_with_commands_and_what_they_print(book):
    text = (book / "reference" / "command_line.html").read_text(encoding="utf-8")
    examples = re.sub(r"<[^>]*>", "", text[: text.index("usage:")])
    printed = re.findall(r"^\$ rfscale ([a-z-]+) .*\n(?!\$)(\S|  )", examples, re.MULTILINE)
    assert {command for command, _ in printed} >= {"predict", "compare", "optimal-ridge"}
    assert coloured(book / "_images" / "loss.png") > 0.001
    assert "_images/loss.png" in text
    front = re.sub(r"<[^>]*>", "", (book / "index.html").read_text(encoding="utf-8"))
    assert re.search(r"\$ rfscale compare .*\n.*\bridge\b.*\n *500 +20 +60 ", front)


def test_every_command_is_in_the_reference(book):
    assert {f"rfscale-{command}" for command in COMMANDS} <= set(
        parsed(book / "reference/command_line.html").anchors
    )


def test_every_closed_form_is_on_the_page_of_formulas(book):
    text = (book / "formulas.html").read_text(encoding="utf-8")
    for name in rfscale.asymptotics.__all__:
        assert f'href="reference/asymptotics.html#rfscale.asymptotics.{name}"' in text, name


def test_every_public_name_is_in_the_reference(book):
    anchors = set().union(*(parsed(path).anchors for path in (book / "reference").glob("*.html")))
    parts = ("asymptotics", "exact", "neighbours", "plotting", "symbolic")
    names = [name for name in rfscale.__all__ if name not in ("__version__", *parts)]
    names += [f"{part}.{name}" for part in parts for name in getattr(rfscale, part).__all__]
    names.remove("neighbours.trained")  # a folder
    for name in names:
        assert f"rfscale.{name}" in anchors, name


# --- in a browser ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", READ)
def test_page_is_whole_without_a_network(book, visit, name):
    """On a phone: no request leaves, no complaint, every equation is set, no picture broken,
    nothing too wide.
    """
    visitor = visit(PHONE)
    page = visitor.open(book / name)
    page.evaluate("for (const image of document.images) image.loading = 'eager'")
    page.wait_for_function("[...document.images].every(image => image.complete)")
    outside = [url for url in visitor.requests if not url.startswith(LOCAL)]
    assert not outside, outside
    assert not visitor.complaints, visitor.complaints
    broken = page.evaluate(
        "[...document.images].filter(image => !image.naturalWidth).map(image => image.src)"
    )
    assert not broken, broken
    shown = page.locator("mjx-container").count()
    assert shown == parsed(book / name).equations, (
        f"{shown} of {parsed(book / name).equations} equations are set"
    )
    wrong = page.locator(
        "mjx-merror, [data-mjx-error], [data-mml-node=merror], mjx-container:not(:has(svg))"
    )
    assert wrong.count() == 0, wrong.first.text_content()
    wide = page.evaluate(SIDEWAYS)
    assert not wide, f"wider than {PHONE} pixels: {wide[:3]}"
    named = page.locator(NAVIGATION).evaluate_all("all => all.map(link => link.textContent.trim())")
    assert len(named) >= 10
    typed = [name for name in named if re.search(r"[$\\^{}]|(^|\s|\w)_\w\b(?!\()", name)]
    assert not typed, f"equations as they are typed: {typed}"


def test_an_equation_has_its_number_and_scrolls_if_it_is_wide(book, visit):
    page = visit(PHONE).open(book / "derivations" / "06_one_loop.html", "#equation-6-5")
    equation = page.locator("#equation-6-5 + * div.math")
    assert equation.evaluate(
        "it => it.scrollWidth > it.clientWidth && getComputedStyle(it).overflowX === 'auto'"
    )
    assert "(6.5)" in equation.locator("mjx-assistive-mml").evaluate("it => it.textContent")


def test_the_number_of_an_equation_leads_to_it(book, visit):
    page = visit(DESK).open(book / "derivations" / "07_ridgeless.html")
    page.locator("a", has_text=re.compile(r"^4\.7$")).first.click()
    page.wait_for_url("**/04_planar_saddle.html#equation-4-7")
    assert page.locator("#equation-4-7 + * mjx-container").first.is_visible()
    page.wait_for_function(  # the page scrolls there by and by
        "(y => 0 <= y && y < 400)"
        "(document.querySelector('#equation-4-7 + *').getBoundingClientRect().y)"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "name",
    [
        "index",
        "derivations/07_ridgeless",
        "examples/figures/index",
        "formulas",
        "notation",
        "reference/theory",
    ],
)
def test_nothing_hinders_a_screen_reader(book, visit, name, scheme):
    page = visit(PHONE, color_scheme=scheme).open(book / f"{name}.html")
    violations = Axe().run(page).response["violations"]
    assert [
        (violation["id"], node["target"]) for violation in violations for node in violation["nodes"]
    ] == []
