"""What stands in the tables of LANGUAGE.md is written as the language is: each line of code there parses."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from click.testing import CliRunner

from bpodsl.cli.main import bpodsl
from bpodsl.language import parse
from bpodsl.problems import every_problem
from bpodsl.text import Source
from tests.conftest import ROOT
from tests.docs import blocks

PAGE = (ROOT / "LANGUAGE.md").read_text(encoding="utf-8")
PROSE = re.sub(r"^```.*?^```$", "", PAGE, flags=re.M | re.S)

HEADS = {
    "agreement": "agreement x", "calendar": "calendar x", "event": "event x from anyone",
    "notice": "notice x from anyone",
    "series": "series x", "reads": "reads x", "service": "service x", "obligation": "obligation x",
    "measure": "measure x", "amount": "amount x", "list": "list x by y", "periods": "periods x",
    "change": "change x effective 2026-07-01", "charge": "charge x", "credit": "credit x", "trigger": "trigger x",
    "escalation": "escalation x", "right": "right x", "termination": "termination x", "test": 'test "x"',
    "determination": "determination x", "claim": "claim x",
}  # fmt: skip
"""The clause in which a line stands."""

FRAMES = {
    "a value": "amount x\n  each month\n  {}", "rows": "amount x\n  each month\n  count of {}",
    "a set of time": "amount x\n  each month\n  length of ({})",
    "a condition": "amount x\n  each month\n  count of y where {}", "a consequence": "trigger x\n  then {}",
    "a clause": "{}",
}  # fmt: skip
"""Where the code of the first column of a table stands, by the words above it."""


def tables():
    """The tables of the page: the cells of each row, the first row that of the headings."""
    rows = []
    for line in [*PROSE.splitlines(), ""]:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows:
            yield rows
            rows = []


def pieces():
    for head, _, *rows in tables():
        line_of = re.fullmatch(r"a line of `(\w+)`", head[0])
        for row in rows:
            if head == ["on paper", "clause", "here"]:
                word, cell = row[1].strip("`"), row[2]
                frame = "{}" if word == "clause" else HEADS[word] + "\n  {}"
            elif line_of or head[0] in FRAMES:
                frame = HEADS[line_of[1]] + "\n  {}" if line_of else FRAMES[head[0]]
                cell = row[0]
            else:
                continue
            for code in re.findall(r"`([^`]+)`", cell):
                if head[0] != "on paper" or not code.endswith((" given", " of")):
                    yield frame.format(code)


@pytest.mark.parametrize("text", list(dict.fromkeys(pieces())))
def test_lines_in_tables_parse(text):
    _, problems = parse(Source("LANGUAGE.md", text + "\n"))
    assert not problems, [problem.message() for problem in problems]


def test_every_code_is_named_and_every_code_named_exists():
    codes = {problem.code for problem in every_problem()}
    assert set(re.findall(r"BPO\d{3}", PAGE)) == codes


def test_links_within_the_page_lead_somewhere():
    titles = re.findall(r"^#+ (.+)$", PROSE, re.M)
    anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([^)]+)\)", PROSE)) <= anchors


def test_every_clause_has_a_section():
    words = {*HEADS, "assume", "state", "cap", "stated"}
    assert words <= set(re.findall(r"^### (\w+)$", PROSE, re.M))


@pytest.mark.parametrize(
    ("begins", "name", "until", "said"),
    [
        (
            "reads", "scans1.csv", "2026-02-02",
            ("5 lines read: 3 applied, 1 quarantined, 1 not ours.",
             "due 2026-01-05 13:00, performed 2026-01-05 13:00:01"),
        ),
        (
            "event call_ended", "calls1.csv", "2026-05-02",
            ("3 lines read: 1 applied, 2 not ours.", "1 min 30 s"),
        ),
    ],
)  # fmt: skip
def test_the_file_shown_is_read_as_the_page_says(tmp_path, monkeypatch, begins, name, until, said):
    monkeypatch.setenv("NO_COLOR", "1")
    shown = list(blocks(ROOT / "LANGUAGE.md"))
    reads, table = next(pair for pair in pairwise(shown) if pair[0].text.startswith(begins))
    agreement, rows = tmp_path / "desk.bpo", tmp_path / name
    agreement.write_text(shown[0].text + "\n" + reads.text, encoding="utf-8")
    rows.write_text(table.text, encoding="utf-8")
    result = CliRunner().invoke(bpodsl, ["run", str(agreement), str(rows), "--until", until])
    assert all(each in result.output for each in said), result.output
