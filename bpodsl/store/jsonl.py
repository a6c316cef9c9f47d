"""JSON lines: one object a line, read strictly.

A line is decoded fast, and the result is used only if it is certain that the strict reader would find the same: the
fast decoder keeps the last of two equal names, so the names found are counted against those written. Where a line has
blanks after a quotation mark, or escapes, names cannot be counted so simply and the strict reader decides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from bpodsl.record.refusals import (
    BROKEN_TEXT,
    CUT_OFF,
    KEY_TWICE,
    NOT_A_NUMBER,
    NOT_AN_OBJECT,
    NOT_JSON,
    NOT_UTF8,
    TOO_DEEP,
    TOO_LONG,
    Refused,
    quoted,
)  # fmt: skip
from bpodsl.record.rows import BadLine, Decimals, NoRows, Raw, RawRow, Row
from bpodsl.store.lines import LINE_LIMIT, Lines

DEPTH_LIMIT: Final = 64
BOM: Final = b"\xef\xbb\xbf"

_LONGEST_INT: Final = 4000
_EXPONENT: Final = re.compile(r"[eE][+-]?[0-9]{4,}")
_ESCAPED_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*+"')
TRICKY: Final = (b"\\", b'" ', b'"\t', b'"\r')
_NOT_COUNTED: Final = -(1 << 40)


def rows(file: str, batches: Iterable[Lines], number: int = 0) -> Iterator[Row]:
    """The rows of a file, behind so many; blank lines are none."""
    for batch in batches:
        if batch.too_long or batch.cut:
            number += 1
            yield BadLine(file, batch.first, unread(batch).refusal(f"{file}:{batch.first}"), batch.lines[0])
            continue
        if batch.first == 1:
            batch.lines[0] = batch.lines[0].removeprefix(BOM)
        lines = [
            (place, line.removesuffix(b"\r"))
            for place, line in enumerate(batch.lines, batch.first)
            if line and not line.isspace()
        ]
        for (place, line), found in zip(lines, decoded([line for _, line in lines]), strict=True):
            number += 1
            if isinstance(found, Refused):
                yield BadLine(file, place, found.refusal(f"{file}:{place}"), line)
            else:
                yield RawRow(file, place, number, found, line)
    if not number:
        yield NoRows(file)


def unread(batch: Lines) -> Refused:
    """Why a line that is too long, or cut off, is not read at all."""
    return Refused(TOO_LONG, limit=f"{LINE_LIMIT >> 20} MiB") if batch.too_long else Refused(CUT_OFF)


def decoded(lines: list[bytes]) -> list[dict[str, Raw] | Refused]:
    """What each line holds, or why it is refused: exactly as `strictly` would have it."""
    found = [_fast(line) for line in lines]
    whole = b"\n".join(lines)
    sure = [quick for quick in found if quick is not None]
    countable = len(sure) == len(lines) and not any(mark in whole for mark in TRICKY)
    if countable and sum(map(_names, sure)) == whole.count(b'":'):
        return [*sure]
    return [
        strictly(line) if quick is None or not _same(line, quick) else quick
        for line, quick in zip(lines, found, strict=True)
    ]


def strictly(line: bytes) -> dict[str, Raw] | Refused:
    """The object that a line holds, or why it is refused. Slow, and the measure of the fast way."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return Refused(NOT_UTF8, hint=utf16(line))
    if _depth(text) > DEPTH_LIMIT:
        return Refused(TOO_DEEP, limit=str(DEPTH_LIMIT))
    try:
        value = _STRICT.decode(text)
    except Refused as refused:
        return refused
    except json.JSONDecodeError as error:
        return Refused(NOT_JSON, why=f"it cannot be read from column {error.colno} on")
    if not isinstance(value, dict):
        return Refused(NOT_AN_OBJECT, found=_KINDS.get(type(value), "a number"))
    if _ESCAPED_SURROGATE.search(line) and _broken(value):
        return Refused(BROKEN_TEXT)
    return value


def utf16(line: bytes) -> str:
    """A hint for a common mistake."""
    return "; they look like UTF-16" if line.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in line else ""


def _fast(line: bytes) -> dict[str, Raw] | None:
    try:
        value = _FAST.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, Refused):
        return None
    return value if isinstance(value, dict) else None


def _same(line: bytes, value: dict[str, Raw]) -> bool:
    """Whether no name in the line occurs twice in its object."""
    return not any(mark in line for mark in TRICKY) and _names(value) == line.count(b'":')


def _names(value: dict[str, Raw] | list[Raw], depth: int = 1) -> int:
    """How many names an object and those inside it have; out of all bounds if they are nested too deep."""
    if depth > DEPTH_LIMIT:
        return _NOT_COUNTED
    count = len(value) if type(value) is dict else 0
    for each in value.values() if type(value) is dict else value:
        if type(each) is dict or type(each) is list:
            count += _names(each, depth + 1)
    return count


def _depth(text: str) -> int:
    if text.count("{") + text.count("[") <= DEPTH_LIMIT:
        return 0
    deepest = depth = 0
    for mark in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        depth += 1 if mark in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _broken(value: Raw) -> bool:
    """Whether any text in the value holds half a character."""
    if isinstance(value, str):
        return any("\ud800" <= c <= "\udfff" for c in value)
    if isinstance(value, dict):
        return any(_broken(each) for pair in value.items() for each in pair)
    return isinstance(value, list) and any(_broken(each) for each in value)


def _pairs(pairs: list[tuple[str, Raw]]) -> dict[str, Raw]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise Refused(KEY_TWICE, key=quoted(next(name for name in names if names.count(name) > 1)))
    return found


def _int(text: str) -> Raw:
    return int(text) if len(text) <= _LONGEST_INT else Decimals(text)


def _decimals(text: str) -> Raw:
    if _EXPONENT.search(text):
        raise Refused(NOT_A_NUMBER, found=quoted(text))
    return Decimals(text)


def _constant(text: str) -> Raw:
    raise Refused(NOT_A_NUMBER, found=text)


_FAST: Final = msgspec.json.Decoder(float_hook=_decimals)
_STRICT: Final = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=_int, parse_float=_decimals, parse_constant=_constant
)
_KINDS: Final = {str: "a text", list: "a list", bool: "a yes or no", type(None): "nothing (null)"}
