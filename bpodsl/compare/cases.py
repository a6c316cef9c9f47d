"""What differs between the terms under which the instances of a duty may stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from bpodsl.compare.difference import Difference
from bpodsl.compare.said import exactly, said
from bpodsl.compare.versions import moved, since
from bpodsl.compare.written import Cases
from bpodsl.terms import Variant
from bpodsl.terms import expressions as ex

ByParts = Callable[[str, object, object], Iterable[Difference]]


def cases_differ(part: str, old: Cases | None, new: Cases | None, by_parts: ByParts) -> Iterator[Difference]:
    """The terms under which instances of a duty may stand, by the case that they are for. What a change brings is told
    against what applies without it."""
    before, after = (() if cases is None else cases.variants for cases in (old, new))
    base = new or old
    assert base is not None
    olds = {_case(each): each for each in before}
    news = {_case(each): each for each in after}
    later = {was: now for was, now in moved(olds, news).items() if since(olds[was].when) and since(news[now].when)}
    found = [Difference(f"{part}holds", was, now) for was, now in later.items()]
    olds = {later.get(when, when): each for when, each in olds.items()}
    for when in dict.fromkeys((*olds, *news)):
        one, other = olds.get(when), news.get(when)
        changed = since((one or news[when]).when) != ""
        terms = [
            (old or base).norm if one is None and changed else one and one.terms,
            (new or base).norm if other is None and changed else other and other.terms,
        ]
        if terms[0] is not None and terms[1] is not None:
            found += by_parts(f"{part}{when}", *terms)
        elif one is None or other is None or one.terms is not other.terms:
            found.append(Difference(f"{part}{when}", _terms(one), _terms(other)))
    # Where all terms are the same, the cases themselves differ, or their order.
    sides = [
        "; ".join(when + (": nothing is owed" if each.terms is None else "") for when, each in cases.items())
        for cases in (olds, news)
    ]
    if not found and sides[0] == sides[1]:
        sides = [exactly(tuple(each.when for each in cases)) for cases in (before, after)]
    yield from found or [Difference(f"{part}its cases", *sides)]


def _case(variant: Variant) -> str:
    if isinstance(variant.when, ex.Literal):
        return "otherwise"
    return since(variant.when) or f"where {said(variant.when)}"


def _terms(variant: Variant | None) -> str:
    if variant is None:
        return ""
    if variant.terms is None:
        return "nothing is owed"
    return said(variant.terms.due) if variant.terms.due is not None else "without a deadline"
