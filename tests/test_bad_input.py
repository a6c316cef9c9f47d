"""What goes wrong at the door: each time a message with place, reason and next step, and never a traceback."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
import zipfile

import pytest

from tests.processes import heeds_ctrl_c

AGREEMENT = """\
agreement desk "A desk"
  client     north "North"
  provider   mer "Mer"
  effective  2026-01-01 until 2026-12-31
  time zone  UTC
  currency   GBP, rounded half up to 0.01
event opened from north
  ticket  key
event resolved from mer
  ticket  key
obligation restore "Restore"
  mer must resolved for each opened
  within 4 hours
"""
EVENT = {"id": "1", "type": "opened", "time": "2026-01-05T09:00:00Z", "ticket": "T1"}
LINE = json.dumps(EVENT) + "\n"


def bpodsl(*arguments, cwd, stdout=subprocess.PIPE):
    return subprocess.run(
        [sys.executable, "-m", "bpodsl", *arguments], cwd=cwd, stdout=stdout, stderr=subprocess.PIPE, encoding="utf-8",
        errors="replace", env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "desk.bpo").write_text(AGREEMENT, "utf-8")
    (tmp_path / "good.jsonl").write_text(LINE, "utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "utf16.bpo").write_text(AGREEMENT, "utf-16")
    (tmp_path / "binary.bpo").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "latin.bpo").write_text(AGREEMENT.replace("North", "Nørth"), "latin-1")
    (tmp_path / "empty.bpo").touch()
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "blank.jsonl").write_text("\n\n")
    (tmp_path / "empty.csv").touch()
    (tmp_path / "header.csv").write_text("id,type,time,ticket\n")
    (tmp_path / "headless.csv").write_text("1,opened,2026-01-05T09:00:00Z,T1\n")
    (tmp_path / "headless2.csv").write_text("1,opened,2026-01-05T09:00:00Z,T1\n2,resolved,2026-01-05T10:00:00Z,T1\n")
    (tmp_path / "twice.csv").write_text("id,id,time\n")
    (tmp_path / "broken.jsonl.gz").write_bytes(gzip.compress(LINE.encode() * 50)[:-20])
    (tmp_path / "none.jsonl.gz").write_bytes(gzip.compress(b""))
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as book:
        book.writestr("xl/sheet.xml", "<a/>")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ("check nofile.bpo", 2, ["nofile.bpo", "does not exist"]),
        ("check folder", 2, ["There is no .bpo file in folder"]),
        ("run folder good.jsonl", 2, ["There is no agreement in folder"]),
        ("run desk.bpo folder", 2, ["folder", "is a directory"]),
        ("run desk.bpo none.jsonl", 2, ["none.jsonl", "does not exist"]),
        ("check utf16.bpo", 3, ["BPO122", "utf16.bpo", "save it as UTF-8", "1 error"]),
        ("check binary.bpo", 3, ["BPO122", "binary.bpo", "name the `.bpo` file that is meant"]),
        ("check latin.bpo", 3, ["BPO122", "latin.bpo:2:22", "Save the file as UTF-8"]),
        ("check empty.bpo", 3, ["BPO208", "Write, for example, `agreement"]),
        ("run desk.bpo empty.jsonl", 0, ["note: empty.jsonl: no event is in this file"]),
        ("run desk.bpo blank.jsonl", 0, ["note: blank.jsonl: no event is in this file"]),
        ("run desk.bpo empty.csv", 0, ["note: empty.csv: no event is in this file"]),
        ("run desk.bpo header.csv", 0, ["note: header.csv: no event is in this file"]),
        ("run desk.bpo none.jsonl.gz", 0, ["note: none.jsonl.gz: no event is in this file"]),
        ("run desk.bpo headless.csv", 4, ["headless.csv: its header holds a date and time, as a row does"]),
        ("run desk.bpo headless2.csv", 4, ["headless2.csv:2: EVT112", "holds a date and time, as a row does"]),
        ("run desk.bpo twice.csv", 4, ["twice.csv: its header names the column “id” twice"]),
        ("run desk.bpo book.xlsx", 4, ["book.xlsx: it is a workbook or archive, not text; save it as CSV"]),
        ("run desk.bpo broken.jsonl.gz", 4, ["broken.jsonl.gz"]),
        ("run desk.bpo good.jsonl --untl 2026-02-01", 2, ["No such option '--untl'", "--until"]),
        ("run desk.bpo good.jsonl --until yesterday", 2, ["'--until'", "“yesterday” is not", "Write a day such as"]),
        ("run desk.bpo good.jsonl --as-known-at now", 2, ["'--as-known-at'", "“now” is not", "Write a day such as"]),
        ("run desk.bpo good.jsonl --out desk.bpo", 2, ["'--out'", "is a file"]),
        ("run desk.bpo good.jsonl --out desk.bpo/x", 6, ["desk.bpo", "Nothing was changed", "name another"]),
        ("graph desk.bpo --out desk.gif", 2, ["'--out'", "desk.gif", ".svg, .png, .mmd", "--format"]),
        ("graph desk.bpo --out folder", 2, ["folder", "is a directory"]),
        ("chek desk.bpo", 2, ["Did you mean `check`?"]),
    ],
)
def test_bad_input_is_explained(folder, arguments, code, said):
    done = bpodsl(*arguments.split(), cwd=folder)
    assert done.returncode == code, done.stderr
    for words in said:
        assert words in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not (folder / "desk.gif").exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full device here")  # noqa: PTH110
def test_a_full_disk_is_explained(folder):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = bpodsl("run", "desk.bpo", "good.jsonl", cwd=folder, stdout=full)
    assert done.returncode == 6
    assert "No space left" in done.stderr and "make room" in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="pipes and signals as in POSIX")
def test_a_reader_that_goes_away_is_nothing_wrong(folder):
    (folder / "many.jsonl").write_text("".join(LINE.replace('"1"', f'"{n}"') for n in range(3_000)), "utf-8")
    arguments = [sys.executable, "-m", "bpodsl", "run", "desk.bpo", "many.jsonl", "--format", "jsonl"]
    with subprocess.Popen(arguments, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None and running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert b"Traceback" not in running.stderr.read()
        assert running.wait() == 0


@pytest.mark.skipif(os.name != "posix", reason="pipes and signals as in POSIX")
def test_ctrl_c_stops_with_a_word(folder):
    os.mkfifo(folder / "endless.jsonl")
    arguments = [sys.executable, "-m", "bpodsl", "run", "desk.bpo", "endless.jsonl"]
    # It opens the pipe only when it has understood the agreement, and then waits for its end.
    with (
        subprocess.Popen(
            arguments, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heeds_ctrl_c
        ) as running,
        (folder / "endless.jsonl").open("w") as pipe,
    ):
        pipe.write(LINE)
        pipe.flush()
        time.sleep(0.5)
        running.send_signal(signal.SIGINT)
        said, wrong = running.communicate(timeout=60)
    assert running.returncode == 130
    assert said == b"" and wrong.strip().startswith(b"stopped before the end") and b"Traceback" not in wrong
