"""Files, streams and archives, whole, cut off and hostile."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpodsl.record.refusals import LimitReached
from bpodsl.record.rows import Cut, Layout
from bpodsl.store import Feed, read_events, read_rows, write_quarantine
from bpodsl.store import lines as cutting
from tests.conftest import shared
from tests.record.door import codes, contract, counts, feed, opened, take
from tests.store.files import Slow, rows, shape

THREE = [json.dumps(opened(str(n))).encode() for n in range(3)]
FILE = b"".join(line + b"\n" for line in THREE)
LONG = b"".join(json.dumps(opened(str(n))).encode() + b"\n" for n in range(30_000))


# ------------------------------------------------------------------------------------ where bytes come from
def test_path_stream_archive_and_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jsonl").write_bytes(FILE)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(FILE))
    (tmp_path / "packed.jsonl").write_bytes(gzip.compress(FILE))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FILE)))
    sources = [str(tmp_path / "a.jsonl"), tmp_path / "a.jsonl.gz", tmp_path / "packed.jsonl", "-"]
    for source in sources:
        assert [each.values["id"] for each in read_rows(source)] == ["0", "1", "2"]
    taken = read_events(contract(), sources[:2])
    assert counts(taken) == {"lines": 6, "applied": 3, "duplicate": 3}


def test_what_cannot_be_opened_is_an_os_error(tmp_path: Path) -> None:
    for path in (tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(OSError):
            list(read_rows(path))


@pytest.mark.parametrize("name", ["x", "x.txt", "-"])
def test_without_a_telling_name_the_first_line_tells(name: str) -> None:
    assert shape(rows(b"", b' {"id": 1}', name=name)) == [{"id": 1}]
    assert shape(rows(b"\xef\xbb\xbf" + b'{"id": 1}', name=name)) == [{"id": 1}]
    assert shape(rows(b"[", b"]", name=name)) == ["EVT103", "EVT103"]
    assert shape(rows(b"id", b"1", name=name)) == [{"id": "1"}]
    assert rows(name=name) == []


def test_the_name_tells() -> None:
    assert shape(rows(b"id", b"1", name="x.CSV.gz")) == [{"id": "1"}]
    assert shape(rows(b"id", name="x.ndjson")) == ["EVT103"]
    assert shape(rows(b"{", b"1", name="x.csv")) == [{"{": "1"}]
    assert shape(rows(b"id", b"1", name="x.json", layout=Layout("csv"))) == [{"id": "1"}]


@pytest.mark.parametrize("step", [1, 7, 4096])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_how_bytes_arrive_is_nothing(step: int, pack: object) -> None:
    raw = pack(FILE + b"x\n" + FILE)
    assert list(read_rows(Feed("a.jsonl", Slow(raw, step)))) == list(read_rows(Feed("a.jsonl", io.BytesIO(raw))))


# ------------------------------------------------------------------------------------ lines
def cut(raw: bytes, block: int, limit: int, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, bytes, bool]]:
    monkeypatch.setattr(cutting, "BLOCK", block)
    monkeypatch.setattr(cutting, "LINE_LIMIT", limit)
    return [
        (batch.first + i, line, batch.too_long)
        for batch in cutting.Stretch("f", io.BytesIO(raw), block)
        for i, line in enumerate(batch.lines)
    ]


def test_lines_in_blocks_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = b"a\nbb\n\nccccccccc\ndd\n" + b"e" * 50 + b"\nf"
    expected = [
        (1, b"a", False), (2, b"bb", False), (3, b"", False), (4, b"ccccccccc", False), (5, b"dd", False),
        (6, b"e" * 50, True), (7, b"f", False),
    ]  # fmt: skip
    for block in range(1, 9):
        assert cut(raw, block, 9, monkeypatch) == expected
        assert cut(raw + b"\n", block, 9, monkeypatch) == expected
    assert cut(b"e" * 50, 4, 9, monkeypatch) == [(1, b"e" * 50, True)]


def test_a_line_of_a_mebibyte_is_read_and_a_longer_one_is_not() -> None:
    frame = len(b'{"id":""}')
    fits = b'{"id":"' + b"x" * ((1 << 20) - frame) + b'"}'
    found = rows(fits, fits + b" ", b'{"id":"2"}', b"y" * (5 << 20))
    assert [getattr(each, "number", None) for each in found] == [1, None, 3, None]
    assert [each.refusal.code for each in found[1::2]] == ["EVT102"] * 2
    assert len(found[3].raw) == 256 and [each.line for each in found] == [1, 2, 3, 4]


def test_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "SIZE_LIMIT", 1 << 20)
    with pytest.raises(LimitReached, match="EVT190"):
        rows(LONG)


# ------------------------------------------------------------------------------------ archives
def test_several_members_and_padding() -> None:
    packed = gzip.compress(THREE[0] + b"\n") + gzip.compress(b"") + gzip.compress(THREE[1] + b"\n" + THREE[2])
    assert len(rows(packed, split=False)) == 3
    assert len(rows(packed + b"\0" * 5000, split=False)) == 3
    assert len(rows(packed + b"\0" * (3 << 20) + gzip.compress(b"\n" + THREE[0]), split=False)) == 4
    odd = rows(packed + b"garbage", split=False)
    assert odd[-1] == Cut("a.jsonl", "the packed file is damaged") and len(odd) == 4


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_an_archive_that_breaks_off(share: float) -> None:
    packed = gzip.compress(LONG)
    taken = read_events(contract(), [Feed("a.jsonl", io.BytesIO(packed[: int(len(packed) * share)]))])
    assert taken.incomplete == ("a.jsonl: the packed file breaks off",) and not taken.sound
    assert codes(taken) in (["EVT109"], []) and taken.account.applied >= 30_000 * share * 0.8 - 1
    assert [int(each.id) for each in taken.events][-1] <= 30_000


def test_every_cut_of_a_small_archive() -> None:
    packed = gzip.compress(FILE, 0)
    for size in range(2, len(packed)):
        taken = read_events(contract(), [Feed("a.jsonl", io.BytesIO(packed[:size]))])
        assert taken.incomplete and taken.account.gap == 0 and taken.account.applied <= 3
        assert codes(taken) in (["EVT109"], [])


def test_every_flipped_byte_of_a_small_archive() -> None:
    packed = gzip.compress(FILE)
    for place in range(2, len(packed)):
        flipped = bytearray(packed)
        flipped[place] ^= 0xFF
        taken = read_events(contract(), [Feed("a.jsonl", io.BytesIO(bytes(flipped)))])
        assert taken.account.gap == 0
        assert taken.incomplete or taken.account.applied == 3


def test_an_archive_that_swells() -> None:
    bomb = gzip.compress(b"\n" * (64 << 20))
    started = time.process_time()
    with pytest.raises(LimitReached, match="EVT191"):
        rows(bomb, split=False)
    assert time.process_time() - started < 10
    fine = gzip.compress(THREE[0] + b"\n" * (1 << 20))
    assert len(rows(fine, split=False)) == 1


def test_many_empty_members() -> None:
    assert rows(gzip.compress(b"") * 10_000, split=False) == []


# ------------------------------------------------------------------------------------ hostile
def hostile() -> dict[str, bytes]:
    sound = THREE[0]
    return {
        "empty": b"",
        "nothing but ends": b"\n" * 100_000,
        "nulls": b"\0" * 100_000,
        "one long line": b"x" * (3 << 20),
        "open string": b'{"id": "' + b"x" * 500_000,
        "deep": b"[" * 1_000_000,
        "deep objects": b'{"a":' * 200_000,
        "deep and closed": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        "digits": b'{"id": ' + b"9" * 900_000 + b"}",
        "many digits": b'{"id": [' + b",".join([b"9" * 4000] * 200) + b"]}",
        "fraction": b'{"id": 0.' + b"9" * 900_000 + b"}",
        "exponent": b'{"id": 1e' + b"9" * 900_000 + b"}",
        "many names": b"{" + b",".join(b'"%d":1' % n for n in range(80_000)) + b"}",
        "many equal names": b"{" + b",".join([b'"a":1'] * 100_000) + b"}",
        "backslashes": b'{"a": "' + b"\\" * 900_000 + b'"}',
        "quotation marks": b'"' * 900_000,
        "separators": b"," * 900_000,
        "open cell": b'id,type\n"' + b"a\n" * 110_000,
        "cells that never close": b"a,b\n" + b'a","\n' * 20_000,
        "odd marks": b'a,b\n' + b'"""\n' * 20_000,
        "cut utf-8": b'{"id": "\xe2\x82"}\n' * 1000,
        "surrogates": b'{"id": "\xed\xa0\x80"}\n{"id": "\\ud800"}\n' * 1000,
        "overlong": b"\xc0\xaf" * 1000,
        "utf-16": ('{"id": 1}\n' * 100).encode("utf-16"),
        "utf-32": ('{"id": 1}\n' * 100).encode("utf-32"),
        "marks of order": b"\xef\xbb\xbf" * 1000,
        "bidi": '{"id": "\u202e\u2066x", "type": "\u202e", "time": "\u202e"}\n'.encode(),
        "escape codes": b'{"id": "1", "type": "\x1b[2J\x07"}\n',
        "far year": json.dumps(opened(time="9999-12-31T23:59:59Z")).encode(),
        "year zero": json.dumps(opened(time="0000-01-01T00:00:00Z")).encode(),
        "offsets": json.dumps(opened(time="1970-01-01T00:00:00+23:59")).encode(),
        "last tick": json.dumps(opened(time="2199-12-31T23:59:59.999999Z")).encode(),
        "last day": json.dumps(opened(time="2199-12-31")).encode(),
        "long id": json.dumps(opened("x" * 900_000)).encode(),
        "long digits id": json.dumps(opened("9" * 900_000)).encode(),
        "long digits ids": b"\n".join(json.dumps(opened("9" * 5000 + str(n))).encode() for n in range(50)),
        "long type": json.dumps(opened(type="x" * 900_000)).encode(),
        "long subject": json.dumps(opened(subject="x" * 900_000)).encode(),
        "text for all": b'{"id": "%n%s{0}", "type": "{type}", "time": "{}"}',
        "braces": json.dumps(opened(type="{type.__class__}")).encode(),
        "wrong kinds": b'{"id": [1], "type": {}, "time": [], "data": 7}\n{"id": "1", "data": []}\n',
        "member twice": sound + b"\n" + sound.replace(b'"P1"', b'"P2"'),
        "same id, all different": b"\n".join(
            json.dumps(opened(ticket=f"T{n}", recordedtime="2190-01-01T00:00:00Z")).encode() for n in range(3000)
        ),
        "revisions": b"\n".join(json.dumps(opened(rev=n)).encode() for n in range(3000)),
        "torn archive": gzip.compress(FILE)[:-3],
        "false archive": b"\x1f\x8b" + b"x" * 1000,
        "archive head": b"\x1f\x8b",
        "bare deflate": zlib.compress(FILE),
        "archive of an archive": gzip.compress(gzip.compress(FILE)),
    }


@pytest.mark.parametrize("name", hostile())
@pytest.mark.parametrize("file", ["a.jsonl", "a.csv", "a"])
def test_hostile_files(name: str, file: str) -> None:
    raw = hostile()[name]
    started = time.process_time()
    try:
        taken = read_events(contract(), [Feed(file, io.BytesIO(raw))])
    except LimitReached as limit:
        assert limit.refusal(file).message()
        return
    finally:
        assert time.process_time() - started < 10
    assert taken.account.gap == 0
    assert all(len(each.reason) < 1500 and each.step for each in taken.quarantined)


@given(st.lists(st.binary(max_size=40), max_size=4), st.sampled_from(["a.jsonl", "a.csv", "a"]), st.booleans())
@settings(max_examples=300, deadline=None)
def test_random_bytes_never_raise(parts: list[bytes], file: str, packed: bool) -> None:
    raw = b"\n".join(parts)
    taken = read_events(contract(), [Feed(file, io.BytesIO(gzip.compress(raw) if packed else raw))])
    assert taken.account.gap == 0 and not taken.events


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_random_archives_never_raise(raw: bytes) -> None:
    taken = read_events(contract(), [Feed("a", io.BytesIO(b"\x1f\x8b\x08" + raw))])
    assert taken.incomplete


# ------------------------------------------------------------------------------------ quarantine file
def test_quarantine_file(tmp_path: Path) -> None:
    lines = [opened("1", priority="P9"), b"\xff", "é{", opened("2")]
    taken = read_events(contract(), [feed("b.jsonl", *lines), feed("a.jsonl", "{}")])
    path = tmp_path / "q.jsonl"
    write_quarantine(path, taken.quarantined)
    written = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [each["place"] for each in written] == ["a.jsonl:1", "b.jsonl:1", "b.jsonl:2", "b.jsonl:3"]
    assert [each["code"] for each in written] == ["EVT120", "EVT142", "EVT101", "EVT103"]
    assert json.loads(written[1]["raw"]) == lines[0]
    assert written[2]["raw_base64"] == "/w==" and written[3]["raw"] == "é{"
    assert all(each["reason"] and each["next"] for each in written)
    first = path.read_bytes()
    again = read_events(contract(), [feed("a.jsonl", "{}"), feed("b.jsonl", *lines)])
    write_quarantine(path, again.quarantined)
    assert path.read_bytes() == first and os.linesep == "\n"


def test_the_garbage_collector_is_left_as_it_was() -> None:
    import gc

    for state in (True, False):
        (gc.enable if state else gc.disable)()
        take(opened())
        assert gc.isenabled() is state
    gc.enable()


# ------------------------------------------------------------------------------------ real logs
@pytest.mark.parametrize(("name", "separator", "many"), [
    ("vancouver_311_daily.csv", ";", 5585), ("helpdesk.csv.gz", ",", 21348),
])  # fmt: skip
def test_real_logs_are_read_whole(name: str, separator: str, many: int) -> None:
    found = list(read_rows(shared("data") / name, Layout("csv", separator)))
    assert len(found) == many and all(each.number == n for n, each in enumerate(found, 1))
