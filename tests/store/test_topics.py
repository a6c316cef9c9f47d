"""A topic of Kafka into a store, by brokers that the client library plays itself: nothing is lost or comes twice."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from confluent_kafka import KafkaError, Producer, TopicPartition

from bpodsl.cli import exits
from bpodsl.store.kept import StoreTrouble
from bpodsl.store.kept.topics import Topic, line_of, reading_topic, settings_of
from tests.conftest import ROOT
from tests.processes import heeds_ctrl_c
from tests.store.test_kept import LINES, ledger, write
from tests.test_cli import SMALL, ran


class Cluster:
    """Brokers of this process, that other processes reach too."""

    def __init__(self):
        self.producer = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "none", "log_level": 0})
        about = self.producer.list_topics(timeout=20)
        self.servers = ",".join(f"{each.host}:{each.port}" for each in about.brokers.values())

    def topic(self, name: str) -> str:
        # Asked for, it is there, with four partitions.
        assert name in self.producer.list_topics(name, timeout=20).topics
        return f"kafka://{self.servers}/{name}"

    def send(self, name: str, lines, partitions: int = 2, headers=None):
        for number, line in enumerate(lines):
            value = line.encode() if isinstance(line, str) else line
            self.producer.produce(name, value, partition=number % partitions, headers=headers)
        assert not self.producer.flush(20)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("small.bpo", [SMALL])


@pytest.fixture(scope="module")
def cluster():
    return Cluster()


def keep(address: str, *more, code=exits.OK, store="s.db"):
    return ran("run", "small.bpo", *more, "--from", address, "--store", store, "--format", "jsonl", code=code)


def over_files(lines) -> str:
    write("all.jsonl", lines)
    return ran("run", "small.bpo", "all.jsonl", "--format", "jsonl").stdout


def reached() -> list[int]:
    with sqlite3.connect("s.db") as db:
        return [offset for (offset,) in db.execute("SELECT next FROM reached JOIN source ON source = id ORDER BY name")]


def test_a_topic_gives_the_ledger_of_a_file(here, cluster):
    address = cluster.topic("asked")
    cluster.send("asked", LINES)
    keep(address)
    assert ledger() == over_files(LINES)
    assert sum(reached()) == len(LINES)


def test_a_topic_for_a_portfolio(here, cluster):
    address = cluster.topic("shared")
    Path("all").mkdir()
    names = ("north", "south")
    for name in names:
        write(f"all/{name}.bpo", [SMALL.replace("agreement small", f"agreement {name}")])
    lines = [each.replace('"source"', f'"subject": "{names[n % 3 == 0]}", "source"', 1) for n, each in enumerate(LINES)]
    arguments = ("run", "all", "--from", address, "--store", "s.db", "--until", "2026-02-01", "--format", "jsonl")
    for start, end in ((0, 31), (31, 31), (31, len(lines))):
        cluster.send("shared", lines[start:end])
        ran(*arguments)
        assert sum(reached()) == end
    # Those that are sent again are the same.
    cluster.send("shared", lines[10:20])
    ran(*arguments)
    write("all.jsonl", lines)
    ran("run", "all", "all.jsonl", "--until", "2026-02-01", "--out", "out")
    for name in names:
        assert ledger("--agreement", name) == Path(f"out/{name}/ledger.jsonl").read_text("utf-8")


def test_each_run_goes_on_from_the_last(here, cluster):
    address = cluster.topic("in_parts")
    cuts = [0, 1, 17, 17, 50, len(LINES)]
    for start, end in pairwise(cuts):
        cluster.send("in_parts", LINES[start:end], 3)
        keep(address)
        assert sum(reached()) == end
    before = Path("s.db").read_bytes()
    keep(address)
    assert Path("s.db").read_bytes() == before
    assert ledger() == over_files(LINES)


def test_records_that_are_sent_again_count_once(here, cluster):
    address = cluster.topic("again")
    cluster.send("again", LINES)
    keep(address)
    cluster.send("again", LINES[10:40])
    keep(address)
    cluster.send("again", LINES[::-1])
    keep(address)
    assert sum(reached()) == 2 * len(LINES) + 30
    assert ledger() == over_files(LINES)


def test_a_run_that_is_killed_at_any_time_is_taken_up(here, cluster):
    address = cluster.topic("killed")
    command = [sys.executable, "-m", "bpodsl", "run", "small.bpo", "--from", address, "--store", "s.db"]
    for part, wait in enumerate((0.2, 0.35, 0.5, 0.65, 0.8, 1.0)):
        cluster.send("killed", LINES[part * 13 : part * 13 + 13])
        run = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL)
        time.sleep(wait)
        run.kill()
        run.wait()
    cluster.send("killed", LINES[78:])
    keep(address)
    assert ledger() == over_files(LINES)


def test_a_topic_that_is_followed(here, cluster):
    address = cluster.topic("followed")
    cluster.send("followed", LINES[:20])
    command = [sys.executable, "-m", "bpodsl", "run", "small.bpo", "--from", address, "--store", "s.db", "--follow"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heeds_ctrl_c
    )
    try:
        for start, end in ((20, 45), (45, len(LINES))):
            _until(lambda start=start: Path("s.db").exists() and sum(_quietly(reached)) == start, run)
            cluster.send("followed", LINES[start:end])
        _until(lambda: sum(_quietly(reached)) == len(LINES), run)
    finally:
        run.send_signal(signal.SIGINT)
        _, told = run.communicate(timeout=60)
    assert run.returncode == exits.OK, told
    assert ledger() == over_files(LINES)


def _quietly(ask):
    try:
        return ask()
    except sqlite3.Error:
        return []


def _until(holds, run, seconds=120):
    # Only to end at all if it never comes about; how long it takes says nothing.
    for _ in range(seconds * 10):
        if holds():
            return
        assert run.poll() is None, run.communicate()
        time.sleep(0.1)
    raise AssertionError("it never came about")


def test_events_in_headers(here, cluster):
    address = cluster.topic("binary")
    for line in LINES:
        values = json.loads(line)
        data = values.pop("data", None) or {name: values.pop(name) for name in list(values) if name == "case"}
        headers = [(f"ce_{name}", str(value).encode()) for name, value in values.items()]
        cluster.send("binary", [json.dumps(data, indent=1)], headers=[("ce_specversion", b"1.0"), *headers])
    keep(address)
    assert ledger() == over_files(LINES)


def test_what_is_no_event_is_set_aside_with_its_place(here, cluster):
    address = cluster.topic("spoilt")
    cluster.send("spoilt", [LINES[0], "no json", b"\xff\xfe", "", LINES[1]], 1)
    told = keep(address, "--quarantine", "aside.jsonl", code=exits.EVENTS)
    aside = [json.loads(line)["place"] for line in Path("aside.jsonl").read_text().splitlines()]
    assert aside == ["spoilt-0.jsonl:2", "spoilt-0.jsonl:3"], told.stderr
    assert reached() == [5]


def test_what_was_published_stands(here, cluster):
    address = cluster.topic("published")
    cluster.send("published", LINES[30:])
    keep(address, "--publish")
    before = ledger().splitlines()
    cluster.send("published", LINES[:30])
    keep(address, "--publish")
    assert ledger().splitlines()[: len(before)] == before


def test_a_file_of_what_a_topic_holds_is_another_source(here, cluster):
    address = cluster.topic("both")
    cluster.send("both", LINES[:20], 1)
    keep(address)
    keep(address, write("both-0.jsonl", LINES[:30]))
    cluster.send("both", LINES[30:], 1)
    keep(address)
    assert ledger() == over_files(LINES)


def test_records_that_are_gone_are_told(here, cluster):
    address = cluster.topic("gone")
    cluster.send("gone", LINES[:10], 1)
    keep(address)
    with sqlite3.connect("s.db") as db:
        db.execute("UPDATE reached SET next = 99")
    told = keep(address, code=exits.VERIFY)
    assert "STO135" in told.stderr and "partition 0" in told.stderr and "offset 99" in told.stderr


@pytest.mark.parametrize(
    ("address", "code", "told"),
    [
        ("tickets.jsonl", exits.USAGE, "STO130"),
        ("kafka://localhost:9092", exits.USAGE, "STO130"),
        ("kafka://user:word@localhost:9092/tickets", exits.USAGE, "STO130"),
        ("{}/nobody_knows_it", exits.IO, "STO133"),
    ],
)
def test_addresses_that_cannot_be_read(here, cluster, address, code, told):
    found = keep(address.format(f"kafka://{cluster.servers}"), code=code)
    assert told in found.stderr and "Next:" in found.stderr
    assert not Path("s.db").exists()


def test_a_server_that_is_not_there(here, monkeypatch):
    monkeypatch.setattr("bpodsl.store.kept.topics.PATIENCE", 2.0)
    found = keep("kafka://127.0.0.1:1/tickets", code=exits.IO)
    assert "STO134" in found.stderr and "Next: " in found.stderr and "safe" not in found.stdout
    assert not Path("s.db").exists()


def test_a_topic_of_which_no_word_comes_any_more(here, monkeypatch):
    """The brokers are gone when it has begun; what they sent before stands."""
    clusters = [Cluster()]
    address = clusters[0].topic("fading")
    clusters[0].send("fading", LINES[:5], 1)

    class Going:
        """They go when it is known what there is to read."""

        def __init__(self, consumer):
            self.consumer = consumer

        def __getattr__(self, name):
            return getattr(self.consumer, name)

        def assign(self, parts):
            clusters.clear()
            monkeypatch.setattr("bpodsl.store.kept.topics.PATIENCE", 1.0)
            self.consumer.assign(parts)

    with pytest.raises(StoreTrouble, match="STO134"), reading_topic(Topic.of(address), {}) as reader:
        reader.consumer = Going(reader.consumer)
        reader.begin({})
        for _ in reader.batches(follow=False):
            raise AssertionError("it is not known to be all")


@pytest.mark.parametrize("much", [64 << 20, 1])
def test_what_is_followed_is_taken_bit_by_bit(here, cluster, monkeypatch, much):
    """After a time, or when it is much; and from the offsets that were reached."""
    name = f"bits{much}"
    address = cluster.topic(name)
    cluster.send(name, LINES[:10], 1)
    monkeypatch.setattr("bpodsl.store.kept.topics.MUCH", much)
    monkeypatch.setattr("bpodsl.store.kept.topics.TOGETHER", 1e9 if much == 1 else 0.2)
    taken, sent = [], False
    with reading_topic(Topic.of(address), {}) as reader:
        (place,) = [place for place, number in reader.partitions().items() if number == 0]
        reader.begin({place: 4})
        for records, last in reader.batches(follow=True):
            assert not last
            taken += [each for some in records for each in some.lines]
            if len(taken) == 6 and not sent:
                sent = True
                cluster.send(name, LINES[10:12], 1)
            if len(taken) >= 8:
                break
    assert [(n, line.strip()) for n, line in taken] == [(n, LINES[n].strip().encode()) for n in range(4, 12)]


def test_records_that_go_while_it_is_read(here, cluster):
    """After it was looked where they are."""
    address = cluster.topic("going")
    cluster.send("going", LINES[:3], 1)
    with pytest.raises(StoreTrouble, match=r"STO135.*partition 0.*are not there any more"):  # noqa: SIM117
        with reading_topic(Topic.of(address), {}) as reader:
            reader.begin({})
            reader.consumer.assign([TopicPartition("going", 0, 99)])
            for _ in reader.batches(follow=False):
                raise AssertionError("it is not known to be all")


def test_what_else_a_broker_says_is_told(here, cluster):
    address = cluster.topic("refused")
    cluster.send("refused", LINES[:3], 1)

    class Refused:
        """A message of a broker that lets nobody read."""

        def error(self):
            return KafkaError(KafkaError.TOPIC_AUTHORIZATION_FAILED)

        def partition(self):
            return 0

        offset = partition

    class Refusing:
        def consume(self, *_):
            return [Refused()]

    with pytest.raises(StoreTrouble, match=r"STO134.*authorization failed"):  # noqa: SIM117
        with reading_topic(Topic.of(address), {}) as reader:
            reader.begin({})
            reader.consumer = Refusing()
            for _ in reader.batches(follow=False):
                raise AssertionError("it is not known to be all")


def test_without_the_library_it_says_what_to_install(here, monkeypatch):
    monkeypatch.setitem(sys.modules, "confluent_kafka", None)
    told = keep("kafka://localhost:9092/tickets", code=exits.USAGE).stderr
    assert "STO131" in told and "pip install 'bpodsl[kafka]'" in told


def test_settings():
    assert settings_of("# who asks\n\nsasl.username = desk\nsasl.password=a=b\n", "s") == {
        "sasl.username": "desk",
        "sasl.password": "a=b",
    }
    for text in ("alone", "=x", "group.id=mine"):
        with pytest.raises(StoreTrouble, match=r"STO132.*s:1"):
            settings_of(text, "s")


def test_a_setting_that_the_library_does_not_know(here, cluster):
    write("settings", ["no.such.thing=1\n"])
    found = keep(f"kafka://{cluster.servers}/any", "--settings", "settings", code=exits.USAGE)
    assert "STO132" in found.stderr and "no.such.thing" in found.stderr


def test_options_that_do_not_go_together(here):
    address = "kafka://localhost:9092/tickets"
    for arguments in (
        ("--from", address),
        ("--settings", "small.bpo", "--store", "s.db"),
        ("--from", address, "--store", "s.db", "--follow", "--publish"),
    ):
        ran("run", "small.bpo", *arguments, code=exits.USAGE)


def test_records_as_lines():
    assert line_of(None, ()) == b""
    assert line_of(b'{\r\n"id": "1"}', ()) == b'{  "id": "1"}'
    headers = [("ce_id", b"1"), ("ce_type", b"asked"), ("trace", b"x"), ("ce_note", None)]
    assert json.loads(line_of(b'{"case": "C1"}', headers)) == {
        "id": "1",
        "type": "asked",
        "note": None,
        "data": {"case": "C1"},
    }
    assert str(Topic.of("kafka://a:1,b:2/t")) == "kafka://a:1,b:2/t"
