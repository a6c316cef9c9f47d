"""What follows from the words, beside them: last days, sums of percentages, how a sum is rounded, first deadlines, and
what a clause costs at the most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from lsprotocol import types

from bpodsl.language import ast
from bpodsl.language.context import below, head_span
from bpodsl.lean import frozen
from bpodsl.lsp.desk import Agreement, Page
from bpodsl.lsp.worst import Worst, worst
from bpodsl.pipeline import evaluate
from bpodsl.report.show import Show
from bpodsl.terms import Contract
from bpodsl.terms.expressions import Literal
from bpodsl.text import Span
from bpodsl.values import Zone

AHEAD: Final = timedelta(days=100)
"""How far ahead deadlines are worked out."""
MOST: Final = 2

Deadlines = Mapping[str, tuple[str, ...]]
"""The first deadlines of each duty that comes about by time alone."""


@frozen
class Known:
    """What takes long to work out: the first deadlines, and what each line can come to at the most."""

    deadlines: Deadlines
    worst: Worst


UNKNOWN: Final = Known({}, {})


def worked_out(contract: Contract) -> Known:
    """Both. Slow: some tenths of a second, and more for a long agreement."""
    return Known(deadlines(contract), worst(contract))


def deadlines(contract: Contract) -> Deadlines:
    """Worked out by running the agreement without any event."""
    until = Zone.load(contract.zone).start_of(contract.term.effective + AHEAD)
    show = Show(contract)
    found: dict[str, list[str]] = {}
    for entry in evaluate(contract, (), until).outcome:
        due = entry.number("due")
        if entry.kind == "Opened" and isinstance(due, int | date):
            found.setdefault(entry.clause, []).append(show.when(due))
    return {name: tuple(dict.fromkeys(sorted(dues))) for name, dues in found.items()}


def hints(agreement: Agreement, page: Page, known: Known) -> list[types.InlayHint]:
    """All hints of a page of an agreement that is understood as it is; none of one that is not."""
    contract = agreement.understood.contract
    if contract is None:
        return []
    found = []
    show = Show(contract)
    fixed = _fixed(contract)
    for clause in page.file.clauses:
        for span, words, why in _of_clause(contract, show, clause, known.deadlines):
            found.append(_hint(page, span, words, why))
        for node in below(clause):
            if isinstance(node, ast.PercentOf):
                sum_of = _percentage(show, fixed, node)
                if sum_of:
                    found.append(_hint(page, node.span, f"= {sum_of}", "What this percentage comes to."))
    found += (_hint(page, *each) for each in _owed(agreement, contract, page, known.worst))
    return found


def _hint(page: Page, span: Span, words: str, why: str) -> types.InlayHint:
    return types.InlayHint(page.lines.position(span.end), words, tooltip=why, padding_left=True)


def _owed(agreement: Agreement, contract: Contract, page: Page, known: Worst) -> Iterator[tuple[Span, str, str]]:
    """Where it is owed, what each line can come to. One of a template stands where that is filled in, by its name."""
    for line in contract.lines:
        span = line.clause.span
        if span is None or line.name not in known:
            continue
        words, more = known[line.name]
        if span.source.used_at is not None:
            span, words = span.source.used_at, f"{line.name}: {words}"
        if agreement.page_of(span) is page and span.source.text == page.source.text:
            yield span, words, more


def _of_clause(
    contract: Contract, show: Show, clause: ast.Clause, known: Deadlines
) -> Iterator[tuple[Span, str, str]]:
    match clause:
        case ast.Agreement():
            lines = [line for line in clause.lines if isinstance(line, ast.EffectiveLine)]
            last = contract.term.last
            if lines and last is not None and last.isoformat() not in lines[0].span.text:
                yield lines[0].span, f"to {last.isoformat()}", "The last day of the first term."
        case ast.Charge() | ast.Credit():
            line = next((line for line in contract.lines if line.name == clause.name.text), None)
            written = any(isinstance(each, ast.RoundedLine) for each in clause.lines)
            if line is not None and not written:
                rule, step = line.rounding.rule, show.money(line.rounding.step, line.currency)
                yield head_span(clause), f"rounded {rule} to {step}", "As the agreement rounds sums of this currency."
        case ast.Obligation():
            dues = known.get(clause.name.text, ())
            if dues:
                limits = [x for x in clause.lines if type(x).__name__.startswith(("By", "Within"))]
                words = ", then ".join(dues[:MOST])
                why = "The first deadlines, worked out from the agreement alone: events may still move them."
                yield (limits[0].span if limits else head_span(clause)), f"first due {words}", why
        case _:
            pass


def _fixed(contract: Contract) -> Mapping[str, Literal]:
    """The figures that are the same in every window."""
    return {
        figure.name: figure.value
        for figure in contract.figures
        if isinstance(figure.value, Literal) and not figure.by and figure.version is None and figure.rounding is None
    }


def _percentage(show: Show, fixed: Mapping[str, Literal], node: ast.PercentOf) -> str:
    """What a percentage of a fixed sum comes to, "" where it is of anything else."""
    share = Fraction(node.share.value)
    match node.of:
        case ast.Money(amount=amount, currency=currency):
            return show.money(share * amount.value, currency.text)
        case ast.Name(text=name) if name in fixed:
            of = fixed[name]
            if isinstance(of.value, int | Fraction) and of.kind.base in ("money", "number", "length"):
                return show.value(share * of.value, of.kind)
    return ""
