"""The grammar and the tables made from it.

The grammar is text, in `grammar/*.lark`; lark turns it into LALR(1) tables. That takes a second, so the
tables are kept as JSON, never as pickled objects: in a file beside the packaged grammar if the build
put one there, else in the user's own cache. A file counts only if its key is the hash of the very
grammar at hand, so it cannot be stale; where none can be read or written, the tables are
made afresh.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from bpodsl.packaged import folder

FILES: Final = ("bpodsl.lark", "expressions.lark", "terminals.lark")
PACKED: Final = "tables.json"
FORMAT: Final = "2"

CLAUSES: Final = (
    "agreement", "assume", "calendar", "event", "notice", "state", "reads", "service", "obligation", "measure",
    "amount", "charge", "credit", "cap", "trigger", "escalation", "right", "termination", "stated", "test",
)  # fmt: skip
"""The words that begin a clause."""

STARTS: Final[Mapping[str, str]] = {word: "calendar_clause" if word == "calendar" else word for word in CLAUSES}
"""The rule that reads the clause of each word."""

END: Final = "$END"


@frozen
class RuleShape:
    """One alternative of a rule: what the tree builder needs to know of it.

    `name` is the alias or the rule's own name, `symbols` are its parts and whether each is kept,
    `empty` how many left-out optional parts stand before each of them and after the last.
    """

    name: str
    origin: str
    symbols: tuple[tuple[str, bool], ...]
    empty: tuple[int, ...]
    single: bool
    words: bool


@frozen
class Tables:
    """LALR(1) tables. In a row of `states` a number n ≥ 0 leads to that state, n < 0 reduces rule -n - 1.

    `keywords` maps a word to its terminal, `marks` a sign to its terminal, `shapes` a terminal to its
    pattern, `eager` those tried first where they may stand. `first` says which terminals can begin a rule.
    """

    states: tuple[Mapping[str, int], ...]
    rules: tuple[RuleShape, ...]
    starts: Mapping[str, int]
    ends: Mapping[str, int]
    keywords: Mapping[str, str]
    marks: Mapping[str, str]
    shapes: Mapping[str, str]
    eager: frozenset[str]
    first: Mapping[str, frozenset[str]]


def grammar_text() -> str:
    """The whole grammar as one text."""
    return "\n".join((folder("grammar") / name).read_text(encoding="utf-8") for name in FILES)


@cache
def tables() -> Tables:
    """The tables of this grammar, from the first place that has them."""
    grammar = grammar_text()
    key = key_of(grammar)
    found = _kept(folder("grammar") / PACKED, key) or _kept(_cache_file(key), key)
    if found is not None:
        return found
    data = {"key": key} | make_tables(grammar)
    _write_cache(key, json.dumps(data, separators=(",", ":"), sort_keys=True))
    return _thaw(data)


def _kept(path: Path | None, key: str) -> Tables | None:
    """The tables in a file, if they are those of this key."""
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        data = json.loads(_read(path))
        if data["key"] == key:
            return _thaw(data)
    return None


def key_of(grammar: str) -> str:
    """What the tables of a grammar are known by."""
    return hashlib.sha256(f"{FORMAT}\n{grammar}".encode()).hexdigest()


def make_tables(grammar: str) -> dict[str, Any]:
    """The tables as plain data, made by lark."""
    from lark import Lark
    from lark.lexer import PatternStr
    from lark.parsers.lalr_analysis import Shift

    starts = sorted(set(STARTS.values()))
    lark = Lark(grammar, parser="lalr", lexer="basic", start=starts, maybe_placeholders=True)
    table = lark.parse_interactive(start=starts[0]).parser_state.parse_conf.parse_table
    number = {rule: n for n, rule in enumerate(lark.rules)}
    states = [
        {name: arg if action is Shift else -number[arg] - 1 for name, (action, arg) in table.states[state].items()}
        for state in range(len(table.states))
    ]
    strings = {t.pattern.value: t.name for t in lark.terminals if isinstance(t.pattern, PatternStr)}
    return {
        "states": states,
        "rules": [_shape(rule) for rule in lark.rules],
        "starts": dict(table.start_states),
        "ends": dict(table.end_states),
        "keywords": {text: name for text, name in strings.items() if text.isalpha()},
        "marks": {text: name for text, name in strings.items() if not text.isalpha()},
        "shapes": {t.name: t.pattern.value for t in lark.terminals if not isinstance(t.pattern, PatternStr)},
        "eager": sorted(t.name for t in lark.terminals if t.priority > 0),
        "first": _first(lark.rules),
    }


def _shape(rule: Any) -> list[Any]:
    """A lark rule as plain data."""
    options = rule.options
    symbols = [(s.name, not (s.is_term and s.filter_out)) for s in rule.expansion]
    gaps = "".join(str(int(gap)) for gap in options.empty_indices) if options.empty_indices else "0" * len(symbols)
    return [
        rule.alias or rule.origin.name,
        rule.origin.name,
        symbols,
        [len(gap) for gap in gaps.split("0")],
        bool(options.expand1) and not rule.alias,
        bool(options.keep_all_tokens),
    ]


def _first(rules: Any) -> dict[str, list[str]]:
    """Which terminals can begin each rule. No rule is empty."""
    first: dict[str, set[str]] = {}
    grown = True
    while grown:
        grown = False
        for rule in rules:
            found = first.setdefault(rule.origin.name, set())
            if not rule.expansion:
                continue
            head = rule.expansion[0]
            new = {head.name} if head.is_term else first.get(head.name, set())
            if not new <= found:
                found |= new
                grown = True
    return {name: sorted(found) for name, found in first.items() if not name.startswith("__")}


def _thaw(data: Mapping[str, Any]) -> Tables:
    return Tables(
        states=tuple(data["states"]),
        rules=tuple(
            RuleShape(name, origin, tuple((s, bool(kept)) for s, kept in symbols), tuple(empty), single, words)
            for name, origin, symbols, empty, single, words in data["rules"]
        ),
        starts=data["starts"],
        ends=data["ends"],
        keywords=data["keywords"],
        marks=data["marks"],
        shapes=data["shapes"],
        eager=frozenset(data["eager"]),
        first={name: frozenset(found) for name, found in data["first"].items()},
    )


# ------------------------------------------------------------------------------------ the cache
def _cache_folder() -> Path | None:
    """The user's own cache folder, made if need be; None if it is not the user's alone."""
    if os.environ.get("XDG_CACHE_HOME", "").startswith("/"):
        base = Path(os.environ["XDG_CACHE_HOME"])
    else:
        try:
            base = Path.home() / ".cache"
        except RuntimeError:
            return None
    place = base / "bpodsl"
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = place.lstat()
    except OSError:
        return None
    mine = not hasattr(os, "getuid") or about.st_uid == os.getuid()
    closed = os.name != "posix" or not about.st_mode & 0o077
    return place if stat.S_ISDIR(about.st_mode) and mine and closed else None


def _cache_file(key: str) -> Path | None:
    place = _cache_folder()
    return None if place is None else place / f"tables-{key[:32]}.json"


def _read(path: Path | None) -> str:
    if path is not None:
        with suppress(OSError, ValueError):
            return path.read_text(encoding="utf-8")
    return ""


def _write_cache(key: str, text: str) -> None:
    """Keep the tables. Written beside and moved into place, so that no reader sees half of them."""
    path = _cache_file(key)
    if path is None:
        return
    with suppress(OSError):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".tables-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
