"""The kinds of trials: what is broken, which command is given it, and how that may end."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from math import gcd
from pathlib import Path
from random import Random

from attrs import frozen
from hypothesis import strategies as st

from bpodsl.language.grammar import tables
from bpodsl.proof import parts
from tests.conftest import ROOT
from tests.docs import blocks
from tests.fuzz.mutated import Change, changed, changes
from tests.fuzz.programs import programs
from tests.fuzz.ran import ran, wrong
from tests.proof.forged import Contents, put_together, summed, taken_apart
from tests.store.test_kept import LINES
from tests.test_cli import SMALL

ENTRY = ("check", "run", "report")


@frozen
class Kind:
    """`tried` says what is wrong with a case in a folder, "" if nothing is; cases are drawn by `strategy`, or are those
    of `cases`, which is given a seed."""

    tried: Callable[[Path, object], str]
    strategy: st.SearchStrategy | None = None
    cases: Callable[[int], Iterator[object]] | None = None


def prepared(folder: Path) -> None:
    """Sound files, of which each trial breaks a copy. The tables of the grammar are made before time is taken."""
    tables()
    (folder / "small.bpo").write_text(SMALL, encoding="utf-8")
    (folder / "sound.jsonl").write_text("".join(LINES[:24]), encoding="utf-8")
    for arguments in (
        ("run", folder / "small.bpo", folder / "sound.jsonl", "--store", folder / "sound.db", "--publish"),
        ("bundle", folder / "sound.db", "--out", folder / "sound.zip"),
    ):
        ended = ran(arguments)
        assert ended.code == 0, ended


# ------------------------------------------------------------------------------------ texts
def _texts() -> list[bytes]:
    """Small ones: a construct each, from the reference of the language, and a few that are whole."""
    told = [block for block in blocks(ROOT / "LANGUAGE.md") if block.info.split()[:1] == ["bpo"]]
    head = SMALL.partition("\nobligation")[0].encode() + b"\n\n"
    found = [SMALL.encode(), *(
        block.text.encode() if block.text.startswith("agreement") else head + block.text.encode() for block in told
    )]  # fmt: skip
    found += [path.read_bytes() for path in sorted((ROOT / "templates").glob("*.bpo"))]
    found += [path.read_bytes() for path in sorted((ROOT / "tests" / "acceptance" / "cases").glob("*.bpo"))]
    return [each for each in found if len(each) < 6_000]


TEXTS = _texts()
OF_TEXT = {
    "check": ({0, 1, 3}, ("check", "t.bpo")),
    "fmt": ({0, 1, 3}, ("fmt", "--check", "t.bpo")),
    "run": ({0, 3, 4, 8}, ("run", "t.bpo", "sound.jsonl", "--until", "2026-02-01")),
    "graph": ({0, 3}, ("graph", "t.bpo", "--format", "mermaid", "--out", "t.mmd")),
}


def _text(folder: Path, case: object) -> str:
    number, every, command = case  # type: ignore[misc]
    (folder / "t.bpo").write_bytes(changed(TEXTS[number], every))
    may, arguments = OF_TEXT[command]
    return wrong(_in(folder, arguments), may)


# ------------------------------------------------------------------------------------ cuts and programs
EXAMPLES = [path.read_bytes() for path in sorted((ROOT / "examples").rglob("*.bpo"))]
CUTS = sum(map(len, EXAMPLES))
"""In so many places an example can be cut."""


def _cuts(first: int) -> Iterator[object]:
    """Where each example is cut: all places, in an order that mixes them, from the one of that number on."""
    step = next(each for each in count(7919) if gcd(each, CUTS) == 1)
    for n in count(first):
        at = n * step % CUTS
        for number, example in enumerate(EXAMPLES):
            if at < len(example):
                yield number, at
                break
            at -= len(example)


def _cut(folder: Path, case: object) -> str:
    number, at = case  # type: ignore[misc]
    (folder / "t.bpo").write_bytes(EXAMPLES[number][:at])
    return wrong(_in(folder, ("check", "t.bpo")), {0, 1, 3})


def _programs(start: int) -> Iterator[object]:
    """What is made from the grammar, and a command."""
    dice = Random(f"commands {start}")
    return ((text, dice.choice(sorted(OF_TEXT))) for text in programs(start))


def _program(folder: Path, case: object) -> str:
    text, command = case  # type: ignore[misc]
    (folder / "t.bpo").write_text(text, encoding="utf-8")
    may, arguments = OF_TEXT[command]
    return wrong(_in(folder, arguments), may)


def _in(folder: Path, arguments: Sequence[str], stdin: bytes = b""):  # type: ignore[no-untyped-def]
    given = [folder / each if "." in each and not each.startswith("-") else each for each in arguments]
    return ran(given, stdin)


# ------------------------------------------------------------------------------------ events
def _cells() -> bytes:
    import json

    rows = [json.loads(each) for each in LINES[:24]]
    head = "id,source,type,time,case\n"
    return (head + "".join(f"{e['id']},desk,{e['type']},{e['time']},{e['data']['case']}\n" for e in rows)).encode()


FILES = {"e.jsonl": "".join(LINES[:24]).encode(), "e.csv": _cells()}
OF_EVENTS = {
    "text": ("run", "small.bpo", "FILE"),
    "jsonl": ("run", "small.bpo", "FILE", "--format", "jsonl", "--no-routine"),
    "csv": ("run", "small.bpo", "FILE", "--format", "csv", "--quarantine", "aside.txt"),
    "store": ("run", "small.bpo", "FILE", "--store", "e.db"),
    "stdin": ("run", "small.bpo", "-"),
    "explain": ("explain", "small.bpo", "FILE", "--of", "answer"),
}


def _events(folder: Path, case: object) -> str:
    name, every, command, packed, again = case  # type: ignore[misc]
    data = changed(FILES[name], every)
    if packed:
        data = changed(gzip.compress(data, mtime=0), again)
    (folder / name).write_bytes(data)
    (folder / "e.db").unlink(missing_ok=True)
    arguments = [name if each == "FILE" else each for each in OF_EVENTS[command]]
    return wrong(_in(folder, arguments, data), {0, 2, 4, 8} if command == "explain" else {0, 4, 8})


# ------------------------------------------------------------------------------------ stores
OF_STORE = {
    "ledger": ("ledger", "--store", "x.db"),
    "text": ("ledger", "--store", "x.db", "--format", "text"),
    "run": ("run", "small.bpo", "sound.jsonl", "--store", "x.db"),
    "explain": ("explain", "--store", "x.db", "--of", "answer"),
    "verify": ("verify", "x.db"),
    "requeue": ("requeue", "--store", "x.db"),
}


def _store(folder: Path, case: object) -> str:
    every, cells, command = case  # type: ignore[misc]
    whole = (folder / "sound.db").read_bytes()
    path = folder / "x.db"
    (folder / "x.db-journal").unlink(missing_ok=True)
    path.write_bytes(changed(whole, every) if not cells else whole)
    for number, value in cells:
        _other_cell(path, Random(number), value)
    return wrong(_in(folder, OF_STORE[command]), {0, 2, 3, 4, 5, 6, 7, 8, 9})


def _other_cell(path: Path, dice: Random, value: object) -> None:
    """Somebody writes something into a cell of the database."""
    with sqlite3.connect(path) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        table = dice.choice(tables)
        columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
        asked = f"UPDATE {table} SET {dice.choice(columns)} = ?"
        asked += "" if dice.random() < 0.3 else f" WHERE rowid = {dice.randint(1, 5)}"
        try:
            db.execute(asked if dice.random() < 0.9 else f"DELETE FROM {table}", (value,) if "?" in asked else ())
        except (sqlite3.Error, OverflowError, UnicodeError):
            return


# ------------------------------------------------------------------------------------ bundles
def _bundle(folder: Path, case: object) -> str:
    every, part, anew = case  # type: ignore[misc]
    sound, path = folder / "sound.zip", folder / "x.zip"
    if part is None:
        path.write_bytes(changed(sound.read_bytes(), every))
    else:
        contents = taken_apart(sound)
        name = sorted(contents)[part % len(contents)]
        contents[name] = changed(contents[name], every)
        _put(path, contents, anew)
    ended = _in(folder, ("verify", "x.zip"))
    if ended.code == 0 and path.read_bytes() != sound.read_bytes():
        return "what was changed is not found"
    return wrong(ended, {0, 5, 8, 9})


def _put(path: Path, contents: Contents, anew: bool) -> None:
    put_together(path, summed(contents) if anew and parts.SUMS in contents else contents)


_values = st.one_of(
    st.none(), st.integers(-(2**63), 2**63 - 1), st.text(max_size=20), st.binary(max_size=20), st.floats(),
    st.sampled_from(["", "[" * 5000, "9" * 5000, "\0", "\x1b[2J", "{}", "[]", "null", "../x", "/etc/passwd"]),
)  # fmt: skip

KINDS = {
    "texts": Kind(_text, st.tuples(st.integers(0, len(TEXTS) - 1), changes, st.sampled_from(sorted(OF_TEXT)))),
    "programs": Kind(_program, cases=_programs),
    "cuts": Kind(_cut, cases=_cuts),
    "events": Kind(
        _events,
        st.tuples(st.sampled_from(sorted(FILES)), changes, st.sampled_from(sorted(OF_EVENTS)), st.booleans(), changes),
    ),
    "stores": Kind(
        _store,
        st.tuples(
            changes, st.lists(st.tuples(st.integers(0, 10**6), _values), max_size=2), st.sampled_from(sorted(OF_STORE))
        ),
    ),
    "bundles": Kind(_bundle, st.tuples(changes, st.none() | st.integers(0, 20), st.booleans())),
}


def told(case: object, folder: Path, to: Path) -> None:
    """Keep what a trial was given."""
    shutil.copytree(folder, to, dirs_exist_ok=True)
    (to / "case.txt").write_text(repr(case), encoding="utf-8")


__all__ = ["KINDS", "Change", "Kind", "prepared", "told"]
