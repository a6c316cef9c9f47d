"""`check --fix`: what has one right answer is mended, nothing else is touched, and no meaning changes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from bpodsl.cli import exits
from bpodsl.cli.main import bpodsl
from bpodsl.pipeline import understand_text
from bpodsl.text.edits import alone, distance
from tests.conftest import ROOT
from tests.processes import heeds_ctrl_c
from tests.test_check import HEAD

DUTY = HEAD + (
    "calendar support\n  mon-fri  08:00-20:00\n"
    "event asked from buyer\n  question  key\n  sort  one of simple, difficult\n"
    "event answered from maker\n  question  key\n"
    "obligation answer\n  maker must answered for each asked where sort is simple\n  within 4 hours of support\n"
)


def fix(tmp_path, text, *options, code=exits.OK, name="small.bpo"):
    path = tmp_path / name
    path.write_bytes(text.encode())
    result = CliRunner().invoke(bpodsl, ["check", str(path), "--fix", "--today", "2026-06-01", *options])
    assert result.exit_code == code, result.output
    return path.read_bytes().decode(), result


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("obligation answer", "obligaton answer"),
        ("event answered", "evnet answered"),
        ("must answered", "must answred"),
        ("of support", "of suport"),
        ("sort is", "srot is"),
        ("is simple", "is simpel"),
        ("4 hours", "٤ hours"),
        ("within 4", "wihtin 4"),
        ("  mon-fri", "\tmon-fri"),
        ('"Maker Ltd"', '"Maker\u202e Ltd"'),
        ('"Maker Ltd"', '"Malm\u006f\u0308 Ltd"'),
    ],
)
def test_what_has_one_right_answer_is_mended(tmp_path, good, bad):
    assert good in DUTY
    wanted = DUTY.replace(good, '"Malmö Ltd"') if "\u0308" in bad else DUTY
    mended, result = fix(tmp_path, DUTY.replace(good, bad))
    assert mended == wanted
    assert "mended 1 BPO" in result.stderr
    assert fix(tmp_path, mended)[0] == mended


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        # Two names are as near; a name too far; too short; no name at all.
        ("must answered", "must answers"),
        ("of support", "of supplies"),
        ("4 hours", "4 hxyrs"),
        ("4 hours", "4 huors"),
        ("maker must", "mk must"),
        ("currency   EUR", "currency   EUX"),
    ],
)
def test_what_could_mean_something_else_stays(tmp_path, good, bad):
    text = DUTY.replace(good, bad) + "event answer_x from maker\n  question  key\n"
    text = text.replace("event answer_x", "event answerx") if "answers" in bad else text
    assert fix(tmp_path, text, code=exits.AGREEMENT)[0] == text


@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("calendar support  # allow BPO205: from July", "calendar support"),
        ("# allow BPO205: from July\ncalendar support", "calendar support"),
        ("calendar support  # allow BPO205, BPO210: x", None),
    ],
)
def test_comments_that_allow_nothing_go(tmp_path, comment, left):
    text = DUTY.replace("calendar support", comment)
    if left is None:
        assert fix(tmp_path, text)[0] == DUTY
    else:
        assert fix(tmp_path, text)[0] == DUTY.replace("calendar support", left)


def test_of_several_codes_only_that_goes_which_allows_nothing(tmp_path):
    unused = DUTY.replace("within 4 hours of support", "within 4 hours")
    for codes in ("BPO205, BPO210", "BPO210, BPO205", "BPO210,BPO205,BPO213"):
        text = unused.replace("calendar support", f"calendar support  # allow {codes}: from July")
        assert "# allow BPO205: from July\n" in fix(tmp_path, text)[0]


def test_line_ends_stay_as_they_are(tmp_path):
    text = DUTY.replace("calendar support", "# allow BPO205: x\ncalendar support").replace("\n", "\r\n")
    assert fix(tmp_path, text)[0] == DUTY.replace("\n", "\r\n")


def test_comments_about_doubts_stay_while_there_are_errors(tmp_path):
    text = DUTY.replace(" until 2026-12-31", "").replace("of support", "of nigts")
    text = "# allow BPO410: it ends by itself\n" + text
    mended, result = fix(tmp_path, text, code=exits.AGREEMENT)
    assert mended == text
    assert "BPO222" not in result.stderr


def test_a_diff_writes_nothing(tmp_path):
    text = DUTY.replace("of support", "of suport")
    same, result = fix(tmp_path, text, "--diff")
    assert same == text
    assert "-  within 4 hours of suport\n+  within 4 hours of support\n" in result.stdout
    assert "would mend 1 BPO202" in result.stderr
    alone_said = CliRunner().invoke(bpodsl, ["check", str(tmp_path / "small.bpo"), "--diff"])
    assert alone_said.exit_code == exits.USAGE


def test_files_that_are_used_are_mended_too(tmp_path):
    (tmp_path / "part.bpo").write_text("calendar support\n  mon-fri  ٠8:00-20:00\n", encoding="utf-8")
    text = DUTY.replace("calendar support\n  mon-fri  08:00-20:00\n", 'use "part.bpo"\n')
    fix(tmp_path, text)
    assert (tmp_path / "part.bpo").read_text("utf-8") == "calendar support\n  mon-fri  08:00-20:00\n"


def test_what_is_ignored_is_not_mended(tmp_path):
    text = DUTY.replace("calendar support", "calendar support  # allow BPO205: x")
    assert fix(tmp_path, text, "--ignore", "BPO222")[0] == text


def test_a_sound_agreement_keeps_its_meaning():
    for path in sorted((ROOT / "examples").rglob("*.bpo")):
        text = path.read_text("utf-8")
        for problem in understand_text(path.name, text)[1]:
            assert problem.severity.value == "error" or not problem.edits()


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "xbcd", 2), ("kitten", "sitting", 3)],
)
def test_distance(one, other, apart):
    assert distance(one, other, 5) == distance(other, one, 5) == apart
    assert distance(one, other, 1) == min(apart, 2)


def test_a_word_is_meant_where_no_other_is_nearly_as_near():
    assert alone("suport", "support", ["support", "office"])
    assert not alone("suport", "support", ["support", "supports"])
    assert not alone("P0", "P1", ["P1", "P2"])
    assert not alone("support", "support", ["support"])
    assert not alone("desk", "dish", ["dish"])


# ------------------------------------------------------------------------------------ watch
def test_watch_checks_again_when_a_file_changes(tmp_path):
    path = tmp_path / "small.bpo"
    path.write_text(DUTY.replace("of support", "of nights"), encoding="utf-8")
    command = [sys.executable, "-m", "bpodsl", "check", "--watch", str(path)]
    log = tmp_path / "log"
    with log.open("wb") as out:
        running = subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, "NO_COLOR": "1"}, preexec_fn=heeds_ctrl_c
        )
        try:
            assert said_within(log, "waiting for changes", 1)
            assert "error[BPO202]" in log.read_text()
            path.write_text(DUTY, encoding="utf-8")
            assert said_within(log, "waiting for changes", 2)
            assert "1 checked, no errors." in log.read_text()
            running.send_signal(signal.SIGINT)
            assert running.wait(20) == exits.OK
        finally:
            running.kill()
            running.wait()


def said_within(log, words, times, seconds=60.0):
    waited = 0.0
    while log.read_text().count(words) < times and waited < seconds:
        time.sleep(0.1)
        waited += 0.1
    return log.read_text().count(words) >= times
