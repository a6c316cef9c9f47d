"""A portfolio in a store: each agreement's ledger is that of a run over all files, and of a store of its own."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bpodsl.cli import exits
from tests.conftest import ROOT
from tests.processes import heeds_ctrl_c
from tests.test_cli import ran
from tests.test_portfolio import agreement, cases, line

NAMES = ("north", "south", "west")
LINES = cases(NAMES, 12)
UNTIL = ("--until", "2026-05-01")
STORE = ("--store", "s.db")

READS = """\
reads log "The log"
  files     "*.csv"
  format    csv separated by ";"
  subject   column "whose", "{subject}" as {name}
  {identity}
  time      column "when" in UTC
  reporter  column "by", "B" as buyer
  row asked when column "what" is "asked"
    case  column "case"
"""


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "all").mkdir()
    for name in NAMES:
        say(name)
    return tmp_path


def say(name: str, text: str | None = None, **more) -> None:
    Path(f"all/{name}.bpo").write_text(agreement(name, **more) if text is None else text, encoding="utf-8")


def write(path: str, lines) -> str:
    Path(path).write_text("".join(lines), encoding="utf-8")
    return path


def keep(*arguments, code=exits.OK, **more):
    return ran("run", "all", *arguments, *STORE, code=code, **more)


def ledger(name: str, *more) -> str:
    return ran("ledger", *STORE, "--agreement", name, *more).stdout


def ledgers(names=NAMES) -> dict[str, str]:
    return {name: ledger(name) for name in names}


def at_once(*arguments, names=NAMES, code=exits.OK) -> dict[str, str]:
    """The ledgers of one run without a store."""
    ran("run", "all", *arguments, "--out", "out", code=code)
    return {name: Path(f"out/{name}/ledger.jsonl").read_text("utf-8") for name in names}


def rows(asked: str) -> list[tuple]:
    with sqlite3.connect("s.db") as db:
        return list(db.execute(asked))


def data() -> bytes:
    return Path("s.db").read_bytes()


# ------------------------------------------------------------------------------------ any chunking
@pytest.mark.parametrize("seed", range(6))
def test_any_chunking_gives_the_ledgers_of_one_run(here, seed):
    dice = random.Random(seed)
    lines = [*LINES]
    if seed % 2:
        dice.shuffle(lines)
    until = UNTIL if seed % 3 else ()
    cuts = sorted(dice.sample(range(1, len(lines)), 3))
    for number, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(lines)], strict=True)):
        chunk = "".join(lines[start:end])
        if dice.random() < 0.3:
            keep("-", *until, stdin=chunk)
        else:
            keep(write(f"{number}.jsonl", chunk), *until, "--jobs", 1 + number % 2)
    assert ledgers() == at_once(write("all.jsonl", lines), *until)


def test_it_shows_and_writes_what_a_run_without_a_store_does(here):
    lines = [*LINES, line(9001, "nowhere", "asked", "2026-02-01T08:00:00Z", case="X")]
    lines.append(line(9002, "north", "unheard", "2026-02-01T08:00:00Z", case="X"))
    write("e.jsonl", lines)
    for form in ("text", "json", "jsonl", "csv"):
        wanted = ran("run", "all", "e.jsonl", *UNTIL, "--format", form, "--out", "one", code=exits.EVENTS)
        found = keep("e.jsonl", *UNTIL, "--format", form, "--out", "two", code=exits.EVENTS)
        assert (found.stdout, found.stderr) == (wanted.stdout, wanted.stderr)
    files = {path.relative_to("one"): path.read_bytes() for path in Path("one").rglob("*") if path.is_file()}
    assert len(files) == 4 + 3 * 4 + 1
    assert files == {path.relative_to("two"): path.read_bytes() for path in Path("two").rglob("*") if path.is_file()}
    # What an earlier run set aside does not pass for what this one did.
    write("f.jsonl", LINES)
    Path("s.db").unlink()
    keep("f.jsonl", *UNTIL, "--out", "two")
    assert not list(Path("two").rglob("quarantine.jsonl"))


def test_each_has_what_a_store_of_its_own_would_have(here):
    cuts = [LINES[:20], LINES[20:21], LINES[21:]]
    for number, chunk in enumerate(cuts):
        write(f"{number}.jsonl", chunk)
        keep(f"{number}.jsonl", *UNTIL)
        for name in NAMES:
            ran("run", f"all/{name}.bpo", f"{number}.jsonl", "--store", f"{name}.db", *UNTIL)
    for name in NAMES:
        for more in ((), ("--as-known-at", "2026-01-20"), ("--as-known-at", "2025-01-01"), ("--format", "csv")):
            alone = ran("ledger", "--store", f"{name}.db", *more).stdout
            assert ledger(name, *more) == alone
        asked = ("--of", "on_time", "--in", "2026-01")
        wanted = ran("explain", "--store", f"{name}.db", *asked).stdout
        assert ran("explain", *STORE, "--agreement", name, *asked).stdout == wanted


def test_a_file_may_grow_anywhere(here):
    whole = "".join(LINES).encode()
    wanted = at_once(write("all.jsonl", LINES))
    for end in (0, 10, 400, 401, 3000, len(whole) - 1, len(whole)):
        Path("e.jsonl").write_bytes(whole[:end])
        broken = end and not whole[:end].endswith((b"}\n", b"}}"))
        keep("e.jsonl", code=exits.EVENTS if broken else exits.OK)
    assert ledgers() == wanted
    assert rows("SELECT count(*), sum(position) FROM source") == [(1, len(whole))]
    assert rows("SELECT * FROM aside") == []


def test_the_last_row_of_cells_may_become_another_s(here):
    for name in (*NAMES, "northern"):
        reads = READS.format(subject=name, name=name, identity='id        column "no"')
        say(name, agreement(name) + reads)
    head = "no;by;when;what;case;whose\n1;B;2026-01-05 08:00;asked;C1;north\n2;B;2026-01-06 08:00;asked;C2;"
    Path("e.csv").write_text(f"{head}north", encoding="utf-8")
    keep("e.csv", *UNTIL)
    assert len(ledger("north").splitlines()) > len(ledger("northern").splitlines())
    Path("e.csv").write_text(f"{head}northern\n", encoding="utf-8")
    keep("e.csv", *UNTIL)
    assert ledgers((*NAMES, "northern")) == at_once("e.csv", *UNTIL, names=(*NAMES, "northern"))


def test_the_same_again_changes_nothing(here):
    write("a.jsonl", LINES[:30])
    write("b.jsonl", LINES[30:])
    keep("a.jsonl", "b.jsonl", *UNTIL)
    before, shown = data(), ledgers()
    for files in (["a.jsonl"], ["b.jsonl", "a.jsonl"], [], [str(here / "a.jsonl")]):
        keep(*files, *UNTIL)
        assert data() == before
    # Other words alone change no posting.
    say("north", agreement("north").replace("A small agreement", "The northern desk"))
    keep(*UNTIL)
    assert data() != before and ledgers() == shown


def test_each_line_is_kept_once(here):
    write("e.jsonl", LINES)
    keep("e.jsonl", *UNTIL)
    assert rows("SELECT count(*), sum(size) FROM part") == [(1, len("".join(LINES)))]
    assert rows("SELECT count(*) FROM routed") == [(len(LINES),)]


# ------------------------------------------------------------------------------------ agreements come and go
def test_an_agreement_that_joins_later_takes_the_lines_that_named_it(here):
    Path("all/west.bpo").rename("west.tmp")
    write("e.jsonl", LINES)
    aside = keep("e.jsonl", *UNTIL, code=exits.EVENTS)
    assert "EVT134 No agreement of the portfolio is called “west”" in aside.stderr
    before = ledgers(NAMES[:2])
    Path("west.tmp").rename("all/west.bpo")
    keep(*UNTIL)
    assert ledgers(NAMES[:2]) == before
    assert ledgers() == at_once("e.jsonl", *UNTIL)
    assert rows("SELECT * FROM aside") == []


def test_one_that_joins_takes_no_line_from_another(here):
    for name in ("south", "west"):
        Path(f"all/{name}.bpo").unlink()
    alone = READS.replace("  subject   column \"whose\", \"{subject}\" as {name}\n", "")
    say("north", agreement("north") + alone.format(identity='id        column "no"'))
    unnamed = [f"{n};B;2026-01-{n + 5:02} 08:00;asked;C{n};\n" for n in range(4)]
    write("e.csv", ["no;by;when;what;case;whose\n", *unnamed])
    keep("e.csv", *UNTIL)
    before = ledger("north")
    assert before.count('"id":"answer/Opened/') == 4
    # Now that two read the file, a row that names nobody is nobody's: of those that come now.
    say("south", agreement("south") + alone.format(identity='id        column "no"'))
    with Path("e.csv").open("a") as file:
        file.write("9;B;2026-01-20 08:00;asked;C9;\n")
    assert "e.csv:6: EVT133" in keep("e.csv", *UNTIL, code=exits.EVENTS).stderr
    assert ledger("north") == before


def test_an_amendment_counts_from_its_date_and_a_changed_text_is_refused(here):
    write("e.jsonl", LINES)
    keep("e.jsonl", *UNTIL)
    before, shown = data(), ledgers()
    say("south", agreement("south").replace("within 2 hours", "within 1 hour"))
    refused = keep(*UNTIL, code=exits.AGREEMENT)
    assert "STO111" in refused.stderr and "`south`" in refused.stderr and data() == before
    change = '\nchange sooner "Amendment 1" effective 2026-05-01 signed 2026-05-01\n  answer: within 1 hour\n'
    say("south", agreement("south") + change)
    more = [line(8000 + n, "south", kind, f"2026-05-04T{when}:00Z", case="N") for n, (kind, when) in enumerate(
        (("asked", "08:00"), ("answered", "09:30")))]  # fmt: skip
    keep(write("may.jsonl", more), "--until", "2026-06-01")
    for name in NAMES:
        assert ledger(name).startswith(shown[name])
    posted = [json.loads(each) for each in ledger("south").splitlines()]
    duty = [each for each in posted if each["clause"] == "answer" and "N" in json.dumps(each)]
    assert any(each["kind"] == "Missed" and each["known"].startswith("2026-05-04T09:00") for each in duty), duty


def test_one_that_leaves_or_breaks_stays_as_it_was_and_takes_up_where_it_was(here):
    write("a.jsonl", LINES[:40])
    keep("a.jsonl", *UNTIL)
    stood = ledgers()
    write("b.jsonl", LINES[40:])
    sound = Path("all/west.bpo").read_text("utf-8")
    say("west", sound.replace("within 2 hours", "within 2 hous"))
    broken = keep("b.jsonl", *UNTIL, code=exits.AGREEMENT)
    assert "EVT136" in broken.stderr and ledger("west") == stood["west"]
    Path("all/west.bpo").unlink()
    left = keep(*UNTIL, "--quarantine", "q.jsonl", code=exits.EVENTS)
    assert "EVT136" in left.stderr and ledger("west") == stood["west"]
    codes = [json.loads(each) for each in Path("q.jsonl").read_text("utf-8").splitlines()]
    assert len(codes) == sum('"west"' in each for each in LINES) and {each["code"] for each in codes} == {"EVT136"}
    say("west", sound)
    keep(*UNTIL)
    assert ledgers() == at_once("a.jsonl", "b.jsonl", *UNTIL)


def test_a_file_that_would_be_read_otherwise_is_refused(here):
    for name in NAMES:
        say(name, agreement(name) + READS.format(subject=name, name=name, identity='id        column "no"'))
    write("e.csv", ["no;by;when;what;case;whose\n", "1;B;2026-01-05 08:00;asked;C1;north\n"])
    keep("e.csv", *UNTIL)
    before = data()
    for name in NAMES:
        path = Path(f"all/{name}.bpo")
        path.write_text(path.read_text("utf-8").replace('separated by ";"', 'separated by ","'), encoding="utf-8")
    refused = keep(*UNTIL, code=exits.AGREEMENT)
    assert "STO119" in refused.stderr and "separated by “;”" in refused.stderr and data() == before


# ------------------------------------------------------------------------------------ lines set aside
def mended(change) -> str:
    found = [change(json.loads(each)) for each in Path("q.jsonl").read_text("utf-8").splitlines()]
    return write("mended.jsonl", [json.dumps(each) + "\n" for each in found if each is not None])


def test_a_line_is_requeued_to_whose_it_is(here):
    wrong = [each.replace('"west"', '"wset"').replace('"south", "type": "asked"', '"south", "type": "sked"')
             for each in LINES]  # fmt: skip
    write("e.jsonl", wrong)
    keep("e.jsonl", *UNTIL, "--quarantine", "q.jsonl", code=exits.EVENTS)

    def right(each):
        raw = each["raw"].replace('"wset"', '"west"').replace('"sked"', '"asked"')
        return each | {"raw": raw}

    done = ran("requeue", mended(right), *STORE)
    assert f"{sum(a != b for a, b in zip(wrong, LINES, strict=True))} lines read again." in done.stderr
    assert ledgers() == at_once(write("all.jsonl", LINES), *UNTIL)
    for name in NAMES:
        assert "It verifies." in ran("verify", "s.db", "--agreement", name).stdout
    keep("e.jsonl", *UNTIL)
    assert "STO116" in ran("requeue", "mended.jsonl", *STORE, code=exits.USAGE).stderr


def test_a_line_may_be_no_event_or_go_from_one_to_another(here):
    stray = line(9001, "north", "unheard", "2026-02-01T08:00:00Z", case="S")
    write("e.jsonl", [*LINES, stray, "no event at all\n"])
    keep("e.jsonl", *UNTIL, "--quarantine", "q.jsonl", code=exits.EVENTS)

    def other(each):
        return each | {"raw": moved.strip() if "unheard" in each["raw"] else None}

    moved = stray.replace("unheard", "asked").replace("north", "south").replace("maker", "buyer")
    shown = ran("requeue", mended(other), *STORE).stdout
    assert f"{len(LINES) + 2} lines read: {len(LINES) + 1} applied, 1 not ours." in shown
    assert ledgers() == at_once(write("all.jsonl", [*LINES, moved]), *UNTIL)


def test_what_an_earlier_text_set_aside_is_let_in_by_requeue_alone(here):
    new = [line(8000, "north", "noted", "2026-02-02T08:00:00Z", case="C1")]
    write("e.jsonl", [*LINES, *new])
    keep("e.jsonl", *UNTIL, code=exits.EVENTS)
    say("north", agreement("north") + "event noted from anyone\n  case key\n")
    assert "e.jsonl:73" in keep(*UNTIL, code=exits.EVENTS).stderr
    assert "1 line read again." in ran("requeue", *STORE, "--agreement", "north").stderr
    assert ledgers() == at_once("e.jsonl", *UNTIL)


# ------------------------------------------------------------------------------------ what stands
def test_what_is_published_stands_of_each_for_itself(here):
    Path("all/west.bpo").rename("west.tmp")
    dice = random.Random(4)
    lines = [each for each in LINES if '"west"' not in each]
    dice.shuffle(lines)
    for number in range(4):
        before = ledgers(NAMES[:2]) if number else None
        keep(write(f"{number}.jsonl", lines[number::4]), "--publish")
        for name in NAMES[:2]:
            ran("run", f"all/{name}.bpo", f"{number}.jsonl", "--store", f"{name}.db", "--publish")
            if before is not None:
                assert ledger(name).startswith(before[name])
    # Who joins later has published nothing: all that names it counts from its own time.
    Path("west.tmp").rename("all/west.bpo")
    west = [each for each in LINES if '"west"' in each]
    stood = ledgers(NAMES[:2])
    keep(write("west.jsonl", west))
    assert all(ledger(name).startswith(stood[name]) for name in NAMES[:2])
    ran("run", "all", write("all.jsonl", LINES), "--out", "out")
    assert ledger("west") == Path("out/west/ledger.jsonl").read_text("utf-8")
    refused = keep("--until", "2026-01-01", code=exits.USAGE)
    assert "STO112" in refused.stderr
    for name in NAMES:
        assert "It verifies." in ran("verify", "s.db", "--agreement", name).stdout


def test_nothing_is_published_if_one_cannot_be(here):
    ahead = line(9001, "west", "asked", "2029-02-01T08:00:00Z", case="S")
    write("e.jsonl", [*LINES, ahead])
    refused = keep("e.jsonl", *UNTIL, "--publish", code=exits.USAGE)
    assert "STO115" in refused.stderr and "`west`" in refused.stderr
    assert not Path("s.db").exists() or not data()


# ------------------------------------------------------------------------------------ stores of another sort
def test_a_store_is_a_portfolio_s_or_of_agreements_by_themselves(here):
    write("e.jsonl", LINES)
    keep("e.jsonl", *UNTIL)
    before = data()
    alone = ran("run", "all/north.bpo", "e.jsonl", *STORE, code=exits.USAGE)
    assert "STO118" in alone.stderr and "of a portfolio" in alone.stderr and data() == before
    ran("run", "all/north.bpo", "e.jsonl", "--store", "t.db")
    both = ran("run", "all", "e.jsonl", "--store", "t.db", code=exits.USAGE)
    assert "STO118" in both.stderr and "`north`" in both.stderr
    assert "--world is for one agreement" in keep("e.jsonl", "--world", "x", code=exits.USAGE).stderr
    assert "STO113" in ran("ledger", *STORE, code=exits.USAGE).stderr


def test_a_folder_with_agreements_none_of_which_is_sound_makes_no_store(here):
    for name in NAMES:
        say(name, "agreement nothing\n")
    keep(write("e.jsonl", LINES), code=exits.AGREEMENT)
    assert not Path("s.db").exists()


@pytest.mark.parametrize("code", ["STO118", "STO119", "STO120", "STO121"])
def test_each_code_has_its_page(code):
    assert code in ran("rule", code).stdout


# ------------------------------------------------------------------------------------ for others
def test_what_is_handed_over_of_one_has_nothing_of_the_others(here):
    for name in NAMES:
        say(name, agreement(name) + READS.format(subject=name, name=name, identity='id        column "no"'))
    table = ["no;by;when;what;case;whose\n"]
    for n in range(12):
        table.append(f'{n};B;2026-02-{n + 5:02} 08:00;asked;"C{n}\nsecond line of {NAMES[n % 3]}";{NAMES[n % 3]}\n')
    write("e.jsonl", LINES)
    write("t.csv", table)
    keep("e.jsonl", "t.csv", *UNTIL)
    for name in NAMES:
        ran("bundle", "s.db", "--agreement", name, "--out", f"{name}.zip")
        verified = ran("verify", f"{name}.zip").stdout
        assert "It verifies." in verified and "reference" in verified
        others = [each.encode() for each in NAMES if each != name]
        assert not any(each in Path(f"{name}.zip").read_bytes() for each in others)


def test_rows_that_are_known_by_their_number_cannot_be_cut_out(here):
    for name in NAMES:
        say(name, agreement(name) + READS.format(subject=name, name=name, identity="id        row number"))
    table = ["no;by;when;what;case;whose\n", *(f"{n};B;2026-02-05 08:00;asked;C{n};{NAMES[n % 3]}\n" for n in range(6))]
    keep(write("t.csv", table), *UNTIL)
    assert ledgers() == at_once("t.csv", *UNTIL)
    refused = ran("bundle", "s.db", "--agreement", "south", "--out", "s.zip", code=exits.USAGE)
    assert "STO121" in refused.stderr and "t.csv" in refused.stderr and not Path("s.zip").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent otherwise")
def test_files_are_followed(here):
    write("e.jsonl", LINES[:30])
    command = [sys.executable, "-m", "bpodsl", "run", "all", "e.jsonl", *STORE, "--follow", "--format", "jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heeds_ctrl_c) as run:
        assert run.stdout is not None
        first = [run.stdout.readline() for _ in NAMES]
        with Path("e.jsonl").open("a", encoding="utf-8") as file:
            file.write("".join(LINES[30:]))
        second = [run.stdout.readline() for _ in NAMES]
        run.send_signal(2)
        assert run.wait(60) == exits.OK
    assert first != second
    assert ledgers() == at_once(write("all.jsonl", LINES))


def test_the_example(here):
    folder = ROOT / "examples" / "portfolio"
    files = [folder / "desk.jsonl", folder / "clearing.csv"]
    ran("run", folder, *files, "--until", "2026-07-01", "--out", "out", code=exits.EVENTS)
    for until in ("2026-04-01", "2026-07-01"):
        ran("run", folder, *files, "--until", until, *STORE, code=exits.EVENTS)
    for path in sorted(Path("out").glob("*/ledger.jsonl")):
        assert ledger(path.parent.name) == path.read_text("utf-8")
        assert "It verifies." in ran("verify", "s.db", "--agreement", path.parent.name).stdout


def test_how_lines_are_mended_is_told(here):
    stray = line(9001, "nowhere", "asked", "2026-02-01T08:00:00Z", case="S")
    for arguments in (("run", "all"), ("run", "all/north.bpo")):
        text = write("e.jsonl", [*LINES, stray if arguments[1] == "all" else "no event\n"])
        Path("s.db").unlink(missing_ok=True)
        assert "correct them in the files that they came from" in ran(*arguments, text, code=exits.EVENTS).stderr
        # A store takes no file that was changed.
        kept = ran(*arguments, text, *STORE, code=exits.EVENTS).stderr
        assert "`bpodsl requeue FILE --store …`" in kept and "in the files" not in kept


def test_agreements_of_a_shared_store_are_looked_at_one_by_one(here):
    keep(write("e.jsonl", LINES), *UNTIL)
    for name in NAMES:
        # Lines of others are empty ones.
        write("e.jsonl", [each if f'"{name}"' in each else "\n" for each in LINES])
        ran("run", f"all/{name}.bpo", "e.jsonl", "--store", f"{name}.db", *UNTIL)
        for to in ("report.html", "report.ics"):
            ran("report", *STORE, "--agreement", name, "--to", to)
            found = Path(to).read_bytes()
            ran("report", "--store", f"{name}.db", "--to", to)
            assert Path(to).read_bytes() == found
