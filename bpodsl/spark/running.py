"""Spark streaming: one agreement in its state, woken by its rows or by its timer.

Spark keeps for each agreement its contract, the head of its kernel and its packed rows, and wakes it when time is known
beyond the next instant of which the kernel has something to say. Arguments are called as Spark calls them.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pandas as pd
from pyspark.sql.streaming import StatefulProcessor

from bpodsl.kernel import Kernel, PackedRows, Said
from bpodsl.record.gather import known_instants
from bpodsl.record.intake import Intake
from bpodsl.record.refusals import LimitReached
from bpodsl.spark.place import MILLI, contract_from
from bpodsl.spark.sorting import AGREEMENT, CLOSE, FAILED, NOBODY, ROWS

if TYPE_CHECKING:
    from pyspark.sql.streaming import StatefulProcessorHandle

SAID: Final = "said"
CLOSED: Final = "closed"
OUT: Final = (
    "agreement string, kind string, turn int, start long, lines long, file string, line long, body binary, "
    "latest long, rows long, head long, parts long, anew long"
)
"""What comes out: of kind `said`, lines of a ledger from behind `start`; `turn` orders what one agreement says in a
batch. `latest`: the latest instant that its rows tell of, -1 where none was asked. Then how many rows were fed, how
many bytes its head has and the parts that were written, and how often all was evaluated anew."""

_COLUMNS: Final = tuple(each.split()[0] for each in OUT.split(", "))

_MOST_WARM: Final = 400_000
"""How many rows the kernels may have that a process keeps warm."""


class Closing(msgspec.Struct):
    """What the rows of an agreement came to when it was closed. `beyond`: as `Account` has it."""

    until: int
    account: dict[str, int]
    beyond: int
    notes: list[tuple[str, str]]
    aside: list[tuple[str, int, str, str, str, bytes]]


class _Warm:
    """Kernels as they were left by the last batch of this process: what they stand for is in the state too, and one
    counts only if it is what the state says. So they save time, and change nothing."""

    def __init__(self) -> None:
        self._kernels: OrderedDict[tuple[str, str], tuple[bytes, Kernel]] = OrderedDict()
        self._rows = 0

    def take(self, key: tuple[str, str], head: bytes) -> Kernel | None:
        """The kernel with that head, if it is here; it is here no more."""
        found = self._kernels.pop(key, None)
        if found is None:
            return None
        self._rows -= found[1].rows
        return found[1] if found[0] == head else None

    def put(self, key: tuple[str, str], head: bytes, kernel: Kernel) -> None:
        """Keep a kernel; those that were not asked for for longest make room."""
        self._kernels[key] = head, kernel
        self._rows += kernel.rows
        while self._rows > _MOST_WARM and len(self._kernels) > 1:
            self._rows -= self._kernels.popitem(last=False)[1][1].rows


_WARM: Final = _Warm()


class Runs(StatefulProcessor):
    """Runs the agreement that a key names. `scope` tells its state from that of other runs; `timed`: whether the time
    of events is asked for, since time goes on by them."""

    def __init__(self, scope: str, timed: bool) -> None:
        self.scope = scope
        self.timed = timed

    def init(self, handle: StatefulProcessorHandle) -> None:
        """Spark gives it its state."""
        self.handle = handle
        self.text = handle.getValueState("agreement", "data binary")
        self.head = handle.getValueState("head", "data binary")
        self.parts = handle.getMapState("parts", "place int", "data binary")

    def handleInputRows(self, key: Any, rows: Iterator[pd.DataFrame], timerValues: Any) -> Iterator[pd.DataFrame]:
        """Records of an agreement, or of none."""
        name = key[0]
        records = [record for frame in rows for record in frame.itertuples(index=False)]
        if name == NOBODY:
            yield from _out(
                {"agreement": NOBODY, "kind": each.kind, "file": each.file, "line": each.line, "body": each.body}
                for each in records if each.body is not None
            )  # fmt: skip
            return
        for each in records:
            if each.kind == AGREEMENT:
                self.text.update((each.body,))
        kernel = self._thawed(name)
        given = PackedRows(each.body for each in records if each.kind == ROWS)
        kernel.feed(given)
        latest = max(known_instants(Intake(kernel.contract), given), default=-1) if self.timed else -1
        out: list[dict[str, object]] = [{"latest": latest}]
        until = max((int(each.until) for each in records if each.kind == CLOSE), default=None)
        try:
            if until is not None:
                out = self._closed(kernel, until)
        except LimitReached as error:
            out = [{"kind": FAILED, "body": str(error).encode()}]
        yield from self._left(name, kernel, 0, timerValues, out)

    def handleExpiredTimer(self, key: Any, timerValues: Any, expiredTimerInfo: Any) -> Iterator[pd.DataFrame]:
        """Time is known beyond the instant for which it waited."""
        kernel = self._thawed(key[0])
        said = kernel.advance(timerValues.getCurrentWatermarkInMs() * MILLI)
        yield from self._left(key[0], kernel, 1, timerValues, [_said(said)])

    def close(self) -> None:
        """Nothing is open."""

    def _closed(self, kernel: Kernel, until: int) -> list[dict[str, object]]:
        closed = kernel.close(until)
        taken = closed.taken
        aside = [(e.file, e.line, e.code, e.reason, e.step, e.raw) for e in taken.quarantined]
        told = Closing(taken.until, taken.account.as_dict(), taken.account.beyond, list(taken.notes), aside)
        return [_said(closed.said), {"kind": CLOSED, "body": msgspec.msgpack.encode(told)}]

    def _thawed(self, name: str) -> Kernel:
        kept = self.head.get()
        head = b"" if kept is None else bytes(kept[0])
        warm = _WARM.take((self.scope, name), head)
        if warm is not None:
            return warm
        contract = contract_from(bytes(self.text.get()[0]))
        if not head:
            return Kernel(contract)
        parts = {place[0]: bytes(data[0]) for place, data in self.parts.iterator()}
        return Kernel.resumed(contract, head, [parts[place] for place in sorted(parts)])

    def _left(
        self, name: str, kernel: Kernel, turn: int, timers: Any, out: list[dict[str, object]]
    ) -> Iterator[pd.DataFrame]:
        """Write what is new of the state, set the timer, say what there is to say."""
        first, parts = kernel.fresh()
        for place, part in enumerate(parts, first):
            self.parts.updateValue((place,), (part,))
        place = first + len(parts)
        while self.parts.containsKey((place,)):
            self.parts.removeKey((place,))
            place += 1
        head = kernel.head()
        self.head.update((head,))
        for timer in self.handle.listTimers():
            self.handle.deleteTimer(timer)
        if kernel.due is not None:
            # What is due at an instant is known behind it; a timer of the past would ring in the next batch.
            self.handle.registerTimer(max(kernel.due // MILLI, timers.getCurrentWatermarkInMs()) + 1)
        size = {"rows": kernel.rows, "head": len(head), "parts": sum(map(len, parts)), "anew": kernel.anew}
        kernel.anew = 0
        _WARM.put((self.scope, name), head, kernel)
        yield from _out({"agreement": name, "turn": turn, **size, **each} for each in out)


def lines_of(body: bytes) -> list[str]:
    """The lines that were said."""
    text = zlib.decompress(body).decode("utf-8", "surrogatepass") if body else ""
    # Other signs that end a line may stand in a text.
    return [f"{line}\n" for line in text.split("\n")[:-1]]


def _said(said: Said) -> dict[str, object]:
    text = "".join(said.lines).encode("utf-8", "surrogatepass")
    return {"start": said.start, "lines": len(said.lines), "body": zlib.compress(text, 6) if text else b""}


_NOTHING: Final = {
    "agreement": NOBODY, "kind": SAID, "turn": 0, "start": -1, "lines": 0, "file": "", "line": 0, "body": b"",
    "latest": -1, "rows": 0, "head": 0, "parts": 0, "anew": 0,
}  # fmt: skip


def _out(rows: Iterable[dict[str, object]]) -> Iterator[pd.DataFrame]:
    told = [{**_NOTHING, **row} for row in rows]
    if told:
        yield pd.DataFrame(told, columns=list(_COLUMNS))
