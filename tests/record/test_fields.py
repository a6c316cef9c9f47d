"""Each kind of value has one way to be written, or a few, and nothing else is taken."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpodsl.record.rows import Decimals
from bpodsl.terms import EventField
from bpodsl.terms.kinds import DAY, INSTANT, LENGTH, NUMBER, SHARE, TEXT, YES_NO, money, one_of, period
from bpodsl.values import HOUR, MINUTE, SECOND, parse_period
from tests.record.door import at, contract, event, field_value, kind

HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("of", "raw", "value"),
    [
        (NUMBER, 12, 12),
        (NUMBER, "12", 12),
        (NUMBER, " -12.50 ", Fraction(-25, 2)),
        (NUMBER, Decimals("0.1"), Fraction(1, 10)),
        (NUMBER, "18 000.5", Fraction(36001, 2)),
        (NUMBER, "18 0000", "EVT141"),
        (NUMBER, "1,5", "EVT141"),
        (NUMBER, "1e3", "EVT141"),
        (NUMBER, Decimals("1e3"), "EVT141"),
        (NUMBER, "١٢", "EVT141"),
        (NUMBER, "1_000", "EVT141"),
        (NUMBER, True, "EVT141"),
        (NUMBER, {"a": 1}, "EVT141"),
        (NUMBER, [1], "EVT141"),
        (NUMBER, 10**18 - 1, 10**18 - 1),
        (NUMBER, 10**18, "EVT107"),
        (NUMBER, "0." + "1" * 19, "EVT107"),
        (SHARE, "95%", Fraction(19, 20)),
        (SHARE, "99.5 %", Fraction(199, 200)),
        (SHARE, "100%", 1),
        (SHARE, "0.95", Fraction(19, 20)),
        (SHARE, Decimals("0.5"), HALF),
        (SHARE, 1, 1),
        (SHARE, "%", "EVT141"),
        (money("GBP"), "1234.50", Fraction(2469, 2)),
        (money("GBP"), "250 000.00 GBP", 250000),
        (money("GBP"), "1.50GBP", Fraction(3, 2)),
        (money("GBP"), 7, 7),
        (money("GBP"), "1.50 EUR", "EVT143"),
        (money("GBP"), "1.50 USD", "EVT143"),
        (money("GBP"), "GBP 1.50", "EVT141"),
        (money("GBP"), "£1.50", "EVT141"),
        (INSTANT, "2026-04-07T19:00:00+01:00", at("2026-04-07T19:00")),
        (INSTANT, "2026-04-07T19:00:00", "EVT125"),
        (INSTANT, "2026-04-07", "EVT124"),
        (INSTANT, "2026-04-07T25:00:00Z", "EVT124"),
        (INSTANT, "9999-04-07T19:00:00Z", "EVT126"),
        (INSTANT, 1775581200, "EVT124"),
        (DAY, "2026-04-07", date(2026, 4, 7)),
        (DAY, "2026-02-30", "EVT124"),
        (DAY, "2026-04-07T00:00:00Z", "EVT124"),
        (DAY, "1969-12-31", "EVT126"),
        (period("month"), "2026-04", parse_period("2026-04")),
        (period("quarter"), "2026-Q2", parse_period("2026-Q2")),
        (period("year"), 2026, parse_period("2026")),
        (period("month"), "2026-Q2", "EVT124"),
        (period("month"), "2026-13", "EVT124"),
        (period("month"), True, "EVT141"),
        (LENGTH, "PT4H", 4 * HOUR),
        (LENGTH, "PT1H30M0.5S", HOUR + 30 * MINUTE + SECOND // 2),
        (LENGTH, "4 hours", 4 * HOUR),
        (LENGTH, "90 minutes", 90 * MINUTE),
        (LENGTH, "77 seconds", 77 * SECOND),
        (LENGTH, "1 hour 1 minute 1 second", HOUR + MINUTE + SECOND),
        (LENGTH, "3 h 59 min", 4 * HOUR - MINUTE),
        (LENGTH, "3h59min", 4 * HOUR - MINUTE),
        (LENGTH, "1.5 h", 90 * MINUTE),
        (LENGTH, "1 s", SECOND),
        (LENGTH, "120", "EVT141"),
        (LENGTH, 120, "EVT141"),
        (LENGTH, "PT", "EVT141"),
        (LENGTH, "P1D", "EVT141"),
        (LENGTH, "4 days", "EVT141"),
        (LENGTH, "30 min 4 h", "EVT141"),
        (LENGTH, "-4 h", "EVT141"),
        (LENGTH, "1..5 h", "EVT141"),
        (LENGTH, "01:30", "EVT141"),
        (TEXT, "cafe\u0301", "caf\u00e9"),
        (TEXT, " a ", " a "),
        (TEXT, 7, "7"),
        (TEXT, True, "EVT141"),
        (TEXT, {"a": 1}, "EVT141"),
        (one_of("P1", "P2"), "P1", "P1"),
        (one_of("P1", "P2"), " P1", "P1"),
        (one_of("1", "2"), 1, "1"),
        (one_of("caf\u00e9"), "cafe\u0301", "caf\u00e9"),
        (one_of("P1", "P2"), "p1", "EVT142"),
        (one_of("P1", "P2"), ["P1"], "EVT142"),
        (YES_NO, True, True),
        (YES_NO, "no", False),
        (YES_NO, "TRUE", True),
        (YES_NO, 1, "EVT141"),
        (YES_NO, "1", "EVT141"),
    ],
)
def test_values(of: object, raw: object, value: object) -> None:
    found = field_value(of, raw)
    assert found == value
    assert type(found) is type(value) or isinstance(value, int | Fraction)


@pytest.mark.parametrize("of", [NUMBER, SHARE, money("GBP"), INSTANT, DAY, LENGTH, TEXT, one_of("a"), YES_NO])
@pytest.mark.parametrize("raw", [None, ""])
def test_missing(of: object, raw: object) -> None:
    assert field_value(of, raw) == "EVT140"
    values = {"id": "1", "type": "e", "time": "2026-04-07", "f": raw}
    assert event(contract(kind("e", EventField("f", of, optional=True))), values).fields == {}
    assert event(contract(kind("e", EventField("f", of, default="x"))), values).fields == {"f": "x"}


KINDS = (NUMBER, SHARE, money("GBP"), INSTANT, DAY, LENGTH, TEXT, one_of("a", "b"), YES_NO, period("month"))


@given(
    st.sampled_from(KINDS),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.from_regex(r"\A[0-9PTHMS:.+ -]{1,20}\Z"),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=5,
    ),
)
@settings(max_examples=300, deadline=None)
def test_any_raw_value_is_read_or_refused(of: object, raw: object) -> None:
    field_value(of, raw)
