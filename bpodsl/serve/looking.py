"""What is looked at: one run, made again whenever its files change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Protocol

from attrs import define, field, frozen

from bpodsl import __version__
from bpodsl.graph import build
from bpodsl.graph.draw import View, fragment, read
from bpodsl.keeping import read_kept, text_kept, understood_of
from bpodsl.pipeline import Understood, evaluate
from bpodsl.record import Entry, Event, Ledger
from bpodsl.record.account import Intaken
from bpodsl.record.refusals import LimitReached
from bpodsl.remembered import tried, understand
from bpodsl.report.explain import Explainer
from bpodsl.report.review.making import Given, review, until_ahead
from bpodsl.report.review.model import Review
from bpodsl.report.show import Show
from bpodsl.report.summary import Summary, summarise
from bpodsl.report.timelines import Timelines
from bpodsl.report.words import Words
from bpodsl.store import read_events
from bpodsl.store.kept import Text
from bpodsl.store.kept.troubles import StoreTrouble
from bpodsl.terms import Contract, OnPeriod
from bpodsl.text import Problem
from bpodsl.values import Period

Texts = tuple[tuple[str, str], ...]
"""The texts of an agreement by the names of their files, its own first."""

MOST_STANDS: Final = 8
"""How many runs of the same files (as known at other instants) are kept at once."""


class CannotLook(Exception):
    """Why there is nothing to look at; the message says what to do."""


@frozen
class Read:
    """What inputs came to. `used`: the events of the world looked at; `files`: the texts of the agreement by name."""

    contract: Contract
    ledger: Ledger
    used: tuple[Event, ...]
    taken: Intaken
    world: str
    files: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]


class Inputs(Protocol):
    """Files, or a store."""

    @property
    def name(self) -> str:
        """What is looked at, for people."""
        ...

    def seen(self) -> object:
        """Equal as long as nothing has changed."""
        ...

    def texts(self) -> tuple[Texts, tuple[Problem, ...]]:
        """The texts of the agreement as they are now, and what is wrong with them; they may have errors."""
        ...

    def read(self) -> Read:
        """Read and evaluate. Raises `CannotLook`."""
        ...


@frozen
class Files:
    """An agreement and event files. `until`: how far time is known, None: as for a run without it."""

    agreement: Path
    events: tuple[Path, ...]
    until: Callable[[Contract], int | None]
    world: str | None = None
    _used: list[Path] = field(factory=list, init=False)
    _tested: dict[Texts, tuple[Problem, ...]] = field(factory=dict, init=False)

    @property
    def name(self) -> str:
        return ", ".join(path.name for path in (self.agreement, *self.events))

    def seen(self) -> object:
        return _about((self.agreement, *self._used, *self.events))

    def texts(self) -> tuple[Texts, tuple[Problem, ...]]:
        return self._checked(understand(self.agreement, running=True))

    def _checked(self, found: Understood) -> tuple[Texts, tuple[Problem, ...]]:
        """The texts, and what `check` would say of them."""
        self._used[:] = found.used
        paths = (self.agreement, *found.used)
        texts = tuple((path.name, path.read_text(encoding="utf-8", errors="replace")) for path in paths)
        return texts, (*found.problems, *_failures(self._tested, texts, found))

    def read(self) -> Read:
        understood = understand(self.agreement, running=True)
        files, problems = self._checked(understood)
        if not understood.sound or understood.contract is None:
            raise CannotLook(f"{self.agreement.name} has errors: see its source.")
        contract = understood.contract
        taken = read_events(contract, self.events, self.until(contract))
        world, used = _one(taken.worlds, self.world)
        return Read(contract, evaluate(contract, used, taken.until), used, taken, world, files, problems)


@frozen
class Store:
    """An agreement of a store, which others may go on writing."""

    path: Path
    agreement: str | None = None
    world: str | None = None
    _checked: dict[Text, tuple[Problem, ...]] = field(factory=dict, init=False)

    @property
    def name(self) -> str:
        return self.path.name

    def seen(self) -> object:
        return _about((self.path,))

    def texts(self) -> tuple[Texts, tuple[Problem, ...]]:
        return self._told(text_kept(self.path, self.agreement))

    def _told(self, text: Text) -> tuple[Texts, tuple[Problem, ...]]:
        """The texts that the store keeps, and what `check` would say of them; looked for once."""
        texts = tuple((name, data.decode("utf-8", errors="replace")) for name, data in text.files)
        if text not in self._checked:
            self._checked.clear()
            found = understood_of(text)
            self._checked[text] = (*found.problems, *_failures({}, texts, found))
        return texts, self._checked[text]

    def read(self) -> Read:
        kept = read_kept(self.path, self.agreement)
        assert kept.text is not None
        world, used = _one(kept.taken.worlds, self.world)
        files, problems = self._told(kept.text)
        return Read(kept.contract, dict(kept.ledgers)[world], used, kept.taken, world, files, problems)


def _failures(known: dict[Texts, tuple[Problem, ...]], texts: Texts, found: Understood) -> tuple[Problem, ...]:
    """What the agreement's own tests find wrong; run again only if its texts have changed, of which `known` holds the
    last."""
    if not found.sound:
        return ()
    if texts not in known:
        known.clear()
        known[texts] = tuple(each for trial in tried(found) for each in (*trial.failures, *trial.notes))
    return known[texts]


def _about(paths: Iterable[Path]) -> tuple[tuple[str, int, int], ...]:
    found = []
    for path in paths:
        try:
            about = path.stat()
        except OSError:
            found.append((str(path), -1, -1))
        else:
            found.append((str(path), about.st_mtime_ns, about.st_size))
    return tuple(found)


def _one(worlds: Iterable[tuple[str, Iterable[Event]]], name: str | None) -> tuple[str, tuple[Event, ...]]:
    """The world of that name, or the only one."""
    there = {world: tuple(events) for world, events in worlds}
    if name is None and len(there) == 1:
        return next(iter(there.items()))
    if name in there:
        return name, there[name]
    names = ", ".join(there)
    raise CannotLook(f"The events belong to several worlds: name one with --world ({names}).")


# ------------------------------------------------------------------------------------ one run
@define(eq=False)
class Stand:
    """One run as the pages read it; what is made of it is made once. `known`: as of when it is told, "" for now."""

    read: Read
    known: str = ""
    kept: dict[Any, Any] = field(factory=dict)
    """What pages worked out of it, by what they asked."""

    @property
    def contract(self) -> Contract:
        return self.read.contract

    @property
    def ledger(self) -> Ledger:
        return self.read.ledger

    @property
    def show(self) -> Show:
        return self.explainer.show

    @property
    def words(self) -> Words:
        return self.explainer.words

    @cached_property
    def explainer(self) -> Explainer:
        return Explainer.of(self.contract, self.ledger, self.read.used)

    @cached_property
    def summary(self) -> Summary:
        return summarise(self.contract, self.ledger, self.read.used)

    @cached_property
    def timelines(self) -> Timelines:
        return Timelines(self.contract, self.ledger, self.explainer.run.events)

    @cached_property
    def view(self) -> View:
        return read(build(self.contract))

    @cached_property
    def drawing(self) -> str:
        """The graph; each box leads to its own page."""
        return fragment(self.view, lambda box: f"/graph?at={box}")

    @cached_property
    def follows(self) -> Mapping[str, list[Entry]]:
        """By the name of an entry, or the ref of an event, what rests on it."""
        found: dict[str, list[Entry]] = {}
        for entry in self.ledger.outcome:
            for cause in (*entry.event_causes, *entry.entry_causes):
                found.setdefault(cause, []).append(entry)
        return found

    @cached_property
    def _given(self) -> Given:
        contract, taken, used = self.contract, self.read.taken, self.read.used
        opens = any(norm.cure or any(isinstance(way, OnPeriod) for way in norm.opening) for norm in contract.norms)
        until = until_ahead(contract, self.ledger.until)
        later = evaluate(contract, used, until) if opens else None
        aside = tuple((each.place, f"{each.code} {each.reason}") for each in taken.quarantined)
        return Given(
            used, later, (), tuple(taken.account.as_dict().items()), aside, taken.notes, self.known,
            f"bpodsl {__version__}", taken.account.beyond,
        )  # fmt: skip

    def review(self, month: Period | None = None, whole: bool = False) -> Review:
        """The report on a month (None: the last that was over), or on all of it."""
        key = ("whole" if whole else "" if month is None else month.label)
        if key not in self._reviews:
            self._reviews[key] = review(self.contract, self.ledger, self._given, month, whole, self.read.world)
        return self._reviews[key]

    @cached_property
    def _reviews(self) -> dict[str, Review]:
        return {}

    def as_known_at(self, instant: int, shown: str) -> Stand:
        """The same as it was known at an instant."""
        used = tuple(event for event in self.read.used if event.known <= instant)
        ledger = evaluate(self.contract, used, min(instant + 1, self.ledger.until))
        read = self.read
        return Stand(
            Read(self.contract, ledger, used, read.taken, read.world, read.files, read.problems), shown
        )  # fmt: skip


# ------------------------------------------------------------------------------------ all that is kept
@define
class Desk:
    """Keeps the last run that could be made. `version` counts what was seen to change; `trouble` says why the files as
    they are now cannot be run, "" if they can. Several threads may ask."""

    inputs: Inputs
    version: int = 0
    trouble: str = ""
    files: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()
    _stand: Stand | None = None
    _seen: object = None
    _then: dict[str, Stand] = field(factory=dict)
    _lock: threading.RLock = field(factory=threading.RLock)

    def look(self) -> int:
        """Look whether anything has changed, and run it again if so."""
        with self._lock:
            seen = self.inputs.seen()
            if seen != self._seen or self._seen is None:
                self._seen = seen
                self._again()
                # What an agreement uses is only known now.
                self._seen = self.inputs.seen()
            return self.version

    def stand(self, known: str = "", instant: int | None = None) -> Stand:
        """The run as it is, or as it was known at an instant (shown as `known`). Raises `CannotLook` where there never
        was one."""
        with self._lock:
            self.look()
            if self._stand is None:
                raise CannotLook(self.trouble)
            if instant is None or instant >= self._stand.ledger.until:
                return self._stand
            if known not in self._then:
                if len(self._then) >= MOST_STANDS:
                    self._then.pop(next(iter(self._then)))
                self._then[known] = self._stand.as_known_at(instant, known)
            return self._then[known]

    def _again(self) -> None:
        self.version += 1
        try:
            read = self.inputs.read()
        except (CannotLook, StoreTrouble, LimitReached) as error:
            self.trouble = str(error)
            step = getattr(error, "step", "")
            self.trouble += f" {step}" if step else ""
        except OSError as error:
            self.trouble = f"{error.filename or 'A file'} cannot be read: {error.strerror or error}."
        else:
            self.trouble, self._stand = "", Stand(read)
            self.files, self.problems = read.files, read.problems
            self._then.clear()
            return
        try:
            files, problems = self.inputs.texts()
        except (OSError, StoreTrouble):
            return
        if files:
            self.files, self.problems = files, problems
