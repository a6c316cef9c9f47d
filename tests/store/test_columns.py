"""Parquet files by the block, whose columns the compiled part takes where they lie: what is told in short is what the
general way says, of clean files and spoilt ones."""

from __future__ import annotations

import json
import os
import random
from datetime import datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bpodsl import native
from bpodsl.native import build
from bpodsl.native.columns import BlockOfColumns
from bpodsl.pipeline import evaluate_worlds, run_brief, understand
from bpodsl.record.brief import brief
from bpodsl.report.brief import BriefLines
from bpodsl.store import arrow, columns, read_events
from tests.engine.test_straight import desk

__all__ = ["desk"]

NAMES = ("id", "type", "ts", "contract", "ticket", "priority", "site", "actor", "round")
AT = 350
"""A row that is spoilt: behind those that are read strictly to learn from."""

INSTANT = pa.timestamp("us", "UTC")


@pytest.fixture(autouse=True)
def there(monkeypatch):
    if build.compiler() is None and os.environ.get("BPODSL_COMPILED") != "required":
        pytest.skip("no compiler, so columns are made lines")
    if native.library() is None:
        assert build.build(build.SOURCE.parent / build.NAME)
        native._loaded.cache_clear()
    monkeypatch.setattr(arrow, "_ROWS", 300)


@pytest.fixture
def rows(desk):
    """The rows of W1, of which an optional field may be missing."""
    agreement = (desk / "w1.bpo").read_text().replace("*.jsonl", "*.parquet")
    agreement = agreement.replace("format  jsonl", "format  parquet").replace(
        "  priority  one of P1, P2, P3\n", "  priority  one of P1, P2, P3\n  site text, optional\n"
    )
    (desk / "w1.bpo").write_text(agreement)
    draw = random.Random(2)
    found = [json.loads(line) for line in (desk / "events.jsonl").read_text().splitlines()]
    for number, row in enumerate(found):
        row["round"] = number % 7
        row["ts"] = datetime.fromisoformat(row["ts"])
        if row["type"] == "ticket.opened":
            row["site"] = draw.choice((None, "north", "south"))
    # It stays the last, whatever instants are rounded to.
    found[-1]["ts"] += timedelta(milliseconds=1)
    return found


@pytest.fixture
def taken(monkeypatch):
    """How many rows of each block the machine took."""
    counts, made = [], BlockOfColumns.of_columns.__func__

    def read(cls, *given):
        block = made(cls, *given)
        counts.append(block.count)
        return block

    monkeypatch.setattr(BlockOfColumns, "of_columns", classmethod(read))
    return counts


def table_of(rows, **types):
    types = {"ts": INSTANT, "round": pa.int8(), **types}
    return pa.table({name: pa.array([row.get(name) for row in rows], types.get(name, pa.string())) for name in NAMES})


def write(desk, table, **how):
    pq.write_table(table, desk / "events.parquet", **{"row_group_size": 1000, **how})


def generally(desk, until=None):
    contract = understand(desk / "w1.bpo").contract
    taken = read_events(contract, [desk / "events.parquet"], until)
    ((_, ledger),) = evaluate_worlds(contract, taken.worlds, taken.until)
    return list(BriefLines().of(brief(ledger))), taken


def same(desk, until=None, jobs=1):
    """Whether it was done by the block; both say the same of the ledger, of the rows and of what was set aside."""
    contract, lines = understand(desk / "w1.bpo").contract, []

    def sink(told):
        lines.extend(BriefLines(told.forms).of(told.entries))

    found = run_brief(contract, [desk / "events.parquet"], until, sink, lines.clear, None, jobs)
    if found is None:
        return False
    whole, all_of_it = generally(desk, until)
    assert lines == whole
    assert found.account.as_dict() == all_of_it.account.as_dict()
    assert found.quarantined == all_of_it.quarantined
    assert (found.until, found.notes, found.incomplete) == (all_of_it.until, all_of_it.notes, all_of_it.incomplete)
    return True


# ------------------------------------------------------------------------------------ nearly all of a file
@pytest.mark.parametrize("jobs", [1, 3])
@pytest.mark.parametrize("size", [64, 333, 1000, 10**6])
def test_nearly_all_rows_are_taken_where_they_lie(desk, rows, taken, size, jobs):
    write(desk, table_of(rows), row_group_size=size)
    assert same(desk, jobs=jobs)
    assert sum(taken) > len(rows) * 3 // 4


WAYS = {
    "as few bytes as may be": {"use_dictionary": False},
    "words": {"use_dictionary": True, "compression": "zstd"},
    "pages of the second sort": {"data_page_version": "2.0"},
    "small pages": {"data_page_size": 64, "dictionary_pagesize_limit": 200},
    "texts that share how they begin": {"use_dictionary": False, "column_encoding": {"ticket": "DELTA_BYTE_ARRAY"}},
}


@pytest.mark.parametrize("how", WAYS)
def test_whatever_way_it_was_written(desk, rows, taken, how):
    write(desk, table_of(rows), **WAYS[how])
    assert same(desk)
    assert sum(taken) > len(rows) // 2


TYPES = {
    "milliseconds": {"ts": pa.timestamp("ms", "Europe/Berlin")},
    "nanoseconds": {"ts": pa.timestamp("ns", "UTC")},
    "texts with far ends": {name: pa.large_string() for name in ("id", "ticket", "type")},
    "texts there once": {name: pa.dictionary(pa.int32(), pa.string()) for name in ("type", "priority", "ticket")},
    "small numbers of texts": {name: pa.dictionary(pa.int8(), pa.string()) for name in ("type", "priority")},
    "decimals beside": {"round": pa.decimal128(5, 2)},
}


@pytest.mark.parametrize("types", TYPES)
def test_whatever_type_a_column_has(desk, rows, taken, types):
    if "decimals" in types:
        rows = [row | {"round": Decimal(row["round"])} for row in rows]
    write(desk, table_of(rows, **TYPES[types]))
    assert same(desk)
    assert sum(taken) > len(rows) // 2


def test_instants_as_text(desk, rows, taken):
    for row in rows:
        row["ts"] = row["ts"].isoformat().replace("+00:00", "Z")
    rows[AT]["ts"] = rows[AT]["ts"].replace("Z", "+01:00")
    rows[AT + 3]["ts"] = "2025-13-01T00:00:00Z"
    write(desk, table_of(rows, ts=pa.string()))
    assert same(desk)
    assert sum(taken) > len(rows) // 2


# ------------------------------------------------------------------------------------ what is not so certain
def one(**values):
    def spoil(rows):
        rows[AT] |= values
        return rows

    return spoil


def some(each):
    def spoil(rows):
        for row in rows[AT : AT + 90]:
            each(row)
        return rows

    return spoil


SPOILT = {
    "no id": one(id=None), "an empty id": one(id=""), "a long id": one(id="x" * 501),
    "an id to be escaped": one(id="a/b"), "an id with a blank": one(id="a b"),
    "no kind": one(type=None), "another kind": one(type="tocket.opened"),
    "no instant": one(ts=None), "before all": one(ts=datetime(1960, 1, 1)), "far behind": one(ts=datetime(2039, 1, 1)),
    "no key": one(contract=None), "an empty key": one(ticket=""), "a long key": one(ticket="x" * 501),
    "an accent": one(site="Jos\u00e9"), "a mark": one(site='a "b"'), "a backslash": one(site="a\\nb"),
    "a line feed": one(site="a\nb"), "nothing but blanks": one(site="  "), "an empty field": one(site=""),
    "no such word": one(priority="P9"), "an accent beside": one(actor="Jos\u00e9"), "nothing beside": one(actor=None),
    "a long text beside": one(actor="x" * (1 << 19)), "a long text": one(site="x" * (1 << 19)),
    "longer than a line may be": one(site="x" * ((1 << 20) + 1)),
    "longer than a line may be, beside": one(actor="x" * ((1 << 20) + 1)),
    "many accents": some(lambda row: row.update(contract=f"{row.get('contract', '')}\u00e9")),
    "many without a word": some(lambda row: row.update(priority=None)),
    "the same row twice": lambda rows: [*rows[:-1], rows[AT], rows[-1]],
    "backwards": lambda rows: rows[::-1],
    "in no order": lambda rows: random.Random(5).sample(rows, len(rows)),
    "few": lambda rows: rows[:40],
    "none": lambda rows: [],
}  # fmt: skip
LEFT = {
    "the same row twice", "backwards", "in no order", "none", "longer than a line may be", "far behind",
    "longer than a line may be, beside",
}  # fmt: skip


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("spoil", SPOILT)
def test_the_same_as_in_the_general_way(desk, rows, spoil, jobs):
    write(desk, table_of(SPOILT[spoil](rows)))
    assert same(desk, jobs=jobs) or spoil in LEFT


def test_finer_than_a_microsecond_is_no_instant(desk, rows, taken):
    table = table_of(rows, ts=pa.timestamp("ns", "UTC"))
    at = table["ts"].cast(pa.int64()).to_pylist()
    at[AT] += 1
    write(desk, table.set_column(2, "ts", pa.array(at, pa.int64()).cast(pa.timestamp("ns", "UTC"))))
    assert same(desk)
    assert sum(taken) > len(rows) // 2


def test_local_times_are_those_of_the_zone(desk, rows):
    write(desk, table_of(rows, ts=pa.timestamp("us")))
    same(desk)
    assert not generally(desk)[1].quarantined


@pytest.mark.parametrize(("name", "of"), [("id", pa.int64()), ("site", pa.date32()), ("actor", pa.float64())])
def test_columns_of_other_types(desk, rows, name, of):
    for number, row in enumerate(rows):
        row[name] = number if name == "id" else (row["ts"] + timedelta(number)).date() if name == "site" else 1.5
    write(desk, table_of(rows, **{name: of}))
    same(desk)


def test_a_column_that_is_not_there(desk, rows, taken):
    write(desk, table_of(rows).drop_columns(["site"]))
    assert same(desk) and sum(taken) > len(rows) // 2
    write(desk, table_of(rows).drop_columns(["ticket"]))
    same(desk)


def test_rows_up_to_an_instant(desk, rows):
    write(desk, table_of(rows))
    at = rows[len(rows) // 2]["ts"]
    assert same(desk, until=int(at.timestamp()) * 10**6)


# ------------------------------------------------------------------------------------ damage
def test_random_bytes_in_it_come_to_the_same(desk, rows):
    draw, done = random.Random(7), 0
    for round_ in range(60):
        how = [{}, {"use_dictionary": False, "compression": "none"}, {"compression": "none"}][round_ % 3]
        write(desk, table_of(rows[:1500]), **how)
        hurt = bytearray((desk / "events.parquet").read_bytes())
        for _ in range(draw.randrange(1, 4)):
            hurt[draw.randrange(4, len(hurt))] = draw.randrange(256)
        (desk / "events.parquet").write_bytes(hurt)
        try:
            general = generally(desk)
        except Exception as why:
            with pytest.raises(type(why)):
                same(desk)
            continue
        assert general
        done += same(desk)
    assert done > 5


def test_every_so_manieth_end(desk, rows):
    write(desk, table_of(rows[:900]))
    data = (desk / "events.parquet").read_bytes()
    for cut in range(4, len(data), len(data) // 9):
        (desk / "events.parquet").write_bytes(data[:cut])
        assert not same(desk)


def test_more_than_a_file_may_hold_is_left_to_the_general_way(desk, rows, monkeypatch):
    write(desk, table_of(rows))
    monkeypatch.setattr(columns, "SIZE_LIMIT", 100_000)
    assert not same(desk)


def test_without_the_compiled_part_columns_are_made_lines(desk, rows, taken, monkeypatch):
    write(desk, table_of(rows))
    monkeypatch.setenv("BPODSL_NATIVE", "off")
    assert same(desk)
    assert not taken
