"""What a writer is told who has slipped: the next step, and nothing that only follows from the slip."""

from __future__ import annotations

import pytest

from bpodsl.language.problems import NoCommonKey
from bpodsl.pipeline import understand_text
from bpodsl.text import Source, Span

HEAD = """agreement depot "Depot"
  client     hirer "Hirer"
  provider   yard  "Yard"
  effective  2026-01-01 for 24 months
  time zone  Etc/UTC
  currency   GBP, rounded half up to 0.01
event asked from hirer
  ref   key
  gate  one of east, west
  at_   instant
event done from yard
  ref   key
list runs by gate
  |      | run        |
  | east | 2026-03-05 |
  | west | 2026-03-07 |
"""


def found(text):
    problems = understand_text("depot.bpo", HEAD + text)[1]
    return [(each.code, each.hint() or "") for each in problems if each.severity.name == "ERROR"]


def test_a_day_that_is_looked_up_is_set_off():
    text = "obligation serve\n  yard must done for each asked\n  by run of gate in runs\n"
    ((code, hint),) = found(text)
    assert (code, "`by (run of gate in runs)`" in hint) == ("BPO102", True)
    assert found(text.replace("run of gate in runs", "(run of gate in runs)")) == []


@pytest.mark.parametrize("word", ["or", "and"])
def test_a_line_that_goes_on_is_indented_deeper(word):
    text = f"amount many\n  each month\n  count of asked where gate is east\n  {word} gate is west\n"
    ((code, hint),) = found(text)
    assert (code, hint) == ("BPO101", f"If `{word}` goes on the line above, indent it deeper than that line.")


def test_what_is_not_known_is_not_compared():
    text = "amount many\n  each month\n  count of asked where at_ at least first day of it\n"
    assert [code for code, _ in found(text)] == ["BPO209"]
    text = "amount many\n  each month\n  count of asked where day of unheard more than 3\n"
    assert [code for code, _ in found(text)] == ["BPO204"]


def test_the_article_is_no_name():
    text = "notice told from hirer\n  sent  instant\n  deemed given\n    | otherwise | when the sent |\n"
    assert found(text) == [
        ("BPO101", "After `when` the name of a field stands here, without `the`; or `the instant`, that of the notice.")
    ]


def test_what_a_claim_waits_for_is_not_performed_in_turn():
    problem = NoCommonKey(Span(Source("depot.bpo", ""), 0, 0), "report", "relief.report", ("gate",))
    assert problem.message() == "`report` has no field `gate`, so it cannot be told which `relief` it belongs to."
    assert problem.hint() == "Give the event that key."


LOST = """agreement care "Care"
  client     harbour "Harbour"
  provider   lantern "Lantern"
  effective  2026-01-01 for 12 months
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01
event alert from harbour
  incident key
  subjects number
event triaged, aware, notified from lantern
  incident key
state untriaged from alert to {ends} by incident
trigger deemed_aware
  when untriaged lasts more than 4 hours
  then tell "deemed aware"
obligation notify
  {duty}
  within 24 hours
  when late then lantern pays harbour 100 GBP * {field} as "late"
cap each_incident on notify at 5 000 GBP over the term by incident
"""


@pytest.mark.parametrize(
    ("ends", "duty", "field", "expected"),
    [
        ("triaged, aware or notified", "lantern must notified on deemed_aware", "subjects", []),
        ("triaged, aware, notified", "lantern must notified on deemed_aware", "subjects", ["BPO101"]),
        ("triaged", "lantern must notified, on deemed_aware", "subjects", ["BPO101"]),
        ("triaged", "lantern must notified on deemed_aware", "objects", ["BPO204"]),
    ],
)
def test_what_hangs_on_a_clause_that_could_not_be_read_is_not_doubted(ends, duty, field, expected):
    problems = understand_text("x.bpo", LOST.format(ends=ends, duty=duty, field=field))[1]
    assert [p.code for p in problems if p.severity.value == "error"] == expected


TOLD = """event called from yard
  gate     one of east, west
  minutes  number
amount talk
  each month for each gate of east, west
  sum of minutes over called
{}trigger low
  when talk less than {}
  then yard pays hirer 50 GBP as "low"
"""


def test_a_trigger_is_by_no_fields_of_its_own():
    together = "mean of value over groups of talk"
    ((code, hint),) = found(TOLD.format("", f"({together})"))
    assert (code, f"`{together}`" in hint, "an `amount` of its own" in hint) == ("BPO311", True, True)
    assert "Let this clause be by" not in hint
    assert found(TOLD.format(f"amount usual\n  each month\n  {together}\n", "usual")) == []


def test_a_figure_is_by_fields_of_its_own():
    text = TOLD.format("", "3") + "amount twice\n  each month\n  2 * talk\n"
    assert found(text) == [("BPO311", "Let this clause be by gate too.")]


PART = """charge fee
  each month
  hirer pays yard 100 GBP
credit low
  each month
  yard pays hirer (if (count of asked) less than 10 then 25% else 5%) {} fee
"""


def test_what_is_reckoned_is_multiplied():
    ((code, hint),) = found(PART.format("of"))
    assert (code, "write `*` for `of`" in hint) == ("BPO101", True)
    assert found(PART.format("*")) == []
