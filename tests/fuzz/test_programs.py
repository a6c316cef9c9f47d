"""Programs made from the grammar: what they are, and what they once found."""

from __future__ import annotations

from itertools import islice

import pytest

from bpodsl.language import ast, parse
from bpodsl.language.grammar import STARTS
from bpodsl.pipeline import understand_text
from bpodsl.text import Source, Span
from tests.fuzz.programs import HEAD, _rules, _words, programs


def test_each_terminal_can_be_written_and_the_head_is_sound():
    rules, words = _rules(), _words()
    named = {part for ways in rules.values() for way in ways for part in way}
    assert named - set(rules) <= set(words) and set(STARTS.values()) <= set(rules)
    contract, problems = understand_text("head", HEAD)
    assert contract is not None and all(problem.code in ("BPO205", "BPO214") for problem in problems)


def test_they_are_read_mostly_and_are_of_every_sort_of_clause():
    read, sorts = 0, set()
    for text in islice(programs(11), 400):
        tree, problems = parse(Source("a.bpo", text))
        read += not problems
        sorts.update(type(clause) for clause in tree.clauses)
    assert read > 200 and len(sorts) > 20


@pytest.mark.parametrize(
    ("clause", "codes"),
    [
        ("calendar never\n  always\n  always\n", {"BPO319"}),
        ("list floors by site\n  | site  | floor | [§1]\n  | north | 5 EUR | [§2]\n  | south | 6 EUR |\n", set()),
        ("list floors by site\n  | site | from | [§1]\n", {"BPO314"}),
    ],
)
def test_what_they_found_is_told(clause, codes):
    _, problems = understand_text("a.bpo", f"{HEAD}\n{clause}")
    found = {problem.code for problem in problems if problem.severity.name == "ERROR"}
    assert codes <= found if codes else not found, found


def test_rows_of_a_list_keep_what_they_refer_to():
    tree, _ = parse(Source("a.bpo", "list floors by site\n  | site | floor | [§1]\n  | north | 5 EUR |\n"))
    first, second = tree.clauses[0].lines
    assert first.reference.text == "§1" and second.reference is None
    assert all(isinstance(cell, ast.ListCell) for row in (first, second) for cell in row.cells)


def test_a_part_of_any_name_can_be_changed():
    """Some nodes have a part that is called as the argument was that took the node."""
    span = Span(Source("a.bpo", "x"), 0, 1)
    names = [ast.Name(span, each) for each in ("one", "other")]
    node = ast.FirstDay(span, names[0])
    assert ast.changed(node, of=names[1]).of is names[1]
