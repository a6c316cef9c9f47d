"""Sets of time, against sets of instants."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bpodsl.values import Span, TimeSet, both, clip, covers, length, length_within, less, normal, union

spans = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)
sets = spans.map(normal)


def instants(times: list[Span] | TimeSet) -> set[int]:
    return {instant for start, end in times for instant in range(start, end)}


@given(spans)
def test_normal(given_: list[Span]) -> None:
    times = normal(given_)
    assert instants(times) == instants(given_)
    assert all(start < end for start, end in times)
    assert all(end < start for (_, end), (start, _) in pairwise(times))


@given(sets, sets, sets)
def test_algebra(a: TimeSet, b: TimeSet, c: TimeSet) -> None:
    for found, expected in [
        (union(a, b, c), instants(a) | instants(b) | instants(c)),
        (both(a, b), instants(a) & instants(b)),
        (less(a, b), instants(a) - instants(b)),
    ]:
        assert instants(found) == expected
        assert normal(found) == found


@given(sets, st.integers(-5, 45), st.integers(-5, 45))
def test_within(times: TimeSet, start: int, end: int) -> None:
    inside = clip(times, start, end)
    assert instants(inside) == instants(times) & set(range(start, end))
    assert normal(inside) == inside
    assert length(inside) == length_within(times, start, end) == len(instants(inside))
    assert covers(times, start) == (start in instants(times))


def test_nothing() -> None:
    assert normal([]) == union() == union((), ()) == both((), ((1, 2),)) == ()
    assert normal([(3, 3), (5, 4)]) == ()
    assert normal([(1, 2), (2, 3)]) == ((1, 3),)
