"""Nothing lies on anything else, whatever the contract."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpodsl.graph import build
from bpodsl.graph.draw import Arrow, Box, View, metrics, read
from bpodsl.graph.draw.cards import DETAIL, HEAD, TITLE, WIDTH
from bpodsl.graph.draw.layout import LABEL, Layout, lay_out
from bpodsl.graph.draw.looks import LOOKS
from bpodsl.graph.draw.svg import paint
from bpodsl.pipeline import understand_all
from tests.conftest import ROOT
from tests.graph.contracts import care, circular, empty, hostile

SIZES = {"head": HEAD, "title": TITLE, "detail": DETAIL, "reference": DETAIL}


def boxes_of(layout: Layout):
    return [(p.card.box.id, p.x, p.y, p.x + WIDTH, p.y + p.card.height) for p in layout.placed.values()]


def words_of(layout: Layout):
    for port in layout.ports:
        yield port.verb, port.x + 3, port.y - 3 - LABEL, port.x + 3 + metrics.width(port.verb, LABEL), port.y - 1
    for frame in layout.frames:
        yield frame.group, frame.x + 9, frame.y + 5, frame.x + 9 + metrics.width(frame.group, 10), frame.y + 15


def overlap(one, other):
    return one[1] < other[3] and other[1] < one[3] and one[2] < other[4] and other[2] < one[4]


def curve(swing):
    """Points along a line as it is drawn."""
    for step in range(13):
        t = step / 12
        along = 1.5 * t * (1 - t) + t**3 if swing.y != swing.to_y else t
        x = swing.x + (swing.to_x - swing.x) * along
        yield x, swing.y + (swing.to_y - swing.y) * (3 * t**2 - 2 * t**3)


def check(layout: Layout) -> None:
    boxes, words = boxes_of(layout), list(words_of(layout))
    for one, other in combinations(boxes + words, 2):
        assert not overlap(one, other), (one, other)
    # A slanted box ends up to 5 inside its bounds.
    things = words + [(name, left + 5, top, right - 5, bottom) for name, left, top, right, bottom in boxes]
    for points in [*map(curve, layout.swings), *(loop.corners for loop in layout.loops)]:
        for (x, y), (to_x, to_y) in pairwise(points):
            line = ("", min(x, to_x) + 0.1, min(y, to_y) - 0.1, max(x, to_x) - 0.1, max(y, to_y) + 0.1)
            for thing in things:
                assert not overlap(thing, line), (thing, line)
    # Nothing that is joined to nothing else drifts away from the rest.
    reach = min((top for _, _, top, _, _ in boxes), default=0.0)
    spans = [(top, bottom) for _, _, top, _, bottom in boxes]
    for top, bottom in sorted([*spans, *(tuple(sorted((each.y, each.to_y))) for each in layout.swings)]):
        assert top - reach <= 61, (reach, top)
        reach = max(reach, bottom)
    for _, left, top, right, bottom in boxes + words:
        assert left >= 0 and top >= 0 and right <= layout.width and bottom <= layout.height


@pytest.mark.parametrize("contract", [care, circular, empty, hostile], ids=lambda make: make.__name__)
def test_contracts_are_laid_out_clearly(contract):
    check(lay_out(read(build(contract()))))


@pytest.mark.parametrize("contract", [care, hostile], ids=lambda make: make.__name__)
def test_words_stay_inside_their_box(contract):
    for placed in lay_out(read(build(contract()))).placed.values():
        card = placed.card
        for text in card.texts:
            bold = text.role in ("head", "title")
            assert text.x + metrics.width(text.words, SIZES[text.role], bold) <= WIDTH - 7.9
            assert text.y <= card.height
        (head,) = [text for text in card.texts if text.role == "head"]
        starts = sorted(badge.x for badge in card.badges)
        beside = [badge.x for badge in card.badges if badge.y < head.y]
        assert not beside or min(beside) > head.x + metrics.width(head.words, HEAD, bold=True)
        assert not starts or starts[0] >= 8
        assert all(badge.x + badge.width <= WIDTH - 7 for badge in card.badges)


@pytest.mark.parametrize("understood", understand_all([ROOT / "examples"]), ids=lambda each: each.path.stem)
def test_examples_are_laid_out_clearly(understood):
    assert understood.contract is not None
    check(lay_out(read(build(understood.contract))))


def test_levels_go_from_left_to_right():
    view = read(build(care()))
    layout = lay_out(view)
    assert all(layout.placed[arrow.start].x < layout.placed[arrow.end].x for arrow in view.arrows)
    assert not layout.loops


def test_a_help_desk_fits_on_a_page():
    layout = lay_out(read(build(care())))
    assert 1.0 < layout.width / layout.height < 2.5
    assert layout.width < 2600


kinds = st.sampled_from(sorted(LOOKS))
parties = st.lists(st.sampled_from(["northwind", "meridian", "a_third_party_of_long_name"]), max_size=3, unique=True)
titles = st.text(max_size=60) | st.just("Restore of service for tickets of the first priority in all of the sites")


@st.composite
def views(draw):
    count = draw(st.integers(0, 24))
    boxes = tuple(
        Box(f"b{n}", draw(kinds), draw(titles), draw(st.sampled_from(["", "Sch C 2.1"])),
            tuple(draw(parties)), tuple(draw(st.lists(titles, max_size=3))))
        for n in range(count)
    )  # fmt: skip
    ends = st.integers(0, max(0, count - 1))
    verbs = st.sampled_from(["opens", "performs", "is measured by", "resumes the clock"])
    pairs = draw(st.lists(st.tuples(ends, ends, verbs, st.booleans()), max_size=50 if count > 1 else 0))
    arrows = {Arrow(f"b{a}", f"b{z}", verb, late): None for a, z, verb, late in pairs if a != z}
    return View("An agreement", "", (), tuple(sorted(boxes, key=lambda box: box.kind)), tuple(arrows))


@given(views())
@settings(max_examples=60, deadline=None)
def test_any_view_is_laid_out_clearly(view):
    check(lay_out(view))
    assert paint(view) == paint(view)
