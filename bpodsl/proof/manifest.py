"""What a bundle says of itself: `bundle.json`, in exactly one way to write it."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta

from bpodsl.record.chain import Head
from bpodsl.store.kept import Carried, Held, Mended, Read, Text, Version
from bpodsl.values import TimeError, parse_instant, show_utc

FORM: Final = 1

_T = TypeVar("_T")

Count = Annotated[int, Meta(ge=0, le=2**53)]


class _Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All fields must be there, and no others."""


class TextOf(_Struct, frozen=True):
    """A version of the agreement's text, `since` how far time was known when it came; its files, its own first."""

    version: Count
    since: str | None
    digest: str
    files: list[str]


class KnownFrom(_Struct, frozen=True):
    """From byte `start` on lines are known no earlier than `since`."""

    start: Count
    since: str | None


class SourceOf(_Struct, frozen=True):
    """A source of events: `part` holds its bytes; see `store.kept.Read`."""

    name: str
    part: str
    size: Count
    digest: str
    lines: Count
    cut: str
    known: list[KnownFrom]


class HeldOf(_Struct, frozen=True):
    """See `store.kept.Held`."""

    file: str
    line: Count
    code: str
    reason: str
    step: str


class MendedOf(_Struct, frozen=True):
    """See `store.kept.Mended`; `raw` in base64."""

    file: str
    line: Count
    since: str | None
    raw: str | None


class AsideOf(_Struct, frozen=True):
    """A line that is set aside, and the code of why."""

    file: str
    line: Count
    code: str


class HeadOf(_Struct, frozen=True):
    """Where the chain of a world ends."""

    world: str
    postings: Count
    head: str


class Manifest(_Struct, frozen=True):
    """All of a bundle but the bytes of texts and events, and the ledger. Instants are in UTC.

    `semantics`: the version of the meaning by which the ledger came about; `program`, `pins`: what evaluated it, and
    with which data. `published`: until when the first `stands` postings stand for good. `account`: what became of the
    lines read.
    """

    bundle: Count
    agreement: str
    semantics: Count
    program: str
    pins: dict[str, str]
    until: str
    published: str | None
    stands: Count
    texts: list[TextOf]
    sources: list[SourceOf]
    held: list[HeldOf]
    mended: list[MendedOf]
    account: dict[str, Count]
    aside: list[AsideOf]
    worlds: list[HeadOf]

    @property
    def bytes(self) -> bytes:
        """As it is written."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"

    @property
    def heads(self) -> tuple[Head, ...]:
        """Where the chains end."""
        return tuple(Head(each.world, each.postings, each.head) for each in self.worlds)

    def carried(self, texts: list[Text]) -> Carried:
        """What the ledger rests on, given the bytes of its texts. Raises `ValueError`."""
        versions = [
            Version(each.version, instant_of(each.since), text) for each, text in zip(self.texts, texts, strict=True)
        ]
        until = instant_of(self.until)
        if not versions or until is None:
            raise ValueError("it has no text")
        sources = [
            Read(e.name, e.size, e.digest, e.lines, e.cut, tuple((k.start, instant_of(k.since)) for k in e.known))
            for e in self.sources
        ]
        mended = [Mended((e.file, e.line), instant_of(e.since) or 0, _unpacked(e.raw)) for e in self.mended]
        return Carried(
            self.agreement, until, instant_of(self.published), self.stands, self.program, tuple(versions),
            tuple(sources), tuple(Held((e.file, e.line), e.code, e.reason, e.step) for e in self.held), tuple(mended),
        )  # fmt: skip


def part_of(number: int) -> str:
    """The part that holds the bytes of a source, by its number from 1."""
    return f"events/{number:04}"


def described(
    given: Carried, semantics: int, pins: dict[str, str], account: dict[str, int], aside: list[AsideOf],
    heads: tuple[Head, ...],
) -> Manifest:  # fmt: skip
    """The manifest of a bundle."""
    return Manifest(
        FORM, given.name, semantics, given.program, pins, show_utc(given.until), _shown(given.published), given.stands,
        [
            TextOf(each.number, _shown(each.since), each.text.digest, [name for name, _ in each.text.files])
            for each in given.versions
        ],
        [
            SourceOf(
                each.name, part_of(number), each.size, each.digest, each.lines, each.cut,
                [KnownFrom(start, _shown(since)) for start, since in each.known],
            )
            for number, each in enumerate(given.sources, 1)
        ],
        [HeldOf(*each.place, each.code, each.reason, each.step) for each in given.held],
        [MendedOf(*each.place, _shown(each.since or None), _packed(each.raw)) for each in given.mended],
        account, aside, [HeadOf(each.world, each.postings, each.head) for each in heads],
    )  # fmt: skip


def decoded(data: str | bytes, of: type[_T]) -> _T:
    """JSON of that form. Raises `ValueError`."""
    try:
        return msgspec.json.decode(data, type=of)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def read(data: bytes) -> Manifest:
    """A manifest, which must be exactly as it was written. Raises `ValueError`."""
    found = decoded(data, Manifest)
    if found.bytes != data:
        raise ValueError("it is not written as bpodsl writes it")
    if [each.part for each in found.sources] != [part_of(n) for n in range(1, len(found.sources) + 1)]:
        raise ValueError("its sources are not in order")
    return found


class _Form(msgspec.Struct):
    bundle: int


def form_of(data: bytes) -> int | None:
    """Which form a manifest says that it has, whatever else is in it; None if it says none."""
    try:
        return decoded(data, _Form).bundle
    except ValueError:
        return None


def _shown(instant: int | None) -> str | None:
    return None if instant is None else show_utc(instant)


def instant_of(text: str | None) -> int | None:
    """An instant as `show_utc` writes it. Raises `ValueError`."""
    if text is None:
        return None
    try:
        found = parse_instant(text).instant
    except TimeError as error:
        raise ValueError(str(error)) from error
    if show_utc(found) != text:
        raise ValueError(f"“{text[:40]}” is not written as an instant in UTC is")
    return found


def _packed(raw: bytes | None) -> str | None:
    return None if raw is None else base64.b64encode(raw).decode()


def _unpacked(raw: str | None) -> bytes | None:
    try:
        return None if raw is None else base64.b64decode(raw, validate=True)
    except binascii.Error as error:
        raise ValueError(f"“{raw[:40] if raw else ''}” is no base64") from error
