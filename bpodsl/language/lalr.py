"""LALR(1) tables as plain data, made by lark.

This file imports nothing of ours: the build of the wheel loads it by itself, to pack the tables.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

_decode: Final = json.JSONDecoder().raw_decode

FILES: Final = ("bpodsl.lark", "expressions.lark", "terminals.lark")
PACKED: Final = "tables.json"
FORMAT: Final = "4"

CLAUSES: Final = (
    "agreement", "assume", "definition", "calendar", "event", "notice", "state", "series", "reads", "service",
    "obligation", "measure", "amount", "list", "periods", "charge", "credit", "cap", "change", "assignment", "novation",
    "trigger", "escalation", "right", "termination", "determination", "claim", "stated", "test", "use", "template",
    "document",
)  # fmt: skip
"""The words that begin a clause."""

STARTS: Final[Mapping[str, str]] = {
    word: {"calendar": "calendar_clause", "use": "use_clause"}.get(word, word) for word in CLAUSES
}
"""The rule that reads the clause of each word."""


def key_of(grammar: str) -> str:
    """What the tables of a grammar are known by."""
    return hashlib.sha256(f"{FORMAT}\n{grammar}".encode()).hexdigest()


def make_tables(grammar: str) -> dict[str, Any]:
    """The tables as plain data, made by lark. Rows and rules are lines of a text: a file needs few of them."""
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
        "states": as_lines(states),
        "rules": as_lines(_shape(rule) for rule in lark.rules),
        "reductions": [[len(rule.expansion), rule.origin.name] for rule in lark.rules],
        "starts": dict(table.start_states),
        "ends": dict(table.end_states),
        "keywords": {text: name for text, name in strings.items() if text.isalpha()},
        "marks": {text: name for text, name in strings.items() if not text.isalpha()},
        "shapes": {t.name: t.pattern.value for t in lark.terminals if not isinstance(t.pattern, PatternStr)},
        "eager": sorted(t.name for t in lark.terminals if t.priority > 0),
        "first": _first(lark.rules),
    }


def as_lines(rows: Iterable[Any]) -> str:
    """JSON, a line for each; with other quotes, since a text with many of its own quotes is read three times as slowly.
    """
    text = "\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    assert "'" not in text
    return text.replace('"', "'")


def lines_of(text: str) -> list[str]:
    """The lines again, each of which `line_of` reads."""
    return text.split("\n")


def line_of(line: str) -> Any:
    """What one of these lines says."""
    return _decode(line.replace("'", '"'))[0]


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
