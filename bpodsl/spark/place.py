"""The folder of a portfolio whose events come: what is run there, and what is asked of agreements.

`portfolio.json` says what is run; `orders` has files that Spark reads as it reads events: agreements begin, time is
known, ledgers are wanted. (`checkpoint` and `said` are Spark's.)
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from bpodsl.kernel.frozen import of
from bpodsl.spark.sorting import AGREEMENT, NOBODY
from bpodsl.terms import Contract
from bpodsl.terms.packed import packed, unpacked
from bpodsl.values import show_utc

FORM: Final = 1
"""The version of the folder's form."""

CLOCK: Final = "clock"
MILLI: Final = 1000
"""Ticks in a millisecond, by which Spark tells time."""

ORDERS: Final = "agreement string, kind string, at timestamp, until string, body string"


class NotTheSame(Exception):
    """The folder is of another portfolio, or of other texts; the text says which."""


@frozen
class Portfolio:
    """What a folder runs: each agreement with a digest of what its ledger follows from; where its events come from;
    into how many parts its state is cut, for good."""

    agreements: dict[str, str]
    events: str
    parts: int


@frozen
class Place:
    """The folder at a path."""

    path: Path

    def known(self) -> Portfolio | None:
        """What it runs; None if it is to be made. Raises `NotTheSame`."""
        path = self.path / "portfolio.json"
        if not path.exists():
            # Orders alone were left by a start that was cut short; to be ordered twice is no matter.
            if self.path.exists() and any(each.name != "orders" for each in self.path.iterdir()):
                raise NotTheSame(f"{self.path} is not empty, and is no folder of this kind")
            return None
        try:
            told = json.loads(path.read_text("utf-8"))
            if told["form"] != FORM:
                raise NotTheSame(f"{self.path} has form {told['form']}, and this bpodsl knows form {FORM}")
            return Portfolio(dict(told["agreements"]), str(told["events"]), int(told["parts"]))
        except (ValueError, TypeError, KeyError) as error:
            raise NotTheSame(f"{path} cannot be read: {error}") from error

    def compared(self, now: Mapping[str, str], events: Path) -> Portfolio | None:
        """The same, if it is of these agreements, but for new ones, and of these events. Raises `NotTheSame`."""
        there = self.known()
        if there is None:
            return None
        for name, digest in there.agreements.items():
            if name not in now:
                raise NotTheSame(f"`{name}` is run in {self.path}, and is not in the portfolio any more")
            if digest != now[name]:
                raise NotTheSame(f"`{name}` says otherwise than when {self.path} was begun")
        if there.events != str(events.resolve()):
            raise NotTheSame(f"{self.path} is fed from {there.events}")
        return there

    def begin(self, portfolio: Portfolio, new: Iterable[Contract]) -> None:
        """Order that new agreements begin; then note that they are run here."""
        orders = [
            {"agreement": each.name, "kind": AGREEMENT, "body": base64.b64encode(contract_to(each)).decode()}
            for each in new
        ]
        if orders:
            self.order("begin", orders)
        told = {"form": FORM, "parts": portfolio.parts, "events": portfolio.events, "agreements": portfolio.agreements}
        _whole(self.path / "portfolio.json", json.dumps(told, indent=1, sort_keys=True))

    def order(self, name: str, orders: Sequence[Mapping[str, str]]) -> None:
        """Ask something of agreements; it is asked once more than it was."""
        number = sum(1 for _ in self.orders.iterdir()) if self.orders.exists() else 0
        self._order(f"{number:06}-{name}", orders)

    def tick(self, until: int, batch: int) -> None:
        """Time is known until just before an instant, by a batch; it may be done again."""
        self._order(f"clock-{batch:09}", [clock(until + MILLI - 1)])

    @property
    def orders(self) -> Path:
        """Where they are."""
        return self.path / "orders"

    def _order(self, name: str, orders: Sequence[Mapping[str, str]]) -> None:
        _whole(self.orders / f"{name}.json", "".join(json.dumps(order) + "\n" for order in orders))


def digests(contracts: Iterable[Contract]) -> dict[str, str]:
    """Of each agreement a digest of what its ledger follows from."""
    return {each.name: of(each).hex() for each in contracts}


def clock(until: int) -> dict[str, str]:
    """That time is known until an instant, in whole milliseconds."""
    return {"agreement": NOBODY, "kind": CLOCK, "at": show_utc(until // MILLI * MILLI)}


def contract_to(contract: Contract) -> bytes:
    """A contract as it stands in the state: plain data."""
    return zlib.compress(json.dumps(packed(contract), separators=(",", ":")).encode(), 6)


def contract_from(data: bytes) -> Contract:
    """The contract again."""
    return unpacked(json.loads(zlib.decompress(data)))


def _whole(path: Path, text: str) -> None:
    """Write a file so that it is never seen in part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, "utf-8")
    new.replace(path)
