"""From the tree as written to the contract as understood.

The order of clauses means nothing: all names are collected first, then clauses are lowered in rounds, each
of which needs only what the rounds before have made. Problems are collected, never raised; a contract comes
out only if there is no error among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Final, Protocol, TypeVar

from bpodsl.language import ast
from bpodsl.language.circles import circles, order, order_before
from bpodsl.language.clauses import LOWERINGS
from bpodsl.language.clauses.agreement import defaults, lower_closings, lower_renewal, lower_worlds
from bpodsl.language.clauses.calendars import lower_composed
from bpodsl.language.clauses.calendars_changed import change_calendar
from bpodsl.language.clauses.caps import is_figure, take_limits_awaited, take_limits_so_far
from bpodsl.language.clauses.changes import lower_derived_versions, lower_versions, take_changes
from bpodsl.language.clauses.clocked import days_for_hours
from bpodsl.language.clauses.heads import take_heads
from bpodsl.language.clauses.questions import take_questions
from bpodsl.language.clauses.relations import relate_events
from bpodsl.language.clauses.rights import graft
from bpodsl.language.clauses.services import take_parts
from bpodsl.language.clauses.surviving import take_survivors
from bpodsl.language.context import Context, below, head_span, mentions
from bpodsl.language.definitions import take_definitions
from bpodsl.language.documents import competing
from bpodsl.language.expressions import TYPINGS
from bpodsl.language.hanging import hanging
from bpodsl.language.joining import Load, join
from bpodsl.language.kinds import UNKNOWN
from bpodsl.language.limits import declared_names
from bpodsl.language.names import UNTOLD, Declaration
from bpodsl.language.problems import (
    CannotHappen,
    DuplicateName,
    FileNotUsed,
    HeadIncomplete,
    NoCommonKey,
    NotSayable,
    SaidTwice,
    UnknownField,
    UnknownName,
    Unused,
)
from bpodsl.language.problems_of_use import TooManyFiles
from bpodsl.language.slips import without_slips
from bpodsl.language.unused import report_unused
from bpodsl.terms import Clause, Contract, Rounding, Term, going_on, walk
from bpodsl.terms.kinds import NUMBER
from bpodsl.text import Problem, Severity, Source, Span
from bpodsl.values import holiday_data_version, zone_data_version


class _Of(Protocol):
    """A term of a clause."""

    @property
    def clause(self) -> Clause: ...


_Term = TypeVar("_Term", bound=_Of)
_PENNY: Final = Rounding(Fraction(1, 100), "half up")  # Only where no sum is owed: else it is demanded.

_FIRST = (ast.Agreement, ast.Assume)
_GROUND: tuple[type[ast.Node], ...] = (ast.Periods, ast.Event, ast.Notice, ast.Series)
_FIGURES = (ast.Measure, ast.Amount, ast.Charge, ast.Credit)
_CONDUCT: tuple[type[ast.Node], ...] = (
    ast.Obligation, ast.Escalation, ast.Trigger, ast.Right, ast.Termination, ast.Cap,
)  # fmt: skip
_ELSEWHERE = (UnknownName, UnknownField, Unused, HeadIncomplete, NoCommonKey)
_RECORDS = (ast.Reads, ast.Service, ast.Stated, ast.Test)


def resolve(file: ast.File, load: Load | None = None) -> tuple[Contract | None, tuple[Problem, ...]]:
    """The contract that a file means, and what is wrong with it; no contract if anything is an error.

    Total: it raises for no tree that `parse` gives. `load` finds the files that it uses; without it there are none.
    """
    file, found = join(file, load)
    file, slips = without_slips(file)
    ctx = Context(file, TYPINGS)
    ctx.problems.update(dict.fromkeys((*found, *slips)))
    ctx.broken = {name for broken in file.broken for name in broken.names}
    # A name with capitals has had its problem; where it is used in lower case it is meant.
    named = [name.text for clause in file.clauses for name in declared_names(clause)]
    ctx.broken |= {name.lower() for name in named if not name.islower()}
    ctx.hanging = hanging(file, [name for each in file.broken for name in each.names])
    agreement = _agreement(ctx)
    _declare(ctx, agreement)
    take_definitions(ctx)
    agreement = next((clause for clause in ctx.file.clauses if isinstance(clause, ast.Agreement)), None)
    _lower(ctx, [each for each in ctx.file.clauses if isinstance(each, ast.Assume) or each is agreement], _FIRST)
    _calendars(ctx)
    for kind in _GROUND:
        _lower(ctx, _sound(ctx), (kind,))
    relate_events(ctx)
    _lower(ctx, _sound(ctx), (ast.Determination, ast.Claim))
    _lower(ctx, _sound(ctx), (ast.List,))
    if agreement is not None:
        ctx.current = agreement
        lower_renewal(ctx, agreement)
        lower_worlds(ctx, agreement)
        lower_closings(ctx, agreement)
    take_changes(ctx)
    _changed_calendars(ctx)
    _states(ctx)
    _lower(ctx, _sound(ctx), (ast.Assignment, ast.Novation))
    take_heads(ctx)
    take_questions(ctx, _sound(ctx))
    _figures(ctx)
    for kind in _CONDUCT:
        _lower(ctx, [each for each in _sound(ctx) if not is_figure(each)], (kind,))
    for state in ctx.turnings:
        state()
    graft(ctx)
    _derived(ctx)
    take_limits_so_far(ctx)
    take_limits_awaited(ctx)
    for check in ctx.later:
        check()
    take_parts(ctx, _sound(ctx))
    take_survivors(ctx, _sound(ctx))
    ctx.figures.update((figure.name, figure) for figure in going_on(ctx.figures.values()))
    _lower(ctx, _sound(ctx), _RECORDS)
    report_unused(ctx)
    return _finished(ctx)


# ---------------------------------------------------------------------------------------- names
def _agreement(ctx: Context) -> ast.Agreement | None:
    found = [clause for clause in ctx.file.clauses if isinstance(clause, ast.Agreement)]
    for other in found[1:]:
        ctx.report(SaidTwice(head_span(other), "which agreement it is", head_span(found[0])))
    if not found and not any(broken.word == "agreement" for broken in ctx.file.broken):
        start = Span(ctx.file.span.source, 0, 0)
        ctx.report(HeadIncomplete(start, "between whom it is made", 'agreement customer_care "Customer care"', True))
    return found[0] if found else None


def _declare(ctx: Context, agreement: ast.Agreement | None) -> None:
    """Enter all names, whatever the order of their clauses."""
    if agreement is not None:
        for line in agreement.lines:
            if isinstance(line, ast.PartyLine):
                _enter(ctx, line.name, "party", line)
    overridden = competing(ctx, agreement)
    for clause in ctx.file.clauses:
        if id(clause) in overridden:
            continue
        match clause:
            case ast.Agreement() | ast.Assume():
                pass
            case ast.Event() | ast.Notice():
                word = "event" if isinstance(clause, ast.Event) else "notice"
                for name in clause.names:
                    _enter(ctx, name, word, clause)
            case ast.Test():
                _enter(ctx, ast.Name(clause.title.span, clause.title.value), "test", clause)
            case ast.ComposedCalendar():
                _enter(ctx, clause.name, "calendar", clause)
            case ast.Cap(name=None):
                pass
            case ast.Cap(name=ast.Name() as name) if is_figure(clause):
                _enter(ctx, name, "true-up", clause)
            case _:
                assert clause.name is not None
                _enter(ctx, clause.name, type(clause).__name__.lower(), clause)
    if agreement is not None:
        _hold_against_title(ctx, agreement)


def _enter(ctx: Context, name: ast.Name, thing: str, node: ast.Node) -> None:
    earlier = ctx.names.declare(Declaration(name.text, thing, name.span, node))
    if earlier is not None:
        ctx.report(DuplicateName(name.span, name.text, thing, earlier.span, earlier.thing))


def _hold_against_title(ctx: Context, agreement: ast.Agreement) -> None:
    """What begins and ends with the agreement stands in the ledger under its name: no clause of which the ledger tells
    may have it too."""
    name = agreement.name
    clause = ctx.names.table.get(name.text)
    if clause is not None and clause.span is not None and clause.thing not in UNTOLD:
        ctx.report(DuplicateName(clause.span, name.text, clause.thing, name.span, "agreement"))


def _sound(ctx: Context) -> list[ast.Clause]:
    """The clauses whose names are their own: of several with one name, the first."""
    kept = {id(declared.node) for table in (ctx.names.table, ctx.names.apart) for declared in table.values()}
    return [
        clause for clause in ctx.file.clauses
        if id(clause) in kept or (isinstance(clause, ast.Cap) and clause.name is None)
    ]  # fmt: skip


# ---------------------------------------------------------------------------------------- rounds
def _lower(ctx: Context, clauses: Iterable[ast.Clause], kinds: tuple[type[ast.Node], ...]) -> None:
    for clause in clauses:
        if isinstance(clause, kinds):
            ctx.current = clause
            lower_versions(ctx, clause, LOWERINGS[type(clause)])
    ctx.current = None


def _states(ctx: Context) -> None:
    """States after those that they are made of."""
    nodes = [clause for clause in _sound(ctx) if isinstance(clause, ast.State)]
    made = {node.name.text: node for node in nodes if isinstance(node.bounds, ast.IsTimes)}
    _lower(ctx, [node for node in nodes if node.name.text not in made], (ast.State,))
    needs = {
        name: [each.text for each in mentions(node) if each.text in made and each is not node.name]
        for name, node in made.items()
    }
    for name in order(needs):
        if any(_reaches(needs, each, name) for each in needs[name]):
            what = f"The state `{name}` is made of itself."
            ctx.report(CannotHappen(head_span(made[name]), what, "Name other states."))
            ctx.names.used.update(needs[name])
        else:
            _lower(ctx, [made[name]], (ast.State,))


def _calendars(ctx: Context) -> None:
    """Calendars after those that they are made of."""
    _lower(ctx, _sound(ctx), (ast.Calendar,))
    _composed(ctx)


def _changed_calendars(ctx: Context) -> None:
    """Calendars that changes give other hours, and whatever is made of them."""
    nodes = [clause for clause in _sound(ctx) if isinstance(clause, ast.Calendar | ast.ComposedCalendar)]
    if not any(node.name.text in ctx.edits for node in nodes):
        return
    for node in nodes:
        if isinstance(node, ast.Calendar):
            change_calendar(ctx, node)
    _composed(ctx)


def _composed(ctx: Context) -> None:
    made = {clause.name.text: clause for clause in _sound(ctx) if isinstance(clause, ast.ComposedCalendar)}
    needs = {
        name: [
            each.text for part in (node.times, *_new_times(ctx, name)) for each in mentions(part) if each.text in made
        ]
        for name, node in made.items()
    }  # fmt: skip
    for name in order(needs):
        node = made[name]
        if any(_reaches(needs, each, name) for each in needs[name]):
            what = f"The calendar `{name}` is made of itself."
            ctx.report(CannotHappen(head_span(node), what, "Name other calendars."))
            ctx.names.used.update(needs[name])
        else:
            ctx.current = node
            lower_composed(ctx, node)
            change_calendar(ctx, node)
    ctx.current = None


def _new_times(ctx: Context, name: str) -> list[ast.Node]:
    """Of what changes make a calendar."""
    edits = ctx.edits[name].edits if name in ctx.edits else ()
    return [line for edit in edits for line in edit.lines or () if isinstance(line, ast.NewTimes)]


def _reaches(needs: dict[str, list[str]], start: str, goal: str) -> bool:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        each = waiting.pop()
        if each == goal:
            return True
        if each not in seen:
            seen.add(each)
            waiting.extend(needs.get(each, ()))
    return False


def _figures(ctx: Context) -> None:
    """Figures after those that they ask for; where they ask for each other, after those of the same window.

    What is of an earlier window says by its first value of what kind it is. Where that is not said (`last 2 windows
    of`), it shows only once the whole circle is lowered: then all of it is lowered again, and so checked.
    """
    nodes: dict[str, ast.Clause] = {}
    for clause in _sound(ctx):
        if isinstance(clause, _FIGURES) or is_figure(clause):
            nodes[clause.name.text] = clause  # type: ignore[union-attr]
    needs = {
        name: [each for each in _asked_for(ctx, node) if each in nodes and each != name]
        for name, node in nodes.items()
    }  # fmt: skip
    now = {
        name: [each for each in _asked_for(ctx, node, _earlier(node)) if each in nodes and each != name]
        for name, node in nodes.items()
    }  # fmt: skip
    for circle in order_before(needs, now):
        for _ in range(min(len(circle), 2)):
            for name in [name for name in circle if ctx.kinds.get(name, NUMBER) is None]:
                del ctx.kinds[name]
            _lower(ctx, [nodes[name] for name in circle], (*_FIGURES, ast.Cap))
    _derived(ctx)


def _earlier(node: ast.Node) -> list[ast.Name]:
    """The names of figures that a clause asks for in windows before its own."""
    asked = (ast.Previous, ast.WindowsAgo, ast.YearAgo, ast.LastWindows)
    return [part.figure for part in below(node) if isinstance(part, asked)]


def _asked_for(ctx: Context, node: ast.Node, but: Sequence[ast.Name] = ()) -> Iterator[str]:
    """The names that a clause mentions (in all other places than these), and the figures that questions among them
    are about."""
    left_out = {id(name) for name in but}
    for each in mentions(node):
        if id(each) in left_out:
            continue
        yield each.text
        if each.text in ctx.asked:
            yield ctx.asked[each.text].figure


def _derived(ctx: Context) -> None:
    """Figures asked for over other windows; making one may ask for another."""
    while True:
        waiting = [(base, grid, name) for (base, grid), name in ctx.derived.items() if name not in ctx.figures]
        if not waiting:
            return
        for base, grid, name in waiting:
            lower_derived_versions(ctx, base, grid, name)
            if name not in ctx.figures:
                return


# ---------------------------------------------------------------------------------------- the contract
def _finished(ctx: Context) -> tuple[Contract | None, tuple[Problem, ...]]:
    contract = None
    incomplete = bool(ctx.file.broken or ctx.file.damaged)
    if not incomplete and not _errors(ctx) and ctx.clause is not None and ctx.zone is not None:
        contract = _contract(ctx)
        for circle in circles(contract, ctx.file.clauses):
            ctx.report(circle)
        for problem in days_for_hours(contract):
            ctx.report(problem)
        for clause in _not_understood(contract):
            what = f"A value in `{clause.name}` could not be understood, for a reason that was not found."
            ctx.report(NotSayable(clause.span, what, "Write the value in another way."))
        if _errors(ctx):
            contract = None
    order = {source: number for number, source in enumerate(ctx.file.sources)}
    return contract, tuple(sorted(_certain(ctx.problems), key=lambda problem: _place(problem, order)))


def _certain(problems: Iterable[Problem]) -> list[Problem]:
    """The problems that stay whatever is in a file that could not be read: it may declare what seems unknown."""
    found = list(problems)
    if any(isinstance(problem, FileNotUsed | TooManyFiles) for problem in found):
        return [problem for problem in found if not isinstance(problem, _ELSEWHERE)]
    return found


def _not_understood(contract: Contract) -> Iterator[Clause]:
    """The clauses whose meaning has a hole that no problem was reported for: they must not pass as not measured."""
    terms: tuple[_Of, ...] = (*contract.states, *contract.norms, *contract.figures, *contract.accounts, *contract.rules)
    for term in terms:
        if any(part is UNKNOWN.expression for part in walk(term)):
            yield term.clause


def _errors(ctx: Context) -> bool:
    return any(problem.severity is Severity.ERROR for problem in ctx.problems)


def _place(problem: Problem, order: Mapping[Source, int]) -> tuple[int, int, int, str]:
    span = problem.span
    return (-1, -1, -1, problem.code) if span is None else (
        order.get(span.source, 0), span.start, span.end, problem.code
    )  # fmt: skip


def _contract(ctx: Context) -> Contract:
    assert ctx.clause is not None and ctx.zone is not None
    pins = [("tzdata", zone_data_version())]
    if ctx.uses_holidays:
        pins.append(("holidays", holiday_data_version()))
    return Contract(
        name=ctx.name,
        clause=ctx.clause,
        parties=tuple(ctx.parties.values()),
        term=Term(ctx.effective, ctx.last, ctx.renewal),
        zone=ctx.zone.name,
        currency=ctx.currency,
        rounding=ctx.rounding or _PENNY,
        assumptions=(*ctx.assumptions, *defaults(ctx)),
        calendars=_in_text_order(ctx, ctx.calendars.values()),
        events=_in_text_order(ctx, ctx.events.values()),
        mappings=tuple(ctx.mappings),
        questions=_in_text_order(ctx, ctx.questions.values()),
        states=_in_text_order(ctx, ctx.states.values()),
        services=tuple(ctx.services),
        series=_in_text_order(ctx, ctx.series.values()),
        norms=_in_text_order(ctx, ctx.norms.values()),
        ladders=_in_text_order(ctx, ctx.ladders.values()),
        figures=_in_text_order(ctx, ctx.figures.values()),
        lines=_in_text_order(ctx, ctx.lines.values()),
        accounts=_in_text_order(ctx, ctx.accounts),
        rules=_in_text_order(ctx, ctx.rules.values()),
        stated=tuple(ctx.stated),
        examples=tuple(ctx.examples),
        worlds=ctx.worlds,
        changes=ctx.changes,
        assignments=tuple(ctx.assignments),
        closings=tuple(ctx.closings),
        law=ctx.law,
        lendings=tuple(sorted(ctx.lendings, key=lambda each: (each.to, each.name, each.event))),
        digest=_digest(ctx.file),
        pins=tuple(pins),
    )


def _digest(file: ast.File) -> str:
    """SHA-256 of the text; of several files, of all texts and what they are called, in the order of their use."""
    texts = [source for source in file.sources if source.used_at is None] or [file.span.source]
    digest = sha256()
    for number, source in enumerate(texts):
        if number:
            digest.update(f"\n{number} {PurePosixPath(source.name).name}\n".encode("utf-8", "surrogatepass"))
        digest.update(source.text.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _in_text_order(ctx: Context, terms: Iterable[_Term]) -> tuple[_Term, ...]:
    order = {source: number for number, source in enumerate(ctx.file.sources)}

    def start(term: _Term) -> tuple[int, int]:
        span = term.clause.span
        return (order.get(span.source, 0), span.start) if span is not None else (-1, -1)

    return tuple(sorted(terms, key=start))
