"""What is slow to make and the same each time, kept as JSON in the user's own cache folder.

Nothing is executed on loading. A file counts only if its first line is the hash of the very key asked for and of
the data below it, so it can be neither stale nor damaged; where none can be read or written, the data are made afresh.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any


def kept(name: str, key: str, make: Callable[[], Any]) -> Any:
    """The data kept under a name for a key, made of lists, dicts, text and numbers; else what `make` gives."""
    place = _folder()
    path = None if place is None else place / f"{name}-{_digest(key)[:32]}.json"
    with suppress(OSError, ValueError):
        if path is not None:
            digest, _, data = path.read_text(encoding="utf-8").partition("\n")
            if digest == _digest(key + data):
                return json.loads(data)
    made = make()
    if path is not None:
        data = json.dumps(made, separators=(",", ":"), sort_keys=True)
        with suppress(OSError):
            write_whole(path, f"{_digest(key + data)}\n{data}")
    return made


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _folder() -> Path | None:
    """The user's own cache folder, made if need be; None if it is not the user's alone."""
    if os.environ.get("XDG_CACHE_HOME", "").startswith("/"):
        base = Path(os.environ["XDG_CACHE_HOME"])
    else:
        try:
            base = Path.home() / ".cache"
        except RuntimeError:
            return None
    place = base / "bpodsl"
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = place.lstat()
    except OSError:
        return None
    mine = not hasattr(os, "getuid") or about.st_uid == os.getuid()
    closed = os.name != "posix" or not about.st_mode & 0o077
    return place if stat.S_ISDIR(about.st_mode) and mine and closed else None


def write_whole(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file beside and move it into place, so that no reader sees half of it. Raises OSError."""
    import tempfile

    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
