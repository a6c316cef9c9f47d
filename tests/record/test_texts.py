"""How values and names are written in entries, so that each is written in one way."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from bpodsl.record import Number
from bpodsl.record.event import refs
from bpodsl.terms import NotMeasured
from bpodsl.values import HOUR, MINUTE, SECOND, parse_instant, parse_period


@pytest.mark.parametrize(
    ("base", "value", "text"),
    [
        ("number", 12, "12"),
        ("number", Fraction(1, 3), "1/3"),
        ("money", Fraction(-5, 2), "-5/2"),
        ("text", "as it is", "as it is"),
        ("yes or no", True, "yes"),
        ("yes or no", False, "no"),
        ("instant", parse_instant("2026-04-07T19:00+01:00", None).instant, "2026-04-07T18:00:00Z"),
        ("time", 8 * HOUR + 30 * MINUTE, "08:30"),
        ("length", 90 * SECOND, "90"),
        ("length", SECOND // 2, "1/2"),
        ("length", 3 * SECOND // 2, "3/2"),
        ("length", Fraction(SECOND, 3), "1/3"),
        ("day", date(2026, 4, 7), "2026-04-07"),
        ("period", parse_period("2026-Q2"), "2026-Q2"),
        ("number", None, ""),
        ("number", NotMeasured("no calls"), "not measured: no calls"),
    ],
)
def test_a_value_is_written_in_one_way(base: str, value: object, text: str) -> None:
    assert Number("n", base, value).text == text  # type: ignore[arg-type]


def test_names_of_events_cannot_be_mistaken_for_others() -> None:
    assert refs("crm", ["1", "2"]) == ["crm/1", "crm/2"]
    assert refs("crm", ["a-1", "2"]) == ["crm/a-1", "crm/2"]
    # What parts a name is written otherwise inside one.
    assert refs("a/b", ["x@1", "y/z", "50%"]) == ["a%2Fb/x%401", "a%2Fb/y%2Fz", "a%2Fb/50%25"]
    assert refs("crm", []) == []
