"""Spark streaming: the events of a portfolio as they come, into a folder of its own.

Beside what `place` has, the folder has `checkpoint` (Spark's own: what was read, and the state of each agreement) and
`said` (what came out, by batch). A batch that was not finished is done again from the checkpoint, and what it says
replaces what it had said; so each line of a ledger is there once, whatever is killed when.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlparse

from attrs import define, field

from bpodsl.record.latest import SKEW
from bpodsl.record.routing import Router
from bpodsl.record.rows import Row
from bpodsl.spark.place import ORDERS, Place, clock
from bpodsl.spark.running import OUT, SAID, Runs, lines_of
from bpodsl.spark.sorting import CLOSE, Sorter, layout_in
from bpodsl.spark.whole import batch_of, rows_in
from bpodsl.store import Feed, read_rows

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.streaming import StreamingQuery

FILES_EACH = 200
"""How many files are taken in one batch."""

_RECORDS: Final = "agreement string, kind string, file string, line long, body binary"
_FILES: Final = "path string, modificationTime timestamp, length long, content binary"


@define
class Coming:
    """A portfolio whose events come into a folder `events`; `place` is its own, and its state is in so many `parts`."""

    session: SparkSession
    place: Place
    events: Path
    sorter: Sorter
    parts: int
    files_each: int = field(factory=lambda: FILES_EACH)
    _time: int | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self.session.conf.set("spark.sql.shuffle.partitions", str(self.parts))

    def take(self) -> None:
        """Take all that is there, and end."""
        self._await(self._query(False, {"availableNow": True}))

    def close(self, until: dict[str, int]) -> None:
        """The ledger of each agreement as it is before an instant of its own."""
        orders = [{"agreement": name, "kind": CLOSE, "until": str(at)} for name, at in until.items()]
        # Spark has one time for all: none may be moved on behind where it was closed.
        orders.append(clock(min(until.values())))
        self.place.order("close", orders)
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
        parts = lines.repartition(self.parts, "agreement").sortWithinPartitions("agreement", "batch", "turn")
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
        reader = self.session.readStream.schema(ORDERS).option("maxFileAge", "36500d")
        orders = reader.json(str(self.place.orders))
        asked = orders.select(
            "agreement", "kind", sql.lit("").alias("file"), sql.lit(0).cast("long").alias("line"),
            sql.unbase64("body").alias("body"), "at", "until",
        )  # fmt: skip
        # Rows have no time for Spark: it would leave out what is late. Only orders move its time.
        records = rows.union(asked).withWatermark("at", "0 seconds")
        runs = Runs(str(self.place.path.resolve()), timed)
        out = records.groupBy("agreement").transformWithStateInPandas(runs, OUT, "Append", "EventTime")
        writer = out.writeStream.foreachBatch(partial(self._write, timed))
        return writer.option("checkpointLocation", str(self.place.path / "checkpoint")).trigger(**trigger).start()

    def _files(self) -> DataFrame:
        reader = self.session.readStream.format("binaryFile").schema(_FILES).option("recursiveFileLookup", "true")
        reader = reader.option("maxFilesPerTrigger", self.files_each).option("maxFileAge", "36500d")
        return reader.load(str(self.events.resolve()))

    def _write(self, timed: bool, batch: DataFrame, number: int) -> None:
        """What a batch says, in place of what it said if it was not finished before."""
        place = self.place.path / "said" / f"batch={number}"
        batch.write.mode("overwrite").parquet(str(place))
        if timed:
            self._tick(number, place)

    def _tick(self, number: int, place: Path) -> None:
        """Time is known just after the latest event, unless that lies far ahead of all others."""
        import pyarrow.parquet as parquet

        latest = sorted(each for each in parquet.read_table(place)["latest"].to_pylist() if each >= 0)
        before = self._time
        for instant in latest:
            if self._time is None or self._time < instant < self._time + SKEW:
                self._time = instant
        if self._time is not None and self._time != before:
            self.place.tick(self._time + 1, number)

    def _await(self, query: StreamingQuery) -> None:
        query.awaitTermination()

    def _said(self) -> DataFrame | None:
        place = self.place.path / "said"
        return self.session.read.parquet(str(place)) if place.exists() else None


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

