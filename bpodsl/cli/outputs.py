"""What a command writes: the one guard before it, so that nothing is ever written over what a command reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import click


def guard(outputs: Mapping[str, Iterable[Path]], inputs: Iterable[Path]) -> None:
    """Leave with a usage error, before anything is read or written, if a file to be written is one of those read, an
    agreement, or written twice. `outputs`: by the option that asks for them; `-` among `inputs` is no file.
    """
    read = {_which(path): path for path in inputs if str(path) != "-"}
    before: dict[object, str] = {}
    for option, paths in outputs.items():
        own = []
        for path in paths:
            which = _which(path)
            if which in read:
                raise _refused(option, f"would write `{path}` over `{read[which]}`, which is read here.")
            if path.suffix.lower() == ".bpo":
                raise _refused(option, f"would write `{path}`; that ending is for agreements, which are only read.")
            if which in before:
                raise _refused(option, f"would write `{path}`, which {before[which]} writes, too.")
            own.append(which)
        before.update(dict.fromkeys(own, option))


def _refused(option: str, why: str) -> click.BadParameter:
    return click.BadParameter(f"This {why} Nothing was done: name another file or folder.", param_hint=f"'{option}'")


def _which(path: Path) -> object:
    """What is equal for two names of one file: the file itself (links, other spellings), or where it would be."""
    try:
        about = path.stat()
    except OSError:
        return path.resolve()
    return about.st_dev, about.st_ino
