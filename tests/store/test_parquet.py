"""Parquet files: the same events as in lines, whatever types their columns have, and what cannot be read told."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from bpodsl import native
from bpodsl.cli.main import bpodsl
from bpodsl.pipeline import run_brief, run_plain, run_steady, understand_text
from bpodsl.record.refusals import LimitReached
from bpodsl.record.rows import BadLine, Cut, Layout, NoRows, RawRow
from bpodsl.store import Feed, arrow, few, joined, jsonl, read_events, read_rows
from bpodsl.terms import Contract
from tests.store.test_ways_of_reading import AGREEMENT, CASES, PLAIN, rows

WHOLE = Layout("parquet")


def packed(table: pa.Table, **how: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **how)
    return sink.getvalue()


def read(data: bytes, columns: set[str] | None = None) -> list[Any]:
    layout = Layout("parquet", columns=None if columns is None else frozenset(columns))
    return list(read_rows(Feed("a.parquet", io.BytesIO(data)), layout))


def values(of: pa.DataType, *found: object) -> list[object]:
    """What rows hold in a column of one type, as JSON lines would tell it."""
    got = read(packed(pa.table({"id": pa.array(range(len(found))), "v": pa.array(found, of)})))
    assert all(isinstance(row, RawRow) and row.values == jsonl.strictly(row.raw) for row in got)
    return [row.values.get("v", "nothing") for row in got]


@pytest.fixture(params=["few", "many"])
def some(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether rows are told as a few are."""
    if request.param == "many":
        monkeypatch.setattr(arrow, "_FEW", 0)


# ------------------------------------------------------------------------------------ types
@pytest.mark.usefixtures("some")
def test_texts_are_told_whatever_stands_in_them() -> None:
    odd = ["", 'a "quoted" one', "back\\slash", "two\nlines\r\n", "\x00\x1f\t", "\x7f é €  😀", "{", None, "null"]
    told = ["nothing" if each is None else each for each in odd]
    for of in (pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())):
        assert values(of, *odd) == told
    assert values(pa.string(), None, None) == ["nothing"] * 2


@pytest.mark.usefixtures("some")
def test_numbers_keep_all_their_digits() -> None:
    assert values(pa.int8(), -128, None) == [-128, "nothing"]
    assert values(pa.uint64(), 2**64 - 1) == [2**64 - 1]
    assert values(pa.decimal128(10, 2), Decimal("12.50"), Decimal("-0.05"), None) == ["12.50", "-0.05", "nothing"]
    small = values(pa.decimal128(38, 20), Decimal(0), Decimal("0.00000000000000000001"))
    assert small == ["0.00000000000000000000", "0.00000000000000000001"]
    assert values(pa.decimal256(60, 0), Decimal("9" * 60)) == [int("9" * 60)]


@pytest.mark.usefixtures("some")
def test_yes_days_and_nothing() -> None:
    assert values(pa.bool_(), True, False, None) == [True, False, "nothing"]
    assert values(pa.date32(), date(2026, 4, 7), date(1, 1, 1), None) == ["2026-04-07", "0001-01-01", "nothing"]
    assert values(pa.null(), None, None) == ["nothing"] * 2


@pytest.mark.parametrize(("unit", "ends"), [("s", ".000"), ("ms", ".000"), ("us", ".000000"), ("ns", ".000000")])
@pytest.mark.usefixtures("some")
def test_instants(unit: str, ends: str) -> None:
    at = datetime(2026, 4, 7, 18, 0, 30)
    assert values(pa.timestamp(unit), at, None) == [f"2026-04-07T18:00:30{ends}", "nothing"]
    berlin = values(pa.timestamp(unit, "Europe/Berlin"), at.replace(tzinfo=UTC))
    assert berlin == [f"2026-04-07T18:00:30{ends}Z"]


@pytest.mark.usefixtures("some")
def test_nanoseconds_are_told_where_there_are_some_and_only_there() -> None:
    whole = 1_775_584_830 * 10**9
    told = values(pa.timestamp("ns", "UTC"), whole, whole + 1, whole + 1000, None)
    assert told == [
        "2026-04-07T18:00:30.000000Z", "2026-04-07T18:00:30.000000001Z", "2026-04-07T18:00:30.000001Z", "nothing"
    ]  # fmt: skip


@pytest.mark.usefixtures("some")
def test_years_that_are_none_are_no_instants() -> None:
    told = values(pa.timestamp("ms"), -70_000_000_000_000, 0, 400_000_000_000_000)
    assert told[1] == "1970-01-01T00:00:00.000"
    assert "T" not in f"{told[0]}{told[2]}"


@pytest.mark.usefixtures("some")
def test_a_row_without_anything_is_an_empty_object() -> None:
    table = pa.table({"a": pa.array([None, "x", None]), "b": pa.array([None, None, 3], pa.int64())})
    assert [row.values for row in read(packed(table))] == [{}, {"a": "x"}, {"b": 3}]


def test_a_few_rows_are_told_as_many_are() -> None:
    draw = random.Random(5)
    texts = ["", "a", 'a "b"\\\n\x00', "é😀", "\x7f"]
    instants = [0, -1, 1, 999, 1_775_584_830_123, 1_775_584_830_123_456, 253_402_300_799_999, 400_000_000_000_000_000]
    kinds: list[tuple[pa.DataType, list[Any], bool]] = [
        (pa.string(), texts, True), (pa.dictionary(pa.int32(), pa.string()), texts, True),
        (pa.large_string(), texts, False), (pa.int64(), [0, -5, 2**62], True), (pa.bool_(), [True, False], True),
        (pa.null(), [None], True), (pa.date32(), [0, 20_000], False), (pa.decimal128(9, 2), [Decimal("1.50")], False),
    ]  # fmt: skip
    kinds += [(pa.timestamp(unit, zone), instants[:5], False) for unit in ("s", "ms") for zone in (None, "UTC")]
    kinds += [(pa.timestamp(unit, zone), instants, False) for unit in ("us", "ns") for zone in (None, "Asia/Tokyo")]
    told = 0
    for _ in range(400):
        some = [draw.choice(kinds) for _ in range(draw.randint(1, 3))]
        rows = draw.randint(0, 6)
        columns = [pa.array([draw.choice([None, *values]) for _ in range(rows)], of) for of, values, _ in some]
        names = [f'n"é{number}' for number in range(len(some))]
        batch = pa.record_batch(columns, names).slice(min(1, rows))
        found = few.told(batch, names)
        assert found in (None, joined.written(batch, names))
        assert found is not None or not all(surely for _, _, surely in some)
        told += found is not None
    assert told > 100
    at = pa.record_batch({"at": pa.array([1_775_584_830_123_000, None], pa.timestamp("us", "UTC"))})
    assert few.told(at, ["at"]) == b'{"at":"2026-04-07T18:00:30.123000Z"}\n{}\n'


def test_taking_columns_needs_none_of_arrows_functions(tmp_path: Path) -> None:
    data = packed(pa.table({"id": ["1", "2"], "ts": pa.array([0, 1], pa.timestamp("us", "UTC"))}))
    (tmp_path / "a.parquet").write_bytes(data)
    script = """if True:
        import sys
        from bpodsl.store.arrow import rows_of_columns
        for rows in rows_of_columns("a", open(sys.argv[1], "rb"), None, words=True):
            rows.lines(), rows.columns(range(2))
        print("pyarrow.compute" in sys.modules)
    """
    done = subprocess.run([sys.executable, "-c", script, tmp_path / "a.parquet"], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == (f"{native.library() is None}\n", "")


# ------------------------------------------------------------------------------------ what is not read
@pytest.mark.parametrize(
    ("of", "value", "why"),
    [
        (pa.float64(), 1.5, "floating point"), (pa.float32(), 1.0, "floating point"),
        (pa.list_(pa.string()), ["a"], "values within values"), (pa.struct([("x", pa.int64())]), {"x": 1}, "within"),
        (pa.binary(), b"a", "a type that is not read"), (pa.time64("us"), 5, "a type that is not read"),
        (pa.dictionary(pa.int8(), pa.float64()), 1.5, "floating point"),
    ],
)  # fmt: skip
def test_columns_that_cannot_be_read_are_refused_if_they_are_asked_for(of: Any, value: object, why: str) -> None:
    column = pa.array([value]).dictionary_encode() if pa.types.is_dictionary(of) else pa.array([value], of)
    data = packed(pa.table({"id": ["1"], "v": column}))
    no_rows, cut = read(data)
    assert isinstance(no_rows, NoRows) and isinstance(cut, Cut) and why in cut.why and "“v”" in cut.why
    assert [row.values for row in read(data, {"id"})] == [{"id": "1"}]


def test_a_path_into_a_structure_asks_for_it() -> None:
    data = packed(pa.table({"id": ["1"], "v": pa.array([{"x": 1}])}))
    assert "within values" in read(data, {"id", "v.x"})[-1].why
    flat = packed(pa.table({"id": ["1"], "v.x": ["2"]}))
    assert [row.values for row in read(flat, {"v.x"})] == [{"v.x": "2"}]


def test_a_name_that_two_columns_have() -> None:
    table = pa.Table.from_arrays([pa.array(["1"]), pa.array(["2"]), pa.array(["3"])], names=["a", "b", "a"])
    assert "“a” twice" in read(packed(table))[-1].why
    assert [row.values for row in read(packed(table), {"b"})] == [{"b": "2"}]
    assert "twice" in read(packed(pa.table({"é": [1], "e\u0301": [2]})))[-1].why


def test_none_of_the_columns() -> None:
    assert "no columns that its `reads` clause names" in read(packed(pa.table({"a": [1]})), {"b"})[-1].why


@pytest.mark.usefixtures("some")
def test_a_text_that_is_no_text_is_one_bad_line() -> None:
    broken = pa.Array.from_buffers(pa.string(), 2, pa.array([b"ok", b"\xff\""], pa.binary()).buffers())
    first, second = read(packed(pa.table({"a": broken})))
    assert first.values == {"a": "ok"}
    assert isinstance(second, BadLine) and second.refusal.code == "EVT101" and second.line == 2


def test_layouts_that_say_otherwise() -> None:
    data = packed(pa.table({"a": ["1"]}))
    for form in ("csv", "jsonl"):
        assert "does not say `format parquet`" in list(read_rows(Feed("a", io.BytesIO(data)), Layout(form)))[-1].why
    (row,) = read_rows(Feed("a", io.BytesIO(data)))
    assert row.values == {"a": "1"}
    for text in (b"a,b\n1,2\n", b'{"a": 1}\n', b""):
        assert "no Parquet file" in list(read_rows(Feed("a", io.BytesIO(text)), WHOLE))[-1].why


def test_a_packed_one_and_one_that_only_comes_once() -> None:
    import gzip

    data = packed(pa.table({"a": ["1"]}))
    assert "unpack it" in list(read_rows(Feed("a", io.BytesIO(gzip.compress(data)))))[-1].why

    class Once(io.BytesIO):
        def seekable(self) -> bool:
            return False

    assert "as it comes" in list(read_rows(Feed("a", Once(data))))[-1].why


# ------------------------------------------------------------------------------------ damage
def test_every_cut_of_a_small_file_is_told() -> None:
    data = packed(pa.table({"a": ["x", "y"], "b": [1, 2]}))
    for size in range(4, len(data)):
        assert isinstance(read(data[:size])[-1], Cut), size


def test_flipped_bytes_never_raise() -> None:
    draw = random.Random(3)
    table = pa.table({"a": [f"x{n}" for n in range(200)], "b": list(range(200))})
    for how in ({}, {"compression": "zstd", "use_dictionary": False}, {"data_page_version": "2.0"}):
        data = packed(table, **how)
        for _ in range(100):
            hurt = bytearray(data)
            for _ in range(draw.randrange(1, 4)):
                hurt[draw.randrange(4, len(hurt))] = draw.randrange(256)
            try:
                found = read(bytes(hurt))
            except LimitReached:
                continue
            assert all(isinstance(each, RawRow | BadLine | Cut | NoRows) for each in found)


def test_a_fault_of_the_disk_is_no_fault_of_the_file() -> None:
    class Failing(io.BytesIO):
        fails = False

        def read(self, *size: Any) -> bytes:
            if self.fails:
                raise OSError(5, "Input/output error")
            return super().read(*size)

    stream = Failing(packed(pa.table({"a": [f"{n:09}" for n in range(50_000)]}), row_group_size=1000))
    found = read_rows(Feed("a", stream), WHOLE)
    next(found)
    stream.fails = True
    with pytest.raises(OSError, match="Input/output"):
        list(found)


# ------------------------------------------------------------------------------------ how much
def test_a_text_that_stands_once_for_many_rows_takes_no_room() -> None:
    long = "x" * 50_000
    table = pa.table({"a": [long] * 4000})
    data = packed(table, compression="zstd")
    stream = io.BytesIO(data)
    sizes = [len(block) for block in arrow.lines_of_columns("a", stream, None)]
    assert max(sizes) <= 32 << 20 and sum(sizes) > 4000 * len(long)


def test_texts_that_share_how_they_begin_take_no_room_either() -> None:
    table = pa.table({"a": ["x" * 20_000 + str(n) for n in range(5000)]})
    data = packed(table, use_dictionary=False, column_encoding={"a": "DELTA_BYTE_ARRAY"})
    sizes = [len(block) for block in arrow.lines_of_columns("a", io.BytesIO(data), None)]
    assert max(sizes) <= 32 << 20 and sum(sizes) > 5000 * 20_000
    few = packed(table.slice(0, 3), use_dictionary=False, column_encoding={"a": "DELTA_LENGTH_BYTE_ARRAY"})
    assert len(read(few)) == 3


def test_a_group_that_swells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrow, "_GROUP", 1 << 20)
    data = packed(pa.table({"a": pa.array([0] * 1_000_000)}), compression="zstd", use_dictionary=False)
    with pytest.raises(LimitReached, match="EVT191"):
        read(data)


def test_groups_of_any_size_and_rows_beyond_one_batch() -> None:
    table = pa.table({"a": [str(n) for n in range(10_000)]})
    for size in (1, 999, 4096, 10_000):
        if size == 1:
            table = table.slice(0, 50)
        found = read(packed(table, row_group_size=size))
        assert [(row.line, row.number, row.values["a"]) for row in found] == [
            (n, n, str(n - 1)) for n in range(1, table.num_rows + 1)
        ]
        table = pa.table({"a": [str(n) for n in range(10_000)]})


def test_a_file_that_has_grown_begins_as_it_did() -> None:
    at = [datetime(2026, 1, 1) + timedelta(minutes=n) for n in range(9)] + [datetime(2026, 1, 2, 0, 0, 0, 7)]
    table = pa.table({"t": pa.array(at, pa.timestamp("ns")), "d": [Decimal(n).scaleb(-8) for n in range(10)],
                      "s": ["a", None, '"', *"bcdefgh"]})
    whole = b"".join(arrow.lines_of_columns("a", io.BytesIO(packed(table)), None))
    for count in range(1, 10):
        part = b"".join(arrow.lines_of_columns("a", io.BytesIO(packed(table.slice(0, count))), None))
        assert whole.startswith(part) and part.count(b"\n") == count


# ------------------------------------------------------------------------------------ the same ledger
def contract(form: str) -> Contract:
    text = AGREEMENT.format(who="anyone", fields="", reads=PLAIN)
    text = text.replace("*.jsonl", f"*.{form}").replace("format  jsonl", f"format  {form}")
    found, problems = understand_text("desk.bpo", text)
    assert found is not None, problems
    return found


def files(folder: Path, found: list[dict[str, Any]]) -> dict[str, Path]:
    """The same rows three times."""
    names = list(dict.fromkeys(name for row in found for name in row))
    made = {form: folder / f"events.{form}" for form in ("jsonl", "csv", "parquet")}
    made["jsonl"].write_text("".join(json.dumps(row) + "\n" for row in found), "utf-8")
    cells = [",".join(str(row.get(name, "")) for name in names) for row in found]
    made["csv"].write_text("\n".join([",".join(names), *cells]) + "\n", "utf-8")
    columns = {name: [row.get(name) for row in found] for name in names}
    columns["ts"] = pa.array([datetime.fromisoformat(each) for each in columns["ts"]], pa.timestamp("ms", "UTC"))
    pq.write_table(pa.table(columns), made["parquet"], row_group_size=50)
    return made


def run_of(*arguments: object) -> Any:
    return CliRunner().invoke(bpodsl, ["run", *map(str, arguments)])


def test_three_forms_of_the_same_events_make_one_ledger(tmp_path: Path) -> None:
    found = rows()
    for name, path in files(tmp_path, found).items():
        agreement = tmp_path / f"{name}.bpo"
        text = AGREEMENT.format(who="anyone", fields="", reads=PLAIN)
        agreement.write_text(text.replace("*.jsonl", f"*.{name}").replace("format  jsonl", f"format  {name}"))
        for how in ((), ("--no-routine",), ("--brief",), ("--store", tmp_path / f"{name}.db")):
            ran = run_of(agreement, path, "--format", "jsonl", *how)
            assert ran.exit_code == 0, ran.output
            kept = tmp_path / f"ledger{len(how)}{how[:1]}".replace("/", "")
            lines = ran.stdout.replace(f"events.{name}", "events")
            if kept.exists():
                assert kept.read_text() == lines
            kept.write_text(lines)
    assert len([line for line in lines.splitlines() if "missed" in line]) >= CASES // 4


def test_the_quick_ways_read_it_and_come_to_the_same(tmp_path: Path) -> None:
    path = files(tmp_path, rows())
    told = {}
    for form in ("jsonl", "parquet"):
        posted: list[Any] = []
        brief: list[Any] = []
        assert run_plain(contract(form), [path[form]]) is not None
        assert run_steady(contract(form), [path[form]], None, posted.extend, posted.clear) is not None
        assert run_brief(contract(form), [path[form]], None, brief.append, brief.clear) is not None
        told[form] = len(posted), len(brief), read_events(contract(form), [path[form]]).account
    assert told["jsonl"] == told["parquet"]


def test_rows_set_aside_have_their_number_and_can_be_requeued(tmp_path: Path) -> None:
    found = rows()
    found[16]["ts"] = found[17]["ts"]
    made = files(tmp_path, found)["parquet"]
    table = pq.read_table(made)
    names = [None if n == 16 else each for n, each in enumerate(table["ticket"].to_pylist())]
    pq.write_table(table.set_column(table.schema.get_field_index("ticket"), "ticket", pa.array(names)), made)
    text = AGREEMENT.format(who="anyone", fields="", reads=PLAIN).replace("jsonl", "parquet")
    (tmp_path / "desk.bpo").write_text(text)
    aside, store = tmp_path / "aside.jsonl", tmp_path / "desk.db"
    ran = run_of(tmp_path / "desk.bpo", made, "--store", store, "--quarantine", aside)
    assert ran.exit_code == 4, ran.output
    (line,) = map(json.loads, aside.read_text().splitlines())
    assert line["place"] == f"{made}:17" and line["code"] == "EVT140"
    raw = json.loads(line["raw"])
    assert "ticket" not in raw
    line["raw"] = json.dumps(raw | {"ticket": "T999"})
    aside.write_text(json.dumps(line) + "\n")
    again = CliRunner().invoke(bpodsl, ["requeue", str(aside), "--store", str(store)])
    assert again.exit_code == 0, again.output


def test_a_grown_file_is_read_on_in_a_store_and_followed_is_refused(tmp_path: Path) -> None:
    found = rows()
    text = AGREEMENT.format(who="anyone", fields="", reads=PLAIN).replace("jsonl", "parquet")
    (tmp_path / "desk.bpo").write_text(text)
    store = tmp_path / "desk.db"
    for upto in (40, len(found)):
        made = files(tmp_path, found[:upto])["parquet"]
        ran = run_of(tmp_path / "desk.bpo", made, "--store", store, "--format", "jsonl")
        assert ran.exit_code == 0, ran.output
    assert ran.stdout == run_of(tmp_path / "desk.bpo", made, "--format", "jsonl").stdout
    followed = run_of(tmp_path / "desk.bpo", made, "--store", store, "--follow")
    assert followed.exit_code == 2 and "is a Parquet file" in followed.output


def test_a_portfolio_comes_to_the_same(tmp_path: Path) -> None:
    found = [row | {"subject": ("desk", "bench")[n % 3 == 0]} for n, row in enumerate(rows())]
    told = {}
    for form, path in files(tmp_path, found).items():
        folder = tmp_path / form
        folder.mkdir()
        reads = '  subject column "subject"\n' + PLAIN
        text = AGREEMENT.format(who="anyone", fields="", reads=reads)
        text = text.replace("*.jsonl", f"*.{form}").replace("format  jsonl", f"format  {form}")
        for name in ("desk", "bench"):
            (folder / f"{name}.bpo").write_text(text.replace("agreement desk", f"agreement {name}"))
        for jobs in (1, 2):
            out = tmp_path / f"{form}{jobs}"
            ran = run_of(folder, path, "--out", out, "--jobs", jobs)
            assert ran.exit_code == 0, ran.output
            told[form, jobs] = [(out / name / "ledger.jsonl").read_bytes() for name in ("desk", "bench")]
    assert all(each == told["jsonl", 1] and all(each) for each in told.values())


def test_local_times_are_those_of_the_zone(tmp_path: Path) -> None:
    text = AGREEMENT.format(who="anyone", fields="", reads=PLAIN.replace('"ts"', '"ts" in Europe/Berlin'))
    text = text.replace("jsonl", "parquet")
    found, _ = understand_text("desk.bpo", text)
    assert found is not None
    at = [datetime(2026, 7, 1, 12), datetime(2026, 3, 29, 2, 30)]
    table = pa.table({"id": ["1", "2"], "type": ["o", "o"], "ticket": ["a", "b"], "ts": at})
    pq.write_table(table, tmp_path / "a.parquet")
    taken = read_events(found, [tmp_path / "a.parquet"])
    assert [each.time for each in taken.events] == [int(datetime(2026, 7, 1, 10, tzinfo=UTC).timestamp()) * 10**6]
    assert [each.code for each in taken.quarantined] == ["EVT127"]


def test_without_the_library_it_says_what_to_do(tmp_path: Path) -> None:
    made = files(tmp_path, rows())["parquet"]
    text = AGREEMENT.format(who="anyone", fields="", reads=PLAIN).replace("jsonl", "parquet")
    (tmp_path / "desk.bpo").write_text(text)
    script = "import sys; sys.modules['pyarrow'] = None; from bpodsl.cli import main; main()"
    command = [sys.executable, "-c", script, "run", str(tmp_path / "desk.bpo"), str(made)]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 2
    assert "EVT194" in ran.stderr and "events.parquet" in ran.stderr and "pip install 'bpodsl[arrow]'" in ran.stderr


def test_lines_are_read_without_the_library(tmp_path: Path) -> None:
    made = files(tmp_path, rows())
    script = (
        "import sys; from pathlib import Path; from bpodsl.store import read_rows; "
        f"assert len(list(read_rows(Path({str(made['jsonl'])!r})))) == {2 * CASES}; assert 'pyarrow' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
