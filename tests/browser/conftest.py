"""The built book, the explorer, and a browser that cannot reach a network."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from rfscale.explorer import page as explorer_page

BOOK = Path(__file__).parents[2] / "build" / "book"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def book():
    """The folder of the built book."""
    if not (BOOK / "index.html").is_file():
        pytest.fail(f"there is no book in {BOOK}: run make book", pytrace=False)
    return BOOK


@pytest.fixture(scope="session")
def browser():
    """Chromium, as installed on the system."""
    path = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if path is None:
        pytest.fail("there is no chromium on the PATH", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


class Visit:
    """A page in a context of its own: what it asked for, and what it complained about."""

    def __init__(self, browser, width, **options):
        self.context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        self.context.set_offline(True)
        self.context.set_default_timeout(600_000)  # ms: a busy machine is slow
        self.page = self.context.new_page()
        self.requests, self.complaints = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on(
            "requestfailed", lambda request: self.complaints.append(f"failed: {request.url}")
        )
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def open(self, path, fragment=""):
        """Open a file and wait until its equations are set."""
        self.page.goto(path.resolve().as_uri() + fragment)
        self.page.wait_for_function(
            "!document.querySelector('.math')"
            " || (window.MathJax && MathJax.startup && MathJax.startup.promise)"
        )
        self.page.evaluate(
            "window.MathJax && MathJax.startup && MathJax.startup.promise.then(() => true)"
        )
        return self.page


@pytest.fixture
def visit(browser):
    """`visit(width)` is a new visitor, offline from the start."""
    visitors = []

    def new(width=1280, **options):
        visitors.append(Visit(browser, width, **options))
        return visitors[-1]

    yield new
    for visitor in visitors:
        visitor.context.close()


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    path.write_text(explorer_page(), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def open_at(visit, address):
    """Open the explorer with the parameters of a fragment; no page may ask or complain about
    anything.
    """
    visits = []

    def opened(fragment="", **options):
        visits.append(visit(**options))
        visits[-1].page.goto(address + fragment)
        return visits[-1].page

    yield opened
    for visitor in visits:
        assert visitor.complaints == []
        assert [
            url for url in visitor.requests if not url.startswith((address, "data:", "blob:"))
        ] == []


@pytest.fixture
def page(open_at):
    return open_at()
