"""The explorer as it is used: pointer, keys, fields, address, files to take away, sizes of screens,
screen readers.
"""

import re
import xml.etree.ElementTree as ElementTree

import pytest
from axe_playwright_python.sync_playwright import Axe
from explorer_shared import from_print, package_says


def wait_for_address(page, part):
    """The address follows at most a few times a second."""
    page.wait_for_function("part => (location.hash + '&').includes(part)", arg=part)


@pytest.mark.parametrize(("chart", "size"), [("N", {"T": 300}), ("T", {"N": 100})])
def test_the_value_under_the_pointer(page, chart, size):
    box = page.locator(f"#chart-{chart}").bounding_box()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.5 * box["height"])
    lines = page.locator(f"#chart-{chart} .overlay text").all_text_contents()
    name, value = lines[0].split(" = ")
    assert name == chart
    query = {"alpha": 1.0, "M": 1000, "sigma_eps": 0.0, "ridge": 0.0, chart: float(value)} | size
    shown = from_print(lines[1].removeprefix("L = "))
    assert shown == pytest.approx(float(package_says(query).test), rel=1e-5, abs=0)  # six digits
    page.locator("#alpha-slider").focus()
    page.keyboard.press("ArrowRight")  # what is shown follows the sliders
    lines = page.locator(f"#chart-{chart} .overlay text").all_text_contents()
    loss = package_says(query | {"alpha": 1.05}).test
    assert from_print(lines[1].removeprefix("L = ")) == pytest.approx(float(loss), rel=1e-5, abs=0)
    page.mouse.move(0, 0)
    assert page.locator(f"#chart-{chart} .overlay text").count() == 0


def test_a_click_on_the_map_takes_both_sizes(page):
    box = page.locator("#chart-map").bounding_box()
    page.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    N, T = (float(page.locator(f"#{name}").input_value()) for name in ("N", "T"))
    assert N < 100 < 300 < T
    wait_for_address(page, f"N={N:g}&T={T:g}")


def test_curves_and_map_are_redrawn_at_once(page):
    """In the same task as the slider's event, without waiting for anything."""
    changed = page.evaluate(
        """() => {
          const plots = [...document.querySelectorAll(".plot")];
          const before = plots.map((plot) => plot.innerHTML);
          const slider = document.getElementById("alpha-slider");
          slider.value = 2;
          slider.dispatchEvent(new Event("input"));
          return plots.map((plot, k) => plot.innerHTML !== before[k]);
        }"""
    )
    assert changed == [True] * 4
    page.wait_for_selector("body[data-map=fine]")


def test_the_address_holds_the_parameters(open_at):
    fragment = "#alpha=0.35&M=123456&N=77&T=1e+3&sigma_eps=0.02&ridge=optimal&tau=77&range=50000"
    page = open_at(fragment)
    wait_for_address(page, fragment.replace("1e+3", "1000") + "&")
    assert page.locator("#M").input_value() == "123456"
    assert page.get_by_role("radio", name="optimal").is_checked()
    page.locator("#sigma_eps").fill("1e-3")
    page.keyboard.press("Enter")
    wait_for_address(page, "sigma_eps=0.001&")
    page.get_by_role("radio", name="fixed").check()
    wait_for_address(page, "ridge=1e-5&")
    page.evaluate("location.hash = '#alpha=2&ridge=0'")  # as with a bookmark, or the way back
    page.wait_for_function("document.getElementById('alpha').value === '2'")
    assert page.get_by_role("radio", name="none").is_checked()
    assert page.locator("#complaints").text_content() == ""


@pytest.mark.parametrize(
    ("fragment", "said"),
    [
        ("#N=-2", 'N must be a number from 1 to 1e12, got "-2"'),
        ("#M=2.5", 'M must be a whole number from 2 to 1e12, got "2.5"'),
        ("#alpha=", 'alpha must be a number from 0.05 to 5, got ""'),
        ("#sigma_eps=x", 'sigma_eps must be 0 or a number from 1e-6 to 10, got "x"'),
        ("#ridge=best", 'ridge must be 0, optimal or a number from 1e-14 to 10000, got "best"'),
        ("#T=NaN", 'T must be a number from 1 to 1e12, got "NaN"'),
        ("#%3Cimg%3E=1", 'no parameter is called "<img>"'),
        ("#toString=1", 'no parameter is called "toString"'),
        ("#N=0x10", 'N must be a number from 1 to 1e12, got "0x10"'),
        ("#ridge=%20", 'ridge must be 0, optimal or a number from 1e-14 to 10000, got " "'),
        ("#N=" + "9" * 400, 'got "' + "9" * 40 + '…"'),
    ],
)
def test_a_bad_address_is_named_and_the_rest_is_used(open_at, fragment, said):
    page = open_at(fragment + "&range=500")
    assert said in page.locator("#complaints").text_content()
    assert page.locator("#range").input_value() == "500"
    assert page.locator("#chart-N .plot path").count() > 5


def test_a_bad_number_in_a_field_is_refused_in_words(page):
    field = page.get_by_role("textbox", name="features")
    for text in ("0", "many", "", "1e400", "-5"):
        field.fill(text)
        page.keyboard.press("Tab")
        assert (
            page.locator("#error-N").text_content()
            == f'N must be a number from 1 to 1e12, got "{text}"'
        )
        assert field.get_attribute("aria-invalid") == "true"
        wait_for_address(page, "N=100&")
    field.fill("50")
    page.keyboard.press("Enter")
    assert page.locator("#error-N").text_content() == ""
    wait_for_address(page, "N=50&")


def test_everything_is_reached_by_the_keyboard(page):
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.name || ''"))
        if seen[-1] == "copy-python":
            break
    names = ("alpha", "M", "N", "T", "sigma_eps", "ridge", "tau", "range")
    charts = [f"chart-{name}" for name in ("N", "T", "map", "tau")]
    assert {
        *names,
        *(f"{name}-slider" for name in names),
        *charts,
        "link",
        "csv",
        "svg",
        "png",
        "mode",
    } <= set(seen)


def test_sliders_charts_and_ridge_follow_the_keys(page):
    page.locator("#alpha-slider").focus()
    page.keyboard.press("ArrowRight")
    wait_for_address(page, "alpha=1.05&")
    page.locator("#sigma_eps-slider").focus()
    page.keyboard.press("ArrowRight")
    wait_for_address(page, "sigma_eps=1e-6&")
    page.keyboard.press("ArrowLeft")
    wait_for_address(page, "sigma_eps=0&")
    page.get_by_role("radio", name="none").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    wait_for_address(page, "ridge=optimal&")
    page.locator("#chart-N").focus()
    page.keyboard.press("ArrowRight")
    wait_for_address(page, "N=105&")
    text = page.locator("#chart-N").get_attribute("aria-valuetext")
    loss = package_says(
        {"alpha": 1.05, "M": 1000, "sigma_eps": 0.0, "N": 105, "T": 300, "ridge": "optimal"}
    ).test
    before, value, after = re.fullmatch(r"(.*loss )(.*)(, .*)", text).groups()
    assert (before, after) == ("N 105: test loss ", ", features")
    assert float(value) == pytest.approx(float(loss), rel=1e-3, abs=0)  # four digits
    page.locator("#chart-map").focus()
    page.keyboard.press("ArrowDown")
    wait_for_address(page, "T=286&")


def test_pictures_to_take_away(page):
    with page.expect_download() as started:
        page.get_by_role("button", name="Picture as SVG").click()
    picture = ElementTree.fromstring(started.value.path().read_text(encoding="utf-8"))
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    words = " ".join(text.text or "" for text in picture.iter("{http://www.w3.org/2000/svg}text"))
    for word in (
        "number of features N",
        "number of samples T",
        "training time τ",
        "test loss L",
        "M = 1000",
        "latent",
    ):
        assert word in words
    ids = [part.get("id") for part in picture.iter() if part.get("id")]
    assert len(ids) == len(set(ids))
    with page.expect_download() as started:
        page.get_by_role("button", name="as PNG").click()
    content = started.value.path().read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert [int.from_bytes(content[k : k + 4], "big") for k in (16, 20)] == [1920, 1748]


def test_sizes_are_reached_one_by_one(page):
    """A step of the slider is less than one where sizes are small."""
    for name, first in (("N", 1), ("T", 1), ("M", 2)):
        page.locator(f"#{name}").fill(str(first))
        page.keyboard.press("Enter")
        page.locator(f"#{name}-slider").focus()
        for key, sizes in (
            ("ArrowRight", range(first + 1, 13)),
            ("ArrowLeft", range(11, first - 1, -1)),
        ):
            for size in sizes:
                page.keyboard.press(key)
                assert page.locator(f"#{name}").input_value() == str(size)
    page.locator("#chart-N").focus()
    for key, size in (("End", "10000"), ("PageDown", "6310"), ("Home", "1"), ("ArrowRight", "2")):
        page.keyboard.press(key)
        assert page.locator("#N").input_value() == size


def test_numbers_as_people_type_them(page):
    for text, value in (("0,5", "0.5"), (" 1.25 ", "1.25"), ("2e0", "2")):
        page.locator("#alpha").fill(text)
        page.keyboard.press("Enter")
        assert page.locator("#alpha").input_value() == value
    for text, part in (("optimal", "ridge=optimal&"), ("0", "ridge=0&"), ("1e-3", "ridge=0.001&")):
        page.locator("#ridge").fill(text)
        page.keyboard.press("Enter")
        wait_for_address(page, part)
    page.locator("#N").fill("20 000")  # beyond the axes, which follow
    page.keyboard.press("Enter")
    wait_for_address(page, "range=100000&")
    page.locator("#T").fill("1,000")  # a thousand, or one?
    page.keyboard.press("Enter")
    assert 'got "1,000"' in page.locator("#error-T").text_content()


def test_what_is_being_typed_stays(page):
    page.locator("#N").fill("55")
    page.set_viewport_size({"width": 700, "height": 800})
    page.wait_for_timeout(100)
    assert page.locator("#N").input_value() == "55"


def test_points_beyond_the_axes_are_pointed_at(open_at):
    page = open_at("#N=1e6&T=3e6&range=1e4")
    assert page.locator("#chart-N .plot text", has_text="N = 10⁶").count() == 1
    assert page.locator("#chart-T .plot text", has_text="T = 3·10⁶").count() == 1
    assert (
        page.locator("#chart-map .plot text", has_text="outside: N = 10⁶, T = 3·10⁶").count() == 1
    )
    assert (
        page.locator("#chart-N .plot circle").count()
        == page.locator("#chart-map .plot circle").count()
        == 0
    )


@pytest.mark.parametrize(
    ("button", "text"), [("Copy link", "#alpha=1&M=1000&N=77&"), ("Copy", "N=77, T=300, ridge=0)")]
)
def test_what_is_copied(page, button, text):
    page.evaluate("navigator.clipboard.writeText = async text => { window.copied = text }")
    page.locator("#N").fill("77")
    page.keyboard.press("Enter")
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_function("window.copied")
    assert text in page.evaluate("window.copied")
    page.get_by_role("button", name="Reset").click()
    assert page.locator("#N").input_value() == "100"


def test_the_console_refuses_what_is_out_of_range(page):
    for query, said in (
        ("{N: -5}", "N must be"),
        ("{M: 0}", "M must be"),
        ("{ridge: 'best'}", "ridge must be"),
    ):
        refused = f"try {{ rfscale.predict({query}) }} catch (error) {{ return error.message }}"
        assert said in page.evaluate(f"() => {{ {refused} }}")


@pytest.mark.parametrize("width", [320, 360, 390, 768, 901, 1024, 1181, 1400])
def test_the_page_fits(open_at, width):
    page = open_at("#ridge=0&sigma_eps=0.1&range=1e12&M=1e6", width=width)
    for name in ("N", "T", "map", "tau"):
        view = page.locator(f"#views input[value={name}]")
        if view.is_visible() or width < 900:
            view.check(force=True)
        page.wait_for_selector(f"#chart-{name} .plot svg")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        outside = page.evaluate(
            """(name) => {
              const plot = document.querySelector(`#chart-${name} .plot svg`);
              const frame = plot.getBoundingClientRect();
              return [...plot.querySelectorAll("text")].filter((text) => {
                const box = text.getBoundingClientRect();
                return box.left < frame.left - 1 || box.right > frame.right + 1;
              }).map((text) => text.textContent);
            }""",
            name,
        )
        assert outside == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_hinders_a_screen_reader(open_at, scheme):
    violations = Axe().run(open_at(color_scheme=scheme)).response["violations"]
    assert [
        (violation["id"], node["target"]) for violation in violations for node in violation["nodes"]
    ] == []


@pytest.mark.parametrize("width", [360, 900, 1000, 1280, 1440])
def test_labels_keep_off_the_fields_below_them(open_at, width):
    """The lines of a label, its subscripts included, end above the field: 3 pixels are seen."""
    gaps = open_at(width=width).evaluate(
        """[...document.querySelectorAll(".control")].map((control) => {
          const lines = document.createRange();
          lines.selectNodeContents(control.querySelector("label"));
          const ends = [...lines.getClientRects()].map((line) => line.bottom);
          const field = control.querySelector("input[type=text]").getBoundingClientRect();
          return field.top - Math.max(...ends);
        })"""
    )
    assert len(gaps) == 8
    assert min(gaps) >= 3
