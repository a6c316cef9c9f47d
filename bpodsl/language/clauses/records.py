"""How raw rows become events; what is provided; and what is stated but not computed."""

from __future__ import annotations

from typing import Any

from bpodsl.language import ast
from bpodsl.language.clauses.agreement import zone_of
from bpodsl.language.clauses.events import raw_value
from bpodsl.language.context import Context
from bpodsl.language.kinds import told
from bpodsl.language.names import EVENTS, nearest
from bpodsl.language.problems import CannotHappen, OutOfRange, SaidTwice, UnknownField, WrongKind
from bpodsl.terms import Column, Condition, EventKind, Kind, Mapping, RowMapping, Service, Stated
from bpodsl.terms.kinds import LENGTH, NUMBER, SHARE
from bpodsl.values import date_form, month_form, number_form


def lower_reads(ctx: Context, node: ast.Reads) -> None:
    """How one source is read: its envelope, and which rows make which events."""
    seen: dict[type[ast.Line], ast.Line] = {}
    for line in node.lines:
        if isinstance(line, ast.RowMapping):
            continue
        if type(line) in seen:
            ctx.report(SaidTwice(line.span, "this", seen[type(line)].span))
        seen.setdefault(type(line), line)
    name, clause = node.name.text, ctx.clause_of(node, "reads")
    if ast.FilesLine not in seen:
        ctx.demand(clause.span, f"`{name}` does not say which files it reads.", 'Add `files "tickets*.csv"`.')
    if ast.TimeLine not in seen:
        ctx.demand(clause.span, f"`{name}` does not say which column is the time.", 'Add `time column "Date"`.')
    files, layout, source = seen.get(ast.FilesLine), seen.get(ast.FormatLine), seen.get(ast.SourceLine)
    identity, time = seen.get(ast.IdLine), seen.get(ast.TimeLine)
    known, subject = seen.get(ast.KnownLine), seen.get(ast.SubjectLine)
    kind = layout.format if isinstance(layout, ast.FormatLine) else "csv"
    zone = None if ctx.zone is None else ctx.zone.name
    if isinstance(time, ast.TimeLine) and time.zone is not None:
        found = zone_of(ctx, time.zone)
        zone = None if found is None else found.name
    revision, retracted, reporter = (seen.get(t) for t in (ast.RevisionLine, ast.RetractedLine, ast.ReporterLine))
    if isinstance(retracted, ast.RetractedLine) and revision is None:
        ctx.demand(retracted.span, "Only a later revision can take an event back.", 'Add `revision column "Rev"`.')
    rows = (_row(ctx, line, kind) for line in node.lines if isinstance(line, ast.RowMapping))
    mapping = Mapping(
        name, clause,
        files=files.pattern.value if isinstance(files, ast.FilesLine) else "",
        format=kind,
        separator=_separator(ctx, layout),
        source=source.source.value if isinstance(source, ast.SourceLine) else name,
        identity=_envelope(identity.column, kind) if isinstance(identity, ast.IdLine) else None,
        time=_envelope(time.column, kind) or Column() if isinstance(time, ast.TimeLine) else Column(),
        known=_envelope(known.column, kind) if isinstance(known, ast.KnownLine) else None,
        subject=_envelope(subject.column, kind) if isinstance(subject, ast.SubjectLine) else None,
        zone=zone,
        rows=tuple(row for row in rows if row is not None),
        rev=_envelope(revision.column, kind) if isinstance(revision, ast.RevisionLine) else None,
        retracted=_conditions(retracted.when, kind) if isinstance(retracted, ast.RetractedLine) else (),
        reporter=_reporter(ctx, reporter.column, kind) if isinstance(reporter, ast.ReporterLine) else None,
        dates=_form(ctx, seen.get(ast.DatesLine)),
        numbers=_form(ctx, seen.get(ast.NumbersLine)),
        months=_form(ctx, seen.get(ast.MonthsLine)),
    )  # fmt: skip
    if not any(isinstance(line, ast.RowMapping) for line in node.lines):
        ctx.demand(clause.span, f"`{name}` does not say which rows make which events.", "Add `row EVENT`.")
    if isinstance(files, ast.FilesLine):
        _once(ctx, files)
    ctx.mappings.append(mapping)


def _once(ctx: Context, line: ast.FilesLine) -> None:
    """A file is read by one clause only."""
    clauses = [each for each in ctx.file.clauses if isinstance(each, ast.Reads)]
    for clause in clauses:
        for each in clause.lines:
            if isinstance(each, ast.FilesLine) and each.pattern.value == line.pattern.value:
                if each.span != line.span:
                    files = f'"{line.pattern.value}"'
                    what = f"`{clause.name.text}` reads {files} already ({each.span}), and a file is read once."
                    ctx.report(CannotHappen(line.span, what, "Write the rows of both under one `reads`."))
                return


def _separator(ctx: Context, line: ast.Line | None) -> str:
    if not isinstance(line, ast.FormatLine) or line.separator is None:
        return ","
    found = line.separator.value.replace("\\t", "\t")
    if len(found) != 1 or found in '"\n\r':
        ctx.report(OutOfRange(line.separator.span, "A separator is one character.", 'Write, for example, `";"`.'))
        return ","
    return found


def _envelope(node: ast.Column | None, layout: str) -> Column | None:
    if node is None:
        return None
    values = tuple((each.raw.value, _words(each.word)) for each in node.options if isinstance(each, ast.ValueAs))
    absent = next((_words(each.value) for each in node.options if isinstance(each, ast.Absent)), None)
    path, more = _paths(node, layout)
    return Column(path, values, absent, more=more)


def _words(node: ast.Node) -> str:
    return node.value if isinstance(node, ast.Text) else node.span.text.strip()


def _paths(node: ast.Column | ast.FieldColumn, layout: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    first, *more = (_path(each.value, layout) for each in node.paths)
    return first, tuple(more)


def _path(text: str, layout: str) -> tuple[str, ...]:
    return tuple(text.split(".")) if layout == "jsonl" else (text,)


def _row(ctx: Context, line: ast.RowMapping, layout: str) -> RowMapping | None:
    if ctx.find(line.event, *EVENTS, wanted="event") is None:
        return None
    kind = ctx.events.get(line.event.text)
    if kind is None:
        return None
    when = _conditions(line.when or (), layout)
    fields: dict[str, Column] = {}
    for each in line.fields:
        field = kind.field(each.name.text)
        if field is None:
            known = tuple(one.name for one in kind.fields)
            near = nearest(each.name.text, known)
            ctx.report(UnknownField(each.name.span, each.name.text, f"`{kind.name}`", known, near))
        elif each.name.text in fields:
            ctx.report(SaidTwice(each.span, f"where `{each.name.text}` comes from"))
        else:
            fields[each.name.text] = _column(ctx, each, field.kind, kind, layout)
    return RowMapping(kind.name, when, tuple(fields.items()))


def _conditions(nodes: tuple[ast.RowCondition | ast.RowGiven, ...], layout: str) -> tuple[Condition, ...]:
    found = []
    for each in nodes:
        words = tuple(w.value for w in each.words) if isinstance(each, ast.RowCondition) else ()
        how: Any = each.how
        found.append(Condition(Column(_path(each.column.value, layout)), words, how))
    return tuple(found)


def _form(ctx: Context, line: ast.Line | None) -> str:
    """How days, months or numbers are written; "" if the line is not there, or its form means nothing (reported)."""
    if isinstance(line, ast.DatesLine):
        if date_form(line.form.value) is None:
            what = f'"{line.form.value}" does not say where the day, the month and the year stand, each once.'
            hint = 'Write `"dd/mm/yyyy"` or `"Mon d, yyyy"`; the time after a day is read without being named.'
            ctx.report(OutOfRange(line.form.span, what, hint))
            return ""
        return line.form.value
    if isinstance(line, ast.MonthsLine):
        if month_form(line.form.value) is None:
            what = f'"{line.form.value}" does not say where the month and the year stand, each once.'
            hint = 'Write `"mm/yyyy"`, `"Mon-yy"` or `"yyyymm"`; `"dd/mm/yyyy"` means the month that holds the day.'
            ctx.report(OutOfRange(line.form.span, what, hint))
            return ""
        return line.form.value
    if isinstance(line, ast.NumbersLine):
        if number_form(line.form.value) is None:
            what = f'"{line.form.value}" is not the number 1234.56.'
            hint = 'Write 1234.56 as the file would: `"1.234,56"`, `"1,234.56"`, `"1 234,56"` or `"1234,56"`.'
            ctx.report(OutOfRange(line.form.span, what, hint))
            return ""
        return line.form.value
    return ""


_COUNTS: dict[str, tuple[Kind, str]] = {
    "percent": (SHARE, "a share"), "basis points": (SHARE, "a share"),
    "hundredths": (NUMBER, "a number or a sum"), "thousands": (NUMBER, "a number or a sum"),
    "millions": (NUMBER, "a number or a sum"),
}  # fmt: skip


def _unit(ctx: Context, node: ast.FieldColumn, kind: Kind) -> str | None:
    """What a number in the column counts; None if it says nothing, or what the field is not (reported)."""
    if node.unit is None:
        return None
    wanted, told_as = _COUNTS.get(node.unit, (LENGTH, "a duration"))
    if kind.base != wanted.base and not (wanted is NUMBER and kind.base == "money"):
        ctx.report(WrongKind(node.span, told(kind), told_as))
        return None
    return node.unit


def _reporter(ctx: Context, node: ast.Column, layout: str) -> Column | None:
    """The column of the reporter; the words it is mapped to must be parties."""
    for each in node.options:
        word = each.word if isinstance(each, ast.ValueAs) else each.value
        if isinstance(word, ast.Name):
            ctx.party(word)
    return _envelope(node, layout)


def _column(ctx: Context, line: ast.FieldFrom, kind: Kind, event: EventKind, layout: str) -> Column:
    """A field's column; the words it is mapped to must be values of the field."""
    name = line.name.text
    if isinstance(line.origin, ast.Constant):
        return Column(constant=raw_value(ctx, line.origin.value, kind, name))
    unit = _unit(ctx, line.origin, kind)
    values = []
    absent = None
    for option in line.origin.options:
        if isinstance(option, ast.ValueAs):
            values.append((option.raw.value, raw_value(ctx, option.word, kind, name) or ""))
        else:
            absent = raw_value(ctx, option.value, kind, name)
    path, more = _paths(line.origin, layout)
    return Column(path, tuple(values), absent, more=more, unit=unit)


def lower_service(ctx: Context, node: ast.Service) -> None:
    """What is provided, by whom, where and when: facts that are stated, not computed."""
    name, clause = node.name.text, ctx.clause_of(node, "service")
    provider, places, hours = "", [], None
    includes: list[str] = []
    excludes: list[str] = []
    stated: list[tuple[str, str]] = []
    for line in node.lines:
        match line:
            case ast.ProvidedLine():
                provider = ctx.party(line.party)
                places += [place.value for place in line.places or ()]
            case ast.HoursLine():
                hours = ctx.calendar(line.calendar)
            case ast.IncludesLine():
                includes += [item.value for item in line.items]
            case ast.ExcludesLine():
                excludes += [item.value for item in line.items]
            case ast.FactLine():
                stated += [(line.word.text, item.value) for item in line.items]
    if not any(isinstance(line, ast.ProvidedLine) for line in node.lines):
        ctx.demand(clause.span, f"`{name}` does not say who provides it.", "Add `provided by PARTY`.")
    ctx.services.append(
        Service(
            name, clause, provider, tuple(places), hours, tuple(includes), tuple(excludes), tuple(stated),
            tuple(sorted(ctx.parts.get(name, ()), key=str.encode)),
        )
    )


def lower_stated(ctx: Context, node: ast.Stated) -> None:
    """A clause that is written down, and why it is not computed."""
    ctx.stated.append(Stated(ctx.clause_of(node, "stated"), node.because.value))
