"""JSON lines: strict, and fast only where that cannot be told apart from strict."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bpodsl.record.refusals import Refused
from bpodsl.record.rows import BadLine, Decimals, RawRow
from bpodsl.store import jsonl
from bpodsl.store.jsonl import decoded, strictly
from tests.store.files import rows

LINE = b'{"id": "1", "data": {"a": 1, "b": [1.50, {"c": true}], "d": null}, "n": -0, "t": "x:y, \\"z\\""}'


def told(found: object) -> object:
    """A result so that numbers and their texts, 1 and true, are told apart."""
    if isinstance(found, Refused):
        return found.reason.code, found.values
    return repr(found), [type(each) for each in found.values()] if isinstance(found, dict) else []


def test_what_a_line_holds() -> None:
    (row,) = rows(LINE)
    assert isinstance(row, RawRow)
    assert row.values == {"id": "1", "data": {"a": 1, "b": ["1.50", {"c": True}], "d": None}, "n": 0, "t": 'x:y, "z"'}
    assert type(row.values["data"]["b"][0]) is Decimals
    assert (row.file, row.line, row.number, row.raw, row.place) == ("a.jsonl", 1, 1, LINE, "a.jsonl:1")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{", "EVT103"),
        (b"not json", "EVT103"),
        (b'{"a": 1,}', "EVT103"),
        (b'{"a": 01}', "EVT103"),
        (b'{"a": 1.}', "EVT103"),
        (b'{"a": +1}', "EVT103"),
        (b"{'a': 1}", "EVT103"),
        (b'{"a": 1} {"b": 2}', "EVT103"),
        (b'{"a": 1}\x00', "EVT103"),
        (b'{"a": "\x01"}', "EVT103"),
        (b'{"a": "\t"}', "EVT103"),
        (b'{"a": "\\x"}', "EVT103"),
        (b"[]", "EVT104"),
        (b"7", "EVT104"),
        (b"1.5", "EVT104"),
        (b"null", "EVT104"),
        (b'"x"', "EVT104"),
        (b"true", "EVT104"),
        (b'{"a": 1, "a": 1}', "EVT105"),
        (b'{"a": 1, "a" :1}', "EVT105"),
        (b'{"a": 1, "\\u0061": 2}', "EVT105"),
        (b'{"x": {"a": 1, "a": 2}}', "EVT105"),
        (b'{"x": [{"a": 1, "a": 2}]}', "EVT105"),
        (b'{"a": ":b", "c": 1, "c": 2}', "EVT105"),
        (b'{"a": "\\ud800"}', "EVT106"),
        (b'{"\\ud800": 1}', "EVT106"),
        (b'{"a": ["\\udc00\\ud800"]}', "EVT106"),
        (b'{"a": NaN}', "EVT107"),
        (b'{"a": -Infinity}', "EVT107"),
        (b'{"a": 1e9999}', "EVT107"),
        (b'{"a": 1E-1000000}', "EVT107"),
        (b'{"a": "\xff"}', "EVT101"),
        (b'{"a": "\xed\xa0\x80"}', "EVT101"),
        (b'{"a": "\xc0\x80"}', "EVT101"),
        ('{"a": 1}'.encode("utf-16"), "EVT101"),
        (b'{"a": ' * 65 + b"1" + b"}" * 65, "EVT108"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "EVT108"),
        (b"[" * 100_000, "EVT108"),
    ],
)
def test_refused(line: bytes, code: str) -> None:
    (bad,) = rows(line)
    assert isinstance(bad, BadLine) and bad.refusal.code == code
    assert bad.refusal.message().endswith(".") and bad.refusal.step() and bad.raw == line
    around = rows(b'{"id": 1}', line, b'{"id": 2}')
    assert [getattr(each, "values", None) for each in around] == [{"id": 1}, None, {"id": 2}]


@pytest.mark.parametrize(
    "line",
    [
        b'{"a": ' * 64 + b"1" + b"}" * 64,
        b'{"a": "' + b"[{" * 100 + b'"}',
        b'{"a": "\\ud83d\\ude00"}',
        b'{"a": "\\\\ud800"}',
        b'{"a": 1e999}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": ' + b"9" * 400 + b"}",
        b'{"a": ":", "b": "\\":"}',
        b'  {"a" : " x" }  ',
        b'{"": 1}',
        '{"é": "\u2028"}'.encode(),
    ],
)
def test_taken(line: bytes) -> None:
    (row,) = rows(line)
    assert isinstance(row, RawRow), row.refusal.message()


def test_lines_and_numbers() -> None:
    found = rows(b"\xef\xbb\xbf" + b'{"id": 1}\r\n\n  \t\n{"id": 2}\nx\n\xef\xbb\xbf{"id": 3}\n{"id": 4}', split=False)
    assert [(each.line, getattr(each, "number", None)) for each in found] == [
        (1, 1), (4, 2), (5, None), (6, None), (7, 5),
    ]  # fmt: skip
    assert rows(b"", split=False) == rows(b"\n\n", split=False) == rows(b"\xef\xbb\xbf\n", split=False) == []
    assert [each.line for each in rows('{"a": "\u2028\u0085\x7f"}\n{"b": 1}'.encode(), split=False)] == [1, 2]


# ------------------------------------------------------------------------------------ fast and strict
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from([":", '":', " "]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(max_size=3) | st.sampled_from(["id", "type", ":"]), VALUES, max_size=5)
MARKS = [b'"', b":", b",", b"{", b"}", b"[", b"]", b" ", b"\\", b"\\u0061", b"1", b"e9", b"-", b"\xc3", b"\xa9", b"\r",
         b'"a":1,', b'"a" :1,', b"\t", b"\x00", b"null", b"NaN", b"0", b"."]  # fmt: skip


@st.composite
def nearly_json(draw: st.DrawFn) -> bytes:
    """A line of JSON, with some pieces put in, taken out or doubled."""
    value = draw(OBJECTS)
    separators = draw(st.sampled_from([(",", ":"), (", ", ": "), (" , ", " : ")]))
    text = json.dumps(value, separators=separators, ensure_ascii=draw(st.booleans()))
    line = text.encode("utf-8", "surrogatepass")
    for _ in range(draw(st.integers(0, 3))):
        at, to = sorted((draw(st.integers(0, len(line))), draw(st.integers(0, len(line)))))
        piece = draw(st.sampled_from(MARKS) | st.just(line[at:to]))
        line = line[:at] + piece + line[draw(st.sampled_from([at, to])) :]
    return line.replace(b"\n", b"")


@given(st.lists(nearly_json() | st.binary(max_size=20), min_size=1, max_size=5))
@example([b'{"a":1,"a" :2}', b'{"a":":"}'])
@example([b'{"a":":","b":1,"b":2}'])
@settings(max_examples=300, deadline=None)
def test_fast_and_strict_are_the_same(lines: list[bytes]) -> None:
    assert [told(each) for each in decoded(lines)] == [told(strictly(each)) for each in lines]


def test_fast_and_strict_are_the_same_on_many_mutations() -> None:
    rng = random.Random(20260407)
    base = [
        b'{"id":"1","source":"itsm","type":"ticket_opened","time":"2026-04-07T19:00:00Z","data":{"ticket":"T1","n":1.5}}',
        b'{"id": 1, "tags": ["a", {"x": -1e5}], "note": "caf\xc3\xa9 \\"q\\" \\u00e9", "data": {}}',
    ]
    for _ in range(20_000):
        line = bytearray(rng.choice(base))
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(line) + 1)
            line[at : at + rng.choice((0, 0, 1, 5))] = rng.choice(MARKS)
        assert told(decoded([bytes(line)])[0]) == told(strictly(bytes(line))), bytes(line)


def test_the_fast_way_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "strictly", None)
    lines = [b'{"id": "1", "data": {"a": 1.5}}', b'{"id":"2","tags":[{"a":1}]}']
    assert [each["id"] for each in decoded(lines)] == ["1", "2"]
