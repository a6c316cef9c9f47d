"""What means the same is no difference; every literal that means something else is one, at its clause."""

from __future__ import annotations

import random
import re

import pytest

from bpodsl.compare import compare
from bpodsl.language.formatting import format_text
from bpodsl.text import Source
from tests.compare.changing import CUSTOMER_CARE, FIRST, blocks, contract_of, mutations


def name(path):
    return path.stem


@pytest.mark.parametrize("path", FIRST, ids=name)
def test_an_agreement_differs_in_nothing_from_itself(path):
    text = path.read_text(encoding="utf-8")
    one, other = (contract_of(text, named, path.parent) for named in ("a.bpo", "b.bpo"))
    assert compare(one, other).changes == ()


@pytest.mark.parametrize("path", FIRST, ids=name)
def test_order_comments_and_form_mean_nothing(path):
    text = path.read_text(encoding="utf-8")
    clauses = blocks(text)
    random.Random(5).shuffle(clauses)
    shuffled = "\n\n".join(f"# a comment\n{clause}" for clause in clauses)
    formatted, problems = format_text(Source("a.bpo", re.sub(r"(?m)^( +)", r"\1\1", shuffled)))
    assert not problems
    other = contract_of(formatted, "other.bpo", path.parent)
    assert other is not None
    assert compare(contract_of(text, "a.bpo", path.parent), other).changes == ()


@pytest.mark.parametrize("path", FIRST, ids=name)
def test_each_literal_that_differs_is_reported_at_its_clause(path):
    """A part of all literals of each example. A word in quotes that only heads a list is not computed with."""
    text = path.read_text(encoding="utf-8")
    old = contract_of(text, "a.bpo", path.parent)
    tried = 0
    for mutation in mutations(text, step=19):
        new = contract_of(mutation.text, "a.bpo", path.parent)
        if new is None:
            continue
        tried += 1
        comparison = compare(old, new)
        word, _, rest = mutation.head.partition(" ")
        if word in ("list", "definition"):
            # Lists and definitions stand for their values wherever these are used.
            assert mutation.old.startswith('"') or comparison.changes, (mutation.line, mutation.old)
            continue
        assert comparison.changes, (mutation.line, mutation.old, mutation.new)
        touched = {change.key[1] for change in comparison.changes} | {change.key[0] for change in comparison.changes}
        names = {rest.split()[0].strip(",") if rest else "", word, *re.findall(r'"([^"]*)"', rest)}
        assert names & touched, (mutation.line, mutation.head, touched)
        for change in comparison.changes:
            assert change.differences or change.what in ("added", "removed")
            assert all(d.old != d.new for d in change.differences), change
    assert tried > 3


@pytest.mark.parametrize(
    "one,other",
    [
        ("within 4 hours of support", "within 240 minutes of support"),
        ("at least 95%\n", "at least 95.0%\n"),
        ("250 000 GBP", "250 000.00 GBP"),
        ("  mon-fri  09:00-17:30\n", "  mon  09:00-17:30\n  tue-fri  09:00-17:30\n"),
        ("waited at most 20 seconds and not abandoned", "not abandoned and waited at most 20 seconds"),
        ("# ---", "# ------ another comment ---"),
        ("monthly_charge  [Sch C 4]\n  | at least 95%", "monthly_charge [Sch C 4]  # a table\n  |   at least 95%"),
    ],
)  # fmt: skip
def test_other_ways_to_write_the_same_are_no_difference(one, other):
    text = CUSTOMER_CARE.read_text(encoding="utf-8")
    assert one in text
    assert compare(contract_of(text), contract_of(text.replace(one, other, 1))).same
