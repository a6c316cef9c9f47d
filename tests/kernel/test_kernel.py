"""The kernel says what a run says, however it is fed, moved on, frozen and thawed."""

from __future__ import annotations

import json
import pickle
from collections import Counter
from io import BytesIO
from random import Random

import msgspec
import pytest

from bpodsl import SEMANTICS
from bpodsl.kernel import Kernel, NotThawed, PackedRows
from bpodsl.kernel.frozen import FORM, MAGIC, Head, head_from, of
from bpodsl.kernel.marks import EVERY, Marks
from bpodsl.kernel.rows import MANY, merged
from bpodsl.pipeline import Asked, evaluate_worlds, understand_text
from bpodsl.record.rows import RawRow
from bpodsl.report.formats import ledger_lines
from bpodsl.store import Feed, read_events, read_rows
from bpodsl.values import Zone, parse_instant
from tests.campaign.__main__ import drawn
from tests.campaign.lines import at_once
from tests.kernel.frozen import before, told, tried
from tests.test_portfolio import agreement, cases

UTC = Zone.load("UTC")


def at(text):
    return parse_instant(text, UTC).instant


UNTIL = at("2026-04-01T00:00:00Z")


def understood(text):
    contract, problems = understand_text("alpha.bpo", text, None, Asked(doubts_later=True))
    assert contract is not None, problems
    return contract


@pytest.fixture(scope="module")
def desk():
    return understood(agreement("alpha"))


LINES = cases(["alpha"])


def rows_of(lines, name="all.jsonl"):
    return [row for row in read_rows(Feed(name, BytesIO("".join(lines).encode()))) if isinstance(row, RawRow)]


def instants(lines):
    return [at(json.loads(line)["time"]) for line in lines]


@pytest.mark.parametrize("index", range(24))
def test_random_agreements_in_pieces(index):
    case, _, _ = drawn(77, index)
    assert tried(case, Random(f"77 {index}"), Counter()) == ""


def test_frozen_at_each_event_it_says_what_it_says_unfrozen(desk):
    whole, ledger, ledgers = Kernel(desk), [], {}
    for row, instant in zip(rows_of(LINES), instants(LINES), strict=True):
        whole.feed([row])
        ledger = told(ledger, whole.advance(instant))
        ledgers[instant] = ledger
    full = told(ledger, whole.close(UNTIL).said)
    assert full == at_once(desk, LINES, UNTIL)
    for stop in range(len(LINES)):
        kernel, found = Kernel(desk), []
        for number, (row, instant) in enumerate(zip(rows_of(LINES), instants(LINES), strict=True)):
            kernel.feed([row])
            found = told(found, kernel.advance(instant))
            if number == stop:
                assert found == ledgers[instant]
                kernel = Kernel.restore(desk, kernel.snapshot())
        assert told(found, kernel.close(UNTIL).said) == full


def test_in_any_order_and_in_any_pieces(desk):
    full, rows = at_once(desk, LINES, UNTIL), rows_of(LINES)
    for seed in range(20):
        dice = Random(seed)
        mixed = dice.sample(rows, len(rows))
        kernel, found = Kernel(desk), []
        while mixed:
            size = dice.randint(1, 9)
            kernel.feed(mixed[:size])
            del mixed[:size]
            found = told(found, kernel.advance(dice.randint(at("2026-01-01T00:00:00Z"), UNTIL)))
        assert told(found, kernel.close(UNTIL).said) == full


def test_plain_events_in_their_order_are_never_evaluated_anew(desk):
    kernel = Kernel(desk)
    for row, instant in zip(rows_of(LINES), instants(LINES), strict=True):
        kernel.feed([row])
        kernel.advance(instant)
    assert kernel.anew == 1  # At first there is no engine yet.


LATE = [
    {"id": "2", "source": "maker", "rev": 1, "time": "2026-01-05T08:30:00Z", "recordedtime": "2026-01-20T00:00:00Z"},
    {"id": "2", "source": "maker", "time": "2026-01-05T09:45:00Z"},
    {"id": "99", "source": "maker", "time": "2026-01-05T08:30:00Z", "data": {"case": "C7"}},
    {"id": "2", "source": "maker", "rev": 1, "retract": True, "time": "2026-01-05T12:30:00Z"},
]  # fmt: skip


@pytest.mark.parametrize("late", LATE)
def test_what_comes_late_is_said_again_from_about_where_it_changes(desk, late):
    more = json.dumps({"subject": "alpha", "type": "answered", "data": {"case": "C0"}, **late}) + "\n"
    kernel = Kernel(desk)
    kernel.feed(rows_of(LINES))
    found = told([], kernel.advance(at("2026-03-01T00:00:00Z")))
    assert found == before(desk, LINES, at("2026-03-01T00:00:00Z"))
    kernel.feed(rows_of([more], "late.jsonl"))
    found = told(found, kernel.advance(at("2026-03-01T00:00:00Z")))
    assert kernel.anew == 2
    assert told(found, kernel.close(UNTIL).said) == in_two_files(desk, more)


def in_two_files(contract, more):
    feeds = [Feed("all.jsonl", BytesIO("".join(LINES).encode())), Feed("late.jsonl", BytesIO(more.encode()))]
    taken = read_events(contract, feeds, UNTIL)
    return [x for _, ledger in evaluate_worlds(contract, taken.worlds, UNTIL) for x in ledger_lines(contract, ledger)]


def test_it_has_something_to_say_only_when_it_is_due(desk):
    kernel, found, moved = Kernel(desk), [], 0
    kernel.feed(rows_of(LINES))
    while kernel.due is not None and kernel.due < UNTIL and moved < 200:
        due = kernel.due
        kernel = Kernel.restore(desk, kernel.snapshot())
        said = kernel.advance(due)
        assert not said.lines
        found = told(told(found, said), kernel.advance(due + 1))
        moved += 1
    assert told(found, kernel.close(UNTIL).said) == at_once(desk, LINES, UNTIL)
    assert 10 < moved < 200


def test_a_line_far_ahead_costs_nothing_until_it_comes_near(desk):
    far = json.dumps({**json.loads(LINES[0]), "id": "far", "time": "2031-01-05T08:00:00Z"}) + "\n"
    near = before(desk, LINES, at("2026-03-01T00:00:00Z"))
    kernel, found = Kernel(desk), []
    kernel.feed(rows_of([far]))
    for row, instant in zip(rows_of(LINES), instants(LINES), strict=True):
        kernel.feed([row])
        found = told(found, kernel.advance(instant))
    assert told(found, kernel.advance(at("2026-03-01T00:00:00Z"))) == near
    assert kernel.anew == 1


def test_of_what_is_not_due_nothing_is_evaluated(desk):
    kernel = Kernel(desk)
    kernel.feed(rows_of(LINES))
    kernel.advance(at("2026-01-05T08:00:01Z"))
    kernel = Kernel.restore(desk, kernel.snapshot())
    assert kernel.due is not None and kernel.advance(kernel.due).lines == ()
    assert kernel.anew == 0


# ------------------------------------------------------------------ bytes
@pytest.fixture
def frozen(desk):
    kernel = Kernel(desk)
    kernel.feed(rows_of(LINES))
    kernel.advance(at("2026-02-01T00:00:00Z"))
    return kernel.snapshot()


def test_bytes_cut_anywhere_are_no_kernel(desk, frozen):
    for size in range(0, len(frozen), 7):
        with pytest.raises(NotThawed):
            Kernel.restore(desk, frozen[:size])


def test_bytes_that_were_changed_are_no_kernel_or_the_same(desk, frozen):
    dice, refused = Random(5), 0
    for _ in range(300):
        bad = bytearray(frozen)
        bad[dice.randrange(len(bad))] ^= 1 << dice.randrange(8)
        try:
            kernel = Kernel.restore(desk, bytes(bad))
            kernel.feed([])
            kernel.outcome(UNTIL)
        except NotThawed:
            refused += 1
    assert refused > 200


class Executes:
    def __reduce__(self):
        return pytest.fail, ("it was executed",)


def test_a_pickle_is_no_kernel(desk):
    with pytest.raises(NotThawed, match="these bytes are no kernel"):
        Kernel.restore(desk, pickle.dumps(Executes()))
    with pytest.raises(NotThawed):
        Kernel.restore(desk, MAGIC + pickle.dumps(Executes()))


def test_of_another_agreement(desk, frozen):
    other = understood(agreement("alpha", currency="GBP"))
    with pytest.raises(NotThawed, match="it is of another text than that of `alpha`"):
        Kernel.restore(other, frozen)


@pytest.mark.parametrize(
    ("form", "semantics", "why"), [(FORM + 1, SEMANTICS, "it has form"), (FORM, SEMANTICS + 1, "by semantics")]
)
def test_of_another_version(desk, form, semantics, why):
    head = MAGIC + msgspec.msgpack.encode(Head(form, semantics, of(desk), 0, 0, b"", 0, 0, b"", []))
    with pytest.raises(NotThawed, match=why):
        head_from(head, desk)


def test_other_rows_than_it_was_frozen_with(desk):
    kernel = Kernel(desk)
    kernel.feed(rows_of(LINES))
    head, (_, parts) = kernel.head(), kernel.fresh()
    other = PackedRows.of(rows_of(LINES[1:])).parts
    assert Kernel.resumed(desk, head, parts).rows == len(LINES)
    with pytest.raises(NotThawed, match="its rows are not those"):
        Kernel.resumed(desk, head, other)


TEXT = 'id;Contract;"Ünits"\n1;a;"2;5"\n2;"b\nb";\n'
JSON = '{"id":1,"n":1.50,"t":"\\u00e9","l":[1e3,{"x":null}]}\n{"id" : 2}\r\n'


def test_rows_come_back_as_they_were():
    rows = rows_of([TEXT], "a.csv") + rows_of([JSON], "b.jsonl") + rows_of(['{a},b\n"{""x"":1}",2\n'], "c.csv")
    back = list(PackedRows.of(rows))
    assert back == rows
    assert [type(value) for row in back for value in row.values.values()] == [
        type(value) for row in rows for value in row.values.values()
    ]


def test_parts_stay_few(desk):
    rows = rows_of(cases(["alpha"], 600))
    parts, written = [], 0
    for row in rows:
        parts += PackedRows.of([row]).parts
        first = merged(parts)
        written += sum(len(list(PackedRows([part]))) for part in parts[min(first, len(parts) - 1) :])
    assert len(parts) < 3 * MANY
    assert list(PackedRows(parts)) == rows
    assert written < 4 * len(rows)


# ------------------------------------------------------------------ marks
def test_marks_find_what_is_the_same():
    dice = Random(3)
    for _ in range(60):
        lines = [str(n) for n in range(dice.randint(0, 3000))]
        marks, place = Marks(), 0
        while place < len(lines):
            step = dice.randint(1, 900)
            marks.add(lines[place : place + step])
            place += step
        differs = dice.randint(0, len(lines))
        other = lines[:differs] + ["other"] * dice.randint(0, 5) + lines[differs + dice.randint(0, 3) :]
        same = sum(1 for _ in zip_same(lines, other))
        common = marks.common(other)
        assert common <= same
        assert same - common <= EVERY + (len(lines) - same) // 2
        marks.back(common)
        marks.add(other[common:])
        fresh = Marks()
        fresh.add(other)
        assert (marks.count, marks.link) == (fresh.count, fresh.link)


def zip_same(one, other):
    for a, b in zip(one, other, strict=False):
        if a != b:
            return
        yield a


def test_marks_are_few():
    marks = Marks()
    for n in range(100):
        marks.add([str(n)] * 1000)
    assert len(marks.marks) < 130
