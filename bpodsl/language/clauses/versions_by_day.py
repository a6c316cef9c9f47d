"""What waives a duty and what makes a right lapse, in versions: each event counts by the version of its own day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bpodsl.language.clauses.versions import Version, in_force
from bpodsl.lean import evolve
from bpodsl.terms import Expression, Lapse, Norm, OnSettled, Rule, Waiver
from bpodsl.terms import expressions as ex


def joined_waivers(first: Norm, versions: list[Version]) -> tuple[Waiver, ...]:
    """What waives a duty: each event by the version of its day."""
    several = [*(_made(each, versions, first) for each in versions), first]
    if all(each.waivers == first.waivers for each in several):
        return first.waivers
    guards = _guards(versions, ex.Moment("row", True))
    return tuple(
        evolve(waiver, selector=evolve(waiver.selector, where=_where(guard, waiver.selector.where)))
        for norm, guard in zip(several, guards, strict=True) for waiver in norm.waivers
    )


def is_lapse(rule: Rule) -> bool:
    """Whether a rule is a line of a right that says when it lapses."""
    return ".lapses" in rule.name and len(rule.then) == 1 and isinstance(rule.then[0], Lapse)


def joined_lapses(name: str, rules: Mapping[str, Rule], versions: list[Version]) -> dict[str, Rule]:
    """What makes a right lapse, by the version of the day on which it happens; of a window, of its first day.

    `versions`: with all that each has lowered.
    """

    def own(table: Mapping[str, Rule]) -> dict[str, Rule]:
        return {key: rule for key, rule in table.items() if is_lapse(rule) and rule.then[0] == Lapse(name)}

    first = own(rules)
    several = [own(getattr(_made(each, versions, None), "rules", rules)) for each in versions]
    if all(each == first for each in several):
        return first
    found: dict[str, Rule] = {}
    for place, table in enumerate([*several, first]):
        for key, rule in table.items():
            day: Expression = ex.WindowDay("first") if isinstance(rule.on, OnSettled) else ex.Moment("row", True)
            label = key if place == len(versions) else f"{key}.{'.'.join(c.name for c in versions[place].changes)}"
            when = _where(_guards(versions, day)[place], rule.when)
            found[label] = evolve(rule, name=label, clause=evolve(rule.clause, name=label), when=when)
    return found


def _made(version: Version, versions: list[Version], first: Any) -> Any:
    """What a version says; of one that removes a clause, what the one before said: what is open goes on by it."""
    if version.desk is not None:
        return version.desk
    before = [each for each in versions if each.desk is not None and set(each.changes) < set(version.changes)]
    return max(before, key=lambda each: len(each.changes)).desk if before else first


def _guards(versions: list[Version], day: Expression) -> list[Expression]:
    """For each version whether it is the one of that day; last, whether none of them is."""
    found: list[Expression] = []
    above: list[Expression] = []
    for version in versions:
        now = in_force(version.changes, day)
        found.append(ex.AllOf((now, *(ex.Not(each) for each in above))) if above else now)
        above.append(now)
    return [*found, ex.AllOf(tuple(ex.Not(each) for each in above))]


def _where(guard: Expression, where: Expression | None) -> Expression:
    return guard if where is None else ex.AllOf((guard, where))
