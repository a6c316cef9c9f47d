"""The whole compiler in one breath: from files to a contract, from events to a ledger."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from io import BytesIO
from os.path import normpath
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from bpodsl.lean import define, field, frozen
from bpodsl.text import Problem, Severity, Source, Span, bytes_of

if TYPE_CHECKING:
    from datetime import date
    from multiprocessing.connection import Connection

    from bpodsl.engine import Flow, Told
    from bpodsl.language import Load, Loaded
    from bpodsl.language.ast import File
    from bpodsl.record import Entry, Event, Ledger, Posted
    from bpodsl.record.account import Intaken
    from bpodsl.store import Steady
    from bpodsl.terms import Contract
    from bpodsl.text.citing import Cited
    from bpodsl.values import Money

    _Flow = TypeVar("_Flow", bound=Flow)


class Run(Protocol):
    """Runs a contract that has been planned."""

    def __call__(
        self, events: Sequence[Event], until: int, progress: Callable[[int], None] | None = None, /
    ) -> Ledger: ...


@frozen
class Reading:
    """How files are read. `bytes_of` raises OSError for what cannot be read; `parse` may keep what it has parsed."""

    bytes_of: Callable[[Path], bytes] = bytes_of
    parse: Callable[[Source], tuple[File, tuple[Problem, ...]]] | None = None


FROM_DISK: Final = Reading()


@frozen
class Asked:
    """What is asked of an agreement besides what is always asked: whether one case changes what is owed by more than
    `cliff`, and, on the day `today`, whether what its comments allow is allowed still. None: that is not asked.
    `doubts_later`: they are put off, for who waits for the rest cannot wait for them."""

    cliff: Money | None = None
    today: date | None = None
    doubts_later: bool = False


NOTHING_MORE: Final = Asked()


@frozen
class Understood:
    """What became of one file: its contract, unless errors prevent one, and its problems.

    `made` gives the contract, `whole` says whether there is one. `used`: the other files that it is joined from.
    `sought`: what was looked for on its behalf, in this order: the path as written, the name of the file that uses it,
    and what was found there, or why nothing. `doubted`: where doubts were put off, finds them; all problems, these
    included. `key`: by what more of it is kept; "" if nothing is.
    """

    path: Path
    made: Callable[[], Contract | None] = field(eq=False, repr=False)
    whole: bool
    problems: tuple[Problem, ...]
    asked: Asked
    used: tuple[Path, ...] = ()
    sought: tuple[tuple[str, str, bytes | str], ...] = field(default=(), repr=False)
    doubted: Callable[[], tuple[Problem, ...]] | None = field(default=None, eq=False, repr=False)
    key: str = ""

    @cached_property
    def contract(self) -> Contract | None:
        """What was agreed; None where errors prevent that it is understood."""
        return self.made()

    @property
    def headed(self) -> bool:
        """Whether it says that it is an agreement."""
        return not any(p.code == "BPO208" and p.span is not None and p.span.end == 0 for p in self.problems)

    @property
    def sound(self) -> bool:
        """Whether it may run."""
        return self.whole and not any(p.severity is Severity.ERROR for p in self.problems)


def understand_text(
    name: str, text: str, load: Load | None = None, asked: Asked = NOTHING_MORE, reading: Reading = FROM_DISK
) -> tuple[Contract | None, tuple[Problem, ...]]:
    """Parse, resolve and doubt a text, and leave out the problems that its comments allow; never raises for what an
    author may type. `load` finds the files it uses."""
    contract, problems = _resolved(name, text, load, asked, reading)
    return contract, problems(True)


def _resolved(
    name: str, text: str, load: Load | None, asked: Asked, reading: Reading
) -> tuple[Contract | None, Callable[[bool], tuple[Problem, ...]]]:
    """The contract, and what tells its problems: with its doubts, or without."""
    from bpodsl.language import parse, resolve

    sources = [Source(name, text)]

    def gathered(written: str, using: str) -> Loaded | str:
        found = load(written, using) if load is not None else "this text has no folder"
        if not isinstance(found, str):
            sources.append(found.source)
        return found

    tree, problems = (reading.parse or parse)(sources[0])
    contract, more = resolve(tree, gathered)

    def told(doubted: bool) -> tuple[Problem, ...]:
        if contract is None or not doubted:
            return tuple(_allowed(sources, (*problems, *more), asked, False))
        from bpodsl.language.places import placed
        from bpodsl.lint import lint

        headings: dict[int, Span] = {}
        trees: dict[Source, File] = {sources[0]: tree}
        doubts = []
        for doubt in lint(contract, following(), asked.cliff):
            if doubt.span is None or doubt.part() is None:
                doubts.append(doubt)
                continue
            source = doubt.span.source
            if source not in trees:
                trees[source] = parse(source)[0]
            doubts.append(placed(doubt, trees[source]))
            headings[id(doubts[-1])] = doubt.span
        return tuple(_allowed(sources, (*problems, *more, *doubts), asked, True, headings))

    return contract, told


def _follow(contract: Contract, lines: Sequence[str], until: int, run: Run | None = None) -> Sequence[Entry]:
    """What stands at an instant when these lines of JSON are all that is reported; nothing if one is set aside. `run`:
    the contract, where it has been planned already."""
    from bpodsl.store import Feed, read_events

    taken = read_events(contract, [Feed("-", BytesIO("\n".join(lines).encode()))], until)
    if taken.quarantined or taken.incomplete:
        return ()
    run = run or runner(contract)
    return [entry for _, events in taken.worlds for entry in run(events, until).outcome]


def following() -> Callable[[Contract, Sequence[str], int], Sequence[Entry]]:
    """Follows a few lines under one contract as often as is asked, which is planned once."""
    planned: list[Run] = []

    def follow(contract: Contract, lines: Sequence[str], until: int) -> Sequence[Entry]:
        if not planned:
            planned.append(runner(contract))
        return _follow(contract, lines, until, planned[0])

    return follow


def _allowed(
    sources: Sequence[Source], problems: Iterable[Problem], asked: Asked, doubted: bool,
    headings: Mapping[int, Span] | None = None,
) -> Iterable[Problem]:  # fmt: skip
    """The problems that the comments of the texts do not allow. Of what was not looked for nobody can say that it is
    not there: of doubts, unless `doubted`."""
    if not any("llow" in source.text for source in sources):  # Of `allow` or `Allow`: most texts have neither.
        return problems
    from bpodsl.language.allowing import allow
    from bpodsl.lint import DOUBTS
    from bpodsl.problems import every_problem

    codes = {each.code: each.severity for each in every_problem()}
    unasked = () if doubted else ("BPO205", "BPO214", *(doubt.code for doubt in DOUBTS))
    unasked += () if asked.cliff is not None else ("BPO409",)
    unasked += ("BPO901",)  # Only whoever runs the tests knows.
    return allow(dict.fromkeys(sources), problems, codes, asked.today, unasked, headings or {})


def understand(
    path: Path, shown: str = "", asked: Asked = NOTHING_MORE, reading: Reading = FROM_DISK
) -> Understood:  # fmt: skip
    """The same for a file and those that it uses. Raises OSError if it cannot be read; bytes that are no UTF-8 are a
    problem, and so is a used file that cannot be read."""
    return understand_bytes(path, reading.bytes_of(path), shown or str(path), asked, reading)


def understand_bytes(
    path: Path, data: bytes, name: str, asked: Asked = NOTHING_MORE, reading: Reading = FROM_DISK
) -> Understood:
    """The same for bytes that stand for a file, such as an earlier version of it; the files that it uses are looked
    for where that file is."""
    from bpodsl.language import decode

    text, problems = decode(name, data)
    if problems and not text:
        return Understood(path, lambda: None, False, problems, asked)
    folder = Folder(path, name, reading)
    contract, told = _resolved(name, text, folder.load, asked, reading)
    more = told(not asked.doubts_later)
    later = (lambda: (*problems, *told(True))) if asked.doubts_later and contract is not None else None
    whole = None if problems else contract
    used, sought = tuple(folder.used), tuple(folder.sought)
    return Understood(path, lambda: whole, whole is not None, (*problems, *more), asked, used, sought, later)


def cited(path: Path) -> list[Cited]:
    """Where an agreement, and the files that it uses, cite the paper. Raises OSError if it cannot be read."""
    from bpodsl.language import decode
    from bpodsl.language.citations import citations

    name = str(path)
    text, _ = decode(name, bytes_of(path))
    return citations(Source(name, text), Folder(path, name).load)


@define
class Folder:
    """Finds the files that an agreement uses: in the folder of its first file, or in one below."""

    first: Path
    name: str
    reading: Reading = FROM_DISK
    paths: dict[str, Path] = field(factory=dict)
    used: dict[Path, None] = field(factory=dict)
    sought: list[tuple[str, str, bytes | str]] = field(factory=list)

    def find(self, written: str, using: str) -> bytes | str:
        """The bytes that a path means in the file of that name; or why they cannot be used."""
        found = self._find(written, using)
        self.sought.append((written, using, found))
        return found

    def _find(self, written: str, using: str) -> bytes | str:
        if not written.endswith(".bpo"):
            return "it is not a `.bpo` file"
        if PurePosixPath(written).is_absolute() or "\\" in written or ":" in written or "\0" in written:
            return "its path must count from the folder of this file, with `/` between folders"
        beside = self.paths.get(using, self.first)
        try:
            path = (beside.parent / written).resolve()
            if not path.is_relative_to(self.first.parent.resolve()):
                return "it lies outside the folder of the first file"
            if path.exists() and not path.is_file():
                return "it is no file that can be read to its end"
            data = self.reading.bytes_of(path)
        except FileNotFoundError:
            return "there is no such file"
        except (OSError, ValueError):
            return "it cannot be read"
        self.paths[_shown(written, using)] = path
        if path != self.first.resolve():
            self.used.setdefault(path)
        return data

    def load(self, written: str, using: str) -> Loaded | str:
        """The file that a path means in the file of that name; or why it cannot be used."""
        from bpodsl.language import Loaded, decode

        data = self.find(written, using)
        if isinstance(data, str):
            return data
        shown = _shown(written, using)
        text, problems = decode(shown, data)
        path = self.paths[shown]
        key = path.relative_to(self.first.parent.resolve()).as_posix()
        source = Source(shown, text)
        read = None if self.reading.parse is None else self.reading.parse(source)
        return Loaded("" if path == self.first.resolve() else key, source, tuple(problems), read)


def _shown(written: str, using: str) -> str:
    """The name under which a used file is shown."""
    return normpath(PurePosixPath(using).parent / written)


def agreements(paths: Iterable[Path]) -> list[Path]:
    """All `.bpo` files among paths and below folders, sorted, without repeats. Pipes and devices in a folder, which may
    have no end, are left out."""
    found: dict[Path, None] = {}
    for path in paths:
        for each in sorted(filter(Path.is_file, path.rglob("*.bpo"))) if path.is_dir() else [path]:
            found.setdefault(each)
    return list(found)


def understand_all(
    paths: Iterable[Path], asked: Asked = NOTHING_MORE, by: Callable[[Path, str, Asked], Understood] = understand
) -> list[Understood]:
    """Every agreement among paths and below folders. A file that another one uses is a part of that one, not an
    agreement of its own; for a part given alone stand the agreements near it that use it. `by`: what understands one.
    """
    understood = {path.resolve(): by(path, "", asked) for path in agreements(paths)}
    for part in [path for path, each in understood.items() if not each.headed]:
        if not any(part in each.used for each in understood.values()):
            understood |= {each.path.resolve(): each for each in _users(understood[part].path, asked, by)}
    used = {path for each in understood.values() for path in each.used}
    return [each for path, each in understood.items() if path not in used]


def _users(part: Path, asked: Asked, by: Callable[[Path, str, Asked], Understood]) -> list[Understood]:
    """The agreements that use a file, in the nearest folder that has some: its own, or one of the three above."""
    for folder in (part.parent, *list(part.resolve().parents)[1:4]):
        others = [path for path in sorted(folder.glob("*.bpo")) if path.resolve() != part.resolve()]
        near = [by(path, "", asked) for path in others]
        if found := [each for each in near if part.resolve() in each.used]:
            return found
    return []


def runner(contract: Contract) -> Run:
    """Plan a contract once; what it returns runs it over events, known until an instant, as often as is asked.
    `progress` is called with the number of events done so far."""
    from bpodsl.engine import plan, run
    from bpodsl.graph import build

    program = plan(build(contract))
    return lambda events, until, progress=None: run(program, events, until, progress)


def evaluate_worlds(
    contract: Contract,
    worlds: Sequence[tuple[str, Sequence[Event]]],
    until: int,
    progress: Callable[[int], None] | None = None,
) -> tuple[tuple[str, Ledger], ...]:
    """The ledger of each world, by name; its events are those of `Intaken.worlds`."""
    run = runner(contract)
    return tuple((name, run(events, until, progress)) for name, events in worlds)


def evaluate_and_due(
    contract: Contract, worlds: Sequence[tuple[str, Sequence[Event]]], until: int
) -> tuple[tuple[tuple[str, Ledger], ...], int | None]:
    """The same; and the first instant by which another ledger of one of them may follow though nothing more is told.
    None: that is not known."""
    from bpodsl.engine import plan, run_and_due
    from bpodsl.graph import build

    program = plan(build(contract))
    ledgers, dues = [], list[int | None]()
    for name, events in worlds:
        ledger, due = run_and_due(program, events, until)
        ledgers.append((name, ledger))
        dues.append(due)
    known = [due for due in dues if due is not None]
    return tuple(ledgers), min(known) if known and len(known) == len(dues) else None


def evaluate(
    contract: Contract,
    events: Sequence[Event],
    until: int,
    progress: Callable[[int], None] | None = None,
) -> Ledger:
    """Plan and run once; see `runner`."""
    return runner(contract)(events, until, progress)


def run_plain(contract: Contract, paths: Sequence[Path], until: int | None = None) -> tuple[Intaken, Ledger] | None:
    """The ledger of files, without what is routine, for events by the million: those of straight cases are read in
    blocks and decided by the loop (see `PERFORMANCE.md`). None where that cannot be; then it is to be read and run as
    ever, and comes out the same."""
    from bpodsl.engine import cases_of, plan_contract, run_cases
    from bpodsl.record.beside import Beside
    from bpodsl.record.event import refs
    from bpodsl.store import Wanted, may_be_read_again, read_again, read_beside

    program = plan_contract(contract)
    every = cases_of(program)
    wanted = {
        kind.name: Wanted(kind, number, family, cases.family.keys)
        for family, cases in enumerate(every) for number, kind in enumerate(cases.family.kinds)
    }  # fmt: skip
    if not wanted or not all(map(may_be_read_again, paths)):
        return None
    for family, cases in enumerate(every):
        cases.fetch = lambda keys, family=family, cases=cases: read_again(  # type: ignore[misc]
            contract, paths, wanted, lambda each: each.family == family and cases.key_of(each) in keys  # type: ignore[attr-defined]
        )

    def take(source: str, found: list[Any], instants: list[int], ids: list[str]) -> None:
        parts = zip(found, instants, refs(source, ids), strict=True)
        if len(every) == 1:
            every[0].add_short(parts)
            return
        for each in parts:
            every[each[0].family].add_short((each,))

    beside = Beside(lambda: (item[0] for cases in every for case in cases.cases.values() for item in case.items))
    taken = read_beside(contract, paths, wanted, take, beside, until)
    ledger = None if taken is None else run_cases(program, every, taken.events, taken.until)
    return None if taken is None or ledger is None else (taken, ledger)


@frozen
class Help:
    """What other processes of one run do for it: `jobs` are they, with this one. `tails` makes lines without their
    numbers; `rest` is asked in each of them in the end, and `add` given what it says."""

    jobs: int
    tails: Callable[[Sequence[Posted]], list[str]]
    rest: Callable[[], object]
    add: Callable[[Any], None]


def why_alone(contract: Contract) -> str:
    """Why an agreement is run in one process; "" if several may share its cases."""
    from bpodsl.engine import plan_contract
    from bpodsl.engine.straight.shares import why_not_shared
    from bpodsl.portfolio.helpers import why_none

    return why_none() or why_not_shared(plan_contract(contract))


def run_steady(
    contract: Contract, paths: Sequence[Path], until: int | None, sink: Callable[[Sequence[Posted]], None],
    again: Callable[[], None], routine: bool = True, size: int | None = None, help: Help | None = None,
) -> tuple[Intaken, Callable[[Collection[str]], list[Event]]] | None:  # fmt: skip
    """The ledger of files, given to `sink` as it becomes final, numbered and in its order, while nothing is kept but
    what is open (see `PERFORMANCE.md`). What comes back is what the input comes to, without its events, and what finds
    events by their refs.

    `again` is called when all that was given is void; None: it is to be read and run as ever, and comes out the same.
    `routine` False: without what is routine. `size`: about how many bytes are read at a time. `help`: by several
    processes, where `why_alone` has nothing against it.
    """
    from bpodsl.engine import Flow, Odd, Unsteady, plan_contract
    from bpodsl.engine.straight.shares import Share, Shared
    from bpodsl.portfolio.helpers import helpers
    from bpodsl.store import NotInOrder, Steady, Wanted, may_be_read_again
    from bpodsl.store.lines import BLOCK

    if not all(map(may_be_read_again, paths)):
        return None
    program = plan_contract(contract)

    def read(make: Callable[[Steady], _Flow]) -> tuple[_Flow, Steady, Intaken]:
        steady = Steady(contract, paths, until, size=size or BLOCK)
        flow = make(steady)
        wanted = {
            kind.name: Wanted(kind, number, place, stream.family.keys)
            for place, stream in enumerate(flow.streams) for number, kind in enumerate(stream.family.kinds)
        }  # fmt: skip
        return flow, steady, steady.run(flow, wanted)

    def once(odd: set[Any]) -> tuple[Intaken, Callable[[Collection[str]], list[Event]]]:
        if help is None:
            _, steady, taken = read(lambda steady: Flow(program, sink, steady.in_full, odd, routine))
            return taken, steady.named
        tails, jobs, rest = help.tails, help.jobs, help.rest

        def share(line: Connection, number: int) -> None:
            read(lambda steady: Share(program, steady.in_full, odd, routine, number, jobs, line, tails))
            line.send(rest())

        with helpers(jobs - 1, share) as lines:
            flow, steady, taken = read(lambda steady: Shared(program, sink, steady.in_full, odd, routine, lines))
            for each in flow.rest():
                help.add(each)
        return taken, steady.named

    odd: set[Any] = set()
    for _ in range(2):
        try:
            return once(odd)
        except Odd as found:
            odd = found.cases
            again()
        except (Unsteady, NotInOrder):
            break
    again()
    return None


def run_brief(
    contract: Contract, paths: Sequence[Path], until: int | None, sink: Callable[[Told], None],
    again: Callable[[], None], size: int | None = None, jobs: int = 1,
) -> Intaken | None:  # fmt: skip
    """What the ledger of files comes to in short (`record.brief`), given to `sink` as it becomes final; what comes back
    is what the input comes to, without its events. `again` and `size`, and None, as in `run_steady`; `jobs`: in so many
    threads, where the compiled part is there."""
    from bpodsl.engine import Brief, Odd, Unsteady, plan_contract
    from bpodsl.store import Blockwise, NotInOrder, NotRising, Wanted, may_be_read_again
    from bpodsl.store.lines import BLOCK

    if not all(map(may_be_read_again, paths)):
        return None
    program = plan_contract(contract)
    odd: set[Any] = set()
    rising = eager = True
    # Threads wait for each other at the end of each block.
    size = size or BLOCK * min(jobs, 2)
    for _ in range(4):
        reading = Blockwise(contract, paths, until, size=size, rising=rising, eager=eager)
        try:
            flow = Brief(program, sink, reading.in_full, odd, jobs=jobs)
            wanted = {
                kind.name: Wanted(kind, number, place, stream.family.keys)
                for place, stream in enumerate(flow.streams) for number, kind in enumerate(stream.family.kinds)
            }  # fmt: skip
            return reading.read(flow, wanted)
        except Odd as found:
            odd = found.cases
        except NotRising:
            rising = False
        except NotInOrder:
            if not eager:
                break
            eager = False
        except Unsteady:
            break
        again()
    again()
    return None
