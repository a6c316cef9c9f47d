"""What is kept of an agreement says the same as what is made afresh, and nothing that has changed is taken from it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bpodsl import cached, pipeline, remembered
from bpodsl.language.grammar import tables
from bpodsl.pipeline import Asked, understand_text
from bpodsl.problems import every_problem
from bpodsl.report.problems import github, json_text, junit, sarif
from bpodsl.terms.packed import NotPlain, packed, unpacked
from bpodsl.text import in_order, render
from bpodsl.text.told import retold, told
from bpodsl.values import parse_money
from tests.conftest import ROOT
from tests.golden import ASKED, HERE, PRELUDE, bad_example
from tests.test_both import SHOWN
from tests.test_docs import agreement_of

DESK = """\
agreement desk "Desk"
  client     north "North"
  provider   south "South"
  effective  2026-01-01 for 12 months
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01
calendar office
  mon-fri 09:00-17:00
  closed holidays of GB-ENG
use "duties.bpo"
"""
DUTIES = """\
event asked from north
  case key
event answered from south
  case key
obligation answer "Answer"
  south must answered for each asked
  within 2 hours of office
measure quick "Quick answers"
  each month, counted when decided
  share of answer fulfilled
test "in time"
  2026-02-02T10:00  asked     case A
  2026-02-02T11:00  answered  case A
  expect answer for A fulfilled
test "too late"
  2026-02-02T10:00  asked     case A
  2026-02-02T15:00  answered  case A
  expect answer for A fulfilled
"""
EVENTS = '{"id": "1", "source": "desk", "type": "asked", "time": "2026-02-02T10:00:00Z", "data": {"case": "A"}}\n'


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An agreement of two files, with a cache folder of its own."""
    tables()
    place = tmp_path / "kept"
    place.mkdir(mode=0o700)
    for each in cached._folder().glob("tables-*.json"):
        # To make them takes a second.
        shutil.copy(each, place)
    monkeypatch.setenv("BPODSL_CACHE", str(place))
    monkeypatch.delenv("CI", raising=False)
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "desk.bpo").write_text(DESK, "utf-8")
    (folder / "duties.bpo").write_text(DUTIES, "utf-8")
    (folder / "events.jsonl").write_text(EVENTS, "utf-8")
    return folder


def bpodsl(folder: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    """What a process says, and its exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "bpodsl", *arguments], capture_output=True, text=True, cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def fresh(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """The same, when nothing has been kept."""
    for path in kept(folder):
        if not path.name.startswith(("tables", "holidays")):
            path.unlink()
    return bpodsl(folder, *arguments)


def kept(folder: Path, name: str = "*") -> list[Path]:
    return sorted((folder.parent / "kept").glob(f"{name}-*.json"))


class Counted:
    """How often an agreement was understood afresh."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        real = pipeline.understand

        def counted(*asked):
            self.times += 1
            return real(*asked)

        monkeypatch.setattr(pipeline, "understand", counted)

    def by(self, path: Path, **more) -> int:
        """How often for this call."""
        before = self.times
        remembered.understand(path, **more)
        return self.times - before


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(monkeypatch)


# ------------------------------------------------------------------ the same
COMMANDS = (
    ("check", "desk.bpo"),
    ("check", ".", "--format", "json"),
    ("check", "duties.bpo", "--format", "sarif"),
    ("check", "desk.bpo", "--measures"),
    ("test", "desk.bpo", "-v"),
    ("run", "desk.bpo", "events.jsonl", "--until", "2026-03-01"),
    ("explain", "desk.bpo", "events.jsonl", "--of", "quick", "--until", "2026-03-01"),
    ("diff", "desk.bpo", "desk.bpo"),
)


def test_the_second_time_says_the_same_as_the_first_and_as_without_any_cache(desk):
    first = [fresh(desk, *command) for command in COMMANDS]
    assert [code for code, *_ in first] == [1, 1, 1, 1, 1, 0, 0, 0]
    for _ in range(2):
        assert [bpodsl(desk, *command) for command in COMMANDS] == first
    assert {path.name.partition("-")[0] for path in kept(desk)} >= {"understood", "contract", "tests"}


def test_broken_agreements_are_told_the_same(desk):
    (desk / "duties.bpo").write_text(DUTIES.replace("share of answer", "share of anwser") + "obligation\n", "utf-8")
    for command in (("check", "desk.bpo"), ("run", "desk.bpo", "events.jsonl")):
        first = fresh(desk, *command)
        assert first[0] == 3
        assert bpodsl(desk, *command) == first


def texts_with_problems() -> list[tuple[str, str]]:
    """Broken files, and the bad example of each code."""
    found = [(path.name, path.read_text("utf-8")) for path in sorted((HERE / "broken").glob("*.bpo"))]
    for kind in every_problem():
        text = bad_example(kind)
        if text is not None:
            found.append((kind.code, text if text.startswith("agreement") else f"{PRELUDE}\n{text}"))
    return found


@pytest.mark.parametrize("name, text", texts_with_problems(), ids=lambda part: part[:20].partition("\n")[0])
def test_every_problem_is_retold_as_it_was(name, text):
    problems = in_order(understand_text(name, text, asked=ASKED)[1])
    (again,) = retold(json.loads(json.dumps(told([problems]))))
    assert [render(each, True) for each in again] == [render(each, True) for each in problems]
    assert [each.edits() for each in again] == [each.edits() for each in problems]
    for form in (github, by_name(json_text, ()), by_name(junit, ()), by_name(sarif, "1")):
        assert form(again) == form(problems)


def by_name(form, more):
    return lambda problems: form(problems, more)


@pytest.mark.parametrize("block", SHOWN, ids=lambda block: block.where)
def test_every_contract_is_unpacked_as_it_was(block):
    contract, _ = understand_text(block.where, agreement_of(block))
    again = unpacked(json.loads(json.dumps(packed(contract))))
    assert again == contract
    # What is not compared, such as places in texts, is there as well.
    assert packed(again) == packed(contract)


def test_an_object_that_stands_twice_is_one_again():
    contract, _ = understand_text("desk.bpo", DESK.replace('use "duties.bpo"\n', "") + DUTIES)
    again = unpacked(packed(contract))
    assert len({id(each.clause.span.source) for each in (contract, *contract.norms, *contract.figures)}) == 1
    assert len({id(each.clause.span.source) for each in (again, *again.norms, *again.figures)}) == 1


# ------------------------------------------------------------------ what changes is seen
def test_what_is_unchanged_is_not_understood_again(desk, counted):
    path = desk / "desk.bpo"
    assert counted.by(path) == 1
    assert counted.by(path) == 0
    before = counted.times
    found = remembered.understand(path)
    assert list(remembered.tried(found))
    # Neither was the contract asked for, which was not kept, nor were the tests run by anything kept.
    assert counted.times == before + 1
    assert len(list(remembered.tried(remembered.understand(path)))) == 2
    assert counted.times == before + 1


def test_a_change_of_a_byte_of_any_file_is_seen(desk, counted):
    path, part = desk / "desk.bpo", desk / "duties.bpo"
    counted.by(path)
    for each in (path, part):
        each.write_bytes(each.read_bytes() + b" ")
        assert counted.by(path) == 1
        assert counted.by(path) == 0
        each.write_bytes(each.read_bytes()[:-1])
        counted.by(path)
    about = part.stat()
    part.write_text(DUTIES.replace("2 hours", "3 hours"), "utf-8")
    os.utime(part, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert part.stat().st_size == about.st_size
    assert counted.by(path) == 1


def test_a_used_file_that_goes_or_comes_is_seen(desk, counted):
    path, part = desk / "desk.bpo", desk / "duties.bpo"
    assert remembered.understand(path).sound
    part.unlink()
    assert not remembered.understand(path).sound
    assert counted.by(path) == 0
    part.write_text(DUTIES, "utf-8")
    assert remembered.understand(path).sound
    (desk / "other.bpo").write_text(DUTIES.replace("2 hours", "3 hours"), "utf-8")
    part.unlink()
    part.symlink_to("other.bpo")
    limit = remembered.understand(path, running=True).contract
    assert limit == pipeline.understand(path).contract
    outside = desk.parent / "outside.bpo"
    shutil.copy(desk / "other.bpo", outside)
    part.unlink()
    part.symlink_to(outside)
    assert not remembered.understand(path).sound


def test_another_name_or_question_is_another_thing(desk, counted):
    path = desk / "desk.bpo"
    counted.by(path)
    assert counted.by(path, shown="other.bpo") == 1
    assert counted.by(path, asked=Asked(cliff=parse_money("5 GBP"))) == 1
    # Only comments that allow something depend on the day.
    assert counted.by(path, asked=Asked(today=date(2026, 5, 1))) == 0
    path.write_text(DESK + "# allow BPO205: not yet, until 2026-05-01\n", "utf-8")
    assert counted.by(path, asked=Asked(today=date(2026, 5, 1))) == 1
    assert counted.by(path, asked=Asked(today=date(2026, 5, 1))) == 0
    assert counted.by(path, asked=Asked(today=date(2026, 5, 2))) == 1


def test_another_program_python_or_package_is_seen(desk, counted, monkeypatch):
    path = desk / "desk.bpo"
    counted.by(path)
    remembered.this_program.cache_clear()
    assert counted.by(path) == 0
    monkeypatch.setattr(sys, "version", "another")
    remembered.this_program.cache_clear()
    assert counted.by(path) == 1
    monkeypatch.undo()
    remembered.this_program.cache_clear()


def test_the_program_is_told_by_its_files_and_what_it_rests_on(tmp_path, monkeypatch):
    def told_now() -> str:
        remembered.this_program.cache_clear()
        return remembered.this_program()

    program = tmp_path / "bpodsl"
    (program / "values").mkdir(parents=True)
    (program / "remembered.py").write_text("1", "utf-8")
    (program / "values" / "money.py").write_text("1", "utf-8")
    monkeypatch.setattr(remembered, "__file__", str(program / "remembered.py"))
    seen = [told_now()]
    assert told_now() == seen[0]
    (program / "values" / "money.py").write_text("2", "utf-8")
    seen.append(told_now())
    (program / "values" / "more.py").touch()
    seen.append(told_now())
    package = tmp_path / "site" / "tzdata"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path / "site")
    seen.append(told_now())
    assert len(set(seen)) == 4
    monkeypatch.undo()
    remembered.this_program.cache_clear()


# ------------------------------------------------------------------ safe
def spoilt(data: bytes) -> list[bytes]:
    """What a file may have become."""
    digest, _, body = data.partition(b"\n")
    empty = b"{}"
    return [
        b"", data[:-1], data[: len(data) // 2], data[:70], b"\0" * len(data), b"\xff" + data[1:], digest + b"\n", body,
        data.replace(b"BPO", b"BPX") + b" ", digest + b"\n" + empty, b"null", b"[]\n[]", data + data,
    ]  # fmt: skip


def said(path: Path) -> tuple[object, ...]:
    """What is understood of a file and of its tests, in this process."""
    found = remembered.understand(path, running=True)
    tests = [(each.name, [*map(render, (*each.failures, *each.notes))]) for each in remembered.tried(found)]
    return [*map(render, found.problems)], found.sound, found.contract, tests


def test_what_is_torn_or_forged_is_made_afresh(desk):
    path = desk / "desk.bpo"
    first = said(path)
    names = [each for each in kept(desk) if not each.name.startswith(("tables", "holidays"))]
    whole = {each: each.read_bytes() for each in names}
    assert len(whole) == 3
    for n in range(len(spoilt(b"x" * 100))):
        for each, data in whole.items():
            each.write_bytes(spoilt(data)[n])
        assert said(path) == first
        assert {each: each.read_bytes() for each in names} == whole
    # Each under the name of another.
    for each, other in zip(names, [*names[1:], names[0]], strict=True):
        each.write_bytes(whole[other])
    assert said(path) == first


def test_processes_do_not_heed_what_is_torn(desk):
    commands = (("check", "desk.bpo"), ("run", "desk.bpo", "events.jsonl"))
    first = [bpodsl(desk, *command) for command in commands]
    for path in kept(desk):
        path.write_bytes(path.read_bytes()[:1000] if "tables" not in path.name else path.read_bytes())
    assert [bpodsl(desk, *command) for command in commands] == first


SHAPES = (
    None, 3, "text", [], {}, {"dated": False}, {"told": 1}, {"names": ["a"], "told": {"lists": []}},
    {"plain": [], "classes": [], "made": []}, {"plain": [1], "classes": [], "made": [[-2, 0, 0]]},
    {"plain": ["x"], "classes": ["os:system"], "made": [[0, 0]]},
    {"plain": ["x"], "classes": ["bpodsl.values.zones:Path"], "made": [[0, 0]]},
    {"plain": ["x"], "classes": ["bpodsl.values.zones:import_module"], "made": [[0, 0]]},
    {"plain": ["x"], "classes": ["bpodsl.terms.nothing:Norm"], "made": [[0, 0]]},
    {"plain": ["Europe/London"], "classes": [], "made": [[-4, 0]]}, {"plain": [], "classes": [], "made": [[9, 9]]},
    {"plain": [], "classes": ["bpodsl.terms.norms:Norm"], "made": [[0]]},
)  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=repr)
def test_what_has_another_shape_is_made_afresh(desk, monkeypatch, shape):
    path = desk / "desk.bpo"
    first = remembered.understand(path, running=True)
    results = [(each.name, [*map(render, each.failures)]) for each in remembered.tried(first)]
    real = cached.recall
    for forged in ("understood", "contract", "tests"):
        monkeypatch.setattr(remembered, "recall", lambda name, key: shape if name == forged else real(name, key))  # noqa: B023
        again = remembered.understand(path, running=True)
        assert again.contract == first.contract
        assert [(each.name, [*map(render, each.failures)]) for each in remembered.tried(again)] == results


def test_nothing_but_data_of_ours_is_unpacked():
    for name in ("os:system", "bpodsl.cached:keep", "bpodsl.values.zones:Path", "bpodsl.terms.packed:unpacked"):
        with pytest.raises(NotPlain):
            unpacked({"plain": ["x"], "classes": [name], "made": [[0, 0]]})


def test_a_folder_or_file_that_others_may_write_is_not_read(desk, counted):
    path, folder = desk / "desk.bpo", desk.parent / "kept"
    counted.by(path)
    assert counted.by(path) == 0
    folder.chmod(0o777)
    assert counted.by(path) == 1
    folder.chmod(0o700)
    assert counted.by(path) == 0
    (file,) = kept(desk, "understood")
    file.chmod(0o666)
    assert counted.by(path) == 1
    assert counted.by(path) == 0
    elsewhere = desk.parent / "elsewhere.json"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    assert counted.by(path) == 1
    assert not file.is_symlink()
    file.unlink()
    os.mkfifo(file)
    assert counted.by(path) == 1
    assert [each.stat().st_mode & 0o777 for each in kept(desk)] == [0o600] * len(kept(desk))


def test_without_a_folder_to_write_in_all_goes_on(desk, counted, monkeypatch):
    path, first = desk / "desk.bpo", said(desk / "desk.bpo")
    nowhere = desk / "a file"
    nowhere.touch()
    for place in (str(nowhere), str(nowhere / "below"), "/proc/none", "off"):
        monkeypatch.setenv("BPODSL_CACHE", place)
        assert said(path) == first
        assert counted.by(path) == 1
    there = str(desk.parent / "kept")
    assert bpodsl(desk, "check", "desk.bpo") == bpodsl(desk, "check", "desk.bpo", BPODSL_CACHE=there)


@pytest.mark.parametrize(("named", "why"), [("a file", "no folder"), ("open", "others may read"), ("own", None)])
def test_a_folder_that_is_named_and_cannot_be_used_is_told(desk, named, why):
    (desk / "a file").touch()
    (desk / "open").mkdir()
    (desk / "open").chmod(0o755)
    done = bpodsl(desk, "check", "desk.bpo", BPODSL_CACHE=str(desk / named))
    assert ("note: nothing is kept" in str(done)) == (why is not None)
    assert (why or "1 checked") in str(done)


def test_where_things_are_kept(tmp_path, monkeypatch):
    def place() -> Path | None:
        return cached._folder()

    monkeypatch.setenv("BPODSL_CACHE", str(tmp_path / "own"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert place() == tmp_path / "own"
    monkeypatch.setenv("BPODSL_CACHE", "off")
    assert place() is None
    monkeypatch.setenv("BPODSL_CACHE", "relative")
    assert place() == tmp_path / "xdg" / "bpodsl"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert place() == tmp_path / "home" / ".cache" / "bpodsl"
    assert place().stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_written_is_read(desk, counted, monkeypatch):
    path = desk / "desk.bpo"
    counted.by(path)

    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(cached, "write_whole", refused)
    monkeypatch.setattr(os, "utime", refused)
    assert counted.by(path) == 0
    path.write_text(DESK + "\n", "utf-8")
    assert counted.by(path) == counted.by(path) == 1


def test_many_at_once_agree(desk):
    command = [sys.executable, "-m", "bpodsl", "check", "desk.bpo"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = [
        subprocess.Popen(command, cwd=desk, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(4)
    ]
    said = {each.communicate()[0] for each in running}
    assert len(said) == 1
    assert {bpodsl(desk, "check", "desk.bpo")[1:] for _ in range(2)} and len(kept(desk, "understood")) == 1
    assert not list((desk.parent / "kept").glob(".new-*"))


def test_what_is_read_least_makes_room(desk, monkeypatch):
    monkeypatch.setattr(cached, "MOST_FILES", 3)
    folder = desk.parent / "kept"
    shutil.rmtree(folder)
    for n in range(5):
        cached.keep("some", str(n), [n])
        (new,) = [path for path in kept(desk) if json.loads(path.read_text().partition("\n")[2]) == [n]]
        os.utime(new, (n * 10, n * 10))
        if n == 2:
            (folder / ".new-1-0").touch()
            os.utime(folder / ".new-1-0", (0, 0))
            cached.recall("some", "0")
    assert cached.recall("some", "0") == [0]
    assert cached.recall("some", "1") is None
    assert cached.recall("some", "4") == [4]
    assert len(kept(desk)) == 3
    assert not (folder / ".new-1-0").exists()


def test_nothing_of_events_is_kept(desk):
    bpodsl(desk, "run", "desk.bpo", "events.jsonl", "--until", "2026-03-01")
    before = {path: path.read_bytes() for path in kept(desk)}
    (desk / "events.jsonl").write_text(EVENTS.replace('"A"', '"SECRET"'), "utf-8")
    assert "SECRET" in bpodsl(desk, "run", "desk.bpo", "events.jsonl", "--until", "2026-03-01", "--format", "json")[1]
    assert {path: path.read_bytes() for path in kept(desk)} == before
