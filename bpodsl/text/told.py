"""Problems as plain data, and back: what they say is kept, not how it was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bpodsl.lean import define, field, frozen
from bpodsl.text.edits import Edit
from bpodsl.text.problem import Problem, Related, Severity, Trace
from bpodsl.text.source import Source, Span


@frozen
class Told(Problem):
    """A problem in the words that another one used."""

    # Of other problems all of one class have the same.
    code: str  # type: ignore[misc]
    severity: Severity  # type: ignore[misc]
    name: str
    text: str
    said: str
    next_step: str | None
    shown_by: Trace | None
    mends: tuple[Edit, ...]
    others: tuple[Related, ...]

    def message(self) -> str:
        return self.said

    def hint(self) -> str | None:
        return self.next_step

    def shown(self) -> Trace | None:
        return self.shown_by

    def edits(self) -> tuple[Edit, ...]:
        return self.mends

    def related(self) -> tuple[Related, ...]:
        return self.others

    def page(self) -> tuple[str, str]:
        return self.name, self.text


def told(problems: Iterable[Iterable[Problem]]) -> dict[str, Any]:
    """Lists of problems as lists, dicts, text and numbers; the texts in which they stand are part of it."""
    teller = _Teller()
    lists = [[teller.problem(each) for each in own] for own in problems]
    return {"lists": lists, "kinds": list(teller.kinds), "sources": teller.sources}


def retold(data: Mapping[str, Any]) -> list[tuple[Problem, ...]]:
    """Such lists of problems. Raises ValueError, TypeError, LookupError or AttributeError for what `told` never gives.
    """
    reader = _Reader(data["kinds"])
    for name, text, used_at in data["sources"]:
        reader.sources.append(Source(name, text, reader.span(used_at)))
    return [tuple(reader.problem(*each) for each in own) for own in data["lists"]]


@define
class _Teller:
    kinds: dict[tuple[str, str, str, str], int] = field(factory=dict)
    sources: list[Any] = field(factory=list)
    places: dict[Source, int] = field(factory=dict)

    def problem(self, problem: Problem) -> list[Any]:
        kind = (problem.code, problem.severity.value, *problem.page())
        trace = problem.shown()
        return [
            self.kinds.setdefault(kind, len(self.kinds)), self.span(problem.span), problem.message(), problem.hint(),
            None if trace is None else [list(trace.lines), trace.until, trace.finds],
            [[self.span(each.span), each.text] for each in problem.edits()],
            [[self.span(each.span), each.label] for each in problem.related()],
        ]  # fmt: skip

    def span(self, span: Span | None) -> list[int] | None:
        return None if span is None else [self.source(span.source), span.start, span.end]

    def source(self, source: Source) -> int:
        if source not in self.places:
            about = [source.name, source.text, self.span(source.used_at)]
            self.places[source] = len(self.sources)
            self.sources.append(about)
        return self.places[source]


@define
class _Reader:
    kinds: list[list[str]]
    sources: list[Source] = field(factory=list)

    def problem(
        self, kind: int, span: Any, said: str, hint: str | None, trace: Any, edits: Any, related: Any
    ) -> Told:  # fmt: skip
        code, severity, name, text = self.kinds[kind]
        return Told(
            self.span(span), code, Severity(severity), name, text, said, hint,
            None if trace is None else Trace(tuple(trace[0]), *trace[1:]),
            tuple(Edit(self.place(where), instead) for where, instead in edits),
            tuple(Related(self.place(where), label) for where, label in related),
        )  # fmt: skip

    def span(self, where: list[int] | None) -> Span | None:
        return None if where is None else self.place(where)

    def place(self, where: list[int]) -> Span:
        source, start, end = where
        return Span(self.sources[source], start, end)
