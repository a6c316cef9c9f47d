"""Runs that are kept: what was read goes into a store, and the ledger that follows from all that is in it.

A ledger is a function of the agreement's text, of what was read under it, and of how far time is known. So a run takes
what is new into the store, evaluates all of it, holds what follows against what was posted, and commits both together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from bpodsl import __version__
from bpodsl.pipeline import NOTHING_MORE, Asked, Reading, Understood, evaluate_worlds, understand_bytes
from bpodsl.record import Ledger
from bpodsl.record.account import Intaken, Quarantined
from bpodsl.record.chain import Head
from bpodsl.record.gather import Input, gathered, sorted_out, until_of
from bpodsl.record.intake import Intake
from bpodsl.record.latest import SKEW
from bpodsl.record.refusals import BEYOND_HORIZON
from bpodsl.report.formats import ledger_lines
from bpodsl.store import no_sweeping
from bpodsl.store.kept import (
    Agreement,
    Connection,
    Fed,
    Place,
    Posting,
    StoreTrouble,
    Text,
    Written,
    account,
    agreement_named,
    compared,
    feed,
    heads,
    held,
    hold,
    link_of,
    must_be_alone,
    names,
    offsets,
    post,
    post_behind,
    reading,
    requeue,
    since,
    source_rows,
    stored,
    take,
    text_of,
    updated,
    with_text,
    write_aside,
    writing,
)  # fmt: skip
from bpodsl.store.kept.topics import Records
from bpodsl.store.kept.troubles import (
    BEFORE_PUBLISHED,
    NOT_PUBLISHED,
    NOT_UNDERSTOOD,
    OTHER_PROGRAM,
    OTHERWISE,
    TEXT_CHANGED,
)  # fmt: skip
from bpodsl.terms import Contract
from bpodsl.text import bytes_of
from bpodsl.values import show_utc

if TYPE_CHECKING:
    from bpodsl.kernel.warm import Warm

Worlds = tuple[tuple[str, Ledger], ...]
Progress = Callable[[int], None]

_ROOT: Final = Path("/bpodsl store")
"""Where the files of a text lie while it is understood; nothing is looked for on disk."""


@frozen
class Kept:
    """What a store has of an agreement, evaluated. `heads`: where the chains of its postings end. `written`: what was
    new of its ledger, None of a store that was only read; `text` that of one."""

    contract: Contract
    agreement: Agreement
    taken: Intaken
    ledgers: Worlds
    heads: tuple[Head, ...]
    written: Written | None = None
    text: Text | None = None


@frozen
class Followed:
    """What follows for an agreement: its postings by world, and so many; what became of its lines; by which program.
    `same`: see `followed`."""

    lines: Mapping[str, Iterable[Posting]]
    counts: Mapping[str, int]
    quarantined: tuple[Quarantined, ...]
    account: Mapping[str, int]
    by: str
    same: int = -1


# ------------------------------------------------------------------------------------ the text
def text_at(path: Path, used: Iterable[Path]) -> Text:
    """The files of an agreement as they are now: its own, and those that it uses."""
    folder = path.resolve().parent
    names = {each.resolve().relative_to(folder).as_posix(): each for each in used}
    files = [(name, bytes_of(names[name])) for name in sorted(names, key=str.encode)]
    return Text(((path.name, bytes_of(path)), *files))


def contract_of(text: Text, then: str = "") -> Contract:
    """The contract that a text makes. Raises `StoreTrouble` if it makes none. `then`: the program that wrote it."""
    found = understood_of(text, Asked(doubts_later=True))
    name = text.files[0][0]
    if not found.sound or found.contract is None:
        errors = [each for each in found.problems if each.severity.value == "error"]
        why = f"{errors[0].code} {errors[0].message()}" if errors else "it makes no contract"
        raise StoreTrouble(NOT_UNDERSTOOD, agreement=name, why=why, then=then or program())
    return found.contract


def understood_of(text: Text, asked: Asked = NOTHING_MORE) -> Understood:
    """What becomes of a text, its problems too; nothing is looked for on disk."""
    files = {_ROOT / name: data for name, data in text.files}

    def bytes_of(path: Path) -> bytes:
        try:
            return files[path]
        except KeyError:
            raise FileNotFoundError(path) from None

    (name, data), *_ = text.files
    return understand_bytes(_ROOT / name, data, name, asked, Reading(bytes_of))


def text_kept(store: Path, name: str | None) -> Text:
    """The text of an agreement of a store, whether it can be understood or not. Raises `StoreTrouble`."""
    with reading(store) as db:
        return text_of(db, agreement_named(db, name))


def program(contract: Contract | None = None) -> str:
    """What evaluates: this program, and the data that a contract rests on."""
    pins = () if contract is None else contract.pins
    return ", ".join([f"bpodsl {__version__}", *(f"{name} {version}" for name, version in pins)])


# ------------------------------------------------------------------------------------ writing
def run_kept(
    store: Path,
    text: Text,
    sources: Sequence[Path | Records],
    until: Callable[[Contract], int | None],
    publish: bool = False,
    whole_lines: bool = False,
    given: Path | None = None,
    progress: Progress | None = None,
    warm: Warm | None = None,
) -> Kept:
    """Take what is new of sources into a store, and post what follows. `until`: how far time is known, None: as far as
    was said before, or just after the latest event. `given`: where what came by standard input was put.
    `warm`: what the runs before, over the same store in this process, left to go on from. Raises `StoreTrouble`,
    `LimitReached`, `OSError`; then nothing has changed."""
    contract = contract_of(text) if warm is None else warm.contract(text, contract_of)
    with writing(store) as db, no_sweeping():
        must_be_alone(db, store)
        if warm is not None:
            warm.begin(store, db)
        agreement = admitted(db, contract, text)
        fed = [fed_with(db, agreement, each, whole_lines, given) for each in sources]
        kept = _posted(db, contract, agreement, until(contract), publish, progress, warm)
    if warm is not None:
        warm.committed(store)
    unusable = [each.unusable for each in fed if each.unusable]
    return evolve(kept, taken=_with_unusable(kept.taken, unusable))


def admitted(db: Connection, contract: Contract, text: Text) -> Agreement:
    """The agreement with its text as it is now. Raises `StoreTrouble` if that is another than it had, by which what was
    posted would not stand."""
    agreement, amended = with_text(db, contract.name, text)
    if amended:
        hold(db, agreement.id)
        _must_stand(db, contract, agreement)
    return agreement


def fed_with(
    db: Connection, agreement: Agreement, source: Path | Records, whole_lines: bool, given: Path | None
) -> Fed:
    """Take what is new of a source into a store."""
    if isinstance(source, Records):
        return take(db, agreement.id, source, agreement.published)
    return feed(db, agreement.id, source, agreement.published, whole_lines, given)


def reached_kept(store: Path, contract: Contract) -> Mapping[str, int]:
    """Of each partition that a store reads for an agreement, by place: the offset that comes next."""
    if not store.exists():
        return {}
    with writing(store) as db:
        return offsets(db, agreement_named(db, contract.name).id) if contract.name in names(db) else {}


def requeue_kept(store: Path, name: str | None, lines: Mapping[Place, bytes | None] | None) -> tuple[Kept, int]:
    """Read lines again that were set aside, and post what follows; how many there are. See `store.kept.requeue`, and
    `run_kept`."""
    with writing(store) as db, no_sweeping():
        must_be_alone(db, store)
        agreement = agreement_named(db, name)
        contract = contract_of(text_of(db, agreement), agreement.program)
        count = requeue(db, agreement.id, agreement.published, lines)
        return _posted(db, contract, agreement, None, False, None), count


def _posted(
    db: Connection, contract: Contract, agreement: Agreement, asked: int | None, publish: bool,
    progress: Progress | None, warm: Warm | None = None,
) -> Kept:  # fmt: skip
    """Evaluate all that a store has of an agreement, and write what is new of what follows."""
    if warm is None:
        intake, found = _read(db, contract, agreement)
    else:
        intake, found = warm.read(db, agreement, since(db, agreement.id))
    latest = until_of(intake, found.lines)
    agreement = timed(agreement, asked, latest)
    taken = _gathered(intake, found, agreement)
    if warm is None:
        ledgers, same = evaluate_worlds(contract, taken.worlds, taken.until, progress), -1
    else:
        ledgers, same = warm.evaluated(taken)
    agreement, written = settled(db, agreement, followed(contract, taken, ledgers, same), publish)
    if warm is not None:
        warm.end(db)
    return Kept(contract, agreement, taken, ledgers, heads(db, agreement.id), written)


def followed(contract: Contract, taken: Intaken, ledgers: Worlds, same: int = -1) -> Followed:
    """What an evaluation came to, as it is written. `same`: so many postings are as this process posted them, and not
    told; -1: that is not known."""
    counts = {world: len(ledger.posted) for world, ledger in ledgers}
    told = taken.account.as_dict()
    lines = lines_of(contract, ledgers, max(same, 0))
    return Followed(lines, counts, taken.quarantined, told, program(contract), same)


def settled(db: Connection, agreement: Agreement, found: Followed, publish: bool) -> tuple[Agreement, Written]:
    """Write what is new of what follows for an agreement, of which it is settled how far time is known. Raises
    `StoreTrouble` if what stands would be otherwise."""
    ends = heads(db, agreement.id)
    if found.same >= 0:
        # Whoever goes on from what was posted has made sure that it is there.
        assert [end.postings for end in ends] == [found.same] * bool(found.same), "the store is not as it was left"
        end = ends[0] if ends else Head("", 0, link_of(db, agreement.id, "", 0))
        written = post_behind(db, agreement.id, end, found.lines[""])
    else:
        written = post(db, agreement.id, found.lines, agreement.stands)
    if written.differs is not None:
        raise _otherwise(agreement, found.by, written.differs)
    return _closed(db, agreement, found, publish), written


def settled_again(
    db: Connection, agreement: Agreement, found: Followed, publish: bool
) -> tuple[Agreement, Written]:  # fmt: skip
    """The same where it is certain that what follows is what was posted, and its postings are not told: these are held
    against their chain. Raises `StoreTrouble`."""
    written = Written(sum(1 for _ in stored(db, agreement.id)), 0, 0)
    return _closed(db, agreement, found, publish), written


def _closed(db: Connection, agreement: Agreement, found: Followed, publish: bool) -> Agreement:
    if publish:
        agreement = _published(agreement, found)
    write_aside(db, agreement.id, found.quarantined)
    agreement = evolve(agreement, program=found.by, account=account(found.account))
    updated(db, agreement)
    return agreement


def _read(db: Connection, contract: Contract, agreement: Agreement) -> tuple[Intake, Input]:
    """All that was read under an agreement, sorted out."""
    intake = Intake(contract)
    rows = source_rows(db, agreement.id, intake.layout)
    return intake, sorted_out(intake, rows, since(db, agreement.id), held(db, agreement.id))


def _gathered(intake: Intake, found: Input, agreement: Agreement) -> Intaken:
    assert agreement.until is not None
    return gathered(intake, found, agreement.until, SKEW)


def _with_unusable(taken: Intaken, unusable: Sequence[str]) -> Intaken:
    return evolve(taken, incomplete=tuple(sorted({*taken.incomplete, *unusable}))) if unusable else taken


def timed(agreement: Agreement, asked: int | None, latest: int | None) -> Agreement:
    """How far time is known: what was said once is not taken back by saying nothing. `latest`: just after the latest
    event, None: there is none. Raises `StoreTrouble`."""
    published = agreement.published
    if asked is not None:
        if published is not None and asked < published:
            told = {"published": show_utc(published), "until": show_utc(asked)}
            raise StoreTrouble(BEFORE_PUBLISHED, agreement=agreement.name, **told)
        return evolve(agreement, asked=asked, until=asked)
    instants = [each for each in (agreement.asked, published, latest) if each is not None]
    return evolve(agreement, until=max(instants, default=None))


def lines_of(contract: Contract, ledgers: Worlds, first: int = 0) -> Mapping[str, Iterator[Posting]]:
    """The postings of some ledgers, by world, behind the `first`."""
    def of_world(world: str, ledger: Ledger) -> Iterator[Posting]:
        posted = ledger.posted[first:]
        lines = ledger_lines(contract, posted, world)
        return ((each.known, line) for each, line in zip(posted, lines, strict=True))

    return {world: of_world(world, ledger) for world, ledger in ledgers}


def _must_stand(db: Connection, contract: Contract, agreement: Agreement) -> None:
    """A text that is not the one of before may say what follows from now on, and nothing else."""
    if agreement.until is None:
        return
    intake, found = _read(db, contract, agreement)
    taken = _gathered(intake, found, agreement)
    ledgers = evaluate_worlds(contract, taken.worlds, taken.until)
    differs = compared(stored(db, agreement.id), lines_of(contract, ledgers))
    if differs is not None:
        sequence, known, what = differs
        raise StoreTrouble(
            TEXT_CHANGED, agreement=agreement.name, sequence=str(sequence), known=show_utc(known), differs=what,
            until=show_utc(agreement.until),
        )  # fmt: skip


def _otherwise(agreement: Agreement, now: str, differs: tuple[int, int, str]) -> StoreTrouble:
    sequence, _, what = differs
    told = {"sequence": str(sequence), "differs": what}
    if agreement.program != now:
        return StoreTrouble(OTHER_PROGRAM, agreement=agreement.name, then=agreement.program, now=now, **told)
    return StoreTrouble(OTHERWISE, agreement=agreement.name, **told)


def _published(agreement: Agreement, found: Followed) -> Agreement:
    if set(found.counts) != {""}:
        raise StoreTrouble(
            NOT_PUBLISHED, agreement=agreement.name, why="its events belong to worlds, and only one came about",
            step="Publish a run over events that name no world.",
        )  # fmt: skip
    ahead = next((each for each in found.quarantined if each.code == BEYOND_HORIZON.code), None)
    if ahead is not None:
        raise StoreTrouble(
            NOT_PUBLISHED, agreement=agreement.name, why=f"a line lies too far ahead ({ahead.place})",
            step="Correct its time by a line with a higher `rev`, or run until a later instant.",
        )  # fmt: skip
    return evolve(agreement, published=agreement.until, stands=found.counts[""])


# ------------------------------------------------------------------------------------ reading
def taken_in(db: Connection, contract: Contract, agreement: Agreement) -> Intaken:
    """All that a store has of an agreement, as it goes into an evaluation."""
    with no_sweeping():
        return _gathered(*_read(db, contract, agreement), agreement)


def published_head(db: Connection, agreement: Agreement) -> Head:
    """Where the chain of what is published ends. The whole chain is held against the postings first. Raises
    `StoreTrouble`."""
    for _ in stored(db, agreement.id, ""):
        pass
    return Head("", agreement.stands, link_of(db, agreement.id, "", agreement.stands))


def read_kept(store: Path, name: str | None) -> Kept:
    """An agreement of a store as it was last committed, evaluated again and held against what was posted. Raises
    `StoreTrouble`, also where the two differ."""
    with reading(store) as db, no_sweeping():
        agreement = agreement_named(db, name)
        text = text_of(db, agreement)
        contract = contract_of(text, agreement.program)
        intake, found = _read(db, contract, agreement)
        postings, ends = list(stored(db, agreement.id)), heads(db, agreement.id)
    # Whoever writes need not wait any longer.
    taken = _gathered(intake, found, agreement)
    ledgers = evaluate_worlds(contract, taken.worlds, taken.until)
    differs = compared(postings, lines_of(contract, ledgers))
    if differs is None and sum(len(ledger.posted) for _, ledger in ledgers) != len(postings):
        differs = len(postings) + 1, 0, "there are more postings"
    if differs is not None:
        raise _otherwise(agreement, program(contract), differs)
    return Kept(contract, agreement, taken, ledgers, ends, text=text)


def lines_kept(store: Path, name: str | None, known: Callable[[Contract], int | None], world: str | None) -> list[str]:
    """The ledger of an agreement of a store, line by line as it was posted, as it was known at an instant."""
    with reading(store) as db:
        agreement = agreement_named(db, name)
        latest = known(contract_of(text_of(db, agreement), agreement.program))
        return [
            line for _, instant, line in stored(db, agreement.id, world) if latest is None or instant <= latest
        ]


def names_kept(store: Path) -> list[str]:
    """The names of the agreements that a store has, sorted. Raises `StoreTrouble`."""
    with reading(store) as db:
        return names(db)


def worlds_kept(store: Path, name: str | None) -> list[str]:
    """The worlds that an agreement of a store has postings of; "" where its events name none."""
    with reading(store) as db:
        return [head.world for head in heads(db, agreement_named(db, name).id)]
