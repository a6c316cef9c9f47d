"""The tests that an agreement carries, tried from the text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from lsprotocol import types

from bpodsl.language import ast
from bpodsl.lsp.desk import Agreement, Page
from bpodsl.lsp.shelf import Shelf
from bpodsl.trials import Trial, try_example

COMMAND: Final = "bpodsl.runTest"


def lenses(page: Page, shelf: Shelf) -> list[types.CodeLens]:
    """One above each test; what became of it is told when the editor shows it."""
    uri = shelf.uri(page.path)
    return [
        types.CodeLens(page.lines.of(clause.title.span), data={"uri": uri, "name": clause.title.value})
        for clause in page.file.clauses
        if isinstance(clause, ast.Test)
    ]


def tried(agreement: Agreement, name: str) -> Trial | None:
    """What became of a test; None if it cannot be run, for the agreement has errors or no such test."""
    contract = agreement.understood.contract
    example = next((each for each in contract.examples if each.name == name), None) if contract is not None else None
    if contract is None or example is None or not agreement.understood.sound:
        return None
    return agreement.kept(f"test {name}", lambda: try_example(contract, example, today=agreement.asked.today))


def failures(agreement: Agreement) -> Iterator[Any]:
    """What went wrong in the tests that were tried of this version."""
    contract = agreement.understood.contract
    for example in () if contract is None else contract.examples:
        trial: Trial | None = agreement.known(f"test {example.name}")
        if trial is not None:
            yield from (*trial.failures, *trial.notes)


def told(trial: Trial | None) -> str:
    """What became of a test, in a word."""
    if trial is None:
        return "not run: the agreement has errors"
    if not trial.failures:
        return "✓ passed"
    of = len(trial.example.expectations)
    return f"✗ failed: {len(trial.failures)} of {of} expectations" if of else "✗ failed"
