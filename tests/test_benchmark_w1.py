"""Workload W1: the agreement and the programs without a language come to the same answers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest

from bpodsl.cli.run import MUCH, PACKED
from tests.benchmarks.w1 import answers, made
from tests.benchmarks.w1.__main__ import HERE, found, main, prepare, run

OTHERS = "BPODSL_W1_YARDSTICKS"
"""Names a folder with a generator `w1_gen.py`, a program `yardsticks/plain.py` and `compare.py` that others wrote."""


def test_the_last_line_says_how_fast_it_was_and_that_the_answers_agree(capsys):
    main(
        ["--events", "1500", "--contracts", "3", "--seed", "5", "--rounds", "1", "--programs", "bpodsl,plain", "--json"]
    )
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert list(told) == ["events_per_second", "x_plain", "x_duckdb", "peak_mib", "answers_agree"]
    assert told["answers_agree"] is True and told["events_per_second"] > 0 and told["x_duckdb"] is None


def test_the_answers_hold_something_of_each_kind(tmp_path):
    prepare(tmp_path, 8000, 10, 2)
    run("plain", tmp_path, tmp_path / "plain", 1)
    got = found("plain", tmp_path / "plain")
    assert all(got[name] for name in answers.FILES)
    assert {line.split(",")[2] for line in got["breaches"]} == {"R1", "R2"}
    assert {line.split(",")[2] for line in got["escalations"]} == {"1", "2"}
    assert {line.split(",")[1] for line in got["attainment"]} == set(made.PRIORITIES)


def test_a_month_without_outcome_between_others_is_a_month(tmp_path):
    prepare(tmp_path, 2000, 20, 2)
    for program in ("short", "plain"):
        run(program, tmp_path, tmp_path / program, 1)
    got = found("plain", tmp_path / "plain")
    decided = {(contract, month) for contract, _, month, *_ in (line.split(",") for line in got["attainment"])}
    told = [tuple(line.split(",")) for line in got["termination"]]
    assert any(each not in decided for each in told), "no customer has a right in a month without outcome"
    assert not answers.differences(found("short", tmp_path / "short"), got)


def test_events_as_cells_and_in_columns_come_to_the_same(tmp_path):
    prepare(tmp_path, 60_000, 10, 3, ("cells", "parquet"))
    assert (tmp_path / "cells" / "events.csv").stat().st_size > MUCH
    assert (tmp_path / "parquet" / "events.parquet").stat().st_size * PACKED > MUCH
    for jobs in (1, 2):
        for program in ("brief", "cells", "parquet"):
            run(program, tmp_path, tmp_path / program, jobs)
        brief, cells, columns = (
            (tmp_path / each / "ledger.jsonl").read_bytes() for each in ("brief", "cells", "parquet")
        )
        assert brief == cells == columns


@pytest.mark.skipif(find_spec("duckdb") is None, reason="DuckDB is not installed")
def test_sql_says_the_same_as_the_plain_program(tmp_path):
    prepare(tmp_path, 20_000, 10, 3)
    for program in ("plain", "duckdb"):
        run(program, tmp_path, tmp_path / program, 1)
    assert not answers.differences(found("plain", tmp_path / "plain"), found("duckdb", tmp_path / "duckdb"))


@pytest.mark.skipif(OTHERS not in os.environ, reason=f"{OTHERS} names no folder of yardsticks that others wrote")
def test_a_program_of_others_says_the_same_of_data_of_others(tmp_path):
    theirs = Path(os.environ[OTHERS])
    data, out = tmp_path / "data", tmp_path / "bpodsl"
    counts = ["--events", "8000", "--contracts", "5", "--seed", "7"]
    subprocess.run([sys.executable, theirs / "w1_gen.py", *counts, "--out", data], check=True, capture_output=True)
    close(data)
    shutil.copy(HERE / "w1.bpo", data)
    fees = [line.split(",")[:2] for line in (data / "contracts.csv").read_text("utf-8").splitlines()[1:]]
    rows = [f"  | {name} | {int(cents) // 100} EUR |\n" for name, cents in fees]
    (data / "fees.bpo").write_text("list fees by contract\n  | | fee |\n" + "".join(rows), "utf-8")
    run("bpodsl", data, out, 1)
    for name, lines in found("bpodsl", out).items():
        (out / f"{name}.csv").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    told = tmp_path / "theirs"
    subprocess.run([sys.executable, theirs / "yardsticks" / "plain.py", data, told], check=True, capture_output=True)
    subprocess.run([sys.executable, theirs / "compare.py", told, out], check=True, capture_output=True)


def close(data: Path) -> None:
    """The event that closes the books, a millisecond after the last one."""
    with (data / "events.jsonl").open("a+", encoding="utf-8") as file:
        file.seek(0)
        *_, last = file
        at = datetime.fromisoformat(json.loads(last)["ts"]) + timedelta(milliseconds=1)
        closing = {"id": "closing", "type": "books.closed", "ts": at.isoformat(), "contract": "-", "ticket": "-"}
        file.write(json.dumps(closing) + "\n")
