"""Files that somebody made to hurt, each with the command that is given it."""

from __future__ import annotations

import gzip
import json
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Final

from attrs import frozen

from tests.test_cli import SMALL

GOOD: Final = {"id": "1", "source": "desk", "type": "asked", "time": "2026-01-05T10:00:00Z", "data": {"case": "A"}}
GOOD_LINE: Final = json.dumps(GOOD).encode() + b"\n"


@frozen
class Hostile:
    """A file of that name, with bytes that are made only when they are wanted; FILE in `command` stands for it."""

    name: str
    file: str
    make: Callable[[], bytes]
    command: tuple[str, ...]


def _text(change: Callable[[str], str]) -> Callable[[], bytes]:
    return lambda: change(SMALL).encode("utf-8", "surrogatepass")


def _in_obligation(words: str) -> Callable[[], bytes]:
    return _text(lambda text: text.replace("within 2 hours", words))


def _behind(words: str) -> Callable[[], bytes]:
    return _text(lambda text: f"{text}\n{words}\n")


TEXTS: Final[dict[str, Callable[[], bytes]]] = {
    "nothing": lambda: b"",
    "one zero byte": lambda: b"\0",
    "zero bytes": lambda: b"\0" * 100_000,
    "every byte": lambda: bytes(range(256)) * 40,
    "utf-16": lambda: SMALL.encode("utf-16"),
    "utf-32": lambda: SMALL.encode("utf-32"),
    "latin-1": lambda: SMALL.replace("Buyer Ltd", "Büyer").encode("latin-1"),
    "byte order mark": lambda: b"\xef\xbb\xbf" + SMALL.encode(),
    "two byte order marks": lambda: b"\xef\xbb\xbf" * 2 + SMALL.encode(),
    "carriage returns": lambda: SMALL.replace("\n", "\r\n").encode(),
    "lone carriage returns": lambda: SMALL.replace("\n", "\r").encode(),
    "no last line end": lambda: SMALL.rstrip("\n").encode(),
    "zero in a name": _text(lambda text: text.replace('"Buyer Ltd"', '"Buyer\0Ltd"')),
    "escape in a name": _text(lambda text: text.replace('"Buyer Ltd"', '"Buyer\x1b[31mLtd"')),
    "bidi in a name": _text(lambda text: text.replace('"Buyer Ltd"', '"Buyer\u202eLtd"')),
    "bidi isolate in a comment": _behind("# \u2066 hidden"),
    "lone surrogate": _text(lambda text: text.replace('"Buyer Ltd"', '"Buyer\ud800Ltd"')),
    "overlong utf-8": lambda: SMALL.encode().replace(b"Buyer", b"\xc0\xaf"),
    "not composed": _text(lambda text: text.replace("Buyer Ltd", "Bu\u0308yer Ltd")),
    "look-alike letters": _text(lambda text: text.replace("buyer", "b\u0443yer", 1)),
    "line separator": _behind("\u2028 x"),
    "next line sign": _behind("\x85 x"),
    "vertical tab": _behind("\x0b x"),
    "tabs": _text(lambda text: text.replace("  ", "\t")),
    "foreign digits": _in_obligation("within \u0663 hours"),
    "huge number": _in_obligation(f"within {'9' * 100_000} hours"),
    "long number": _in_obligation(f"within {'9' * 19} hours"),
    "exponent": _in_obligation("within 1e999 hours"),
    "many decimals": _text(lambda text: text.replace("50%", f"50.{'0' * 10_000}1%")),
    "zero": _in_obligation("within 0 hours"),
    "a long time": _in_obligation("within 999999999 hours"),
    "deep parentheses": _behind(f"amount a\n  {'(' * 5000}1{')' * 5000}"),
    "deep and open": _behind(f"amount a\n  {'(' * 100_000}"),
    "deep not": _behind(f"trigger t\n  when {'not ' * 20_000}on_time is missed"),
    "a long sum": _behind(f"amount a\n  each month\n  1{' + 1' * 5_000}"),
    "a long or": _behind(f"trigger t\n  when {'on_time is missed or ' * 5_000}on_time is missed"),
    "a long line": _behind("x" * 900_000),
    "many lines": lambda: b"\n" * 900_000,
    "many comments": lambda: b"# x\n" * 200_000,
    "many short lines": lambda: b"x\n" * 200_000,
    "many errors": lambda: b"obligation\n" * 50_000,
    "many events": lambda: SMALL.encode() + b"".join(b"event e%d from buyer\n  case key\n" % n for n in range(5_000)),
    "one name many times": lambda: SMALL.encode() + b"event asked from buyer\n  case key\n" * 3_000,
    "too long": lambda: SMALL.encode() + b"# x\n" * 300_000,
    "far too long": lambda: b"x" * (64 << 20),
    "open quotation mark": _behind('calendar c "'),
    "many quotation marks": _behind('"' * 99_999),
    "open bracket": _behind("[" * 10_000),
    "bars": _behind("|" * 50_000),
    "windows without end": _behind("measure m\n  each 1 second\n  count of asked"),
    "a circle": _behind("amount a\n  each month\n  b\namount b\n  each month\n  a"),
    "its own file": _behind('use "t.bpo"'),
    "a file above": _behind('use "../../../../etc/passwd"'),
    "an absolute file": _behind('use "/etc/passwd"'),
    "a device": _behind('use "/dev/zero"'),
    "a file with a zero byte": _behind('use "x\0y.bpo"'),
    "a file with a long name": _behind(f'use "{"x" * 5000}.bpo"'),
    "a template of itself": _behind("template a b\n  use a b\nuse a b"),
    "the year 9999": _text(lambda text: text.replace("2026-12-31", "9999-12-31")),
    "the year 0": _text(lambda text: text.replace("2026-01-01", "0000-01-01")),
    "30 February": _text(lambda text: text.replace("2026-12-31", "2026-02-30")),
    "a zone above": _text(lambda text: text.replace("UTC", "../../etc/passwd")),
    "no such zone": _text(lambda text: text.replace("UTC", "Mars/Olympus")),
    "currency of nowhere": _text(lambda text: text.replace("EUR", "€€€")),
    "gzip": lambda: gzip.compress(SMALL.encode(), mtime=0),
    "zip": lambda: _zip({"t.bpo": SMALL.encode()}),
    "json": lambda: GOOD_LINE,
    "html": lambda: b"<!DOCTYPE html><script>alert(1)</script>" * 100,
    "a program": lambda: b"\x7fELF" + bytes(range(256)),
}


def _zip(parts: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return made.getvalue()


def _line(**changes: object) -> Callable[[], bytes]:
    return lambda: GOOD_LINE.replace(b'"1"', b'"0"') + json.dumps(GOOD | changes).encode() + b"\n"


def _raw(old: str, new: str) -> Callable[[], bytes]:
    return lambda: GOOD_LINE.decode().replace(old, new).encode("utf-8", "surrogatepass")


def _bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join([*(packer.compress(b"\0" * (1 << 20)) for _ in range(size >> 20)), packer.flush()])


LINES: Final[dict[str, Callable[[], bytes]]] = {
    "nothing": lambda: b"",
    "blank lines": lambda: b"\n" * 100_000,
    "blanks": lambda: b" " * 100_000,
    "one zero byte": lambda: b"\0",
    "zero bytes": lambda: b"\0" * 3_000_000,
    "every byte": lambda: bytes(range(256)) * 40,
    "utf-16": lambda: GOOD_LINE.decode().encode("utf-16"),
    "byte order mark": lambda: b"\xef\xbb\xbf" + GOOD_LINE,
    "two byte order marks": lambda: b"\xef\xbb\xbf" * 2 + GOOD_LINE,
    "byte order mark inside": lambda: GOOD_LINE + b"\xef\xbb\xbf" + GOOD_LINE,
    "carriage returns": lambda: GOOD_LINE.replace(b"\n", b"\r\n"),
    "lone carriage returns": lambda: GOOD_LINE.replace(b"\n", b"\r") * 2,
    "no last line end": lambda: GOOD_LINE.rstrip(b"\n"),
    "zero in a line": _raw("desk", "de\0sk"),
    "zero escaped": _raw("desk", "de\\u0000sk"),
    "escape": _raw('"asked"', '"\\u001b[31masked"'),
    "bidi": _raw('"asked"', '"\u202easked"'),
    "lone surrogate": _raw("desk", "de\ud800sk"),
    "lone surrogate escaped": _raw("desk", "de\\ud800sk"),
    "surrogates the wrong way round": _raw("desk", "\\udc00\\ud800"),
    "overlong utf-8": lambda: GOOD_LINE.replace(b"desk", b"\xc0\xaf"),
    "beyond unicode": lambda: GOOD_LINE.replace(b"desk", b"\xf4\x90\x80\x80"),
    "not utf-8": lambda: GOOD_LINE.replace(b"desk", b"d\xffk"),
    "line separator": _raw("desk", "de\u2028sk"),
    "a name twice": _raw('"id": "1"', '"id": "1", "id": "2"'),
    "a name twice, once escaped": _raw('"id": "1"', '"id": "1", "\\u0069d": "2"'),
    "a name twice within data": _raw('"case": "A"', '"case": "A", "case": "B"'),
    "deep arrays": lambda: b"[" * 1_000_000,
    "deep and closed": lambda: b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "deep in data": _raw('{"case": "A"}', '{"case": ' + "[" * 500 + "]" * 500 + "}"),
    "1e999": _raw('"A"', "1e999"),
    "1e-999999999": _raw('"A"', "1e-999999999"),
    "1e1000000": _raw('"A"', "1e1000000"),
    "NaN": _raw('"A"', "NaN"),
    "Infinity": _raw('"A"', "-Infinity"),
    "long integer": _raw('"A"', "9" * 100_000),
    "2^64": _raw('"A"', str(2**64)),
    "many decimals": _raw('"A"', "0." + "1" * 5_000),
    "foreign digits": _raw("2026-01-05", "٢٠٢٦-01-05"),
    "not json": lambda: b"hello\n",
    "python": _raw('"', "'"),
    "a comma more": _raw("}\n", ",}\n"),
    "two objects": lambda: GOOD_LINE.rstrip(b"\n") + GOOD_LINE,
    "an array": lambda: b"[" + GOOD_LINE.rstrip(b"\n") + b"]\n",
    "a text": lambda: b'"asked"\n',
    "null": lambda: b"null\n",
    "numbers as names": lambda: b"{1: 2}\n",
    "no fields": lambda: b"{}\n",
    "fields of other kinds": _line(id=1, source=[], type=None, time=5, data="x"),
    "data is null": _line(data=None),
    "an id that is empty": _line(id=""),
    "an id that is long": _line(id="x" * 100_000),
    "a type that is long": _line(type="x" * 100_000),
    "unknown type": _line(type="asekd"),
    "no such day": _line(time="2026-02-30T00:00:00Z"),
    "24 o'clock": _line(time="2026-01-05T24:00:00Z"),
    "a leap second": _line(time="2026-01-05T23:59:60Z"),
    "seven decimals": _line(time="2026-01-05T10:00:00.0000001Z"),
    "no offset": _line(time="2026-01-05T10:00:00"),
    "offset of 25 hours": _line(time="2026-01-05T10:00:00+25:00"),
    "the year 1969": _line(time="1969-12-31T23:59:59Z"),
    "the year 9999": _line(time="9999-12-31T23:59:59Z"),
    "the year 0": _line(time="0000-01-01T00:00:00Z"),
    "a long time": _line(time="2026-01-05T10:00:00" + "0" * 100_000 + "Z"),
    "a week date": _line(time="2026-W02-1"),
    "seconds since": _line(time="1767607200"),
    "known before it was": _line(recordedtime="2020-01-01T00:00:00Z"),
    "known in the year 9999": _line(recordedtime="9999-01-01T00:00:00Z"),
    "a revision below zero": _line(rev=-1),
    "a revision that is a fraction": _line(rev=1.5),
    "a huge revision": _line(rev=10**30),
    "a withdrawal of nothing": _line(rev=1, retract=True),
    "a withdrawal without revision": _line(retract=True),
    "two that contradict": lambda: GOOD_LINE + GOOD_LINE.replace(b'"A"', b'"B"'),
    "a long line": lambda: GOOD_LINE + b"x" * 3_000_000 + b"\n" + GOOD_LINE,
    "a long line without end": lambda: b"x" * 9_000_000,
    "many names": lambda: json.dumps({f"n{n}": n for n in range(50_000)}).encode(),
    "many lines that are none": lambda: b"x\n" * 99_999,
    "too many lines that are none": lambda: b"x\n" * 100_002,
    "a million short lines": lambda: b"{}\n" * 1_000 + b"\n" * 999_000,
    "gzip": lambda: gzip.compress(GOOD_LINE, mtime=0),
    "gzip that breaks off": lambda: gzip.compress(GOOD_LINE * 50, mtime=0)[:-12],
    "gzip that is damaged": lambda: gzip.compress(GOOD_LINE * 50, mtime=0)[:20] + b"\0" * 40,
    "gzip, head only": lambda: b"\x1f\x8b",
    "gzip of another method": lambda: b"\x1f\x8b\x07" + b"\0" * 40,
    "gzip within gzip": lambda: gzip.compress(gzip.compress(GOOD_LINE, mtime=0), mtime=0),
    "gzip and rubbish": lambda: gzip.compress(GOOD_LINE, mtime=0) + b"rubbish",
    "gzip and zero bytes": lambda: gzip.compress(GOOD_LINE, mtime=0) + b"\0" * 1_000_000,
    "many small gzips": lambda: gzip.compress(GOOD_LINE, mtime=0) * 5_000,
    "many empty gzips": lambda: gzip.compress(b"", mtime=0) * 20_000,
    "a bomb": lambda: _bomb(256 << 20),
    "a bomb of lines": lambda: gzip.compress(b"{}\n" * 20_000_000, 9, mtime=0),
    "a bomb in zip": lambda: _zip({"x": b"\0" * (64 << 20)}, zipfile.ZIP_DEFLATED),
    "a workbook": lambda: _zip({"xl/workbook.xml": b"<x/>"}),
    "a database": lambda: b"SQLite format 3\0" + b"\0" * 4096,
    "html": lambda: b"<!DOCTYPE html><script>alert(1)</script>\n" * 100,
}

CELLS: Final[dict[str, Callable[[], bytes]]] = {
    "nothing": lambda: b"",
    "no rows": lambda: b"id,type,time,case\n",
    "one column": lambda: b"id\n1\n",
    "a column twice": lambda: b"id,id,time\n1,2,3\n",
    "a column without name": lambda: b"id,,time\n1,2,3\n",
    "many columns": lambda: b",".join(b"c%d" % n for n in range(100_000)) + b"\n" + b"," * 99_999 + b"\n",
    "too few cells": lambda: b"id,type,time,case\n1,asked\n",
    "too many cells": lambda: b"id,type,time,case\n1,asked,2026-01-05T10:00:00Z,A,B\n",
    "an open quotation mark": lambda: b'id,type,time,case\n1,asked,2026-01-05T10:00:00Z,"A\n' + b"x\n" * 50_000,
    "quotation marks inside": lambda: b'id,type,time,case\n1,asked,2026-01-05T10:00:00Z,A"B"C\n',
    "many quotation marks": lambda: b"id,type,time,case\n" + b'"' * 999_999,
    "a cell of many lines": lambda: b'id,type,time,case\n1,asked,2026-01-05T10:00:00Z,"' + b"\n" * 500_000 + b'"\n',
    "a long cell": lambda: b"id,type,time,case\n1,asked,2026-01-05T10:00:00Z," + b"x" * 2_000_000 + b"\n",
    "zero bytes": lambda: b"id,type,time,case\n1,asked,2026-01-05T10:00:00Z,\0\n",
    "only separators": lambda: b"," * 1_000_000,
    "formulas": lambda: b"id,type,time,case\n1,asked,2026-01-05T10:00:00Z,=cmd|' /C calc'!A0\n",
    "lone carriage returns": lambda: b"id,type,time,case\r1,asked,2026-01-05T10:00:00Z,A\r",
    "byte order mark": lambda: b"\xef\xbb\xbfid,source,type,time,case\n1,desk,asked,2026-01-05T10:00:00Z,A\n",
    "utf-16": lambda: "id,type,time,case\n1,asked,2026-01-05T10:00:00Z,A\n".encode("utf-16"),
    "semicolons": lambda: b"id;type;time;case\n1;asked;2026-01-05T10:00:00Z;A\n",
}

STORES: Final[dict[str, Callable[[], bytes]]] = {
    "one zero byte": lambda: b"\0",
    "text": lambda: GOOD_LINE,
    "head only": lambda: b"SQLite format 3\0",
    "head and zero bytes": lambda: b"SQLite format 3\0" + b"\0" * 100_000,
    "head and ones": lambda: b"SQLite format 3\0" + b"\xff" * 100_000,
    "every byte": lambda: bytes(range(256)) * 400,
}


def _bundle(**parts: bytes) -> bytes:
    return _zip({name.replace("__", "/").replace("_", "."): data for name, data in parts.items()})


BUNDLES: Final[dict[str, Callable[[], bytes]]] = {
    "nothing": lambda: b"",
    "one zero byte": lambda: b"\0",
    "text": lambda: GOOD_LINE,
    "an empty zip": lambda: b"PK\5\6" + b"\0" * 18,
    "an end that lies": lambda: b"PK\5\6" + b"\xff" * 18,
    "many ends": lambda: b"PK\5\6" + (b"PK\5\6" + b"\0" * 18) * 50_000,
    "no manifest": lambda: _zip({"x": b"y"}),
    "a bomb": lambda: _zip({"bundle.json": b"\0" * (64 << 20)}, zipfile.ZIP_DEFLATED),
    "a part twice": lambda: _twice(),
    "a part above": lambda: _zip({"../../x": b"y", "bundle.json": b"{}"}),
    "a manifest that is none": lambda: _bundle(bundle_json=b"{}"),
    "a deep manifest": lambda: _bundle(bundle_json=b"[" * 1_000_000),
    "a deep object": lambda: _bundle(bundle_json=b'{"a":' * 1_000_000),
    "a later manifest": lambda: _bundle(bundle_json=b'{"bundle": 99}'),
    "a huge form": lambda: _bundle(bundle_json=b'{"bundle": ' + b"9" * 10_000 + b"}"),
    "a form that is text": lambda: _bundle(bundle_json=b'{"bundle": "1"}'),
    "many parts": lambda: _zip({f"p{n}": b"" for n in range(10_000)}),
    "a list of parts that is long": lambda: _zip({"x" * 60_000 + str(n): b"" for n in range(40)}),
    "zip64": lambda: _zip({"bundle.json": b"{}"})[:-22] + b"PK\6\6" + b"\0" * 52 + b"PK\6\7" + b"\0" * 16
    + b"PK\5\6" + b"\xff" * 16 + b"\0\0",
    "gzip": lambda: gzip.compress(b"x", mtime=0),
}  # fmt: skip


def _twice() -> bytes:
    one = _zip({"bundle.json": b"{}", "bundle.jsoN": b"{}"})
    return one.replace(b"bundle.jsoN", b"bundle.json")


def all_hostile() -> list[Hostile]:
    """Every file that is known to hurt, with each command that is given it."""
    run = ("run", "small.bpo", "FILE", "--until", "2026-02-01")
    found = [Hostile(f"text: {name}", "t.bpo", make, ("check", "FILE")) for name, make in TEXTS.items()]
    found += [Hostile(f"lines: {name}", "e.jsonl", make, run) for name, make in LINES.items()]
    found += [Hostile(f"cells: {name}", "e.csv", make, run) for name, make in CELLS.items()]
    found += [Hostile(f"store: {name}", "x.db", make, ("ledger", "--store", "FILE")) for name, make in STORES.items()]
    found += [Hostile(f"stored: {name}", "x.db", make, (*run[:2], "--store", "FILE")) for name, make in STORES.items()]
    found += [Hostile(f"bundle: {name}", "x.zip", make, ("verify", "FILE")) for name, make in BUNDLES.items()]
    kept = ("many lines that are none", "a long line", "gzip that breaks off", "a bomb", "deep arrays")
    found += [
        Hostile(f"kept: {name}", "e.jsonl", LINES[name], (*run, "--store", "e.db")) for name in kept if name in LINES
    ]
    return found


def laid(each: Hostile, folder: Path) -> list[str]:
    """Its file in a folder, and the command."""
    (folder / "small.bpo").write_text(SMALL, encoding="utf-8")
    (folder / each.file).write_bytes(each.make())
    return [each.file if part == "FILE" else part for part in each.command]
