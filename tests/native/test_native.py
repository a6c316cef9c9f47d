"""The compiled part: it is there where it can be made, is never needed, and reads no line otherwise than strictly."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from io import BytesIO

import pytest

from bpodsl import native
from bpodsl.engine import Brief, plan_contract
from bpodsl.engine.engine import Engine
from bpodsl.engine.straight import assembled, natively
from bpodsl.native import Block, build
from bpodsl.native.crew import Later
from bpodsl.pipeline import understand
from bpodsl.store import Wanted, jsonl, typed
from bpodsl.store.lines import Stretch
from bpodsl.store.typed import TypedPlan
from bpodsl.values import ticks
from tests.conftest import ROOT
from tests.engine.test_briefly import SPOILT, TIMES, briefly, short, spoilt
from tests.engine.test_straight import desk, ran

__all__ = ["desk"]


@pytest.fixture(scope="module", autouse=True)
def there():
    """What is to be tested, made where it is not there yet."""
    if build.compiler() is None and os.environ.get("BPODSL_COMPILED") != "required":
        pytest.skip("no compiler, so there is no compiled part to test")
    if native.library() is None:
        assert build.build(build.SOURCE.parent / build.NAME)
        native._loaded.cache_clear()
    assert native.library() is not None


# ------------------------------------------------------------------------------------ keys that nobody can aim
HASHED = """
from bpodsl.native import hashed, library
library().hash_keyed(0, 0)
texts = ["x" * long for long in range(1, 40)]
ours = memoryview(hashed(texts, 0)).cast("q")
print([hash(each) for each in texts] == list(ours))
"""


@pytest.mark.skipif(sys.hash_info.algorithm != "siphash13" or sys.hash_info.cutoff, reason="Python hashes otherwise")
def test_texts_are_hashed_as_python_hashes_them():
    """By SipHash-1-3, under a key: Python's is known to be zero where it is told so."""
    zero = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", HASHED], capture_output=True, text=True, check=True, env=zero)
    assert done.stdout.strip() == "True"


def test_each_process_has_a_key_of_its_own():
    code = "from bpodsl.native import hashed; print(hashed(['a', 'b'], 0).hex())"
    found = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)},
        ).stdout for _ in range(2)
    ]  # fmt: skip
    assert found[0] != found[1]


def test_numbers_that_are_there_twice():
    draw = random.Random(5)
    for count in (0, 1, 2, 500):
        numbers = [draw.randrange(1 << 64) for _ in range(count)]
        for more, found in (([], False), (numbers[:1], bool(count))):
            with BytesIO(b"".join(each.to_bytes(8, "little") for each in [*numbers, *more])) as file:
                assert native.twice(file) is found


# ------------------------------------------------------------------------------------ whether it is there
def loaded(folder):
    """Whether a copy of the package finds its library."""
    code = "from bpodsl.native import library; print(library() is not None)"
    there = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "BPODSL_NATIVE")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env={**there, "PYTHONPATH": str(folder)},
    )
    return done.stdout.strip() == "True"


def test_it_is_found_only_where_it_was_made_from_these_files(tmp_path):
    copy = tmp_path / "bpodsl"
    (copy / "native").mkdir(parents=True)
    for name in ("__init__.py", "cached.py"):
        shutil.copy(ROOT / "bpodsl" / name, copy)
    for name in ("__init__.py", "build.py", build.NAME):
        shutil.copy(build.SOURCE.parent / name, copy / "native")
    shutil.copytree(build.SOURCE, copy / "native" / "source")
    assert loaded(tmp_path)
    with (copy / "native" / "source" / "reading.c").open("a") as more:
        more.write("\n")
    assert not loaded(tmp_path)
    (copy / "native" / build.NAME).write_bytes(b"no library")
    assert not loaded(tmp_path)
    (copy / "native" / build.NAME).unlink()
    assert not loaded(tmp_path)


def test_it_can_be_switched_off(monkeypatch):
    monkeypatch.setenv("BPODSL_NATIVE", "off")
    assert native.library() is None and build.compiler() is None


def test_a_compiler_that_fails_is_no_error(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("CC", "false")
    assert not build.build(tmp_path / "made.so")
    assert list(tmp_path.iterdir()) == [] and "Python does its work" in capsys.readouterr().err


def test_a_wheel_is_named_for_all_machines_on_which_it_runs(tmp_path):
    made = build.SOURCE.parent / build.NAME
    if sys.platform == "linux" and b"GLIBC_" in made.read_bytes():
        assert build.platform_of(made, "linux-x86_64") == "manylinux_2_17_x86_64"
    other = tmp_path / build.NAME
    for asked, named in (
        (b"\0libc.so.6\0GLIBC_2.2.5\0GLIBC_2.17\0", "manylinux_2_17_aarch64"),
        (b"\0libc.so.6\0GLIBC_2.18\0", "linux_aarch64"),
        (b"\0libc.so.6\0GLIBC_2.4\0libm.so.6\0", "linux_aarch64"),
        (b"\0libc.musl-aarch64.so.1\0", "linux_aarch64"),
    ):
        other.write_bytes(asked)
        assert build.platform_of(other, "linux-aarch64") == named
    assert build.platform_of(other, "macosx-11.0-arm64") == "macosx_11_0_arm64"


# ------------------------------------------------------------------------------------ the same with it and without
@pytest.mark.parametrize("spoil", [*SPOILT, *TIMES])
@pytest.mark.parametrize("size", [1 << 18, 3_000])
def test_the_same_as_by_python(desk, spoil, size, monkeypatch):
    spoilt(desk, (SPOILT | TIMES)[spoil])
    with_it = briefly(desk, size)
    monkeypatch.setenv("BPODSL_NATIVE", "off")
    assert briefly(desk, size) == with_it


@pytest.mark.parametrize("day", [3, 17, 200])
def test_the_same_of_events_that_wait(desk, day, monkeypatch):
    until = ticks(datetime(2025, 1, 1, 5, tzinfo=UTC)) + day * 86_400_000_000
    with_it = briefly(desk, 3_000, until=until)
    assert with_it[0]
    monkeypatch.setenv("BPODSL_NATIVE", "off")
    assert briefly(desk, 3_000, until=until) == with_it


@pytest.mark.parametrize("spoil", [*SPOILT, *TIMES])
@pytest.mark.parametrize("jobs", [2, 5])
def test_the_same_by_several_threads(desk, spoil, jobs):
    """Each decides the cases that fall to it, and lines are read ahead."""
    spoilt(desk, (SPOILT | TIMES)[spoil])
    assert briefly(desk, 3_000, jobs=jobs) == briefly(desk, 3_000)


@pytest.mark.parametrize("spoil", [None, *list(TIMES)[:2]])
def test_windows_are_settled_beside_deciding(desk, spoil, monkeypatch):
    """However long that takes, it comes to the same; entries of what comes behind wait for it."""
    if spoil is not None:
        spoilt(desk, TIMES[spoil])
    whole = briefly(desk, 3_000)
    begun, beside, advance, later = [], [], Engine.advance, Brief._settle_later

    def slowly(engine, now):
        beside.append(threading.current_thread() is not threading.main_thread())
        time.sleep(0.01)
        advance(engine, now)

    monkeypatch.setattr(Engine, "advance", slowly)
    monkeypatch.setattr(Brief, "_settle_later", lambda *given: begun.append(1) or later(*given))
    assert briefly(desk, 3_000, jobs=2) == whole
    assert len(begun) > 3 and any(beside)


def test_what_goes_wrong_in_settling_is_raised(desk, monkeypatch):
    def fails(engine, now):
        if threading.current_thread() is not threading.main_thread():
            raise OSError("gone")
        advance(engine, now)

    advance = Engine.advance
    monkeypatch.setattr(Engine, "advance", fails)
    # Whoever waits for it may settle, too.
    monkeypatch.setattr(Later, "rest", lambda self: self._board.work_until(lambda: self.over))
    with pytest.raises(OSError, match="gone"):
        briefly(desk, 3_000, jobs=2)


def test_windows_that_settling_moves_send_the_run_to_the_general_way(desk, monkeypatch):
    asked = Brief._same_until
    moved = iter(range(10**6))
    monkeypatch.setattr(Brief, "_same_until", lambda self, at: asked(self, at) + next(moved))
    assert briefly(desk, 3_000, jobs=2)[0] is None


def test_each_thread_decides_some_cases(desk):
    flow = brief(desk, 3)
    assert flow.native.shared and len(flow.native.machines) == 3
    forms, lines = plan_of(desk, flow)
    opened = next(line for line in lines if b"ticket.opened" in line)
    ticket = json.loads(opened)["ticket"].encode()
    # So many that a thread has none of them about once in 10^35 times.
    tickets = b"".join(opened.replace(ticket, b"T%08d" % number) + b"\n" for number in range(200))
    block = Block.read(forms, tickets, 1)
    flow.streams[0].take(natively.Piece(block, 0, block.count, b"x/"))
    flow.streams[0].run(datetime(2100, 1, 1, tzinfo=UTC), [])
    standing = [machine.call("standing", 0) for machine in flow.native.machines]
    assert min(standing) > 0
    assert sum(standing) == flow.streams[0].open == 200


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_a_thread_finds_wrong_is_raised_by_who_waits_for_it(desk, jobs, monkeypatch):
    def fails(self):
        raise OSError("gone")

    monkeypatch.setattr(Stretch, "_unpacked", fails)
    with pytest.raises(OSError, match="gone"):
        briefly(desk, 3_000, jobs=jobs)


def test_a_line_too_long_sends_the_run_to_the_general_way(desk):
    spoilt(desk, lambda lines: [*lines[:-1], f'{{"id":"{"x" * (2 << 20)}"}}', lines[-1]])
    assert briefly(desk, 3_000, jobs=2)[0] is briefly(desk, 3_000)[0] is None


def test_lines_with_blanks_are_read_by_it_too(desk, monkeypatch):
    lines = [json.dumps(json.loads(line)) for line in (desk / "events.jsonl").read_text().splitlines()]
    spoilt(desk, lambda _: lines)
    full, _ = ran(desk)
    read = counting(monkeypatch)
    assert briefly(desk, 3_000) == (short(full), 0)
    assert sum(read) > len(lines) * 3 // 4


def test_kinds_that_come_after_the_first_lines_are_read_by_it_in_the_same_block(desk, monkeypatch):
    full, _ = ran(desk)
    read = counting(monkeypatch)
    monkeypatch.setattr(typed, "FIRST", 1)
    # All but the first line is one block, so that whatever kind it has is new in it.
    monkeypatch.setattr(typed, "_EARLY", ())
    assert briefly(desk, 1 << 22) == (short(full), 0)
    # Of what is in the block one line of each kind was looked at, and then all was read again.
    assert len(read) == len({*read}) > 3 and read == sorted(read)
    lines = (desk / "events.jsonl").read_bytes().splitlines()
    assert len(lines) - read[-1] <= 1 + sum(b"books.closed" in line for line in lines)


def counting(monkeypatch):
    """How many lines of each block it took."""
    counts, made = [], Block.read.__func__

    def read(cls, *given):
        block = made(cls, *given)
        counts.append(block.count)
        return block

    monkeypatch.setattr(Block, "read", classmethod(read))
    return counts


def test_this_agreement_is_decided_by_it(desk):
    assert brief(desk).native is not None


def test_a_text_that_says_more_is_left_to_python(desk, monkeypatch):
    monkeypatch.setattr(assembled, "_CALENDARS", {})
    monkeypatch.setattr(natively.Assembler, "_statement", refused)
    assert brief(desk).native is None


def refused(self, each):
    raise assembled.NotNative("anything")


def brief(desk, jobs=1):
    return Brief(plan_contract(understand(desk / "w1.bpo").contract), print, list, set(), jobs=jobs)


@pytest.mark.parametrize("jobs", [1, 3])
def test_what_python_answers_with_may_fail(desk, jobs, monkeypatch):
    def fails(self, table, values):
        raise KeyError("no answer")

    monkeypatch.setattr(natively.Native, "_answer", fails)
    with pytest.raises(KeyError, match="no answer"):
        briefly(desk, 3_000, jobs=jobs)


# ------------------------------------------------------------------------------------ reading
@pytest.fixture
def plan(desk):
    """The forms of a file that has begun, and its lines."""
    return plan_of(desk, brief(desk))


def plan_of(desk, flow):
    contract = understand(desk / "w1.bpo").contract
    events = desk / "events.jsonl"
    wanted = {
        kind.name: Wanted(kind, number, 0, flow.streams[0].family.keys)
        for number, kind in enumerate(flow.streams[0].family.kinds)
    }
    (mapping,) = contract.mappings
    made = TypedPlan.of(contract, mapping, str(events), wanted)
    made.native = True
    lines = events.read_bytes().splitlines()[:-1]
    for row in jsonl.rows(str(events), [jsonl_lines(lines)]):
        made._learn_from(row)
    return made._forms, lines


def jsonl_lines(lines):
    from bpodsl.store.lines import Lines

    return Lines(1, lines)


def test_a_line_that_is_taken_is_what_the_strict_reader_finds(plan):
    """Bytes are changed, put in and taken out at random: what is taken then must be what the line says."""
    forms, lines = plan
    draw = random.Random(7)
    pieces = [
        b'"', b"\\", b"\\u0041", b"\xc3\xa9", b"\x00", b"\x1f", b"\x7f", b"%", b"/", b"@", b":", b",", b"}", b"{", b" ",
        b"\r", b"\t", b"0", b"9", b"Z", b"", b"-", b".", b'"a":"b",', b"T", b"e" * 501, b"null", b"1e5",
    ]  # fmt: skip
    changed = []
    for _ in range(30_000):
        line = bytearray(draw.choice(lines))
        for _ in range(draw.choice((1, 1, 1, 2, 3))):
            at = draw.randrange(len(line) + 1)
            line[at : at + draw.randrange(3)] = draw.choice(pieces)
        if b"\n" not in line:
            changed.append(bytes(line))
    block = Block.read(forms, b"".join(line + b"\n" for line in changed), 1)
    taken = {block.place(number): number for number in range(block.count)}
    left = dict(block.left())
    assert taken.keys().isdisjoint(left) and len(taken) + len(left) == len(changed)
    assert 500 < len(taken) < 25_000
    for place, number in taken.items():
        line = changed[place - 1]
        assert block.text(number, True) == line
        values = jsonl.strictly(line)
        assert isinstance(values, dict), line
        assert values["id"] == block.text(number, False).decode()
        assert set(values) >= {"id", "type", "ts", "contract", "ticket"}
    assert block.ids() == [jsonl.strictly(changed[place - 1])["id"] for place in taken]
    times = sorted(ticks(datetime.fromisoformat(jsonl.strictly(changed[place - 1])["ts"])) for place in taken)
    assert block.times() == times and times == sorted(times)
    assert [changed[place - 1] for place in sorted(left)] == [left[place] for place in sorted(left)]


@pytest.mark.parametrize(
    ("time", "taken"),
    [
        ("2025-01-01T00:00:00Z", True), ("2024-02-29T23:59:59.999999Z", True), ("2100-02-28T00:00:00.1Z", True),
        ("1970-01-01T00:00:00Z", True), ("2199-12-31T23:59:59.999999Z", True), ("2200-01-01T00:00:00Z", False),
        ("1969-12-31T23:59:59Z", False), ("2023-02-29T00:00:00Z", False), ("2100-02-29T00:00:00Z", False),
        ("2025-13-01T00:00:00Z", False), ("2025-00-01T00:00:00Z", False), ("2025-01-00T00:00:00Z", False),
        ("2025-04-31T00:00:00Z", False), ("2025-01-01T24:00:00Z", False), ("2025-01-01T00:60:00Z", False),
        ("2025-01-01T00:00:60Z", False), ("2025-01-01T00:00:00.Z", False), ("2025-01-01T00:00:00.1234567Z", False),
        ("2025-01-01 00:00:00Z", False), ("2025-01-01T00:00:00z", False), ("2025-01-01T00:00:00", False),
        ("2025-01-01", False), ("", False),
    ],
)  # fmt: skip
def test_times(plan, time, taken):
    forms, lines = plan
    line = json.dumps(json.loads(lines[0]) | {"ts": time}, separators=(",", ":")).encode()
    block = Block.read(forms, line + b"\n", 1)
    assert block.count == taken
    if taken:
        assert block.times() == [ticks(datetime.fromisoformat(time))]


def test_events_are_in_order_of_time_and_as_they_came_within_one(plan):
    forms, lines = plan
    draw = random.Random(3)
    changed = [
        json.loads(draw.choice(lines)) | {"ts": f"2025-01-01T00:00:{draw.randrange(20):02d}Z"} for _ in range(999)
    ]
    whole = "".join(json.dumps(each, separators=(",", ":")) + "\n" for each in changed).encode()
    block = Block.read(forms, whole, 1)
    assert block.order() == sorted(range(999), key=lambda number: changed[number]["ts"])
    assert not block.rises
    assert block.hashes(7) == native.hashed(block.ids(), 7)
    rising = b"".join(line + b"\n" for line in lines)
    assert Block.read(forms, rising, 1).rises
