"""Places in texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bpodsl.text import Source, Span


@given(st.text(alphabet="ab\n\r"), st.integers(0, 30))
def test_places_and_offsets_are_inverse(text, offset):
    source = Source("x", text)
    offset = min(offset, len(text))
    line, column = source.place(offset)
    assert source.offset(line, column) == offset
    assert 1 <= line <= source.line_count


@given(st.text(alphabet="ab\n"))
def test_lines_make_up_the_text(text):
    source = Source("x", text)
    assert "\n".join(source.line(n) for n in range(1, source.line_count + 1)) == text


def test_a_span_says_where_it_is():
    source = Source("care.bpo", "one\ntwo three\n")
    span = Span(source, 8, 13)
    assert (span.text, span.place, str(span)) == ("three", (2, 5), "care.bpo:2:5")
    assert Span(source, 0, 3).to(span).text == "one\ntwo three"
    assert span.to(Span(source, 0, 3)) == Span(source, 0, 13)


def test_a_place_beyond_the_text_is_its_end():
    assert Source("x", "ab").place(99) == (1, 3)
