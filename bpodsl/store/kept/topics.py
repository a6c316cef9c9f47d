"""Topics of Kafka: the records that lie in them, from where they were last read.

Which record comes next is kept with what was read (`offsets`), never with Kafka: nothing is committed there,
and no group shares the work. So a record is read again only where the store does not have it yet.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from attrs import define, field, frozen

from bpodsl.store.kept.troubles import (
    BAD_SETTINGS,
    NO_ADDRESS,
    NO_LIBRARY,
    NO_TOPIC,
    RECORDS_GONE,
    UNREACHABLE,
    StoreTrouble,
)

if TYPE_CHECKING:
    from confluent_kafka import Consumer, Message

PATIENCE: Final = 30.0
"""Seconds without a word from any broker after which a topic that is not followed is given up."""

TOGETHER: Final = 1.0
"""Seconds for which records of a topic that is followed are gathered at most, before they are taken into a store."""

MUCH: Final = 64 << 20
"""Bytes of records that are taken into a store at once."""

OWN: Final = ("group.id", "enable.auto.commit", "enable.auto.offset.store", "enable.partition.eof", "auto.offset.reset")
"""Settings that reading each record once rests on."""

_LOOK: Final = 0.1
_AT_ONCE: Final = 10_000


@frozen
class Topic:
    """A topic: by which servers it is found (`host:port`, with commas between), and its name."""

    servers: str
    name: str

    @classmethod
    def of(cls, address: str) -> Topic:
        """The topic of an address, `kafka://host:port/topic`. Raises `StoreTrouble`."""
        parts = urlsplit(address)
        name = parts.path.strip("/")
        if parts.scheme != "kafka" or not parts.netloc or not name or "/" in name or "@" in parts.netloc:
            raise StoreTrouble(NO_ADDRESS, address=address)
        return cls(parts.netloc, name)

    def __str__(self) -> str:
        return f"kafka://{self.servers}/{self.name}"


@frozen
class Records:
    """Records of one partition as lines, without gaps in what was there to be read.

    `place` names the partition wherever its servers move; `lines` are offsets and lines without line feeds, in order of
    offsets; `next` is the offset behind the last.
    """

    place: str
    topic: str
    partition: int
    lines: Sequence[tuple[int, bytes]]
    next: int


def settings_of(text: str, file: str) -> dict[str, str]:
    """Settings of librdkafka, one `name=value` a line; empty lines and those that begin with `#` say nothing. Raises
    `StoreTrouble`."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = (part.strip() for part in line.partition("="))
        if not equals or not name:
            raise StoreTrouble(BAD_SETTINGS, file=f"{file}:{number}", why="it is no `name=value`")
        if name in OWN:
            raise StoreTrouble(BAD_SETTINGS, file=f"{file}:{number}", why=f"{name} is set by bpodsl")
        found[name] = value
    return found


@contextmanager
def reading_topic(topic: Topic, settings: Mapping[str, str]) -> Iterator[Reader]:
    """A topic as it is being read. Raises `StoreTrouble`."""
    try:
        from confluent_kafka import Consumer, KafkaException
    except ImportError as missing:
        raise StoreTrouble(NO_LIBRARY) from missing
    last = [""]
    given = {
        "bootstrap.servers": topic.servers, "isolation.level": "read_committed", **settings, "group.id": "bpodsl",
        "enable.auto.commit": False, "enable.auto.offset.store": False, "enable.partition.eof": True,
        "auto.offset.reset": "error", "error_cb": lambda error: last.__setitem__(0, error.str()), "log_level": 0,
    }  # fmt: skip
    try:
        consumer = Consumer(given)
    except KafkaException as error:
        raise StoreTrouble(BAD_SETTINGS, file=str(topic), why=error.args[0].str()) from error
    try:
        yield Reader(topic, consumer, last)
    except KafkaException as error:
        why = last[0] or error.args[0].str()
        raise StoreTrouble(UNREACHABLE, topic=str(topic), why=why) from error
    finally:
        consumer.close()


@define
class Reader:
    """Reads the partitions of a topic side by side."""

    topic: Topic
    consumer: Consumer
    last: list[str]
    cluster: str = ""
    _next: dict[int, int] = field(factory=dict)
    _ends: dict[int, int] = field(factory=dict)

    def partitions(self) -> Mapping[str, int]:
        """The partitions there are, by place."""
        about = self.consumer.list_topics(self.topic.name, timeout=PATIENCE)
        found = about.topics[self.topic.name]
        if found.error is not None or not found.partitions:
            why = found.error.str() if found.error is not None else "it has no partitions"
            raise StoreTrouble(NO_TOPIC, topic=str(self.topic), why=why)
        self.cluster = about.cluster_id or ""
        return {self._place(number): number for number in sorted(found.partitions)}

    def _place(self, partition: int) -> str:
        return f"kafka://{self.cluster}/{self.topic.name}-{partition}.jsonl"

    def begin(self, since: Mapping[str, int]) -> None:
        """Read on from the offsets that are given by place, other partitions from their first record."""
        from confluent_kafka import TopicPartition

        assigned = []
        for place, number in self.partitions().items():
            part = TopicPartition(self.topic.name, number)
            low, high = self.consumer.get_watermark_offsets(part, timeout=PATIENCE)
            start = since.get(place, low)
            if not low <= start <= high:
                how = f"begins with {low}" if start < low else f"ends before {high}"
                self._gone(number, start, how)
            self._next[number], self._ends[number] = start, high
            assigned.append(TopicPartition(self.topic.name, number, start))
        self.consumer.assign(assigned)

    def _gone(self, partition: int, start: int, how: str) -> None:
        told = {"partition": str(partition), "offset": str(start), "how": how}
        raise StoreTrouble(RECORDS_GONE, topic=str(self.topic), **told)

    def batches(self, follow: bool) -> Iterator[tuple[list[Records], bool]]:
        """What there is, as it is to be taken into a store at once, and whether it is the last: up to what lay there at
        first, or without end."""
        left = {number for number, end in self._ends.items() if self._next[number] < end}
        gathered, size, began, heard = _Gathered(), 0, time.monotonic(), time.monotonic()
        while left or follow:
            messages = self.consumer.consume(_AT_ONCE, _LOOK)
            now = time.monotonic()
            heard = now if messages else heard
            for message in messages:
                number, offset = message.partition() or 0, message.offset() or 0
                if self._is_end(message):
                    left.discard(number)
                    continue
                line = line_of(message.value(), _pairs(message.headers()))
                gathered.add(number, offset, line)
                size += len(line)
                self._next[number] = offset + 1
                if self._next[number] >= self._ends[number]:
                    left.discard(number)
            if size >= MUCH or (follow and now - began >= TOGETHER):
                yield self._records(gathered), False
                gathered, size, began = _Gathered(), 0, time.monotonic()
            if not follow and now - heard >= PATIENCE:
                raise StoreTrouble(UNREACHABLE, topic=str(self.topic), why=self.last[0] or "no broker answers")
        yield self._records(gathered), True

    def _is_end(self, message: Message) -> bool:
        """Whether it only says that a partition has no more."""
        from confluent_kafka import KafkaError, KafkaException

        error = message.error()
        if error is None:
            return False
        if error.code() == KafkaError._PARTITION_EOF:
            return True
        if error.code() == KafkaError._AUTO_OFFSET_RESET:
            number = message.partition() or 0
            self._gone(number, self._next.get(number, 0), "they are not there any more")
        raise KafkaException(error)

    def _records(self, gathered: _Gathered) -> list[Records]:
        return [
            Records(self._place(number), self.topic.name, number, lines, lines[-1][0] + 1)
            for number, lines in sorted(gathered.lines.items())
        ]


def _pairs(headers: Any) -> list[tuple[str, Any]]:
    return list(headers.items() if isinstance(headers, dict) else headers or ())


@define
class _Gathered:
    lines: dict[int, list[tuple[int, bytes]]] = field(factory=dict)

    def add(self, partition: int, offset: int, line: bytes) -> None:
        self.lines.setdefault(partition, []).append((offset, line))


def line_of(value: bytes | None, headers: Iterable[tuple[str, Any]]) -> bytes:
    """A record as one JSON line.

    Its value is the event, or, where the attributes of a CloudEvent are in its headers (`ce_id` …), the event's `data`.
    A record without a value (a tombstone) is an empty line. Line feeds inside JSON stand between its parts only.

    Source: CloudEvents, Kafka Protocol Binding 1.0.2.
    """
    body = b"" if value is None else value.replace(b"\r", b" ").replace(b"\n", b" ")
    attributes = {
        name[3:]: value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        for name, value in headers
        if name.startswith("ce_")
    }
    if "id" not in attributes or value is None:
        return body
    told = json.dumps(attributes, ensure_ascii=False, sort_keys=True)
    return told[:-1].encode() + b', "data": ' + body + b"}"
