"""Spark batch: all events of a portfolio at once.

Files are read where there is a machine for each; their records are shuffled by agreement, by Spark's own hash of the
name, which is the same everywhere; in each part they are sorted by agreement, file and line, and one agreement after
another is run by the kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from bpodsl.kernel import PackedRows
from bpodsl.record.routing import Router
from bpodsl.spark.sorting import AGREEMENT, NOBODY, ROWS, Record, Sorter, layout_in
from bpodsl.store import read_rows

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

Made = tuple[str, bytes]
"""What work on an agreement makes: a name, and bytes."""

Work = Callable[[bytes, PackedRows], Iterable[Made]]
"""Work on an agreement: what stands for it, and its rows."""

_RECORDS: Final = "agreement string, kind string, file string, line long, body binary"
_PARTS_EACH: Final = 4
"""How many parts there are for each process: so many that one that is slow does not hold up all."""


@frozen
class Spread:
    """Records of a portfolio, shuffled and sorted, to be worked on as often as is asked."""

    records: DataFrame

    @staticmethod
    def of(
        session: SparkSession, sorter: Sorter, files: Sequence[str], agreements: Iterable[tuple[str, bytes]]
    ) -> Spread:
        """Of files, and of what stands for each agreement."""
        paths = [(number, file, str(Path(file).resolve())) for number, file in enumerate(files)]
        given = [(name, AGREEMENT, "", 0, body) for name, body in agreements]
        known = session.createDataFrame(given, _RECORDS)
        records = known
        if paths:
            listed = session.createDataFrame(paths, "number int, file string, path string")
            # Each file is a part of its own.
            alone = listed.repartitionByRange(len(paths), "number")
            records = alone.mapInArrow(partial(_read, sorter), _RECORDS).union(known)
        parts = min(len(given) + 1, _PARTS_EACH * session.sparkContext.defaultParallelism)
        shuffled = records.repartition(parts, "agreement")
        # The agreement itself goes before its rows.
        return Spread(shuffled.sortWithinPartitions("agreement", "kind", "file", "line").persist())

    def each(self, work: Work) -> Iterator[tuple[str, str, bytes]]:
        """What work makes of each agreement, with its name, in no order; and records that belong to none, whose kind
        is the name of what was made."""
        found = self.records.mapInArrow(partial(_worked, work), "agreement string, name string, body binary")
        for row in found.toLocalIterator(prefetchPartitions=True):
            yield row["agreement"], row["name"], bytes(row["body"])

    def nobodys(self) -> Iterator[Record]:
        """The records that belong to none."""
        for row in self.records.where(self.records["agreement"] == NOBODY).toLocalIterator():
            yield Record(NOBODY, row["kind"], row["file"], row["line"], bytes(row["body"]))


def rows_in(batches: Iterable[pa.RecordBatch]) -> Iterator[dict[str, Any]]:
    """The rows of batches, by the names of their columns."""
    return chain.from_iterable(batch.to_pylist() for batch in batches)


def _read(sorter: Sorter, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for row in rows_in(batches):
        file, path = row["file"], row["path"]
        for record in sorter.records(file, partial(_rows_of, file, path)):
            told = (record.agreement, record.kind, record.file, record.line, record.body)
            yield batch_of(("agreement", "kind", "file", "line", "body"), [told])


def _rows_of(file: str, path: str, router: Router) -> Iterator[Any]:
    from bpodsl.store import Feed

    layout = layout_in(router, file)
    with Path(path).open("rb") as stream:
        yield from read_rows(Feed(file, stream), layout)


def _worked(work: Work, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for name, group in groupby(rows_in(batches), itemgetter("agreement")):
        if name == NOBODY:
            continue
        itself, parts = b"", []
        for row in group:
            if row["kind"] == ROWS:
                parts.append(row["body"])
            else:
                itself = row["body"]
        for made, body in work(itself, PackedRows(parts)):
            yield batch_of(("agreement", "name", "body"), [(name, made, body)])


def batch_of(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> pa.RecordBatch:
    """Rows for Spark, of texts, whole numbers and bytes."""
    import pyarrow as pa

    kinds = {str: pa.string(), int: pa.int64(), bytes: pa.binary()}
    columns = [pa.array(column, kinds[type(column[0])]) for column in zip(*rows, strict=True)]
    return pa.RecordBatch.from_arrays(columns, list(names))
