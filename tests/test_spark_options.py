"""What is said where a portfolio cannot be run by Spark, and what each machine does before anything is shuffled.

Nothing here needs Spark; that it runs, and comes to the same, is shown by `python -m tests.spark`.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from bpodsl.cli import exits
from bpodsl.cli.main import bpodsl
from bpodsl.kernel import PackedRows
from bpodsl.portfolio import Workers, find, part
from bpodsl.portfolio.stream import layout_in
from bpodsl.spark import Sorter, starting
from bpodsl.spark.sorting import ASIDE, FAILED, READ, ROWS, set_aside
from bpodsl.store import Spool, read_rows
from tests.test_portfolio import UNTIL, agreement, cases, here, line, reads

__all__ = ["here"]

SPARK = ("--engine", "spark")


def said(*words):
    found = CliRunner().invoke(bpodsl, ["run", *map(str, words)])
    return found.exit_code, " ".join(found.output.split())


@pytest.fixture
def there(monkeypatch):
    """What is installed, by name."""
    found = {"pyspark": "4.3.0", "pandas": "2.3.3", "pyarrow": "26.0.1", "protobuf": "7.36.2"}
    monkeypatch.setattr(starting, "_version", found.get)
    monkeypatch.setattr(starting, "_java", lambda: 17)
    return found


@pytest.mark.parametrize("gone", ["pyspark", "pandas", "pyarrow", "protobuf"])
@pytest.mark.parametrize("more", [(), ("--state", "state")])
def test_without_the_extra(here, there, gone, more):
    del there[gone]
    events = "events.jsonl" if not more else "events"
    Path("events").mkdir()
    code, told = said("all", events, *UNTIL, *SPARK, *more)
    assert code == exits.USAGE
    assert told.endswith(
        f"error: --engine spark needs {gone}, which is not installed. Install the extra: pip install 'bpodsl[spark]'."
    )
    assert not Path("state").exists()


def test_with_a_pandas_that_spark_does_not_know(here, there):
    there["pandas"] = "3.0.1"
    code, told = said("all", "events.jsonl", *UNTIL, *SPARK)
    assert (code, "does not work with pandas 3.0.1 yet. Run pip install 'pandas<3'." in told) == (exits.USAGE, True)


@pytest.mark.parametrize(
    ("java", "why"), [(None, "needs Java, and there is none."), (11, "needs Java 17 or later, and this is Java 11.")]
)
def test_without_java(here, there, monkeypatch, java, why):
    monkeypatch.setattr(starting, "_java", lambda: java)
    code, told = said("all", "events.jsonl", *UNTIL, *SPARK)
    assert (code, why in told) == (exits.USAGE, True)


@pytest.mark.parametrize(
    ("told", "number"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_202"', 8),
        ('openjdk version "25"', 25),
        ("", None),
    ],
)
def test_which_java_there_is(monkeypatch, tmp_path, told, number):
    program = tmp_path / "bin" / "java"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho '{told}' >&2\n")
    program.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert starting._java() == number


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("all/alpha.bpo", "events.jsonl", *SPARK), "--engine spark is for a portfolio"),
        (("all", "events.jsonl", *SPARK, "--store", "s.db"), "--engine spark goes with --state DIR, not with --store."),
        (("all", "-", *SPARK), "reads files, not standard input"),
        (("all", "events.jsonl", "--state", "s"), "--state goes with --engine spark."),
        (("all", "events.jsonl", "--master", "local"), "--master goes with --engine spark."),
        (("all", "all"), "File 'all' is a directory."),
        (("all", "all", *SPARK), "File 'all' is a directory."),
        (("all", "events.jsonl", *SPARK, "--state", "s", *UNTIL), "takes events from one folder"),
        (("all", "events", *SPARK, "--state", "s"), "asks how far time is known"),
        (("all", "events", *SPARK, "--state", "s", *UNTIL, "--follow"), "--follow does not go with --until"),
        (("all", "events", *SPARK, "--state", "s", *UNTIL, "--brief"), "--state does not go with"),
        (("all", "events", *SPARK, "--state", "s", *UNTIL, "--format", "json"), "--state does not go with --format"),
        (("all", "events", *SPARK, "--state", "events/s", *UNTIL), "must lie beside each other"),
        (("all", "events.jsonl", *SPARK, "--follow"), "--follow goes with --store FILE"),
    ],
)
def test_what_does_not_go_together(here, there, words, why):
    Path("events").mkdir()
    code, told = said(*words)
    assert code == exits.USAGE
    assert why in told


# ------------------------------------------------------------------ what each machine does
WHEN = "2026-01-05T08:00:00Z"
BAD = [line(900, None, "asked", WHEN, case="X"), line(901, "alfa", "asked", WHEN), "{\n"]


@pytest.fixture
def sorter(here):
    Path("events.jsonl").write_text("".join([*cases(["alpha", "beta", "gamma"]), *BAD]), "utf-8")
    Path("all/gamma.bpo").write_text(agreement("gamma", reads("asked", "Case", ' separated by ";"')), "utf-8")
    Path("calls.csv").write_text(f'Contract;At;Case\ngamma;{WHEN};"a\nb"\nother;{WHEN};c\n', "utf-8")
    found = find(Path("all"), Workers())
    assert [each.name for each in found.members] == ["alpha", "beta", "gamma"]
    return found.addressees()


def rows_of(path, router):
    return read_rows(path, layout_in(router, str(path)))


def test_rows_are_handed_out_as_in_one_process(sorter, here):
    files = [Path("events.jsonl"), Path("calls.csv")]
    with Spool(here / "spool", len(sorter)) as spool:
        parted = part(sorter, files, spool)
    records = [each for file in files for each in Sorter(sorter).records(str(file), partial(rows_of, file))]
    for at, addressee in enumerate(sorter):
        parts = [each.body for each in records if (each.agreement, each.kind) == (addressee.name, ROWS)]
        assert list(PackedRows(parts)) == list(parted.rows[at])
    aside = set_aside(sorter, [(each.file, each.line, each.body) for each in records if each.kind == ASIDE])
    assert sorted(aside, key=lambda each: (each.file, each.line)) == list(parted.quarantined)
    assert len(aside) == 4
    assert sum(each.kind == READ for each in records) == 2


def test_a_file_that_is_not_there_is_said(sorter):
    (found,) = Sorter(sorter).records("gone.jsonl", partial(rows_of, Path("gone.jsonl")))
    assert (found.kind, found.body) == (FAILED, b"No such file or directory")


def test_where_spark_ends_before_it_is_done(here, there, monkeypatch):
    def lost(*_):
        raise starting.SparkLost("Job aborted due to stage failure")

    monkeypatch.setattr("bpodsl.spark.begun", lost)
    code, told = said("all", "events.jsonl", *UNTIL, *SPARK)
    assert code == exits.IO
    assert told.endswith(
        "error: Spark ended before it was done: Job aborted due to stage failure. Run it again; what was kept is sound."
    )


def test_what_spark_says_in_a_line():
    told = "[STREAM_FAILED] Query [id = 1] terminated with exception: Python worker failed to connect back.\n=== more"
    assert starting._why(RuntimeError(told)) == "Python worker failed to connect back"
    assert starting._why(RuntimeError("one\ntwo")) == "one"
