"""The chain of postings: each is bound to all before it by a digest, and the last digest stands for the whole ledger.

A link is SHA-256 over the link before it and the line of a posting, as JSON lines have it, without its line end. Before
the first posting stands a digest of the agreement's name and the world's, so that no ledger passes for another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final

from attrs import define, field, frozen

_FORM: Final = "bpodsl chain of postings 1"


def _before_all(agreement: str, world: str) -> bytes:
    names = "".join(f"{len(name.encode())} {name}\n" for name in (agreement, world))
    return hashlib.sha256(f"{_FORM}\n{names}".encode()).digest()


@frozen
class Head:
    """Where the chain of a world ends ("": there are no worlds): so many postings, and the last link, hex."""

    world: str
    postings: int
    head: str

    def __str__(self) -> str:
        of_world = f" of world `{self.world}`" if self.world else ""
        return f"Chain of {self.postings} posting{'s' * (self.postings != 1)}{of_world}: {self.head}"


@define
class Chain:
    """A chain as it grows; it begins before all postings of a world."""

    agreement: str
    world: str = ""
    postings: int = 0
    _link: bytes = field(default=b"")

    def __attrs_post_init__(self) -> None:
        self._link = self._link or _before_all(self.agreement, self.world)

    @staticmethod
    def behind(head: Head) -> Chain:
        """A chain that goes on from there."""
        return Chain("", head.world, head.postings, bytes.fromhex(head.head))

    def add(self, line: str) -> str:
        """Bind one more posting, given its line; its link, hex. Raises `UnicodeEncodeError` for a lone surrogate."""
        self._link = hashlib.sha256(self._link + line.removesuffix("\n").encode()).digest()
        self.postings += 1
        return self._link.hex()

    @property
    def head(self) -> Head:
        """Where it ends now."""
        return Head(self.world, self.postings, self._link.hex())


def heads_of(agreement: str, ledgers: Mapping[str, Iterable[str]]) -> tuple[Head, ...]:
    """Where the chains of some worlds end, given their lines."""
    found = []
    for world, lines in ledgers.items():
        chain = Chain(agreement, world)
        for line in lines:
            chain.add(line)
        found.append(chain.head)
    return tuple(found)
