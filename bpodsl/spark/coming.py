"""Spark streaming: the events of a portfolio as they come, into a folder of its own.

The folder has `portfolio.json` (what is run there), `orders` (what is asked of agreements: to begin, to close, and how
far time is known), `checkpoint` (Spark's own: what was read, and the state of each agreement), and `said` (what came
out, by batch). A batch that was not finished is done again from the checkpoint, and what it says replaces what it had
said; so each line of a ledger is there once, whatever is killed when.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlparse

from attrs import define, field, frozen

from bpodsl.kernel.frozen import of
from bpodsl.record.gather import SKEW
from bpodsl.record.routing import Router
from bpodsl.record.rows import Row
from bpodsl.spark.running import MILLI, OUT, SAID, Runs, contract_to, lines_of
from bpodsl.spark.sorting import AGREEMENT, CLOSE, NOBODY, Sorter, layout_in
from bpodsl.spark.whole import batch_of, rows_in
from bpodsl.store import Feed, read_rows
from bpodsl.terms import Contract
from bpodsl.values import show_utc

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.streaming import StreamingQuery

FORM: Final = 1

FILES_EACH = 200
"""How many files are taken in one batch."""

_RECORDS: Final = "agreement string, kind string, file string, line long, body binary"
_ORDERS: Final = "agreement string, kind string, at timestamp, until string, body string"
_FILES: Final = "path string, modificationTime timestamp, length long, content binary"
_CLOCK: Final = "clock"


class NotTheSame(Exception):
    """The folder is of another portfolio, or of other texts; the text says which."""


@frozen
class Portfolio:
    """What a folder runs: each agreement with a digest of what its ledger follows from; into how many parts its state
    is cut, for good; where its events come from."""

    agreements: dict[str, str]
    parts: int
    events: str


@define
class Coming:
    """A portfolio whose events come into a folder `events`; `place` is its own."""

    session: SparkSession
    place: Path
    events: Path
    sorter: Sorter
    files_each: int = field(factory=lambda: FILES_EACH)
    clock: int | None = None
    _portfolio: Portfolio = field(init=False)

    def begin(self, contracts: Iterable[tuple[str, Callable[[], Contract]]], parts: int) -> None:
        """Make the folder, or see that it is of this portfolio; agreements that are new begin. Raises `NotTheSame`."""
        there = self._there()
        known = {} if there is None else there.agreements
        now: dict[str, str] = {}
        orders: list[dict[str, str]] = []
        for name, contract in contracts:
            made = contract()
            now[name] = of(made).hex()
            if name not in known:
                body = base64.b64encode(contract_to(made)).decode()
                orders.append({"agreement": name, "kind": AGREEMENT, "body": body})
            elif known[name] != now[name]:
                raise NotTheSame(f"`{name}` says otherwise than when {self.place} was begun")
        gone = sorted(known.keys() - now.keys())
        if gone:
            raise NotTheSame(f"`{gone[0]}` is run in {self.place}, and is not in the portfolio any more")
        if there is not None and there.events != str(self.events.resolve()):
            raise NotTheSame(f"{self.place} is fed from {there.events}")
        self._portfolio = Portfolio(now, parts if there is None else there.parts, str(self.events.resolve()))
        self.session.conf.set("spark.sql.shuffle.partitions", str(self._portfolio.parts))
        if orders:
            self._order("begin", orders)
        told = {"form": FORM, "parts": self._portfolio.parts, "events": self._portfolio.events, "agreements": now}
        _whole(self.place / "portfolio.json", json.dumps(told, indent=1, sort_keys=True))

    def take(self) -> None:
        """Take all that is there, and end."""
        self._await(self._query(False, {"availableNow": True}))

    def close(self, until: dict[str, int]) -> None:
        """The ledger of each agreement as it is before an instant of its own."""
        orders = [{"agreement": name, "kind": CLOSE, "until": str(at)} for name, at in until.items()]
        # Spark has one time for all: none may be moved on behind where it was closed.
        orders.append({"agreement": NOBODY, "kind": _CLOCK, "at": show_utc(min(until.values()) // MILLI * MILLI)})
        self._order("close", orders)
        self.take()

    def follow(self, every: float) -> None:
        """Take what comes, with a look each so many seconds, until Ctrl-C; time goes on with the events."""
        query = self._query(True, {"processingTime": f"{every} seconds"})
        try:
            self._await(query)
        finally:
            query.stop()

    def ledgers(self) -> Iterator[tuple[str, bytes]]:
        """The ledger of each agreement that has one, by name, as it was said so far."""
        said = self._said()
        if said is None:
            return
        lines = said.where((said["kind"] == SAID) & (said["start"] >= 0))
        parts = lines.repartition(self._portfolio.parts, "agreement").sortWithinPartitions("agreement", "batch", "turn")
        for row in parts.mapInArrow(_folded, "agreement string, body binary").toLocalIterator():
            yield row["agreement"], bytes(row["body"])

    def others(self) -> Iterator[dict[str, Any]]:
        """What else came out: of agreements that were closed (the last of each counts), and what belongs to none."""
        said = self._said()
        if said is not None:
            for row in said.where(said["kind"] != SAID).orderBy("batch").toLocalIterator():
                yield row.asDict()

    # ------------------------------------------------------------------ the stream
    def _query(self, timed: bool, trigger: dict[str, Any]) -> StreamingQuery:
        from pyspark.sql import functions as sql

        files = self._files()
        base = self.events.resolve().as_posix()
        rows = files.mapInArrow(partial(_sorted, self.sorter, base, str(self.events)), _RECORDS)
        rows = rows.withColumn("at", sql.lit(None).cast("timestamp")).withColumn("until", sql.lit(None).cast("string"))
        orders = self.session.readStream.schema(_ORDERS).option("maxFileAge", "36500d").json(str(self.place / "orders"))
        asked = orders.select(
            "agreement", "kind", sql.lit("").alias("file"), sql.lit(0).cast("long").alias("line"),
            sql.unbase64("body").alias("body"), "at", "until",
        )  # fmt: skip
        # Rows have no time for Spark: it would leave out what is late. Only orders move its time.
        records = rows.union(asked).withWatermark("at", "0 seconds")
        runs = Runs(str(self.place.resolve()), timed)
        out = records.groupBy("agreement").transformWithStateInPandas(runs, OUT, "Append", "EventTime")
        writer = out.writeStream.foreachBatch(partial(self._write, timed))
        return writer.option("checkpointLocation", str(self.place / "checkpoint")).trigger(**trigger).start()

    def _files(self) -> DataFrame:
        reader = self.session.readStream.format("binaryFile").schema(_FILES).option("recursiveFileLookup", "true")
        reader = reader.option("maxFilesPerTrigger", self.files_each).option("maxFileAge", "36500d")
        return reader.load(str(self.events.resolve()))

    def _write(self, timed: bool, batch: DataFrame, number: int) -> None:
        """What a batch says, in place of what it said if it was not finished before."""
        place = self.place / "said" / f"batch={number}"
        batch.write.mode("overwrite").parquet(str(place))
        if timed:
            self._tick(number, place)

    def _tick(self, number: int, place: Path) -> None:
        """Time is known just after the latest event, unless that lies far ahead of all others."""
        read = self.session.read.parquet(str(place)).where("latest >= 0").select("latest").collect()
        latest = sorted(row["latest"] for row in read)
        if self.clock is None:
            self.clock = latest[0] if latest else None
        before = self.clock
        for instant in latest:
            if self.clock is not None and self.clock < instant < self.clock + SKEW:
                self.clock = instant
        if self.clock is not None and (self.clock != before or latest):
            told = show_utc(self.clock // MILLI * MILLI + MILLI)
            self._order(f"clock-{number:09}", [{"agreement": NOBODY, "kind": _CLOCK, "at": told}], True)

    def _await(self, query: StreamingQuery) -> None:
        query.awaitTermination()

    # ------------------------------------------------------------------ the folder
    def _there(self) -> Portfolio | None:
        path = self.place / "portfolio.json"
        if not path.exists():
            # Orders alone were left by a start that was cut short; to be ordered twice is no matter.
            if self.place.exists() and any(each.name != "orders" for each in self.place.iterdir()):
                raise NotTheSame(f"{self.place} is not empty, and is no folder of this kind")
            return None
        try:
            told = json.loads(path.read_text("utf-8"))
            if told["form"] != FORM:
                raise NotTheSame(f"{self.place} has form {told['form']}, and this bpodsl knows form {FORM}")
            return Portfolio(dict(told["agreements"]), int(told["parts"]), str(told["events"]))
        except (ValueError, TypeError, KeyError) as error:
            raise NotTheSame(f"{path} cannot be read: {error}") from error

    def _order(self, name: str, orders: list[dict[str, str]], once: bool = False) -> None:
        folder = self.place / "orders"
        folder.mkdir(parents=True, exist_ok=True)
        number = "" if once else f"{sum(1 for _ in folder.iterdir()):06}-"
        _whole(folder / f"{number}{name}.json", "".join(json.dumps(order) + "\n" for order in orders))

    def _said(self) -> DataFrame | None:
        place = self.place / "said"
        return self.session.read.parquet(str(place)) if place.exists() else None


def _whole(path: Path, text: str) -> None:
    """Write a file so that it is never seen in part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, "utf-8")
    new.replace(path)


def _sorted(sorter: Sorter, base: str, shown: str, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for row in rows_in(batches):
        path = unquote(urlparse(row["path"]).path)
        file = f"{shown}{path.removeprefix(base)}"
        for record in sorter.records(file, partial(_rows_of, file, row["content"])):
            told = (record.agreement, record.kind, record.file, record.line, record.body)
            yield batch_of(("agreement", "kind", "file", "line", "body"), [told])


def _rows_of(file: str, content: bytes, router: Router) -> Iterator[Row]:
    from io import BytesIO

    return read_rows(Feed(file, BytesIO(content)), layout_in(router, file))


def _folded(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for name, group in groupby(rows_in(batches), itemgetter("agreement")):
        ledger: list[str] = []
        for row in group:
            del ledger[row["start"] :]
            ledger += lines_of(row["body"])
        yield batch_of(("agreement", "body"), [(name, "".join(ledger).encode("utf-8", "surrogatepass"))])

