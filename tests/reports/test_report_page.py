"""The page as text: complete in one file, and nothing in it is what a scenario made it."""

from __future__ import annotations

import base64
import json
import re
import zlib
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from pytest_stigmer.report.data import STATUSES
from pytest_stigmer.report.markup import text
from pytest_stigmer.report.picture import axis

if TYPE_CHECKING:
    from collections.abc import Callable

VOID = {"meta", "link", "input", "br"}


class Outline(HTMLParser):
    """Reads a page strictly: every element closed in order; ids, links and resources noted."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        given = dict(attrs)
        self.tags.append(tag)
        self.ids += [given["id"] or ""] if "id" in given else []
        if tag == "a":
            self.links.append(given.get("href") or "")
        else:
            self.loaded += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in VOID and not tag.startswith(("path", "circle", "line", "rect")):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        if tag not in ("path", "circle", "line", "rect"):
            assert self.open.pop() == tag


def _outline(html: str) -> Outline:
    outline = Outline()
    outline.feed(html)
    assert not outline.open
    return outline


def unfolded(html: str) -> str:
    """Return a proof's page with what is packed in it, which a script puts there."""
    (packed,) = re.findall('<template id="packed">(.*)</template>', html)
    parts, texts = json.loads(zlib.decompress(base64.b64decode(packed)))
    assert len(set(parts)) == len(parts), "what recurs far away is there once"
    return html + "".join(parts[number] for text in texts for number in text)


def test_hostile_titles_and_values_stay_text(reported: Callable[..., Any]) -> None:
    """A title with </script>, quotes and tags leaves the page's own elements as they were."""
    html = reported().html
    outline = _outline(html)
    assert outline.tags.count("script") == 1
    assert "b" not in re.findall(r"<(b)>ünï", html)
    assert "&lt;/script&gt; &quot;names&quot; &lt;b&gt;ünï &amp;" in html


def test_the_first_red_test_is_unfolded(reported: Callable[..., Any]) -> None:
    """What pytest printed of it is read without a click, that of the others with one."""
    folds = re.findall('data-status="([a-z]+)"><details( open)?>', reported().html)
    assert folds[0][1]
    assert len(folds) > 1
    assert not any(more for _, more in folds[1:])


def test_nothing_is_fetched(reported: Callable[..., Any]) -> None:
    """No element loads anything, and the page forbids itself to."""
    html = reported().html
    assert _outline(html).loaded == ["data:,"]
    assert "default-src 'none'" in html
    assert not re.search(r"https?://(?!www\.w3\.org)", html.replace("&#x27;", "'"))


def test_every_link_leads_somewhere(reported: Callable[..., Any]) -> None:
    """Defects, scenarios, runs and source lines that are linked are on the page, ids once."""
    outline = _outline(unfolded(reported("--stigmer-prove", "green.scenario.yaml").html))
    assert {link for link in outline.links if not link.startswith("#")} == set()
    assert {link[1:] for link in outline.links} <= set(outline.ids)
    assert len(outline.ids) == len(set(outline.ids))
    assert any("-L" in link for link in outline.links)


def test_what_is_red_is_open_and_first(reported: Callable[..., Any]) -> None:
    """One card is unfolded, a failed one; expected failures and skips come after all red ones."""
    html = reported("--stigmer-conditions=none").html
    cards = re.findall('<details class="item card" id="s[0-9]+" data-status="([a-z]+)"', html)
    assert cards == ["failed", "passed", "passed"]
    opened = re.findall('data-status="([a-z]+)" data-words="[^"]*" open>', html)
    assert opened == ["failed"]
    tests = re.findall('<li class="item" data-status="([a-z]+)"', html)
    assert tests == sorted(tests, key=STATUSES.index)
    assert html.index('id="tests"') < html.index('id="scenarios"')  # a plain test is red too


def test_a_proof_repeats_no_text(reported: Callable[..., Any]) -> None:
    """What unfolds is packed, and a run that a defect made red tells its red step alone."""
    html = reported("--stigmer-prove", "green.scenario.yaml").html
    assert '<ol class="steps">' not in html
    reference, *kills = unfolded(html).split('<details class="run')[1:]
    assert reference.count("<li value=") == 4
    assert [kill.count('<div class="red">') for kill in kills] == [1] * len(kills)
    assert len(kills) < sum(kill.count('<p id="s1-d') for kill in kills)  # some are red alike
    assert not [kill for kill in kills if "<li value=" in kill]


def test_a_timeline_says_in_words_what_it_shows(reported: Callable[..., Any]) -> None:
    """Each picture has a title for those who do not see it."""
    html = reported("red.scenario.yaml").html
    assert "4 steps, 2 archives in 1 stored second. Not as expected: step 4." in html


def test_control_characters_are_shown() -> None:
    """What HTML cannot hold does not end up in it."""
    assert text("a\0b\x1b<") == r"a\x00b\x1b&lt;"


@pytest.mark.parametrize(
    "instants", [[0], [0, 1, 2], [100, 400, 999, 1000], [5_000, 0, 3_600_000_000]]
)
def test_the_axis_keeps_order_and_room(instants: list[int]) -> None:
    """Later is to the right, two instants never touch, and hours do not make it endless."""
    made = axis(instants)
    places = [made.of(instant) for instant in sorted(instants)]
    assert all(b - a >= 20 for a, b in pairwise(places))
    assert 0 <= places[0] <= places[-1] <= made.width < 3_000


def test_instants_of_one_second_share_a_band() -> None:
    """Between two instants of one second there is no boundary, between others there is."""
    made = axis([100, 900, 1_100])
    boundary = made.of(1_000)
    assert made.of(900) < boundary < made.of(1_100)
    assert not [second for second in made.seconds if 100 < second < 900]
