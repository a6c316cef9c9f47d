"""What a kernel is as bytes: plain data with the version of its form, bound to agreement, semantics and data of zones.

Decoding makes numbers, texts, bytes and lists of them and nothing else, so bytes from elsewhere can be wrong, but
cannot do anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final, TypeVar

import msgspec

from bpodsl import SEMANTICS
from bpodsl.terms import Contract

_T = TypeVar("_T")

FORM: Final = 1
"""The version of this form."""

MAGIC: Final = b"bpodsl kernel\n"


class NotThawed(ValueError):
    """Bytes that are no kernel, or one of another agreement or version; the text says which."""


class Head(msgspec.Struct, array_like=True):
    """A kernel without its rows. `of`: what it is bound to. `upto`: the instant before which all was said. `rows`: how
    many rows it has, `parts` a digest of the bytes of all of them. `due`: the next instant of which it has something to
    say, -1 for none. `count`, `link`, `marks`: as of `Marks`."""

    form: int
    semantics: int
    of: bytes
    upto: int
    rows: int
    parts: bytes
    due: int
    count: int
    link: bytes
    marks: list[tuple[int, bytes]]


class _Whole(msgspec.Struct, array_like=True):
    head: bytes
    parts: list[bytes]


_HEADS: Final = msgspec.msgpack.Decoder(Head)
_WHOLES: Final = msgspec.msgpack.Decoder(_Whole)


def of(contract: Contract) -> bytes:
    """A digest of what a ledger follows from besides its events: the agreement's text, and data of zones and days."""
    pins = [f"{name} {version}" for name, version in contract.pins]
    told = "\n".join([contract.name, contract.digest, *pins])
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def digest_of(parts: Iterable[bytes]) -> bytes:
    """A digest of parts, one after another."""
    whole = hashlib.blake2b(digest_size=16)
    for part in parts:
        whole.update(hashlib.blake2b(part, digest_size=16).digest())
    return whole.digest()


def head_to_bytes(head: Head) -> bytes:
    """A head, frozen."""
    return MAGIC + msgspec.msgpack.encode(head)


def head_from(data: bytes, contract: Contract) -> Head:
    """A head again. Raises `NotThawed`."""
    head = _decoded(_HEADS, data)
    if head.form != FORM:
        raise NotThawed(f"it has form {head.form}, and this bpodsl knows form {FORM}")
    if head.semantics != SEMANTICS:
        raise NotThawed(f"it came about by semantics {head.semantics}, and this bpodsl has {SEMANTICS}")
    if head.of != of(contract):
        raise NotThawed(f"it is of another text than that of `{contract.name}`, or of other data of zones and holidays")
    return head


def whole_to_bytes(head: bytes, parts: list[bytes]) -> bytes:
    """A kernel, frozen."""
    return MAGIC + msgspec.msgpack.encode(_Whole(head, parts))


def whole_from(data: bytes) -> tuple[bytes, list[bytes]]:
    """The head and the packed rows. Raises `NotThawed`."""
    whole = _decoded(_WHOLES, data)
    return whole.head, whole.parts


def _decoded(decoder: msgspec.msgpack.Decoder[_T], data: bytes) -> _T:
    if not data.startswith(MAGIC):
        raise NotThawed("these bytes are no kernel")
    try:
        return decoder.decode(data[len(MAGIC) :])
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise NotThawed(f"these bytes are no kernel: {error}") from None
