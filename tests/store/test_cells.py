"""Files of cells by the block: what is told in short is what the general way says, of clean files and spoilt ones."""

from __future__ import annotations

import json
import os
import random

import pytest

from bpodsl import native
from bpodsl.native import Block, build
from bpodsl.pipeline import evaluate_worlds, run_brief, understand
from bpodsl.record.brief import brief
from bpodsl.report.brief import BriefLines
from bpodsl.store import Blockwise, read_events
from bpodsl.store import cells as files_of_cells
from tests.engine.test_straight import desk, one

__all__ = ["desk"]

COLUMNS = ("id", "type", "ts", "contract", "ticket", "priority", "site", "actor")
AT = 100
"""A line that is spoilt: behind those that are read strictly to learn from."""


@pytest.fixture(autouse=True)
def there():
    if build.compiler() is None and os.environ.get("BPODSL_COMPILED") != "required":
        pytest.skip("no compiler, so files of cells are read in the general way")
    if native.library() is None:
        assert build.build(build.SOURCE.parent / build.NAME)
        native._loaded.cache_clear()


@pytest.fixture
def cells(desk):
    """W1 over a file of cells, with a field that may be left out."""
    agreement = (desk / "w1.bpo").read_text().replace("*.jsonl", "*.csv").replace("format  jsonl", "format  csv")
    agreement = agreement.replace(
        "  priority  one of P1, P2, P3\n", "  priority  one of P1, P2, P3\n  site text, optional\n"
    )
    (desk / "w1.bpo").write_text(agreement)
    draw, lines = random.Random(2), [",".join(COLUMNS)]
    for line in (desk / "events.jsonl").read_text().splitlines():
        values = json.loads(line)
        site = draw.choice(("", "north", "south")) if values["type"] == "ticket.opened" else ""
        lines.append(",".join((values | {"site": site}).get(name, "") for name in COLUMNS))
    write(desk, lines)
    return desk


def write(folder, lines, end="\n"):
    (folder / "events.csv").write_text(end.join(lines) + end, encoding="utf-8", newline="")


def lines_of(folder):
    return (folder / "events.csv").read_text().splitlines()


def generally(folder, until=None):
    contract = understand(folder / "w1.bpo").contract
    taken = read_events(contract, [folder / "events.csv"], until)
    ((_, ledger),) = evaluate_worlds(contract, taken.worlds, taken.until)
    return list(BriefLines().of(brief(ledger))), taken


def blockwise(folder, size=3_000, until=None, jobs=1):
    contract, lines = understand(folder / "w1.bpo").contract, []

    def sink(told):
        lines.extend(BriefLines(told.forms).of(told.entries))

    found = run_brief(contract, [folder / "events.csv"], until, sink, lines.clear, size, jobs)
    return (None, None) if found is None else (lines, found)


def same(folder, **how):
    """Whether it was done by the block; both say the same of the ledger, of the lines and of what was set aside."""
    lines, taken = blockwise(folder, **how)
    if lines is None:
        return False
    whole, all_of_it = generally(folder, how.get("until"))
    assert lines == whole
    assert taken.account.as_dict() == all_of_it.account.as_dict()
    assert taken.quarantined == all_of_it.quarantined
    assert (taken.until, taken.notes, taken.incomplete) == (all_of_it.until, all_of_it.notes, all_of_it.incomplete)
    return True


def counting(monkeypatch):
    """How many lines of each block the machine took."""
    counts, made = [], Block.read.__func__

    def read(cls, *given):
        block = made(cls, *given)
        counts.append(block.count)
        return block

    monkeypatch.setattr(Block, "read", classmethod(read))
    return counts


@pytest.mark.parametrize("jobs", [1, 3])
def test_nearly_all_lines_are_taken_by_the_block(cells, jobs, monkeypatch):
    read = counting(monkeypatch)
    assert same(cells, jobs=jobs)
    assert sum(read) > len(lines_of(cells)) * 3 // 4


def many_lines(lines):
    """A cell that reaches over three lines, each of which would be a row."""
    cells = lines[AT].split(",")
    return [*lines[:AT], ",".join([*cells[:-1], f'"x\n{lines[AT + 1]}\n"']), *lines[AT + 2 :]]


SPOILT = {
    "quoted": one(AT, lambda line: ",".join(f'"{cell}"' for cell in line.split(","))),
    "all quoted": lambda lines: [",".join(f'"{cell}"' for cell in line.split(",")) for line in lines],
    "quoted over lines": many_lines,
    "a mark that nothing closes": one(AT, lambda line: line + '"'),
    "a mark at the very end": lambda lines: [*lines, '"'],
    "a cell too many": one(AT, lambda line: line + ","),
    "a cell too few": one(AT, lambda line: line.rpartition(",")[0]),
    "an accent": one(AT, lambda line: line + "\u00e9"),
    "a backslash": one(AT, lambda line: line + "\\n"),
    "no id": one(AT, lambda line: line[line.index(",") :]),
    "an id to be escaped": one(AT, lambda line: "a/b" + line[line.index(",") :]),
    "many accents": lambda lines: [*lines[:AT], *(line + "\u00e9" for line in lines[AT : AT + 90]), *lines[AT + 90 :]],
    "blanks": one(AT, lambda line: line.replace(",", " , ")),
    "a blank line": one(AT, lambda line: "\n" + line + "\n  "),
    "another kind": one(AT, lambda line: line.replace("ticket.", "tocket.")),
    "no such instant": one(AT, lambda line: line.replace(",2025-01", ",2025-13")),
    "an offset": one(AT, lambda line: line.replace("Z,", "+01:00,")),
    "no key": one(AT, lambda line: line.replace(",C0000", ",")),
    "a return in it": one(AT, lambda line: line.replace(",ticket", "\r,ticket")),
    "the same line twice": lambda lines: [*lines, lines[AT + 5]],
    "backwards": lambda lines: [lines[0], *lines[:0:-1]],
    "no header": lambda lines: lines[1:],
    "a column twice": one(0, lambda line: line.replace("actor", "site")),
    "only a header": lambda lines: lines[:1],
    "nothing": lambda lines: [],
}
LEFT = {"backwards", "the same line twice", "no header", "a column twice", "only a header", "nothing"}
"""What is read in the general way from its first line to its last."""


@pytest.mark.parametrize("spoil", SPOILT)
@pytest.mark.parametrize(("size", "jobs"), [(3_000, 1), (1 << 18, 2)])
def test_the_same_as_in_the_general_way(cells, spoil, size, jobs):
    write(cells, SPOILT[spoil](lines_of(cells)))
    done = same(cells, size=size, jobs=jobs)
    if spoil in LEFT and (spoil != "backwards" or size == 3_000):
        assert not done
    elif spoil != "all quoted":
        assert done


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("begin", ["", "\ufeff", "\n\n"])
def test_ends_and_beginnings(cells, begin, end, monkeypatch):
    lines = lines_of(cells)
    write(cells, [begin + lines[0], *lines[1:]], end)
    read = counting(monkeypatch)
    assert same(cells)
    assert sum(read) > len(lines) * 3 // 4


def test_a_last_line_without_an_end(cells):
    path = cells / "events.csv"
    path.write_text(path.read_text()[:-1])
    assert same(cells)


@pytest.mark.parametrize("some", [7, 1_000])
def test_from_a_quotation_mark_on_row_by_row(cells, some, monkeypatch):
    """All that has come is looked at again and again, not only in the end; and the last line may have no end."""
    monkeypatch.setattr(files_of_cells, "_SOME", some)
    swept = []
    after = Blockwise._after
    monkeypatch.setattr(Blockwise, "_after", lambda self: (swept.append(1), after(self))[1])
    lines = SPOILT["quoted"](lines_of(cells))
    (cells / "events.csv").write_text("\n".join(lines), encoding="utf-8")
    assert same(cells, size=1 << 20)
    assert (len(swept) > (len(lines) - AT) // 8) == (some == 7)


@pytest.mark.parametrize("word", ["ticket.ge\u00f6ffnet", "ticket\\opened", "ticket,opened"])
def test_a_word_that_the_machine_does_not_look_for(cells, word):
    agreement = cells / "w1.bpo"
    agreement.write_text(agreement.read_text().replace('"ticket.opened"', f'"{word}"'), encoding="utf-8")
    cell = f'"{word}"' if "," in word else word
    write(cells, [line.replace("ticket.opened", cell) for line in lines_of(cells)])
    whole, taken = generally(cells)
    assert taken.account.applied > 500 and len(whole) > 100
    assert same(cells) == ("," not in word)


@pytest.mark.parametrize("separator", [";", "\t", "|", ":"])
def test_another_separator(cells, separator, monkeypatch):
    agreement = cells / "w1.bpo"
    said = separator.replace("\t", "\\t")
    agreement.write_text(agreement.read_text().replace("  format  csv\n", f'  format  csv separated by "{said}"\n'))
    write(cells, [line.replace(",", separator) for line in lines_of(cells)])
    read = counting(monkeypatch)
    if separator == ":":
        # Times hold it, so that no line has as many cells as there are columns.
        assert not same(cells)
        return
    assert same(cells)
    assert sum(read) > len(lines_of(cells)) * 3 // 4


def test_random_bytes_in_it_mean_what_the_strict_reader_says(cells):
    """Bytes are changed, put in and taken out at random, in all lines but the first."""
    draw, clean = random.Random(11), lines_of(cells)
    pieces = [",", '"', "\\", "\u00e9", "%", "/", "@", " ", "\t", "0", "Z", "", "\r", "-", "x" * 501, ";"]
    for _ in range(25):
        lines = clean[:]
        for _ in range(draw.randrange(1, 12)):
            place = draw.randrange(1, len(lines))
            at = draw.randrange(len(lines[place]) + 1)
            lines[place] = lines[place][:at] + draw.choice(pieces) + lines[place][at + draw.randrange(2) :]
        write(cells, lines)
        same(cells, size=draw.choice((2_000, 9_000)), jobs=draw.choice((1, 2)))


def test_without_the_compiled_part_they_are_read_in_the_general_way(cells, monkeypatch):
    monkeypatch.setenv("BPODSL_NATIVE", "off")
    assert blockwise(cells) == (None, None)
