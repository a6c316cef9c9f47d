"""The whole input at once: repetitions, contradictions, corrections, and what is not yet known.

Everything here depends on the set of lines alone, never on the order in which they arrive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from operator import attrgetter

from bpodsl.lean import define, evolve, field
from bpodsl.record.account import STANDINGS, Account, Intaken, Quarantined
from bpodsl.record.contradicted import with_contradicted
from bpodsl.record.event import Event
from bpodsl.record.intake import Intake
from bpodsl.record.latest import SKEW, after_the_latest
from bpodsl.record.many import changing
from bpodsl.record.overlooked import Overlooked
from bpodsl.record.refusals import (
    ANSWERED,
    BEYOND_HORIZON,
    CLOSED,
    CONFLICT,
    TOO_MANY_REFUSED,
    Identity,
    LimitReached,
    Reason,
    Refusal,
)  # fmt: skip
from bpodsl.record.relating import Related
from bpodsl.record.rows import BadLine, Cut, Dismissed, NoRows, RawRow, Row
from bpodsl.record.worlds import in_all, parted
from bpodsl.values import DAY_TICKS, show_utc

NO_FIRST = (
    "waits: it is rev {rev} of “{id}”, of which the first report (rev 0, or none) has not come. If the file counts "
    'from 1, write `"1" as 0` behind the `revision column`'
)

_OF_ONE_NAME = "; or, as these are row numbers of two files of one name, name one of them differently"

OF_OTHERS = frozenset(reason.code for reason in (ANSWERED, CLOSED, CONFLICT, BEYOND_HORIZON))
"""Why lines are set aside for what other lines say, or for when; all other reasons lie in the line itself."""

MOST_REFUSED = 100_000
"""How many lines may be set aside before the input as a whole is refused."""


@changing(eq=False)
class _Line:
    """A line that makes events, all known from one instant (but for what is `postponed`). `standing` is settled in the
    end.

    `void`: of one that another contradicts, the instant from which that is known; it stood until then.
    """

    file: str
    line: int
    raw: bytes
    events: tuple[Event, ...]
    standing: str = ""
    void: int | None = None
    beyond: bool = False

    @property
    def stood(self) -> bool:
        """Whether it was sound for a time before it was contradicted."""
        return self.void is not None and self.void > self.known

    @property
    def known(self) -> int:
        return self.events[0].known

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"

    @property
    def order(self) -> tuple[str, int]:
        return self.file, self.line

    @property
    def breadth(self) -> tuple[int, list[str], str, int]:
        """Of lines that say the same, the one that says most goes first, wherever it stands."""
        return -len(self.events), [event.id for event in self.events], self.file, self.line

    def stands(self, standing: str) -> None:
        """A line is what the best of its events is."""
        if not self.standing or STANDINGS.index(standing) < STANDINGS.index(self.standing):
            self.standing = standing

    def waits_for_its_time(self) -> None:
        """It is known only from `until` on."""
        self.beyond = True
        self.stands("waiting")


Since = Callable[[str, int, bytes], int]
"""From when at the earliest what a line tells may be known: by its file, number and bytes."""

NEVER = 1 << 62

NOTHING: Mapping[tuple[str, int], Refusal] = {}

_Claim = tuple[Event, _Line]
"""An event, and the line that reports it."""


@define
class Input:
    """All rows, sorted out: what makes events, and what does not.

    `broken`: of first reports that were read but set aside, by source and id, the instant from which they are known.
    A correction need not wait for them any longer. `since`: see `postponed`.
    `held`: lines, by file and number, that were set aside before, and stay so though they could be used now.
    """

    lines: list[_Line] = field(factory=list)
    account: Account = field(factory=Account)
    quarantined: list[Quarantined] = field(factory=list)
    incomplete: set[str] = field(factory=set)
    notes: set[tuple[str, str]] = field(factory=set)
    broken: dict[tuple[str, str], int] = field(factory=dict)
    since: Since | None = None
    held: Mapping[tuple[str, int], Refusal] = field(factory=dict)

    def read(
        self, intake: Intake, rows: Iterable[Row | Dismissed], remarks: Overlooked | None = None
    ) -> None:  # fmt: skip
        """Sort out more rows. `remarks`: makes those on lines, which are then not noted here."""
        notes: list[str] = []
        overlooked = Overlooked(intake) if remarks is None else remarks
        files: set[str] = set()
        for row in rows:
            if isinstance(row, Cut):
                self.incomplete.add(f"{row.file}: {row.why}")
                continue
            if isinstance(row, NoRows):
                self.notes.add((row.file, "no event is in this file"))
                continue
            if row.file not in files:
                files.add(row.file)
                self._say_others(intake, row.file)
            self.account.lines += 1
            if isinstance(row, Dismissed):
                self.account.not_ours += 1
                continue
            if isinstance(row, BadLine):
                overlooked.refused(row.file, row.refusal.code)
                self.refuse(row.refusal, row.file, row.line, row.raw)
                continue
            found = intake.read(row, notes)
            if self.held and not isinstance(found, Refusal) and (row.file, row.line) in self.held:
                found = self._hold(row, found)
            if isinstance(found, Refusal):
                known = 0 if self.since is None else self.since(row.file, row.line, row.raw)
                self.refuse(found, row.file, row.line, row.raw, known)
                overlooked.refused(row.file, found.code)
            elif found:
                self.lines.append(_Line(row.file, row.line, row.raw, found))
                overlooked.see(row, found)
                if notes:
                    self.notes.update((row.place, note) for note in notes)
            else:
                self.account.not_ours += 1
            if notes:
                notes.clear()
        if remarks is None:
            self.notes.update(overlooked.notes())

    def again(self, remarks: Overlooked) -> Input:
        """The same, to be gathered, while this one may grow."""
        lines = [_Line(each.file, each.line, each.raw, each.events) for each in self.lines]
        notes = {*self.notes, *remarks.notes()}
        aside, broken = list(self.quarantined), dict(self.broken)
        return Input(lines, evolve(self.account), aside, set(self.incomplete), notes, broken, self.since, self.held)

    def _hold(self, row: RawRow, found: Iterable[Event]) -> Refusal:
        """Why a line stays set aside; corrections of what it reports need not wait for it."""
        for event in found:
            self._break(_key(event), 0 if self.since is None else self.since(row.file, row.line, row.raw))
        return self.held[row.file, row.line]

    def _say_others(self, intake: Intake, file: str) -> None:
        """Which `reads` reads a file that several fit."""
        first, *others = intake.mappings(file) or (None,)
        if first is not None and others:
            names = ", ".join(f"`{each.name}`" for each in others)
            words = f"it is read by `{first.name}` alone, whose `files` says most of its name, not by {names}"
            self.notes.add((file, words))

    def refuse(self, refusal: Refusal, file: str, line: int, raw: bytes, known: int = 0) -> None:
        """Set a line aside."""
        if refusal.identity is not None:
            self._break(refusal.identity, known)
        self.account.quarantined += 1
        if self.account.quarantined > MOST_REFUSED:
            raise LimitReached(TOO_MANY_REFUSED, limit=f"{MOST_REFUSED:,}".replace(",", " "))
        self.quarantined.append(Quarantined.of(refusal, file, line, raw))

    def set_aside(self, line: _Line, reason: Reason, values: dict[str, str], known: int) -> None:
        """Set aside a line that was sound by itself."""
        line.standing = "quarantined"
        self.refuse(Refusal(reason, f"{line.file}:{line.line}", tuple(values.items())), line.file, line.line, line.raw)
        for event in line.events:
            self._break(_key(event), known)

    def _break(self, identity: Identity, known: int) -> None:
        source, id_, rev = identity
        if rev == 0:
            self.broken[source, id_] = min(known, self.broken.get((source, id_), known))


def gather(intake: Intake, rows: Iterable[Row], until: int | None = None, skew: int = SKEW) -> Intaken:
    """The sound events of all rows that are known before `until`, and what became of every line.

    Without `until` it is one tick after the latest sound event; events that lie further ahead of the others than
    `skew` are then taken for mistakes.
    """
    found = sorted_out(intake, rows)
    if until is None:
        until = until_of(intake, found.lines, skew)
    return gathered(intake, found, until, skew)


def sorted_out(
    intake: Intake, rows: Iterable[Row | Dismissed], since: Since | None = None,
    held: Mapping[tuple[str, int], Refusal] = NOTHING,
) -> Input:  # fmt: skip
    """What makes events, and what does not. `since`: see `postponed`; `held`: see `Input`."""
    found = Input(since=since, held=held)
    found.read(intake, rows)
    if since is not None:
        postponed(found.lines, since)
    return found


def postponed(lines: Iterable[_Line], since: Since) -> None:
    """What a line tells is known no earlier than `since` says of it: what came after a ledger was published counts from
    then on. Whoever repeats an event says nothing new, so it is known when the first to tell it made it so."""
    first: dict[Identity, dict[Event, int]] = {}
    bounds = [(line, since(line.file, line.line, line.raw)) for line in lines]
    for line, bound in bounds:
        for event in line.events:
            told = first.setdefault(_key(event), {})
            told[event] = min(max(event.known, bound), told.get(event, NEVER))
    for line, bound in bounds:
        if line.known < bound:
            line.events = tuple(evolve(event, known=first[_key(event)][event]) for event in line.events)


def gathered(intake: Intake, found: Input, until: int, skew: int) -> Intaken:
    """What rows that were sorted out come to."""
    single, shared = _by_key(found.lines)
    _beyond(found, until, skew)
    _contradictions(found, shared, until, intake)
    claims = _agreed(single, shared, until)
    standing = with_contradicted(found.lines, _standings(claims, found, until), found.broken)
    parts = parted(intake.contract, standing, until)
    related = in_all(parts)
    _account_for(related, found, claims)
    found.account.add(Counter(line.standing for line in found.lines if line.standing != "quarantined"))
    found.account.beyond += sum(line.standing == "waiting" and line.beyond for line in found.lines)
    found.account.check()
    return Intaken(
        tuple(in_order(list(related.events))),
        found.account,
        tuple(sorted(found.quarantined, key=lambda each: (each.file, each.line, each.code, each.raw))),
        tuple(sorted(found.incomplete)),
        until,
        tuple(sorted(found.notes)),
        tuple((name, tuple(in_order(list(part.events)))) for name, part in parts.items()),
    )


def in_order(events: list[Event]) -> list[Event]:
    """By acting instant, then source, id and rev."""
    ordered: list[Event] = []
    acts = attrgetter("acts")
    for _, group in groupby(sorted(events, key=acts), key=acts):
        tied = list(group)
        ordered.extend(tied if len(tied) == 1 else sorted(tied, key=lambda each: (*each.order, each.rev)))
    return ordered


def _key(event: Event) -> Identity:
    return event.source, event.id, event.rev


def _by_key(lines: Iterable[_Line]) -> tuple[dict[Identity, _Claim], dict[Identity, list[_Claim]]]:
    """Events that one line reports, and those that several do."""
    single: dict[Identity, _Claim] = {}
    shared: dict[Identity, list[_Claim]] = {}
    for line in lines:
        for event in line.events:
            claim, key = (event, line), (event.source, event.id, event.rev)
            first = single.setdefault(key, claim)
            if first is not claim:
                shared.setdefault(key, [first]).append(claim)
    for key in shared:
        del single[key]
    return single, shared


def _contradictions(
    found: Input, shared: dict[Identity, list[_Claim]], until: int, intake: Intake
) -> None:
    """Set aside all lines of a rev of which two differ, as far as they are known before `until`. They are void from
    when the second of two that differ is known."""
    rivals: dict[Identity, list[_Line]] = {}
    for key, claims in shared.items():
        known = [c for c in claims if c[1].standing != "quarantined" and c[0].known < until]
        if any(event != known[0][0] for event, _ in known):
            rivals[key] = [line for _, line in known]
            first = min(known, key=lambda claim: claim[0].known)[0]
            void = min(event.known for event, _ in known if event != first)
            for line in rivals[key]:
                line.void = void if line.void is None else min(void, line.void)
    for key in sorted(rivals):
        told = _told(key, rivals[key], intake)
        since = min(line.known for line in rivals[key])
        for line in rivals[key]:
            if line.standing != "quarantined":
                found.set_aside(line, CONFLICT, told, since)


def _told(key: Identity, lines: list[_Line], intake: Intake) -> dict[str, str]:
    source, id_, rev = key
    ordered = sorted({each.order for each in lines})
    mappings = [intake.mapping(file) for file, _ in ordered]
    by_number = any(each is not None and each.identity is None for each in mappings)
    return {
        "count": str(len(lines)),
        "event": f"“{id_}”",
        "source": f"“{source}”",
        "rev": f", rev {rev}" if rev else "",
        "places": ", ".join(f"{file}:{line}" for file, line in ordered[:4]) + (", …" if len(ordered) > 4 else ""),
        "rows": _OF_ONE_NAME if by_number else "",
    }


def _beyond(found: Input, until: int, skew: int) -> None:
    """Set aside lines that are known too far ahead. Corrections of them need not wait for that."""
    for line in found.lines:
        if line.known >= until + skew and line.standing != "quarantined":
            told = {"known": show_utc(line.known), "until": show_utc(until), "skew": str(skew // DAY_TICKS)}
            found.set_aside(line, BEYOND_HORIZON, told, 0)


def until_of(intake: Intake, lines: Iterable[_Line], skew: int = SKEW) -> int:
    """One tick after the latest event; before the first, when the agreement begins."""
    after = after_the_latest({line.known for line in lines if line.standing != "quarantined"}, skew)
    return intake.zone.start_of(intake.contract.term.effective) if after is None else after


def known_instants(intake: Intake, rows: Iterable[Row]) -> set[int]:
    """The instants from which the sound events of rows are known."""
    found: set[int] = set()
    for row in rows:
        events = intake.read(row, []) if isinstance(row, RawRow) else ()
        if not isinstance(events, Refusal) and events:
            found.add(events[0].known)
    return found


def _agreed(
    single: dict[Identity, _Claim], shared: dict[Identity, list[_Claim]], until: int
) -> dict[Identity, _Claim]:
    """One claim for each event known before `until`; or, if there is none yet, one of those that wait.

    Whoever else says the same is a duplicate. Events that wait may still contradict others: each of them waits.
    """
    agreed = {key: claim for key, claim in single.items() if claim[1].standing != "quarantined"}
    for key, claims in shared.items():
        distinct: dict[object, _Claim] = {}
        sound = (claim for claim in claims if claim[1].standing != "quarantined")
        for event, line in sorted(sound, key=lambda claim: claim[1].breadth):
            if distinct.setdefault((event, tuple(event.fields.items())), (event, line))[1] is not line:
                line.stands("duplicate")
            elif event.known >= until:
                line.waits_for_its_time()
        if distinct:
            agreed[key] = min(distinct.values(), key=lambda each: each[0].known)
    return agreed


def _standings(claims: dict[Identity, _Claim], found: Input, until: int) -> list[Event]:
    """The events known before `until`; every claim's line gets its standing."""
    events: list[Event] = []
    corrections: dict[tuple[str, str], list[_Claim]] = {}
    for (source, id_, rev), claim in claims.items():
        if rev:
            corrections.setdefault((source, id_), []).append(claim)
    for (source, id_, rev), (event, line) in claims.items():
        if rev or (source, id_) in corrections:
            continue
        if event.known < until:
            events.append(event)
            line.stands("applied")
        else:
            line.waits_for_its_time()
    for (source, id_), later in corrections.items():
        first = claims.get((source, id_, 0))
        known = found.broken.get((source, id_)) if first is None else first[0].known
        history = sorted(later if first is None else [first, *later], key=lambda each: each[0].rev)
        if known is None:
            found.notes.update((line.place, NO_FIRST.format(rev=event.rev, id=id_)) for event, line in later)
        events.extend(_history(history, known, until))
    return events


def _account_for(related: Related, found: Input, claims: dict[Identity, _Claim]) -> None:
    """Lines that speak of no known event wait; those whose event was taken back, or is no answer, are that."""
    lines: dict[tuple[str, str], list[_Line]] = {}
    if related.waiting or related.withdrawn or related.refused:
        # What was contradicted is accounted for already, though it stood for a time.
        for (source, id_, _), (_, line) in claims.items():
            lines.setdefault((source, id_), []).append(line)
    for standing, identities in (("waiting", related.waiting), ("retracted", related.withdrawn)):
        for identity in identities:
            for line in lines.get(identity, ()):
                # A line that makes several events is the best of them.
                if line.standing == "applied" and all((e.source, e.id) in identities for e in line.events):
                    line.standing = standing
                    if standing == "waiting":
                        found.notes.add((line.place, "waits: the event that it names has not been reported"))
    for identity, refused in related.refused:
        for line in lines.get(identity, ()):
            if line.standing == "applied":
                found.set_aside(line, refused.reason, dict(refused.values), line.known)
    if related.late:
        _set_late_aside(related, found)


def _set_late_aside(related: Related, found: Input) -> None:
    """Lines that came after their records were closed, unless something else in them counts; then what they would
    have replaced stands."""
    at = {line.place: line for line in found.lines}
    stand = {event.place for event in related.events}
    for each in sorted(related.late, key=lambda late: (late.event, late.place)):
        line = at.get(each.place)
        if line is None or line.standing == "quarantined":
            continue
        if each.place in stand:
            found.notes.add((each.place, each.refused.refusal("").message()))
        else:
            found.set_aside(line, each.refused.reason, dict(each.refused.values), line.known)
    late = {each.event for each in related.late}
    standing: dict[tuple[str, str], list[Event]] = {}
    for event in sorted(related.events, key=lambda event: (event.known, event.rev)):
        if (event.source, event.id) in late:
            standing.setdefault((event.source, event.id), []).append(event)
    for versions in standing.values():
        for event in versions:
            line = at.get(event.place)
            if line is not None and line.standing in ("superseded", "retracted"):
                before = "retracted" if versions[-1].retracts else "superseded"
                line.standing = "applied" if event.place == versions[-1].place else before


def _history(claims: list[_Claim], first_known: int | None, until: int) -> Iterable[Event]:
    """The revs of one event that count. A correction is known once the first report is known, too."""
    live: list[_Claim] = []
    for event, line in claims:
        known = None if first_known is None else max(first_known, event.known)
        if known is None and event.known < until:
            line.stands("waiting")
        elif known is None or known >= until:
            line.waits_for_its_time()
        else:
            live.append((event if known == event.known else evolve(event, known=known), line))
    for _, line in live[:-1]:
        line.stands("retracted" if live[-1][0].retracts else "superseded")
    for _, line in live[-1:]:
        line.stands("applied")
    return [event for event, _ in live]
