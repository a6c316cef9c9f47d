"""Rows kept by agreement, in memory or in a file: the same either way."""

from __future__ import annotations

import pickle

import pytest

from bpodsl.record.rows import Decimals, RawRow
from bpodsl.store import Spool


def row(number):
    values = {"n": number, "big": 10**30, "dec": Decimals("1.50"), "in": {"list": [None, True, "ä"]}}
    return RawRow("events.jsonl", number, number, values, b"x" * 10)


@pytest.mark.parametrize("limit", [1, 25, 1 << 20])
def test_each_gets_its_rows_in_their_order(tmp_path, limit):
    with Spool(tmp_path / "rows", 3, limit) as spool:
        for number in range(1, 21):
            spool.add(number % 2, row(number))
        found = spool.done()
    assert [[each.number for each in rows] for rows in found] == [
        list(range(2, 21, 2)), list(range(1, 21, 2)), [],
    ]  # fmt: skip
    assert list(found[0]) == list(found[0]) == [row(number) for number in range(2, 21, 2)]
    first = next(iter(found[0])).values["dec"]
    assert isinstance(first, Decimals)
    assert (tmp_path / "rows").exists() == (limit < 1 << 20)


def test_rows_can_be_read_in_another_process(tmp_path):
    with Spool(tmp_path / "rows", 1, 30) as spool:
        for number in range(1, 8):
            spool.add(0, row(number))
        (rows,) = spool.done()
    assert list(pickle.loads(pickle.dumps(rows))) == [row(number) for number in range(1, 8)]
