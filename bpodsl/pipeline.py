"""The whole compiler in one breath: from files to a contract, from events to a ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from os.path import normpath
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from bpodsl.terms import Contract
from bpodsl.text import Problem, Severity, Source

if TYPE_CHECKING:
    from bpodsl.language import Load, Loaded
    from bpodsl.language.ast import File
    from bpodsl.record import Event, Ledger


@frozen
class Reading:
    """How files are read. `bytes_of` raises OSError for what cannot be read; `parse` may keep what it has parsed."""

    bytes_of: Callable[[Path], bytes] = Path.read_bytes
    parse: Callable[[Source], tuple[File, tuple[Problem, ...]]] | None = None


@frozen
class Understood:
    """What became of one file: its contract, unless errors prevent one, and its problems. `used`: the other files
    that it is joined from."""

    path: Path
    contract: Contract | None
    problems: tuple[Problem, ...]
    used: tuple[Path, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether it may run."""
        return self.contract is not None and not any(p.severity is Severity.ERROR for p in self.problems)


def understand_text(
    name: str, text: str, load: Load | None = None, reading: Reading = Reading()
) -> tuple[Contract | None, tuple[Problem, ...]]:
    """Parse, resolve and doubt a text, and leave out the problems that its comments allow; never raises for what an
    author may type. `load` finds the files it uses."""
    from bpodsl.language import parse, resolve
    from bpodsl.lint import lint

    sources = [Source(name, text)]

    def gathered(written: str, using: str) -> Loaded | str:
        found = load(written, using) if load is not None else "this text has no folder"
        if not isinstance(found, str):
            sources.append(found.source)
        return found

    tree, problems = (reading.parse or parse)(sources[0])
    contract, more = resolve(tree, gathered)
    doubts = () if contract is None else lint(contract)
    return contract, tuple(_allowed(sources, (*problems, *more, *doubts)))


def _allowed(sources: Sequence[Source], problems: Iterable[Problem]) -> Iterable[Problem]:
    """The problems that the comments of the texts do not allow."""
    if not any("# allow" in source.text for source in sources):
        return problems
    from bpodsl.language.allowing import allow
    from bpodsl.problems import every_problem

    return allow(dict.fromkeys(sources), problems, {each.code: each.severity for each in every_problem()})


def understand(path: Path, shown: str = "", reading: Reading = Reading()) -> Understood:
    """The same for a file and those that it uses. Raises OSError if it cannot be read; bytes that are no UTF-8 are a
    problem, and so is a used file that cannot be read."""
    from bpodsl.language import decode

    name = shown or str(path)
    text, problems = decode(name, reading.bytes_of(path))
    if problems and not text:
        return Understood(path, None, problems)
    folder = _Folder(path, name, reading)
    contract, more = understand_text(name, text, folder.load, reading)
    return Understood(path, None if problems else contract, (*problems, *more), tuple(folder.used))


@define
class _Folder:
    """Finds the files that an agreement uses: in the folder of its first file, or in one below."""

    first: Path
    name: str
    reading: Reading = Reading()
    paths: dict[str, Path] = field(factory=dict)
    used: dict[Path, None] = field(factory=dict)

    def load(self, written: str, using: str) -> Loaded | str:
        """The file that a path means in the file of that name; or why it cannot be used."""
        from bpodsl.language import Loaded, decode

        if not written.endswith(".bpo"):
            return "it is not a `.bpo` file"
        if PurePosixPath(written).is_absolute() or "\\" in written or ":" in written or "\0" in written:
            return "its path must count from the folder of this file, with `/` between folders"
        beside = self.paths.get(using, self.first)
        root = self.first.parent.resolve()
        try:
            path = (beside.parent / written).resolve()
            if not path.is_relative_to(root):
                return "it lies outside the folder of the first file"
            shown = normpath(PurePosixPath(using).parent / written)
            text, problems = decode(shown, self.reading.bytes_of(path))
        except FileNotFoundError:
            return "there is no such file"
        except (OSError, ValueError):
            return "it cannot be read"
        self.paths[shown] = path
        if path != self.first.resolve():
            self.used.setdefault(path)
        key = path.relative_to(root).as_posix()
        source = Source(shown, text)
        read = None if self.reading.parse is None else self.reading.parse(source)
        return Loaded("" if path == self.first.resolve() else key, source, tuple(problems), read)


def agreements(paths: Iterable[Path]) -> list[Path]:
    """All `.bpo` files among paths and below folders, sorted, without repeats."""
    found: dict[Path, None] = {}
    for path in paths:
        for each in sorted(path.rglob("*.bpo")) if path.is_dir() else [path]:
            found.setdefault(each)
    return list(found)


def understand_all(paths: Iterable[Path]) -> list[Understood]:
    """Every agreement among paths and below folders. A file found in a folder that another one uses is a part of that
    one, not an agreement of its own."""
    given = {path.resolve() for path in paths if not path.is_dir()}
    understood = [understand(path) for path in agreements(paths)]
    used = {path for each in understood for path in each.used} - given
    return [each for each in understood if each.path.resolve() not in used]


def evaluate_worlds(
    contract: Contract,
    worlds: Sequence[tuple[str, Sequence[Event]]],
    until: int,
    progress: Callable[[int], None] | None = None,
) -> tuple[tuple[str, Ledger], ...]:
    """The ledger of each world, by name; its events are those of `Intaken.worlds`."""
    from bpodsl.engine import plan, run
    from bpodsl.graph import build

    program = plan(build(contract))
    return tuple((name, run(program, events, until, progress)) for name, events in worlds)


def evaluate(
    contract: Contract,
    events: Sequence[Event],
    until: int,
    progress: Callable[[int], None] | None = None,
) -> Ledger:
    """Relate, plan and run. `progress` is called with the number of events done so far."""
    from bpodsl.engine import plan, run
    from bpodsl.graph import build

    return run(plan(build(contract)), events, until, progress)
