"""What names mean, and that renaming never changes it."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("pygls")

from bpodsl.language import parse
from bpodsl.lsp.desk import Desk
from bpodsl.lsp.names import Symbol, index_of
from bpodsl.lsp.rename import CannotRename, renamed, replaced
from bpodsl.lsp.shelf import Shelf
from bpodsl.pipeline import understand_text
from tests.conftest import ROOT

SOUND = [
    *sorted(path for path in (ROOT / "examples").glob("*/*.bpo") if path.stem == path.parent.name),
    *(ROOT / "tests" / "language" / f"{name}.bpo" for name in (
        "kitchen_sink", "joined_sink", "late_limits", "series_and_cases", "waivers", "states_by_consequence",
        "outcomes_before",
    )),
]  # fmt: skip


def desk_of(text, name="untitled:a"):
    desk = Desk(Shelf())
    path = desk.shelf.hold(name, text)
    return desk, desk.agreements_of(path)[0], path


def said(contract):
    """All that a contract says, with the names that were lengthened as they were."""
    text = re.sub(r"start=\d+, end=\d+", "", repr(contract).replace(contract.digest, ""))
    return sorted(re.split("[(),]", re.sub(r"[_ ]zz\b", "", text)))


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_all_names_of_an_agreement_are_known_wherever_they_stand(path):
    """Each is lengthened at every place that is known of it: if one were overlooked, or one too many were found, the
    agreement would have a problem, or mean something else."""
    desk = Desk(Shelf([path.parent]))
    agreement = desk.agreement(path)
    after = Desk(Shelf([path.parent]))
    for page in agreement.pages.values():
        ends = [each.end for each in index_of(agreement).occurrences if each.page is page]
        text = page.source.text
        for end in sorted(ends, reverse=True):
            text = f"{text[:end]}_zz{text[end:]}"
        after.shelf.hold(page.path.as_uri(), text)
    changed = after.agreement(path)
    for each in (agreement, changed):
        each.doubt()
    assert [p.code for p in changed.problems] == [p.code for p in agreement.problems]
    if agreement.understood.contract is not None:
        assert said(changed.understood.contract) == said(agreement.understood.contract)


@pytest.mark.parametrize("path", sorted((ROOT / "examples").rglob("*.bpo")), ids=lambda path: path.name)
def test_every_name_of_the_examples_is_declared_somewhere(path):
    desk = Desk(Shelf([path.parent]))
    for agreement in desk.agreements_of(path):
        index = index_of(agreement)
        assert not [symbol for symbol in index.by_symbol if not index.declarations(symbol)]


BASE = """agreement a "A"
  client     north
  provider   meridian
  effective  2026-01-01 for 1 year
  time zone  Europe/London
  currency   GBP

event opened from north
  ticket    key
  priority  one of P1, P2
  size      number

event closed from meridian
  ticket  key

notice gone from north, meridian
  period  month

obligation close
  meridian must closed for each opened where priority is P1
  within 4 hours

measure on_time
  each month, counted when decided
  share of close fulfilled
  target at least 95%

measure work "Work"
  each month
  sum of size over opened where priority is P1 and size more than 2

termination leave
  by both at will
  exercised by gone
  notice 30 days
"""


def test_a_field_is_one_in_all_events_and_a_word_of_a_field_is_no_name():
    desk, agreement, _ = desk_of(BASE)
    index = index_of(agreement)
    tickets = index.by_symbol[Symbol("field", "ticket")]
    assert len(tickets) == 2 and all(each.declares for each in tickets)
    assert Symbol("name", "P1") not in index.by_symbol
    sizes = index.by_symbol[Symbol("field", "size")]
    assert [each.declares for each in sizes] == [True, False, False]
    edits = renamed(desk, tickets[0], "case")
    text = replaced(BASE, *edits.values())
    assert text.count("case  ") == 2 and "ticket" not in text
    assert not understand_text("x", text)[1]


@pytest.mark.parametrize(
    ("symbol", "new", "why"),
    [
        (Symbol("name", "opened"), "closed", "There is an event `closed` already"),
        (Symbol("field", "ticket"), "size", "There is a field `size` already"),
        (Symbol("name", "close"), "two words", "is no name"),
        (Symbol("name", "close"), "of", "joins other words"),
        (Symbol("name", "close"), "Close", "This would be wrong"),
        (Symbol("field", "size"), "on_time", "This would be wrong|something else"),
    ],
)
def test_what_would_clash_is_refused(symbol, new, why):
    desk, agreement, _ = desk_of(BASE)
    with pytest.raises(CannotRename, match=why):
        renamed(desk, index_of(agreement).by_symbol[symbol][0], new)


def test_nothing_is_renamed_while_a_line_cannot_be_read():
    desk, agreement, _ = desk_of(BASE + "\nmeasure broken\n  each mnth of what\n")
    with pytest.raises(CannotRename, match=r"cannot be read .*untitled.*:3"):
        renamed(desk, index_of(agreement).by_symbol[Symbol("name", "close")][0], "shut")


def test_a_text_used_by_another_is_judged_as_a_part_of_it(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "first.bpo").write_text(BASE + '\nuse "sub/more.bpo"\n', encoding="utf-8")
    part = tmp_path / "sub" / "more.bpo"
    part.write_text("trigger late\n  when on_time is missed\n", encoding="utf-8")
    desk = Desk(Shelf([tmp_path.resolve()]))
    (agreement,) = desk.agreements_of(part.resolve())
    assert agreement.root == (tmp_path / "first.bpo").resolve()
    agreement.doubt()
    assert not agreement.problems
    assert desk.agreements_of(part.resolve())[0] is agreement  # Nothing changed, so nothing is read again.
    edits = renamed(desk, index_of(agreement).by_symbol[Symbol("name", "on_time")][0], "in_time")
    assert {path.name for path in edits} == {"first.bpo", "more.bpo"}
    desk.shelf.hold(part.as_uri(), "trigger late\n  when on_tim is missed\n")
    (agreement,) = desk.agreements_of(part.resolve())
    (problem,) = agreement.understood.problems
    assert agreement.page_of(problem.span).path == part.resolve()
    part.unlink()
    desk.shelf.release(part.as_uri())
    desk.shelf.look_again()
    (agreement,) = desk.agreements_of(tmp_path.resolve() / "first.bpo")
    assert "there is no such file" in agreement.understood.problems[0].message()


def test_doubts_are_sought_apart():
    """Who asks what a name means does not wait for them; once they are sought, they are told with all else."""
    text = BASE + "\ncalendar nights\n  mon-fri  20:00-24:00\nobligation idle\n"
    text += "  meridian must closed for each opened\n  when missed then tell \"late\"\n"
    desk, agreement, path = desk_of(text)
    page = agreement.pages[path]
    assert not agreement.is_doubted
    at_once = [p.code for p in agreement.problems_in(page)]
    assert "BPO205" in at_once and "BPO427" not in at_once
    agreement.doubt()
    assert agreement.is_doubted
    assert sorted([*at_once, "BPO427"]) == sorted(p.code for p in agreement.problems_in(page))
    assert agreement.problems == understand_text(agreement.pages[path].source.name, text)[1]
    assert desk.is_latest(agreement)
    desk.shelf.hold("untitled:a", text + "\n")
    assert desk.agreements_of(path)[0] is not agreement and not desk.is_latest(agreement)


def test_typing_in_one_file_reads_no_other_again(monkeypatch):
    folder = ROOT / "examples" / "claims_administration"
    path = folder / "claims_administration.bpo"
    text = path.read_text(encoding="utf-8")
    read = []
    monkeypatch.setattr("bpodsl.lsp.shelf.parse", lambda source: read.append(source.name) or parse(source))
    desk = Desk(Shelf([folder]))
    desk.shelf.hold(path.as_uri(), text)
    desk.agreements_of(path)
    assert sorted(read) == sorted(str(each) for each in folder.glob("*.bpo"))
    for key in range(5):
        read.clear()
        desk.shelf.hold(path.as_uri(), text + "\n" * key)
        (agreement,) = desk.agreements_of(path)
        index_of(agreement).occurrences  # noqa: B018
        assert read == [str(path)][: key > 0]
