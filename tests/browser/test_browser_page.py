"""The page in a browser: no complaint, nothing fetched, and everything on it works."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.report import html_page
from pytest_stigmer.report.page_tables import Table, html_table

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.browser

SCENARIO = """\
scenario: {title}
detects: [tag-order-without-tiebreak]
matrix: plans
clock: 2026-01-25T10:00:00.100Z
steps:
  - save_audit: {{resource_id: skl-1, tag: stable, version_hash: h1, message: {{spec.tag: one}}}}
  - advance: 300ms
  - save_audit: {{resource_id: skl-1, tag: stable, version_hash: h2, message: {{spec.tag: two}}}}
  - get_audit_by_tag: {{resource_id: skl-1, tag: stable}}
    returns: {{spec.tag: {answer}}}
  - push: {{name: Calculator, tag: stable, skill_md: "# one"}}
"""
HOSTILE = """\
import pytest

@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>"])
def test_hostile(text):
    pass
"""
VISIBLE = "[...document.querySelectorAll('{}')].filter((e) => e.checkVisibility()).length"
COLOUR = "getComputedStyle(document.body).backgroundColor"


def _driver() -> Any:
    """Load the driver beside this file; tests are no package."""
    path = Path(__file__).with_name("chromium.py")
    spec = importlib.util.spec_from_file_location("stigmer_test_chromium", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the page of a proof with a green and a red scenario and a test with a hostile id."""
    folder = tmp_path_factory.mktemp("page")
    for name, answer in (("newest", "two"), ("oldest", "one")):
        text = SCENARIO.format(title=f'"The </script> {name} of two"', answer=answer)
        folder.joinpath(f"{name}.scenario.yaml").write_text(text, encoding="utf-8")
    folder.joinpath("test_hostile.py").write_text(HOSTILE, encoding="utf-8")
    words = ["--rootdir=.", "--stigmer-prove", "--stigmer-report=report.html", "."]
    subprocess.run([sys.executable, "-m", "pytest", *words], cwd=folder, check=False)
    return folder / "report.html"


@pytest.fixture
def browser() -> Iterator[Any]:
    """Give a browser with one tab; skip where there is none."""
    driver = _driver()
    program = driver.executable()
    if program is None:
        pytest.skip(f"no Chromium on this machine (looked for {', '.join(driver.NAMES)})")
    with driver.Chromium(program) as opened:
        yield opened


def _unfold(browser: Any) -> None:
    """Open whatever is folded, and what is folded in that."""
    opened = "document.querySelectorAll('details:not([open])').forEach((d) => { d.open = true; })"
    browser.until(f"{opened} ?? !document.querySelector('details:not([open])')")
    browser.until("[...document.querySelectorAll('[data-body]')].every((c) => c.children[1])")
    browser.evaluate(opened)


def _visible(browser: Any, selector: str) -> int:
    count = browser.evaluate(VISIBLE.format(selector))
    assert isinstance(count, int)
    return count


def _search(browser: Any, words: str) -> None:
    browser.evaluate(
        f"(() => {{ const box = document.getElementById('search'); box.value = {words!r};"
        "box.dispatchEvent(new Event('input')); })()"
    )


def test_the_page_shows_its_parts_without_complaint(page: Path, browser: Any) -> None:
    """Kills, timelines and transcripts are there; the console is silent; one file is read."""
    browser.open(page)
    _unfold(browser)
    assert _visible(browser, "tr.defect td a") > 0
    assert _visible(browser, "svg[role=img]") == 2
    assert _visible(browser, ".steps li") > 4
    assert browser.complaints == []
    assert browser.requests == [page.as_uri()]


def test_search_and_status_filter_entries(page: Path, browser: Any) -> None:
    """Words narrow cards, tests and defects; a pressed status shows only its own; both add up."""
    browser.open(page)
    everything = _visible(browser, ".item")
    _search(browser, "NEWEST of")
    browser.until("document.getElementById('found').textContent")
    assert 0 < _visible(browser, ".item") < everything
    assert browser.evaluate("document.getElementById('found').textContent").endswith("entries")
    _search(browser, "")
    browser.evaluate("document.querySelector('[data-filter=failed]').click()")
    assert _visible(browser, ".item") == _visible(browser, ".item[data-status=failed]") > 0
    _search(browser, "no such words")
    browser.until("!document.querySelector('.item:not([hidden])')")
    _search(browser, "tag-order-without-tie")
    browser.until("document.querySelectorAll('tr.defect:not([hidden])').length === 1")


def test_a_number_of_the_matrix_opens_the_run_that_shows_it(page: Path, browser: Any) -> None:
    """The link works by keyboard, through folded cards, also when a filter hides the way."""
    browser.open(page)
    _search(browser, "no such words")
    _search(browser, "")
    name = "tag-order-without-tiebreak"
    _search(browser, name)
    browser.until(f"document.querySelector('#defect-{name} td a')?.checkVisibility()")
    browser.evaluate(f"document.querySelector('#defect-{name} td a').focus()")
    browser.press("Enter")
    browser.until("location.hash.startsWith('#s')")
    browser.until(
        "document.getElementById(location.hash.slice(1))?.parentElement"
        ".querySelector('.difference').checkVisibility()"
    )


def test_the_red_step_is_on_the_first_screen(page: Path, browser: Any) -> None:
    """The first card is the red one, unfolded down to what was got and what was expected."""
    browser.open(page)
    card = "document.querySelector('.card')"
    assert browser.evaluate(f"{card}.dataset.status") == "failed"
    assert browser.evaluate(f"{card}.open && {card}.querySelector('.got').checkVisibility()")
    assert browser.evaluate("document.querySelectorAll('.card[open]').length") == 1


def test_the_keyboard_unfolds_whatever_is_folded(page: Path, browser: Any) -> None:
    """Tab stops at each fold on its way, and Enter opens it."""
    browser.open(page)
    folds = _visible(browser, "summary")
    reached = set()
    for _ in range(200):
        browser.press("Tab")
        at = browser.evaluate(
            "[...document.querySelectorAll('summary')].indexOf(document.activeElement)"
        )
        reached.add(at)
        if len(reached - {-1}) == folds:
            break
    assert len(reached - {-1}) == folds
    browser.evaluate("document.querySelector('.card[data-body] > summary').focus()")
    browser.press("Enter")
    browser.until("document.querySelector('.card[data-body] .run')?.checkVisibility()")


def test_the_keyboard_reaches_the_results_at_once(page: Path, browser: Any) -> None:
    """The first stop is the link past the filters."""
    browser.open(page)
    browser.press("Tab")
    assert browser.evaluate("document.activeElement.className") == "skip"


@pytest.mark.parametrize("preferred", ["light", "dark"])
def test_the_theme_follows_the_system_and_the_button(
    page: Path, browser: Any, preferred: str
) -> None:
    """Both themes are readable: text stands out from its ground, also after the switch."""
    browser.prefer(preferred)
    browser.open(page)
    _unfold(browser)
    first = browser.evaluate(COLOUR)
    assert _is_dark(first) == (preferred == "dark")
    assert _contrasts(browser) == []
    browser.evaluate("document.getElementById('theme').click()")
    assert _is_dark(browser.evaluate(COLOUR)) == (preferred == "light")
    assert _contrasts(browser) == []


def _is_dark(colour: str) -> bool:
    numbers = [float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    return sum(numbers) < 3 * 128


def _contrasts(browser: Any) -> list[str]:
    """List the texts whose contrast to their ground is below 4.5, as WCAG 2.2 (1.4.3) wants it."""
    found: list[str] = browser.evaluate(CONTRASTS)
    return found


CONTRASTS = """
(() => {
  const channels = (text) => text.match(/[\\d.]+/g).map(Number);
  const luminance = (text) => {
    const [r, g, b] = channels(text).map((c) => {
      const s = c / 255;
      return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (channels(colour)[3] !== 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const found = new Set();
  for (const text of document.querySelectorAll("svg[role=img] text:not(.in)")) {
    if (!text.checkVisibility()) continue;
    for (const band of ["--band", "--band-odd", "--raised"]) {
      const colour = getComputedStyle(text).getPropertyValue(band).trim();
      const probe = document.body.appendChild(document.createElement("i"));
      probe.style.color = colour;
      const [a, b] = [getComputedStyle(text).fill, getComputedStyle(probe).color].map(luminance);
      probe.remove();
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (ratio < 4.5) found.add(`${text.className.baseVal} on ${band}: ${ratio.toFixed(2)}`);
    }
  }
  for (const element of document.querySelectorAll("body *:not(svg *)")) {
    const texts = [...element.childNodes].filter((n) => n.nodeType === 3 && n.data.trim());
    if (!texts.length || !element.checkVisibility() || element.disabled) continue;
    if (element.closest("[disabled], .skip, script")) continue;
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) found.add(`${element.className || element.tagName}: ${ratio.toFixed(2)}`);
  }
  return [...found];
})()
"""


@pytest.mark.parametrize("width", [360, 390, 1280])
def test_the_page_fits_its_window(page: Path, browser: Any, width: int) -> None:
    """Nothing scrolls sideways, no short value is broken, timelines are on the screen whole."""
    browser.resize(width, 800)
    browser.open(page)
    _unfold(browser)
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    assert browser.evaluate(BROKEN) == []
    assert browser.evaluate(OUTSIDE) == []


BROKEN = """
[...document.querySelectorAll("dd, dt, td, code, .badge")].filter((element) => {
  const words = document.createRange();
  words.selectNodeContents(element);
  const lines = new Set([...words.getClientRects()].map((box) => Math.round(box.top)));
  return /^[\\w.]{1,16}$/.test(element.textContent) && lines.size > 1;
}).map((element) => element.outerHTML)
"""
OUTSIDE = """
[...document.querySelectorAll("svg[role=img]")].filter((e) =>
  e.checkVisibility() && e.getBoundingClientRect().right > innerWidth
).map((e) => e.outerHTML.slice(0, 90))
"""


@pytest.mark.parametrize("width", [390, 1280])
def test_a_table_is_on_the_screen_whole(tmp_path: Path, browser: Any, width: int) -> None:
    """A narrow window has a row's values below each other, each with the head of its column."""
    words = ("held", "order-cuts-precise-time, " * 20, "", "1 red step")
    table = Table("Likely defects", ("verdict", "or", "harm, origin", "red steps"), [words])
    path = tmp_path / "table.html"
    path.write_text(html_page.page("A table", [*html_table(table), "</main>"]), encoding="utf-8")
    browser.resize(width, 800)
    browser.open(path)
    assert browser.evaluate("document.querySelector('.scroll').scrollWidth") <= width
    assert browser.evaluate(_HEADS) == (["verdict", "or", "red steps"] if width < 500 else [])
    assert _contrasts(browser) == []


_HEADS = """
[...document.querySelectorAll("td")].filter((e) => e.checkVisibility())
  .map((e) => getComputedStyle(e, "::before").content.split('"')[1]?.trim()).filter(Boolean)
"""
