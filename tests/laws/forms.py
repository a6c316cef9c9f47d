"""In which form a file holds its events is nothing: lines of JSON, cells, or columns of whatever types hold them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from bpodsl.record.overlooked import ENVELOPE

Values = Sequence[Any]

_WHOLE: Final = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DECIMAL: Final = re.compile(r"-?[0-9]{1,18}\.[0-9]{1,9}")
_UTC: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]+)?Z")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def flat(lines: Sequence[str]) -> list[dict[str, Any]] | None:
    """Events with their fields beside the envelope; None where a field is called as a word of it is."""
    found = []
    for each in map(json.loads, lines):
        fields = each.pop("data")
        if fields.keys() & ENVELOPE:
            return None
        found.append(each | fields)
    return found


def names_of(rows: Sequence[dict[str, Any]]) -> list[str]:
    return sorted({name for row in rows for name in row})


def as_cells(rows: Sequence[dict[str, Any]]) -> bytes:
    """As CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, names_of(rows), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


def as_columns(rows: Sequence[dict[str, Any]], dice: Random) -> bytes:
    """As Parquet: each column of a type that holds all its values, drawn where several do; so are the groups of rows
    and how they are packed."""
    columns = {name: _column([row.get(name) for row in rows], dice) for name in names_of(rows)}
    sink = io.BytesIO()
    pq.write_table(
        pa.table(columns), sink, row_group_size=dice.randrange(1, len(rows) + 2),
        compression=dice.choice(["none", "snappy", "zstd"]), use_dictionary=dice.random() < 0.5,
        data_page_version=dice.choice(["1.0", "2.0"]),
    )  # fmt: skip
    return sink.getvalue()


def _column(values: Values, dice: Random) -> Any:
    given = [each for each in values if each is not None]
    if not given:
        return pa.nulls(len(values), dice.choice([pa.null(), pa.string()]))
    if all(isinstance(each, bool) for each in given):
        return pa.array(values, pa.bool_())
    if all(isinstance(each, int) for each in given):
        return pa.array(values, dice.choice([pa.int64(), pa.decimal128(38, 0)]))
    may = [made for form, made in _TYPED if all(isinstance(each, str) and form.fullmatch(each) for each in given)]
    if may and dice.random() < 0.8:
        return dice.choice(may)(values, dice)
    # Where kinds of events have the name for a text and for yes or no.
    texts = pa.array([_cell(each) for each in values], dice.choice([pa.string(), pa.large_string()]))
    return texts.dictionary_encode() if dice.random() < 0.3 else texts


def _instants(values: Values, dice: Random) -> Any:
    found = [None if each is None else datetime.fromisoformat(each).astimezone(UTC) for each in values]
    return pa.array(found, pa.timestamp(dice.choice(["us", "ns"]), dice.choice(["UTC", "America/New_York"])))


def _decimals(values: Values, dice: Random) -> Any:
    return pa.array([None if each is None else Decimal(each) for each in values], pa.decimal128(38, 9))


def _wholes(values: Values, dice: Random) -> Any:
    return pa.array([None if each is None else int(each) for each in values], pa.int64())


def _days(values: Values, dice: Random) -> Any:
    return pa.array([None if each is None else date.fromisoformat(each) for each in values], pa.date32())


_TYPED: Final[list[tuple[re.Pattern[str], Callable[[Values, Random], Any]]]] = [
    (_UTC, _instants), (_DECIMAL, _decimals), (_WHOLE, _wholes), (_DAY, _days)
]  # fmt: skip
