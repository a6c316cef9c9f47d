"""A clause in words: one sentence, and below it its terms as they now are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from bpodsl.bounds.shares import part_of_whole
from bpodsl.compare.said import follows, said
from bpodsl.compare.written import Written, clauses
from bpodsl.terms import Contract, Figure
from bpodsl.terms import expressions as ex

LONGEST: Final = 200
"""Characters of a term; what is longer is cut."""

_LEFT_OUT: Final = frozenset({
    "kind", "form", "must, may or must not", "by whom", "towards whom", "begins", "done by", "who pays", "who is paid",
    "currency", "title", "reference", "in the paper's words", "shown beside it", "reported by", "an exercise stands",
})  # fmt: skip
"""What the sentence says, or nobody asks for."""
_USUAL: Final = frozenset({
    ("which it performs", "key"), ("acts needed", "any"), ("not performed is", "missed"),
    ("on reopening", "new cycle"), ("clock", "the clock runs day and night"),
})  # fmt: skip


Words = Mapping[str, tuple[str, ...]]


def words_of(contract: Contract) -> Words:
    """By the name of a clause: its sentence, or "" where there is none, and behind it its terms. Of an escalation its
    box says more."""
    sentences, figures = dict(_sentences(contract)), {figure.name: figure for figure in contract.figures}
    return {
        name: (sentences.get(name, ""), *_terms(written, figures.get(name)))
        for (word, name), written in clauses(contract).items() if word not in ("test", "assume", "escalation")
    }  # fmt: skip


def _sentences(contract: Contract) -> Iterator[tuple[str, str]]:
    for norm in contract.norms:
        acts = (" and " if norm.needs == "all" else " or ").join(said(act) for act in norm.acts)
        opening = said(norm.opening) if norm.opening else ""
        when = "" if opening == "when another clause calls for it" else f" {opening}"
        yield norm.name, f"{' and '.join(norm.bearer)} {norm.modality} {acts or 'act'}{when}"
    for line in contract.lines:
        yield line.name, f"{line.payer} pays {line.payee}"
    for kind in contract.events:
        yield kind.name, f"reported by {' or '.join(kind.reporters) or 'anyone'}"


def _terms(written: Written, figure: Figure | None) -> Iterator[str]:
    for part, value in written.parts.items():
        own = part.rpartition(": ")[2]
        told = _formula(figure) if own == "formula" and figure is not None else said(value)
        usual = told in ("nothing", "no") or (own, told) in _USUAL
        if own in _LEFT_OUT or usual or own.startswith("version") or part.startswith("held: "):
            continue
        if own == "holidays":
            told = _in_short(value)
        elif own == "what follows" and isinstance(value, tuple):
            told = "; ".join(follows(each) if isinstance(each, tuple) else said(each) for each in value)
        told = told.replace(f"{written.clause.name}.held", "its pause")
        yield f"{part}: {told if len(told) <= LONGEST else told[: LONGEST - 1] + '…'}"


def _formula(figure: Figure) -> str:
    """How a figure is reckoned; a share as an author writes it, with what is not measured behind it."""
    value, notes = figure.value, []
    while isinstance(value, ex.If) and isinstance(value.then, ex.Unmeasured):
        notes.append(f", {value.then.why}: not measured")
        value = value.otherwise
    told = said(value)
    if isinstance(value, ex.Arithmetic) and value.op == "/" and part_of_whole(value.left, value.right):
        above = said(value.left)
        told = above.replace("count of", "share of", 1) if above.startswith("count of") else told
    return told + "".join(notes)


def _in_short(value: object) -> str:
    days = value if isinstance(value, tuple) else ()
    years = sorted({str(day)[:4] for day in days})
    return f"{len(days)} days from {years[0]} to {years[-1]}" if len(years) > 1 else said(value)
