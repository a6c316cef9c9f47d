"""Two contracts side by side: which clauses came, went, changed or bear another name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bpodsl.compare.deep import differences
from bpodsl.compare.difference import Difference, told
from bpodsl.compare.hanging import ORDER, Hanging, Hangs
from bpodsl.compare.renames import find_renames, renamed, renamed_key
from bpodsl.compare.written import Key, Written, canonical, clauses, is_wording, lines_of
from bpodsl.lean import field, frozen
from bpodsl.terms import Clause, Contract


@frozen
class ClauseChange:
    """What became of one clause.

    `what`: "added", "removed", "changed", "renamed" or "reworded" (nothing that is computed differs). `old` and `new`:
    the clause before and after, None where there is none. `hanging`: what else hangs on it, in both contracts.
    """

    what: str
    key: Key
    old: Clause | None
    new: Clause | None
    differences: tuple[Difference, ...] = ()
    hanging: Hanging = field(default={})

    @property
    def clause(self) -> Clause:
        """The clause as it is, or was."""
        found = self.new or self.old
        assert found is not None
        return found

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of a clause that came or went, as they are written."""
        return lines_of(self.clause) if self.what in ("added", "removed") else ()


@frozen
class Comparison:
    """All that differs in meaning, in the order of the new text; what is gone stands where it stood in the old one.

    `renames`: the new name of each clause or party that bears another one.
    """

    old: Contract
    new: Contract
    changes: tuple[ClauseChange, ...]
    renames: Mapping[str, str]

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not self.changes


def compare(old: Contract, new: Contract) -> Comparison:
    """Compare two contracts by what they mean."""
    names = find_renames(old, new)
    under = renamed(old, names)
    parties = {party.name: names[party.name] for party in old.parties if party.name in names}
    comparing = _Comparing((Hangs(under), Hangs(new)), _general(under, new), parties)
    since = min(old.term.effective, new.term.effective)
    before = {renamed_key(key, names): each for key, each in clauses(old, since).items()}
    shown, after = clauses(under, since), clauses(new, since)
    found: list[ClauseChange] = []
    for key in dict.fromkeys((*after, *before)):
        if key in before and key in after:
            found += comparing.changed(before[key], shown[key], after[key])
        else:
            found.append(comparing.alone(key, before.get(key), after.get(key)))
    return Comparison(old, new, tuple(sorted(found, key=_place)), names)


@frozen
class _Comparing:
    """What is asked of both contracts, the names of the old one being those of the new.

    `general`: what the head of the agreement says for all sums, where it changed. `parties`: those renamed.
    """

    hangs: tuple[Hangs, Hangs]
    general: Mapping[str, object]
    parties: Mapping[str, str]

    def alone(self, key: Key, was: Written | None, now: Written | None) -> ClauseChange:
        """A clause that only one of them has."""
        what = "added" if was is None else "removed"
        old, new = (None if each is None else each.clause for each in (was, now))
        return ClauseChange(what, key, old, new, (), _both(self.hangs, key))

    def changed(self, was: Written, shown: Written, now: Written) -> Iterator[ClauseChange]:
        """A clause that both have, if it differs. `shown`: the old one under the new names."""
        meant = [each for each in _differences(shown, now) if not _follows(each, self.general)]
        words = [part for part in dict.fromkeys((*shown.parts, *now.parts)) if is_wording(part)]
        worded = [d for part in words for d in differences(part, shown.parts.get(part), now.parts.get(part))]
        renaming = [Difference("name", was.key[1], now.key[1])] if was.key != now.key else []
        hanging = _both(self.hangs, now.key)
        if now.key[0] == "agreement":
            renaming += [Difference("party", old, new) for old, new in self.parties.items()]
            hanging = _of_head({part for part, _ in meant}, self.hangs)
        if not meant and not worded and not renaming:
            return
        what = "changed" if meant else "renamed" if renaming else "reworded"
        # Which change a version comes from is told by its day already.
        telling = [each for part, each in meant if part.rpartition(": ")[2] != "version"]
        found = dict.fromkeys(telling or [each for _, each in meant])
        yield ClauseChange(
            what, now.key, was.clause, now.clause, (*renaming, *found, *worded),
            {} if what == "reworded" else hanging,
        )  # fmt: skip


def _differences(old: Written, new: Written) -> Iterator[tuple[str, Difference]]:
    """Each difference of meaning, and the name of the part that it is in."""
    formula = {name.rpartition(": ")[0] for name in old.parts if name.endswith("formula")}
    for part in dict.fromkeys((*old.parts, *new.parts)):
        if is_wording(part):
            continue
        one, other = old.parts.get(part), new.parts.get(part)
        if canonical(one) == canonical(other):
            continue
        # What is shown beside a figure follows from its formula.
        prefix = part.rpartition(": ")[0]
        if part.endswith("shown beside it") and prefix in formula:
            name = f"{prefix}: formula" if prefix else "formula"
            if canonical(old.parts.get(name)) != canonical(new.parts.get(name)):
                continue
        yield from ((part, each) for each in differences(part, one, other) or [told(part, one, other)])


def _general(old: Contract, new: Contract) -> Mapping[str, object]:
    """What the head of the agreement says for all sums, where it changed: told there, not at each of them."""
    found = {}
    for part, before, after in (
        ("rounding", old.rounding, new.rounding), ("currency", old.currency, new.currency),
    ):  # fmt: skip
        if canonical(before) != canonical(after):
            found[part] = told("", before, after)
    return found


def _follows(found: tuple[str, Difference], general: Mapping[str, object]) -> bool:
    part, each = found
    head = general.get(part.rpartition(": ")[2])
    return isinstance(head, Difference) and (each.old, each.new) == (head.old, head.new)


def _both(hangs: Iterable[Hangs], key: Key) -> Hanging:
    """What hangs on a clause in either contract."""
    found: dict[str, dict[str, None]] = {}
    for each in hangs:
        for sort, names in each.on(key).items():
            found.setdefault(sort, {}).update(dict.fromkeys(names))
    return {sort: tuple(found[sort]) for sort in ORDER if sort in found}


def _of_head(parts: set[str], hangs: Iterable[Hangs]) -> Hanging:
    """What hangs on the head of the agreement: on its roundings all sums, on its days all that is reckoned."""
    sorts = ORDER if parts & {"time zone", "effective", "last day"} else ("money",)
    if not parts & {"time zone", "effective", "last day", "sums rounded", "currency"}:
        return {}
    found: dict[str, dict[str, None]] = {}
    for each in hangs:
        for sort, names in each.all.items():
            if sort in sorts:
                found.setdefault(sort, {}).update(dict.fromkeys(names))
    return {sort: tuple(found[sort]) for sort in ORDER if sort in found}


def _place(change: ClauseChange) -> tuple[int, int]:
    span = change.clause.span
    first = 0 if change.key[0] == "agreement" else 1
    return first, span.start if span is not None else -1
