"""What agreements of a folder were understood as, kept from one start to the next: one entry for the whole folder.

Each agreement in it is found by the bytes of its files, in the order in which they were looked for, and by this program
(see `remembered`, whose room is for few hundred files). So where one changes, that one alone is understood anew. What
has errors is not kept; nor, of very large folders, what no longer fits.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from bpodsl.cached import keep, recall
from bpodsl.pipeline import Folder, Reading
from bpodsl.remembered import WRONG, digest, seen, this_program
from bpodsl.terms import Contract
from bpodsl.terms.packed import NotPlain, packed, unpacked

MOST: Final = 40_000_000
"""How many bytes an entry may have, about."""

Record = dict[str, Any]


@frozen
class Recalled:
    """What a file was understood as: its contract, None of a part; which files it `used`; how many `remarks` it has."""

    contract: Contract | None
    used: tuple[Path, ...]
    remarks: int


def records(folder: Path) -> Mapping[str, Record]:
    """What was kept of a folder, by path."""
    key = _key(folder)
    found = recall("folder", key) if key else None
    return found if isinstance(found, dict) else {}


def keep_records(folder: Path, found: Mapping[str, Record]) -> None:
    """Keep what files of a folder are, as many as fit."""
    key, fitting, size = _key(folder), dict[str, Record](), 0
    for path, record in found.items():
        size += len(path) + len(json.dumps(record))
        if size > MOST:
            break
        fitting[path] = record
    if key:
        keep("folder", key, fitting)


def record_of(
    data: bytes, sought: Iterable[tuple[str, str, bytes | str]], contract: Contract | None, remarks: int
) -> Record | None:
    """What is kept of a file of these bytes; None if it cannot be. `sought`: as of `Understood`; the rest as of
    `Recalled`."""
    told = None
    if contract is not None:
        # What holds something that cannot be kept, or is nested too deeply, is made afresh each time.
        try:
            text = json.dumps(packed(contract), separators=(",", ":"))
        except (NotPlain, RecursionError, ValueError):
            return None
        told = b64encode(zlib.compress(text.encode("ascii"), 1)).decode("ascii")
    files = [[written, using, seen(each)] for written, using, each in sought]
    return {"file": digest(data), "sought": files, "remarks": remarks, "contract": told}


def recalled(path: Path, record: Record | None, bytes_of: Callable[[Path], bytes]) -> Recalled | None:
    """What a file was understood as; None if that is not kept, or was of other bytes."""
    if record is None:
        return None
    files = Folder(path, str(path), Reading(bytes_of))
    with suppress(zlib.error, *WRONG):
        if record["file"] != digest(bytes_of(path)):
            return None
        if any(seen(files.find(written, using)) != was for written, using, was in record["sought"]):
            return None
        told = record["contract"]
        contract = None if told is None else unpacked(json.loads(zlib.decompress(b64decode(told))))
        return Recalled(contract, tuple(files.used), int(record["remarks"]))
    return None


def _key(folder: Path) -> str:
    """"" if nothing may be kept. Places in texts are told by the path that was given."""
    program = this_program()
    return f"{program}\0{folder}\0{folder.resolve()}" if program else ""
