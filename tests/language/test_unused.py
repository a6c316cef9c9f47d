"""What is declared and never named is told; what is named anywhere is not."""

from __future__ import annotations

import pytest

from bpodsl.pipeline import understand_text

HEAD = """\
agreement care "Customer care"
  client     northwind "Northwind plc"
  provider   meridian  "Meridian Ltd"
  party      ashdown   "Ashdown LLP"
  effective  2026-04-01 for 36 months
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01
event opened from northwind, ashdown
  ticket    key
  note      text
event resolved from meridian
  ticket    key
obligation restore
  meridian must resolved for each opened
  within 4 hours
"""


def found(more, head=HEAD):
    contract, problems = understand_text("care.bpo", head + more)
    assert contract is not None, [each.message() for each in problems]
    return [(each.code, each.message()) for each in problems]


def test_nothing_is_said_of_what_is_used():
    assert found("") == []


@pytest.mark.parametrize(
    ("more", "code", "message"),
    [
        ("event held from northwind\n", "BPO205", "The event `held` is declared, but no clause uses it."),
        ("notice left from northwind\n", "BPO205", "The notice `left` is declared, but no clause uses it."),
        (
            "event held, resumed from northwind\n  ticket key\nstate waiting from held to opened by ticket\n"
            "trigger t\n  when waiting lasts more than 2 days\n  then tell \"x\"\n",
            "BPO205", "The event `resumed` is declared, but no clause uses it.",
        ),
        ("amount many\n  each month\n  count of opened\n", "BPO214", "No clause asks for the amount `many`."),
        ("measure many\n  each month\n  count of opened\n", "BPO214", "No clause asks for the measure `many`."),
    ],
)  # fmt: skip
def test_what_no_clause_names_is_told(more, code, message):
    assert found(more) == [(code, message)]


@pytest.mark.parametrize("kind", ["number", "money", "yes/no", "one of a, b", "duration", "share, optional"])
def test_a_field_that_no_clause_asks_for_is_told_unless_it_is_words_for_people(kind):
    assert found("", HEAD.replace("note      text", f"note  {kind}")) == [
        ("BPO214", "No clause asks for the field `note`.")
    ]


def test_a_party_beside_the_two_that_nothing_names_is_told():
    assert found("", HEAD.replace(", ashdown", "")) == [("BPO214", "No clause names the party `ashdown`.")]
    assert found("", HEAD.replace("northwind, ashdown", "ashdown")) == []


@pytest.mark.parametrize(
    "more",
    [
        # for people: a title, a level to hold it against
        'amount many "How many"\n  each month\n  count of opened\n',
        "measure many\n  each month\n  count of opened\n  target at most 5\n",
        "measure many\n  each month\n  count of opened\n  minimum at most 5\n",
        # a test says what it comes to
        'amount many\n  each month\n  count of opened\ntest "x"\n  until 2026-05-02\n  expect many in 2026-04 is 0\n',
        'event held from meridian\ntest "x"\n  2026-04-05T10:00 held\n  until 2026-05-02\n  expect no t\n'
        'trigger t\n  when opened\n  then tell "x"\n',
        # an event that stands for another one
        "event changed from northwind\n  ticket text\n  note text\n  corrects opened named by ticket\n",
        # whatever else names it
        "event held from northwind\n  ticket key\nstate waiting from held to opened by ticket\n"
        'trigger t\n  when waiting lasts more than 2 days\n  then tell "x"\n',
        "event counted from northwind\n  month  month\n  counts for month\n  n number\n"
        'amount n_of "N"\n  each month\n  sum of n over counted\n',
        # a template may bring more than one of its uses needs
        "template many with kind\namount n\n  each month\n  count of kind\nend of many\n"
        "use many with kind opened as desk\n",
    ],
)  # fmt: skip
def test_what_may_be_meant_so_is_not_told(more):
    assert found(more) == []


def test_what_data_alone_name_is_not_used():
    reads = (
        'event held from northwind\nreads desk\n  files "a.csv"\n  format csv\n  id column "No"\n'
        '  time column "T" in Europe/London\n  row held\n'
    )
    assert [code for code, _ in found(reads)] == ["BPO205"]


def test_nothing_is_said_while_something_is_wrong():
    text = HEAD + "event held from northwind\namount n\n  each month\n  count of x\n"
    _, problems = understand_text("care.bpo", text)
    assert [each.code for each in problems] == ["BPO202"]


def test_it_can_be_allowed_with_a_reason():
    assert found("event held from northwind  # allow BPO205: Schedule E, from July\n") == []
    head = HEAD.replace("note      text", "note      number  # allow BPO214: for the record")
    assert found("", head) == []


@pytest.mark.parametrize(
    "more",
    [
        '  when late then meridian pays northwind each of now in prices as "late"\n',
        "measure many\n  each month\n  count of resolved where now is s1\n  target at most 3\n",
        "measure many\n  each month by now\n  count of resolved\n  target at most 3\n",
    ],
)
def test_an_event_of_which_a_field_is_asked_as_the_cases_is_used(more):
    events = "event graded from meridian\n  ticket  key\n  now     one of s1, s2\n"
    prices = "list prices by sev\n  |    | each  |\n  | s1 | 7 GBP |\n  | s2 | 4 GBP |\n"
    unused = [message for code, message in found(more + events + prices) if code == "BPO205"]
    assert not [message for message in unused if "event" in message]


LISTS = """event visit from northwind
  site  one of leeds, york
list sites by site
  weight adds up to 100%
  |       | size | weight |
  | leeds | 3    | 60%    |
  | york  | 4    | 40%    |
"""
SIZES = 'amount sizes "S"\n  each month\n  sum of size of site in sites over visit\n'


def test_a_list_that_nothing_looks_at():
    assert ("BPO205", "The list `sites` is declared, but no clause uses it.") in found(LISTS)


def test_a_column_that_nothing_asks_for_though_it_adds_up():
    assert found(LISTS + SIZES) == [("BPO214", "No clause asks for the column `weight`.")]
    shares = SIZES + 'amount shares "S"\n  each month\n  sum of weight of site in sites * 2 over visit\n'
    assert found(LISTS + shares) == []
    members = 'event visit from northwind\n  site  one of a\nlist sites by site\n  | | x |\n  | a | 1 |\n'
    assert found(members + 'amount n "N"\n  each month for each site of sites\n  count of visit\n') == []


def test_a_document_that_nothing_comes_from():
    two = 'document msa "Master agreement"\ndocument sow "Statement of work"\n'
    cited = 'amount n "N" [msa 3]\n  each month\n  count of opened\n'
    assert found(two + cited) == [("BPO214", "No clause comes from the document `sow`.")]
