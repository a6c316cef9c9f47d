"""Bundles taken apart, changed, and put together again as somebody would who knows how they are made."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from bpodsl.proof import manifest, parts
from bpodsl.proof.bundling import sums_of
from bpodsl.record.chain import heads_of

Contents = dict[str, bytes]


def taken_apart(path: Path) -> Contents:
    """The parts by name, in their order."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def put_together(path: Path, contents: Contents) -> Path:
    """A bundle of these parts, whatever they say."""
    with path.open("wb") as file:
        parts.write(file, ((name, [data]) for name, data in contents.items()), "forged")
    return path


def forged(path: Path, change: Callable[[Contents], None], to: Path) -> Path:
    """A bundle in which something was changed, and every digest and head made anew. No key is at hand."""
    contents = taken_apart(path)
    change(contents)
    told = manifest.read(contents[parts.MANIFEST])
    lines = contents[parts.LEDGER].decode().splitlines(keepends=True)
    by_world = {}
    for each in told.worlds:
        by_world[each.world] = lines[: each.postings] if len(told.worlds) > 1 else lines
        lines = lines[each.postings :]
    worlds = [manifest.HeadOf(each.world, each.postings, each.head) for each in heads_of(told.agreement, by_world)]
    contents[parts.MANIFEST] = msgspec.structs.replace(told, worlds=worlds).bytes
    return put_together(to, summed(contents))


def summed(contents: Contents) -> Contents:
    """The same with their digests made anew, and no signature."""
    others = {name: data for name, data in contents.items() if name not in (parts.SUMS, parts.SIGNATURES)}
    told = sums_of((name, hashlib.sha256(data).hexdigest()) for name, data in others.items())
    return others | {parts.SUMS: told}


def with_manifest(contents: Contents, **changes: object) -> None:
    """Change what a manifest says."""
    told = manifest.read(contents[parts.MANIFEST])
    contents[parts.MANIFEST] = msgspec.structs.replace(told, **changes).bytes
