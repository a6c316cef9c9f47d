"""The tables made from the grammar: where they are kept, and that no doubt in them is unknown."""

from __future__ import annotations

import json
import logging
import os
import re
import stat
import subprocess
import sys

import pytest

from bpodsl.language import grammar, lalr, parse
from bpodsl.text import Source

posix = pytest.mark.skipif(os.name != "posix", reason="rights of files are those of POSIX")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    grammar.tables.cache_clear()
    yield tmp_path
    grammar.tables.cache_clear()


@pytest.fixture(scope="module")
def made():
    return lalr.make_tables(grammar.grammar_text())


@pytest.fixture
def counted(made, monkeypatch):
    """How often tables were made."""
    calls = []
    monkeypatch.setattr(grammar, "make_tables", lambda text: calls.append(text) or made)
    return calls


def again():
    grammar.tables.cache_clear()
    return grammar.tables()


def kept(home):
    (path,) = (home / "bpodsl").iterdir()
    return path


def test_tables_are_made_once_and_kept(home, counted):
    first = again()
    assert again() == first
    assert len(counted) == 1
    assert kept(home).name.startswith("tables-")


@posix
def test_what_is_kept_is_the_users_alone(home, counted):
    again()
    assert stat.S_IMODE((home / "bpodsl").stat().st_mode) == 0o700
    assert stat.S_IMODE(kept(home).stat().st_mode) == 0o600


@posix
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o755])
def test_a_folder_open_to_others_is_not_trusted(home, counted, mode):
    again()
    (home / "bpodsl").chmod(mode)
    again()
    assert len(counted) == 2


@posix
def test_a_link_in_place_of_the_folder_is_not_followed(home, counted, tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (home / "bpodsl").symlink_to(tmp_path / "elsewhere")
    again()
    assert not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"key": 1}', '{"states": []}', "\x80"])
def test_what_cannot_be_read_is_made_afresh(home, counted, text):
    first = again()
    kept(home).write_text(text, encoding="latin-1")
    assert again() == first
    assert len(counted) == 2


def test_tables_of_another_grammar_do_not_count(home, counted, monkeypatch):
    again()
    monkeypatch.setattr(lalr, "FORMAT", "another")
    again()
    assert len(counted) == 2
    assert len(list((home / "bpodsl").iterdir())) == 2


def test_without_a_place_to_keep_them_they_are_made_each_time(tmp_path, counted, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert again() == again()
    assert len(counted) == 2
    grammar.tables.cache_clear()


def test_packaged_tables_come_first(home, counted, tmp_path, monkeypatch, made):
    folder = tmp_path / "grammar"
    folder.mkdir()
    for name in grammar.FILES:
        (folder / name).write_text((grammar.folder("grammar") / name).read_text("utf-8"), "utf-8")
    (folder / grammar.PACKED).write_text(json.dumps({"key": grammar.key_of(grammar.grammar_text())} | made))
    monkeypatch.setattr(grammar, "folder", lambda name: folder)
    again()
    assert not counted
    assert not (home / "bpodsl").exists()


def test_kept_tables_need_no_lark(home, counted):
    again()
    code = "import sys; from bpodsl.language.grammar import tables; tables(); sys.exit('lark' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "XDG_CACHE_HOME": str(home)})


def test_the_grammar_leaves_no_doubt_but_these(caplog):
    """Where two readings are possible the parser takes the longer. A new place where this is so must be looked at."""
    from lark import Lark, logger

    level = logger.level
    logger.addHandler(caplog.handler)
    logger.setLevel(logging.DEBUG)
    try:
        starts = sorted(set(grammar.STARTS.values()))
        Lark(grammar.grammar_text(), parser="lalr", lexer="basic", start=starts, maybe_placeholders=True, debug=True)
    finally:
        logger.setLevel(level)
        logger.removeHandler(caplog.handler)
    said = [record.getMessage() for record in caplog.records]
    doubts = set(zip(
        (m[1] for line in said if (m := re.match(r"Shift/Reduce conflict for terminal (\w+)", line))),
        (re.sub(r"^__|_(star|plus)_\d+$", "", m[1]) for line in said if (m := re.match(r" \* <(\w+) :", line))),
        strict=True,
    ))  # fmt: skip
    open_to_the_right = {
        # A condition after `where` takes what follows.
        ("OR", "either"), ("AND", "both"), ("IS", "_comparison"), ("AT", "_comparison"), ("MORE", "_comparison"),
        ("LESS", "_comparison"), ("ROUNDED", "_rounded"),
        ("SHARED", "_rounded"), ("ROUNDED", "shared_value"), ("PLUS", "sum"), ("MINUS", "sum"), ("STAR", "product"),
        ("SLASH", "product"), ("CROSS", "product"), ("AMONG", "share_of_events"), ("WEIGHTED", "mean_of"),
        # The parts of `the greater of`, `the later of` and the like, and the outcomes of rows, too.
        ("AND", "_parts"),
        # `first day of` is a day of a period; the first of many days stands in parentheses.
        ("DAY_WORD", "pick"), ("OR", "outcome_statuses"), ("COMMA", "outcome_statuses"),
        # A condition that ends a cell of a list takes the choices that follow; a time stands behind a length alone.
        ("COMMA", "choices"), ("COMMA", "interest_on"), ("ROUNDED", "interest_on"),
        # What names one group of a figure names the keys of a list before a comma; there it stands in parentheses.
        ("COMMA", "group_value"),
        # `where` belongs to the rows just before it; to an outcome or figure of a trigger only where there are none.
        *(("WHERE", rows) for rows in (
            "named_rows", "long_rows", "outcome_rows", "standing_rows", "window_rows", "group_rows", "last_windows",
            "outstanding_of", "share_of_outcomes", "share_of_any", "bare_selector", "_primary",
        )),
        # Who must keep something keeps it for each member of a list; no event opens that.
        ("FOR", "kept"),
        # What ends a row, or a line below a line, refers from there.
        ("REFERENCE", "_bar"), ("REFERENCE", "changed"), ("REFERENCE", "row_mapping"),
        # Rows belong to the line above them.
        ("_ROW", "pays_table_line"), ("_ROW", "pays_levels_line"),
    }  # fmt: skip
    assert doubts == open_to_the_right


def test_every_rule_makes_something_known(made):
    """A rule without a class makes a tuple or words: a misspelt rule would do so unseen."""
    from bpodsl.language import ast

    rules = [lalr.line_of(rule) for rule in lalr.lines_of(made["rules"])]
    named = {rule[0] for rule in rules if not rule[0].startswith("_") and not rule[5] and not rule[4]}
    without = {name for name in named if not hasattr(ast, "".join(word.capitalize() for word in name.split("_")))}
    assert without == {
        "any_events", "choices", "grounds", "joined_columns", "lookup_keys", "names", "or_names", "outcome_statuses",
        "roles", "row_conditions", "selectors", "texts", "time_ranges", "values",
    }  # fmt: skip


def test_a_number_before_a_unit_takes_no_name():
    """`months` begins a phrase too: where a name could follow the number it would be read as one."""
    ways = ("in 3 of any 6 {}", "in 3 consecutive {}")
    for unit in ("days", "weeks", "months", "quarters"):
        for way in ways:
            text = f'trigger t\n  when m is missed {way.format(unit)}\n  resets\n  then tell "x"\n'
            assert not parse(Source("t", text))[1], text
        if unit != "quarters":
            assert not parse(Source("t", f"definition d means 30 {unit}\n"))[1], unit
