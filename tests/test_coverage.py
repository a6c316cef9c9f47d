"""How much of the paper is coded: lists are read as people write them, and sub-clauses belong to their clauses."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from bpodsl.cli.main import bpodsl
from bpodsl.report.coverage import PaperClause, cover, key_of, read_paper
from bpodsl.text import Source, Span
from bpodsl.text.citing import Cited
from tests.conftest import ROOT

AGREEMENT = str(ROOT / "examples" / "customer_care" / "customer_care.bpo")


@pytest.mark.parametrize(
    ("line", "number", "title"),
    [
        ("2.1 Restoring P1", "2.1", "Restoring P1"),
        ("Sch C 2.1 Restoring", "Sch C 2.1", "Restoring"),
        ("Schedule C, 2.1 (a) Restoring", "Schedule C, 2.1 (a)", "Restoring"),
        ("Schedule 2, 1 Settling", "Schedule 2, 1", "Settling"),
        ("Sch 4 7.1 Pool", "Sch 4 7.1", "Pool"),
        ("14.2 24 hours", "14.2", "24 hours"),
        ("§5 A report", "§5", "A report"),
        ("§ 5.4(b)(ii) Good faith", "§ 5.4(b)(ii)", "Good faith"),
        ("MSA 14.2(a) Failure", "MSA 14.2(a)", "Failure"),
        ("Preamble\tWho agrees", "Preamble", "Who agrees"),
        ("Annex A  Services", "Annex A", "Services"),
        ("7", "7", ""),
    ],
)
def test_a_line_is_a_number_and_a_title(line, number, title):
    assert read_paper(f"# list\n\n{line}\n", False) == [PaperClause(number, title)]


def test_a_table_may_have_a_heading():
    rows = [PaperClause("2.1", "Restoring, P1"), PaperClause("3")]
    assert read_paper('clause,title\n2.1,"Restoring, P1"\n\n# none\n3\n', True) == rows
    assert read_paper('2.1,"Restoring, P1"\n3\n', True) == rows


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Schedule C, 2.1(a)", "sch c 2.1 (A)", True),
        ("§14.2", "clause 14.2", True),
        ("14.2", "14.20", False),
        ("Annex A 5", "Annex B 5", False),
    ],
)
def test_what_is_one_clause(one, other, same):
    assert (key_of(one) == key_of(other)) is same


def covered(paper, *cited):
    source = Source("x.bpo", "x")
    made = [Cited(ref, f"by_{n}", ref.startswith("~"), Span(source, 0, 1)) for n, ref in enumerate(cited)]
    found = cover([PaperClause(number) for number in paper], made)
    return {each.clause.number: each.how for each in found.clauses}, [each.reference for each in found.strange]


def test_clauses_and_their_parts():
    assert covered(["2", "2.1", "2.2"], "2.1") == ({"2": "heading", "2.1": "coded", "2.2": "open"}, [])
    assert covered(["2", "2.1", "2.2"], "2") == ({"2": "coded", "2.1": "coded", "2.2": "coded"}, [])
    assert covered(["2", "20"], "2.1(a)") == ({"2": "coded", "20": "open"}, [])
    assert covered(["2.1"], "2") == ({"2.1": "coded"}, [])
    assert covered(["2.1"], "3") == ({"2.1": "open"}, ["3"])
    assert covered(["2.1", "2.2", "3"], "2.1; 2.2 and 3") == ({"2.1": "coded", "2.2": "coded", "3": "coded"}, [])


def test_what_is_stated_is_told_apart():
    assert covered(["2", "3"], "~2", "~3", "3") == ({"2": "stated", "3": "coded"}, [])


def check(tmp_path, text, *options, name="paper.txt"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return CliRunner().invoke(bpodsl, ["check", AGREEMENT, "--paper", str(tmp_path / name), *options])


PAPER = "Sch C 2.1 Restoring P1\nSch C 3.3 Reports\n§5.4 Good faith\nShcd G  Escalation\n"


def test_the_command_says_what_is_not_coded(tmp_path):
    said = check(tmp_path, PAPER).stdout
    assert "paper.txt: 4 clauses\n     1   25 %  coded\n     1   25 %  stated, not computed\n" in said
    assert "Not coded\n  Sch C 3.3  Reports\n  Shcd G  Escalation\n" in said
    assert "Stated, not computed\n  §5.4  Good faith  (best_efforts)\n" in said
    assert "  Sch G  by operational, " in said
    assert ": is Shcd G meant?" in said


def test_programs_get_it_too(tmp_path):
    whole = json.loads(check(tmp_path, PAPER, "--format", "json").stdout)["coverage"]
    assert whole["counted"] == 4
    assert whole["stated"] == {"clauses": 1, "percent": 25}
    assert whole["clauses"][2] == {"number": "§5.4", "title": "Good faith", "how": "stated", "by": ["best_efforts"]}
    assert {"Sch D 1"} <= {each["reference"] for each in whole["not_in_paper"]}


def test_a_list_that_is_none(tmp_path):
    assert "lists no clauses" in check(tmp_path, "# nothing\n").output
    (tmp_path / "x.txt").write_bytes(b"\xff\xfe\x00")
    result = CliRunner().invoke(bpodsl, ["check", AGREEMENT, "--paper", str(tmp_path / "x.txt")])
    assert "is not text in UTF-8" in result.output


def test_documents_are_called_by_their_titles(tmp_path):
    head = (ROOT / "tests" / "language" / "resolve" / "prelude.bpo").read_text("utf-8")
    text = head + '\ndocument sch_x "Schedule X"\ncalendar more "More" [sch_x 4.1]\n  sat  09:00-10:00\n'
    (tmp_path / "a.bpo").write_text(text, encoding="utf-8")
    (tmp_path / "p.txt").write_text("Schedule X 4.1  Hours\n", encoding="utf-8")
    result = CliRunner().invoke(bpodsl, ["check", str(tmp_path / "a.bpo"), "--paper", str(tmp_path / "p.txt")])
    assert "     1  100 %  coded" in result.stdout
