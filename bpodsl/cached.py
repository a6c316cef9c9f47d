"""What is slow to make and the same each time, kept as JSON in the user's own cache folder.

Nothing is executed on loading. A file counts only if it is the user's own and its first line is the hash of the very
key asked for and of the data below it, so it can be neither stale nor damaged; where none can be read or written, the
data are made afresh. What has not been read for longest goes when the folder grows. The folder is `bpodsl` in that of
`XDG_CACHE_HOME` or in `~/.cache`, or the one that `BPODSL_CACHE` names; with `BPODSL_CACHE=off` nothing is kept.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any, Final

MOST_FILES: Final = 500
MOST_BYTES: Final = 100_000_000
"""What may stand in the folder; what has not been read for longest makes room."""

_AN_HOUR: Final = 3600
"""A file that was begun so many seconds before another was is finished by nobody."""

_NEW: Final = ".new-"
_BINARY: Final = getattr(os, "O_BINARY", 0)


def _hashing() -> Callable[..., Any]:
    """SHA-256 as Python has it itself: `hashlib` loads a library of cryptography first, which takes longer than to hash
    all that is hashed at a start."""
    # It has had the first name since Python 3.12; a Python may be made without it.
    for name in ("_sha2", "_sha256"):
        try:
            return import_module(name).sha256  # type: ignore[no-any-return]
        except ImportError:
            continue
    from hashlib import sha256

    return sha256


sha256: Final = _hashing()


def kept(name: str, key: str, make: Callable[[], Any]) -> Any:
    """The data kept under a name for a key, made of lists, dicts, text and numbers; else what `make` gives."""
    found = recall(name, key)
    if found is None:
        found = make()
        keep(name, key, found)
    return found


def recall(name: str, key: str) -> Any:
    """The data kept under a name for a key, or None."""
    place = _folder()
    if place is None:
        return None
    path = _path(place, name, key)
    with suppress(OSError, ValueError):
        digest, _, data = _own_text(path).partition("\n")
        if digest == _digest(key + data):
            found = json.loads(data)
            with suppress(OSError):
                os.utime(path)
            return found
    return None


def keep(name: str, key: str, made: Any) -> None:
    """Keep data, made of lists, dicts, text and numbers, under a name for a key, where that can be done."""
    place = _folder()
    if place is None:
        return
    # A number may be too long to be written, a text may hold half a character.
    with suppress(OSError, ValueError):
        data = json.dumps(made, separators=(",", ":"), sort_keys=True)
        path = _path(place, name, key)
        write_whole(path, f"{_digest(key + data)}\n{data}")
        _make_room(place, path)


def _path(place: Path, name: str, key: str) -> Path:
    return place / f"{name}-{_digest(key)[:32]}.json"


def _own_text(path: Path) -> str:
    """The text of a file of the user's own. Raises OSError for any other, and ValueError if it is no text."""
    handle = os.open(path, os.O_RDONLY | _BINARY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with open(handle, encoding="utf-8", newline="") as file:  # noqa: PTH123 - it is open already
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode) or not _mine(about):
            raise PermissionError(path)
        return file.read()


def _make_room(place: Path, new: Path) -> None:
    """Remove what has not been read for longest, if the folder holds too much; and what was never finished."""
    now = new.stat().st_mtime
    ours: list[tuple[float, int, str]] = []
    for each in os.scandir(place):
        with suppress(OSError):
            about = each.stat(follow_symlinks=False)
            if each.name.endswith(".json"):
                ours.append((about.st_mtime, about.st_size, each.path))
            elif each.name.startswith(_NEW) and about.st_mtime < now - _AN_HOUR:
                Path(each.path).unlink()
    ours.sort(reverse=True)
    size = 0
    for n, (_, own, path) in enumerate(ours):
        size += own
        if (n >= MOST_FILES or size > MOST_BYTES) and path != str(new):
            with suppress(OSError):
                Path(path).unlink()


def _digest(text: str) -> str:
    return str(sha256(text.encode("utf-8", "surrogatepass")).hexdigest())


def _mine(about: os.stat_result) -> bool:
    """Whether a file or folder is the user's own, and written by nobody else."""
    mine = not hasattr(os, "getuid") or about.st_uid == os.getuid()
    return mine and (os.name != "posix" or not about.st_mode & 0o077)


def _folder() -> Path | None:
    """The user's own cache folder, made if need be; None if it is not the user's alone, or nothing is to be kept."""
    said = os.environ.get("BPODSL_CACHE", "")
    if said == "off":
        return None
    if said.startswith("/"):
        place = Path(said)
    elif os.environ.get("XDG_CACHE_HOME", "").startswith("/"):
        place = Path(os.environ["XDG_CACHE_HOME"]) / "bpodsl"
    else:
        try:
            place = Path.home() / ".cache" / "bpodsl"
        except RuntimeError:
            return None
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = place.lstat()
    except OSError:
        return None
    return place if stat.S_ISDIR(about.st_mode) and _mine(about) else None


def trouble() -> str | None:
    """Why nothing can be kept in the folder that `BPODSL_CACHE` names; None if it can, or none is named."""
    said = os.environ.get("BPODSL_CACHE", "")
    if said in ("", "off"):
        return None
    if not said.startswith("/"):
        return "it is no whole path"
    if _folder() is None:
        there = Path(said).is_dir()
        return "others may read or write it" if there else "it is no folder, and none can be made there"
    return None if os.access(said, os.W_OK | os.X_OK) else "it cannot be written"


def write_whole(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file beside and move it into place, so that no reader sees half of it. Raises OSError."""
    handle, beside = _beside(path.parent)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 - it is open already
            file.write(text)
        beside.chmod(mode)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _beside(folder: Path) -> tuple[int, Path]:
    """A new file in a folder, open for writing, that nobody else has. (`tempfile` takes long to import.)"""
    for n in count():
        path = folder / f"{_NEW}{os.getpid()}-{n}"
        with suppress(FileExistsError):
            return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600), path
    raise AssertionError("there is always another number")
