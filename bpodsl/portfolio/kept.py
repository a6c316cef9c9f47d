"""A portfolio in a store: what its agreements share is read once and kept once, and each has its own ledger in it.

All that a run writes, for all of them, is one transaction. Each agreement is evaluated over its own lines as it would
be in a store of its own: so nothing but whose a line is, and how far time is known, joins them.
"""

from __future__ import annotations

import hashlib
import pickle
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from attrs import define, evolve, field, frozen

from bpodsl.keeping import Followed, admitted, contract_of, fed_with, settled, settled_again, text_at, timed
from bpodsl.portfolio.members import Found, Member, digest_of, unpacked
from bpodsl.portfolio.stood import Stood, from_bytes, made_of, to_bytes
from bpodsl.portfolio.stream import Parted, layout_in, parted
from bpodsl.record.account import Quarantined
from bpodsl.record.gather import Since
from bpodsl.record.latest import after_the_latest
from bpodsl.record.refusals import NOT_RUN, Refusal, Refused
from bpodsl.record.routing import Addressee, Router
from bpodsl.record.rows import BadLine, Dismissed, RawRow, Row
from bpodsl.store import Spool, no_sweeping
from bpodsl.store.kept import (
    Agreement,
    Connection,
    Place,
    StoreTrouble,
    Text,
    Written,
    agreement_named,
    agreement_of,
    give,
    heads,
    held,
    joined,
    keep_stood,
    laid,
    lay,
    mended,
    names,
    offsets,
    owners,
    portfolio,
    read_aside,
    reading,
    requeue_shared,
    rows_with,
    since_by_place,
    since_of,
    sources,
    stood,
    take_back,
    text_of,
    write_aside,
    writing,
)  # fmt: skip
from bpodsl.store.kept.topics import Records
from bpodsl.store.kept.troubles import ALTERED

LEFT = "the folder has no sound agreement of that name any more"


@frozen
class Bounds:
    """What a store says of an agreement's lines: from when at the earliest those of some places are known, and which
    stay set aside, each with why."""

    since: tuple[tuple[Place, int], ...] = ()
    held: tuple[tuple[Place, Refusal], ...] = ()

    def since_of(self) -> Since | None:
        """From when at the earliest what a line tells is known."""
        return since_of(dict(self.since))

    def refusals(self) -> Mapping[Place, Refusal]:
        """The lines that stay set aside, each with why."""
        return dict(self.held)


@define
class Keeper:
    """One run of a portfolio into a store, while it is written. `agreements`: of the members, in their order."""

    db: Connection
    shared: Agreement
    found: Found
    agreements: list[Agreement] = field(factory=list)
    unusable: list[str] = field(factory=list)
    lines_before: dict[int, int] = field(factory=dict)
    """Of each source that grew: how many line ends it had."""
    digests: list[bytes] = field(factory=list)
    """Of each member: a digest of its lines, with their places."""

    def admit(self, text: Callable[[Member], Text]) -> None:
        """Take the agreements in as they are now. Raises `StoreTrouble` where what was posted would not stand."""
        router = Router(self.addressees())
        for source in sources(self.db, self.shared.id):
            layout_in(router, source.name)
        self.agreements = [admitted(self.db, unpacked(each.packed), text(each)) for each in self.found.members]

    def addressees(self) -> tuple[Addressee, ...]:
        """Those to whom lines may belong: as without a store, and the agreements that have left the folder."""
        among = self.found.addressees()
        there = {each.name for each in among}
        left = (Addressee(name, (), LEFT) for name in names(self.db) if name not in there)
        return (*among, *left)

    def feed(self, given: Sequence[Path | Records], whole_lines: bool, spooled: Path | None) -> None:
        """Keep what is new of sources. Raises as `store.kept.feed`."""
        before = {each.id: each for each in sources(self.db, self.shared.id)}
        for source in given:
            fed = fed_with(self.db, self.shared, source, whole_lines, spooled)
            if fed.unusable:
                self.unusable.append(fed.unusable)
        for each in sources(self.db, self.shared.id):
            if each.id in before and before[each.id].position != each.position:
                self.lines_before[each.id] = before[each.id].lines

    def part(self, spool: Spool, done: Callable[[int], None] | None = None) -> Parted:
        """Hand out all lines, those that were handed out before as they were then."""
        among = self.addressees()
        router = Router(among)
        for source in sources(self.db, self.shared.id):
            lay(self.db, source, layout_in(router, source.name))
        handing = _Handing(self, router, among)
        told = parted(router, handing.rows(), spool, handing.whose, done)
        handing.write()
        self.digests = handing.digests()
        write_aside(self.db, self.shared.id, told.quarantined)
        return evolve(told, incomplete=tuple(sorted({*told.incomplete, *self.unusable})))

    def bounds(self, place: int) -> Bounds:
        """What the store says of the lines of a member."""
        agreement = self.agreements[place].id
        since, aside = since_by_place(self.db, agreement), held(self.db, agreement)
        return Bounds(tuple(since.items()), tuple(aside.items()))

    def time(self, asked: Sequence[int | None], instants: Sequence[frozenset[int]]) -> list[int | None]:
        """How far time is known for each member: as was asked, or else just after the latest event of all of them, but
        no earlier than was said before. `instants`: those from which events are known."""
        latest = after_the_latest(frozenset[int]().union(*instants))
        told = zip(self.agreements, asked, strict=True)
        self.agreements = [timed(each, until, latest) for each, until in told]
        return [each.until for each in self.agreements]

    def settle(self, place: int, until: int, found: Followed, publish: bool) -> Written:
        """Write what follows for a member. Raises `StoreTrouble`."""
        agreement = evolve(self.agreements[place], until=until)
        self.agreements[place], written = settled(self.db, agreement, found, publish)
        return written

    def settle_again(self, place: int, until: int, found: Followed, publish: bool) -> Written:
        """The same of a member that stands as it stood, see `stood`. Raises `StoreTrouble`."""
        agreement = evolve(self.agreements[place], until=until)
        self.agreements[place], written = settled_again(self.db, agreement, found, publish)
        return written

    def stood(self, place: int) -> Stood | None:
        """What a member came to when it was last evaluated, if all that this follows from is the same but for how far
        time is known."""
        now = self._made_of(place)
        told = stood(self.db, self.agreements[place].id, now) if now else None
        return None if told is None else from_bytes(told)

    def keep_stood(self, place: int, found: Stood) -> None:
        """Keep what a member came to, once that is settled."""
        now, told = self._made_of(place), to_bytes(found)
        if now and told is not None:
            keep_stood(self.db, self.agreements[place].id, now, told)

    def _made_of(self, place: int) -> str:
        agreement = self.agreements[place]
        text = text_of(self.db, agreement).digest
        return made_of(text, self.digests[place], self.bounds(place), heads(self.db, agreement.id))


@contextmanager
def keeping(store: Path, found: Found) -> Iterator[Keeper]:
    """A run of a portfolio into a store: committed at the end, or nothing of it is there. Raises `StoreTrouble`."""
    with writing(store) as db, no_sweeping():
        yield Keeper(db, joined(db, store), found)


@contextmanager
def keeping_again(
    store: Path, name: str | None, lines: Mapping[Place, bytes | None] | None
) -> Iterator[tuple[Keeper, int]]:
    """The same with the agreements as the store has them, after lines are to be read again that were set aside; how
    many these are. See `store.kept.requeue_shared`."""
    with writing(store) as db, no_sweeping():
        shared = joined(db, store)
        members = [_member(db, each) for each in names(db)]
        if name is not None:
            agreement_named(db, name)
        count = requeue_shared(db, shared, name, lines)
        keeper = Keeper(db, shared, Found(tuple(sorted(members, key=lambda each: each.name))))
        keeper.agreements = [agreement_named(db, each.name) for each in keeper.found.members]
        yield keeper, count


def _member(db: Connection, name: str) -> Member:
    """An agreement by the text that a store has of it."""
    agreement = agreement_named(db, name)
    text = text_of(db, agreement)
    contract = contract_of(text, agreement.program)
    packed = zlib.compress(pickle.dumps(contract, pickle.HIGHEST_PROTOCOL), 1)
    return Member(Path(text.files[0][0]), name, contract.zone, contract.mappings, (), packed, 0)


def is_shared(store: Path) -> bool:
    """Whether a store is that of a portfolio. Raises `StoreTrouble`."""
    with reading(store) as db:
        return portfolio(db) is not None


def unrouted(store: Path) -> list[Quarantined]:
    """The lines of a portfolio that are set aside because they belong to none of its agreements, or because nothing can
    be read in them; of another store none. Raises `StoreTrouble`."""
    with reading(store) as db:
        shared = portfolio(db)
        return [] if shared is None else read_aside(db, shared.id)


def reached_shared(store: Path) -> Mapping[str, int]:
    """As `keeping.reached_kept`, of a portfolio."""
    if not store.exists():
        return {}
    with writing(store) as db:
        shared = portfolio(db)
        return {} if shared is None else offsets(db, shared.id)


def text_on_disk(member: Member) -> Text:
    """The text of a member, which must be that by which it was understood. Raises `StoreTrouble`."""
    text = text_at(member.path, member.used)
    if digest_of(data for _, data in text.files) != member.digest:
        raise StoreTrouble(ALTERED, file=str(member.path))
    return text


@define
class _Handing:
    """Lines on their way to whose they are; notes what is settled now."""

    keeper: Keeper
    router: Router
    among: Sequence[Addressee]
    _source: int = field(default=0, init=False)
    _grown: int | None = field(default=None, init=False)
    _owners: dict[int, int] = field(factory=dict, init=False)
    _taken_back: list[int] = field(factory=list, init=False)
    _given: list[tuple[int, int, int | None]] = field(factory=list, init=False)
    _digests: list[hashlib.blake2b] = field(init=False)
    _named: bytes = field(default=b"", init=False)
    _places: dict[int, int] = field(init=False)
    _gone: dict[int, str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        db, members = self.keeper.db, self.keeper.agreements
        self._digests = [hashlib.blake2b(digest_size=16) for _ in members]
        self._places = {each.id: place for place, each in enumerate(members)}
        self._gone = {each.id: each.name for name in names(db) if (each := agreement_of(db, name)) is not None}

    def rows(self) -> Iterator[Row | Dismissed]:
        db, shared = self.keeper.db, self.keeper.shared
        changed = mended(db, shared.id)
        for source in sources(db, shared.id):
            self._source, self._owners = source.id, owners(db, source.id)
            self._grown = self.keeper.lines_before.get(source.id)
            self._named = source.name.encode("utf-8", "surrogatepass")
            yield from rows_with(db, source, laid(db, source.id), changed)
            self.write()

    def write(self) -> None:
        """Write what was settled of a source."""
        db = self.keeper.db
        take_back(db, self._source, self._taken_back)
        give(db, self._source, self._given)
        self._taken_back, self._given = [], []

    def digests(self) -> list[bytes]:
        """Of each member, those of all its lines. How a source is laid out, and its header, stay what they were when it
        was first read."""
        return [each.digest() for each in self._digests]

    def whose(self, row: RawRow | BadLine) -> int | Refusal | None:
        """Whose a row is."""
        found = self._whose(row)
        if isinstance(found, int) and isinstance(row, RawRow):
            digest = self._digests[found]
            digest.update(b"%b %d %d %d\n" % (self._named, row.line, row.number, len(row.raw)))
            digest.update(row.raw)
        return found

    def _whose(self, row: RawRow | BadLine) -> int | Refusal | None:
        """Whose a row is; that of a row that ended a source which has grown since may be another's now."""
        owner = self._owners.get(row.line)
        grown = self._grown
        if owner is not None and (
            isinstance(row, BadLine) or (grown is not None and row.line + row.raw.count(b"\n") > grown)
        ):
            self._taken_back.append(row.line)
            owner = None
        if owner is not None:
            place = self._places.get(owner)
            return self._not_run(row, self._gone[owner]) if place is None else place
        if isinstance(row, BadLine):
            return row.refusal
        found = self.router.route(row)
        if isinstance(found, int):
            agreement = self.keeper.agreements[found]
            self._given.append((row.line, agreement.id, agreement.published))
        return found

    def _not_run(self, row: RawRow | BadLine, name: str) -> Refusal:
        why = next(each.why for each in self.among if each.name == name)
        return Refused(NOT_RUN, subject=name, why=why).refusal(f"{row.file}:{row.line}")
