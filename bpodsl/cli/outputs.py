"""What a command writes: the one guard before it, so that nothing is ever written over what a command reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import click


def guard(outputs: Mapping[str, Iterable[Path]], inputs: Iterable[Path]) -> None:
    """Leave with a usage error, before anything is read or written, if a file to be written is one of those read, an
    agreement, or written twice. `outputs`: by the option that asks for them; `-` among `inputs` is no file.
    """
    read = [path for path in inputs if str(path) != "-"]
    before: list[tuple[str, Path]] = []
    for option, paths in outputs.items():
        for path in paths:
            over = next((each for each in read if _same(path, each)), None)
            if over is not None:
                raise _refused(option, f"would write `{path}` over `{over}`, which is read here.")
            if path.suffix.lower() == ".bpo":
                raise _refused(option, f"would write `{path}`; that ending is for agreements, which are only read.")
            twice = next((other for other, each in before if _same(path, each)), None)
            if twice is not None:
                raise _refused(option, f"would write `{path}`, which {twice} writes, too.")
        before += [(option, path) for path in paths]


def _refused(option: str, why: str) -> click.BadParameter:
    return click.BadParameter(f"This {why} Nothing was done: name another file or folder.", param_hint=f"'{option}'")


def _same(one: Path, other: Path) -> bool:
    """Whether both name one file: by the file itself (links, other spellings), or by name where there is none yet."""
    try:
        return one.samefile(other)
    except OSError:
        return one.resolve() == other.resolve()
