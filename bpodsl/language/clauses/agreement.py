"""The head of the agreement: its parties, term, zone and currency; and what it assumes."""

from __future__ import annotations

from datetime import date

from bpodsl.language import ast, literals
from bpodsl.language.cases import event_row
from bpodsl.language.checks import holds
from bpodsl.language.clauses.windows import EARLY
from bpodsl.language.context import Context
from bpodsl.language.figures_at import whole
from bpodsl.language.kinds import told
from bpodsl.language.names import EVENTS, nearest
from bpodsl.language.problems import (
    CannotHappen,
    HeadIncomplete,
    NoEffect,
    NotSayable,
    OutOfRange,
    SaidTwice,
    UnknownData,
    UnknownField,
    WrongKind,
)
from bpodsl.language.scopes import Scope
from bpodsl.lean import evolve
from bpodsl.terms import Assumption, Clause, Closing, Length, Party, Renewal, Selector
from bpodsl.terms.kinds import money
from bpodsl.values import CURRENCIES, UnknownZone, Zone

_DEMANDED = (
    (ast.EffectiveLine, "when it takes effect", "effective  2026-04-01 for 36 months"),
    (ast.ZoneLine, "in which time zone its days are", "time zone  Europe/London"),
    (ast.CurrencyLine, "in which currency its sums are", "currency   GBP, rounded half up to 0.01"),
)


def lower_agreement(ctx: Context, node: ast.Agreement) -> None:
    """Parties, term, zone and currency: what all other clauses rest on."""
    ctx.name = node.name.text
    ctx.clause = ctx.clause_of(node, "agreement")
    seen: dict[object, ast.Line] = {}
    for line in node.lines:
        what: object = line.role if isinstance(line, ast.PartyLine) else type(line)
        if isinstance(line, ast.RenewsLine) and line.word == "then renews":
            what = line
        if what in seen and what not in ("party", ast.AlsoLine, ast.ClosingLine):
            told = f"its {what}" if isinstance(what, str) else "this"
            ctx.report(SaidTwice(line.span, told, seen[what].span))
            continue
        seen[what] = line
        match line:
            case ast.PartyLine():
                role = "other" if line.role == "party" else line.role
                title = line.title.value if line.title is not None else line.name.text.replace("_", " ")
                ctx.parties.setdefault(line.name.text, Party(line.name.text, title, role))
            case ast.ZoneLine():
                _zone(ctx, line.zone)
            case ast.CurrencyLine():
                _currency(ctx, line)
            case ast.AlsoLine():
                _also(ctx, line)
            case ast.EffectiveLine():
                _term(ctx, line)
            case ast.RenewsLine():
                ctx.renews = True
            case ast.LawLine():
                ctx.law = line.law.value
            case _:
                pass
    if ctx.damaged:
        return
    for role, example in (("client", 'client northwind "Northwind plc"'), ("provider", 'provider meridian "Meridian"')):
        if role not in seen:
            ctx.report(HeadIncomplete(ctx.clause.span, f"who the {role} is", example))
    for kind, missing, example in _DEMANDED:
        if kind not in seen:
            ctx.report(HeadIncomplete(ctx.clause.span, missing, example))


def zone_of(ctx: Context, name: ast.Name) -> Zone | None:
    """The zone of that name, or None (reported)."""
    try:
        return Zone.load(name.text)
    except UnknownZone as error:
        ctx.report(UnknownData(name.span, "time zone", name.text, error.near))
        return None


def _zone(ctx: Context, name: ast.Name) -> None:
    ctx.zone = zone_of(ctx, name)


def _currency(ctx: Context, line: ast.CurrencyLine) -> None:
    code = line.currency.text
    if code not in CURRENCIES:
        near = _near_currencies(code)
        ctx.report(UnknownData(line.currency.span, "currency", code, near))
        return
    ctx.currency = code
    if line.rounding is not None:
        ctx.rounding = literals.rounding(ctx, line.rounding, money(code))
    ctx.currencies[code] = ctx.rounding


def _near_currencies(code: str) -> tuple[str, ...]:
    import difflib

    return tuple(difflib.get_close_matches(code.upper(), CURRENCIES, 3, 0.5))


def _also(ctx: Context, line: ast.AlsoLine) -> None:
    """A further currency, and how its sums are rounded."""
    code = line.currency.text
    if code not in CURRENCIES:
        near = _near_currencies(code)
        ctx.report(UnknownData(line.currency.span, "currency", code, near))
    elif code in ctx.currencies:
        ctx.report(SaidTwice(line.span, f"`{code}`"))
    else:
        kind = money(code)
        ctx.currencies[code] = None if line.rounding is None else literals.rounding(ctx, line.rounding, kind)


def _term(ctx: Context, line: ast.EffectiveLine) -> None:
    first = ctx.day(line.first)
    if first is None:
        return
    ctx.effective = first
    match line.until:
        case ast.Day():
            last = ctx.day(line.until)
            if last is not None and last < first:
                ctx.report(OutOfRange(line.until.span, "The last day of the term lies before its first."))
                last = None
            ctx.last = last
        case ast.Length():
            length = literals.in_days(ctx, line.until, "a term")
            if length is not None and length.calendar is not None:
                ctx.report(NotSayable(line.until.span, "A term is not counted in working days.", "Write its last day."))
            elif length is not None:
                ctx.last = literals.end_of(ctx, line.until, first, length)
                note_clamp(ctx, length, first)


def note_clamp(ctx: Context, length: Length, first: date | None = None) -> None:
    """Months may be too short: note the default, unless the first day shows that it cannot matter."""
    if length.unit in ("months", "years") and (first is None or first.day > 28):
        assert ctx.clause is not None
        ctx.assume("clamp", "a month too short for the day counted has its last day instead", ctx.clause)


def lower_worlds(ctx: Context, node: ast.Agreement) -> None:
    """The field that splits a run into worlds; after the events, of which some must have it."""
    for line in node.lines:
        if not isinstance(line, ast.WorldsLine):
            continue
        name = line.field.text
        kinds = [each.kind for kind in ctx.events.values() for each in kind.fields if each.name == name]
        if not kinds:
            known = tuple(dict.fromkeys(each.name for kind in ctx.events.values() for each in kind.fields))
            ctx.report(UnknownField(line.field.span, name, "What is reported", known, nearest(name, known)))
        for kind in kinds[:1]:
            if kind.base not in ("text", "one_of", "number", "period", "day"):
                ctx.report(WrongKind(line.field.span, told(kind), "a word, a number or a period"))
        ctx.worlds = name
        return


def lower_closings(ctx: Context, node: ast.Agreement) -> None:
    """Until when records are open; after the events, and the calendars in which that may be counted."""
    said: dict[str, ast.ClosingLine] = {}
    for line in node.lines:
        if not isinstance(line, ast.ClosingLine):
            continue
        length = literals.in_days(ctx, line.length, "the time in which records are open")
        names = [name for name in line.events or () if ctx.find(name, *EVENTS, wanted="event") is not None]
        for each in [name.text for name in names] if line.events else [""]:
            if each in said:
                what = f"when the records of `{each}` close" if each else "when the records close"
                ctx.report(SaidTwice(line.span, what, said[each].span))
            said.setdefault(each, line)
        if length is not None and (names or not line.events):
            events = tuple(dict.fromkeys(name.text for name in names))
            ctx.closings.append(Closing(events, line.unit, length, line.carried is not None))  # type: ignore[arg-type]


def lower_renewal(ctx: Context, node: ast.Agreement) -> None:
    """How the term goes on, one renewal after another; after the events, since a notice may stop it."""
    made: list[Renewal] = []
    for line in node.lines:
        if not isinstance(line, ast.RenewsLine):
            continue
        if line.word == "renews" and made:
            continue  # Said twice: that is reported.
        if line.word == "then renews" and not made and not ctx.damaged:
            ctx.report(NoEffect(line.span, "then renews", "no renewal comes before it", "Write `renews`."))
        if made and made[-1].times is None:
            what = "The renewal before this one goes on for ever."
            ctx.report(CannotHappen(line.span, what, "Say how often it renews: `renews for 12 months once`."))
        found = _renewal(ctx, node, line)
        if found is not None:
            made.append(found)
    for each in reversed(made):
        ctx.renewal = evolve(each, then=ctx.renewal)


def _renewal(ctx: Context, node: ast.Agreement, line: ast.RenewsLine) -> Renewal | None:
    clause = ctx.clause_of(line, "renews", node.name.text)
    length = literals.in_days(ctx, line.length, "a renewal")
    times: int | None = None
    if line.times is not None:
        times = 1 if line.times.times is None else whole(ctx, line.times.times, "renewals", 1, 1000)
    unless: tuple[Selector, ...] = ()
    notice = None
    if line.unless is not None:
        unless = selectors(ctx, line.unless.notices, ctx.name)
        if line.unless.notice is not None:
            notice = literals.in_days(ctx, line.unless.notice, "a notice before expiry")
    if ctx.last is None and not ctx.damaged:
        advice = "Write `effective DAY for 36 months`."
        ctx.report(NotSayable(line.span, "A term without an end has nothing to renew.", advice))
    if length is None:
        return None
    note_clamp(ctx, length, ctx.effective)
    if_given = line.unless is not None and literals.one(line.unless.word) == "if"
    return Renewal(length, unless, notice, times, clause, if_given=if_given)


def selectors(ctx: Context, nodes: tuple[ast.Selector, ...], asker: str) -> tuple[Selector, ...]:
    """Events of some kinds on which conditions hold; those that make no sense are left out (reported)."""
    found = (selector(ctx, node, asker) for node in nodes)
    return tuple(each for each in found if each is not None)


def selector(ctx: Context, node: ast.Selector, asker: str) -> Selector | None:
    """`EVENT [where COND]`"""
    if ctx.find(node.event, *EVENTS, wanted="event") is None:
        return None
    where = None
    if node.where is not None:
        scope = Scope("a condition on an event", asker, event_row(ctx, node.event.text))
        where = holds(ctx, node.where, scope)
    return Selector(node.event.text, where)


def lower_assume(ctx: Context, node: ast.Assume) -> None:
    """`assume "what" because "why"`: where the agreement is silent."""
    clause = ctx.clause_of(node, "assume", "assume", node.what.value)
    ctx.assumptions.append(Assumption(node.what.value, node.because.value, clause))


def _mattering(ctx: Context) -> dict[str, tuple[str, list[Clause]]]:
    """What was noted; what matters only to a term that may end early, if this one may, with its like."""
    found = {key: (what, [*clauses]) for key, (what, clauses) in ctx.defaults.items() if not key.endswith(EARLY)}
    for key, (what, clauses) in ctx.defaults.items():
        if key.endswith(EARLY) and ctx.ends_early:
            found.setdefault(key.removesuffix(EARLY), (what, []))[1].extend(clauses)
    return found


def defaults(ctx: Context) -> list[Assumption]:
    """The defaults of the language that matter to this agreement, each once, with the clauses it matters to."""
    found = []
    for what, clauses in _mattering(ctx).values():
        names = ", ".join(dict.fromkeys(clause.name for clause in clauses))
        clause: Clause = clauses[0]
        found.append(Assumption(f"{what} ({names})", "not stated; the default of the language", clause))
    return found
