"""What the parser makes of sound text, and what it keeps of text that is not."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from bpodsl.language import ast, parse
from bpodsl.language.grammar import CLAUSES, tables
from bpodsl.language.layout import lay_out
from bpodsl.text import Source

KITCHEN_SINK = (Path(__file__).parent / "kitchen_sink.bpo").read_text(encoding="utf-8")
# `credits` stands for the one credit of an agreement; the kitchen sink has several, so that line is only parsed.
JOINED_SINK = (Path(__file__).parent / "joined_sink.bpo").read_text(encoding="utf-8")
ALL_OF_IT = KITCHEN_SINK + "\ncap credits at 5 GBP each month\n"


def sound(text: str) -> tuple[ast.Clause, ...]:
    file, problems = parse(Source("<test>", text))
    assert not problems, [f"{p.span}: {p.message()}" for p in problems]
    return file.clauses


def value_of(expression: str) -> ast.Expression:
    """The tree of an expression, as the value line of an amount."""
    (amount,) = sound(f"amount x\n  each month\n  {expression}\n")
    assert isinstance(amount, ast.Amount)
    line = amount.lines[1]
    assert isinstance(line, ast.ValueLine)
    return line.value


def line_of(clause: str) -> ast.Line:
    """The only line of a clause."""
    (found,) = sound(clause)
    (line,) = getattr(found, "lines")  # noqa: B009 - not all clauses have lines
    assert isinstance(line, ast.Line)
    return line


def nodes(root: object):
    stack = [root]
    while stack:
        part = stack.pop()
        if isinstance(part, tuple):
            stack.extend(part)
        elif isinstance(part, ast.Node):
            yield part
            stack.extend(ast.parts(part))


# ------------------------------------------------------------------------------------ the whole language
def test_every_construct_is_in_the_kitchen_sink():
    file, problems = parse(Source("kitchen_sink.bpo", ALL_OF_IT))
    assert not problems, [f"{p.span}: {p.message()}" for p in problems]
    joined, problems = parse(Source("joined_sink.bpo", JOINED_SINK))
    assert not problems
    heads = tuple(pattern.head for pattern in joined.patterns)
    clauses = (*file.clauses, *joined.clauses, *joined.uses, *heads)
    seen = {type(node) for clause in clauses for node in nodes(clause)}
    every = [found for found in vars(ast).values() if isinstance(found, type) and issubclass(found, ast.Node)]
    abstract = {ast.Node, ast.Line, ast.File, ast.Broken, ast.Comment, ast.Pattern}
    missing = {c.__name__ for c in every} - {c.__name__ for c in seen | abstract}
    assert not missing


def test_every_rule_of_the_grammar_is_in_the_kitchen_sink(monkeypatch):
    from bpodsl.language import machine

    used: set[int] = set()
    plain = machine._action

    def spied(n):
        used.add(n)
        return plain(n)

    monkeypatch.setattr(machine, "_action", spied)
    parse(Source("kitchen_sink.bpo", ALL_OF_IT))
    parse(Source("joined_sink.bpo", JOINED_SINK))
    table = tables()
    assert {origin for _, origin in table.reductions} == {table.reductions[n][1] for n in used}


def test_spans_are_places_of_the_whole_file():
    file, _ = parse(Source("kitchen_sink.bpo", KITCHEN_SINK))
    for clause in file.clauses:
        for node in nodes(clause):
            assert clause.span.start <= node.span.start < node.span.end <= clause.span.end
            if isinstance(node, ast.Name):
                assert node.span.text == node.text
        assert clause.span.text.split()[0] in CLAUSES


def test_comments_are_kept_with_their_places():
    file, _ = parse(
        Source("x", 'calendar a # first\n  # second "\n  always\nassume "#1" because "[#]" [Sch #2] # third\n')
    )
    assert [comment.text for comment in file.comments] == ["# first", '# second "', "# third"]
    assert [comment.span.text for comment in file.comments] == [comment.text for comment in file.comments]


def test_an_empty_file_has_no_clauses():
    for text in ("", "\n\n", "# nothing\n", "\ufeff", "\r\n"):
        file, problems = parse(Source("x", text))
        assert not file.clauses and not problems


# ------------------------------------------------------------------------------------ layout
def test_a_deeper_line_continues_the_one_above():
    (short,) = sound("calendar a\n  mon-fri 08:00-12:00, 13:00-17:00\n  sat 09:00-10:00\n")
    (long,) = sound("calendar a\n  mon-fri # days\n      08:00-12:00,\n\n   13:00-17:00\n  sat 09:00-10:00\n")
    assert short == long


def test_the_head_of_a_clause_without_lines_goes_on_below():
    (one,) = sound("state s from a to b or c by d [§1]\n")
    (other,) = sound("state s\n  from a\n  to b\n    or c\n  by d [§1]\n")
    assert one == other


def test_the_lines_of_a_row_stand_deeper():
    (reads,) = sound('reads r\n  row a\n    x column\n      "X"\n    y always 3\n  time column "T"\n')
    assert isinstance(reads, ast.Reads)
    row, time = reads.lines
    assert isinstance(row, ast.RowMapping) and isinstance(time, ast.TimeLine)
    assert [part.name.text for part in row.fields] == ["x", "y"]


def test_rows_of_a_table_may_be_indented_as_one_likes():
    flat = "charge c\n  each month\n  a pays b by bands of n\n  | up to 1 | 2 GBP |\n  | the rest | 1 GBP |\n"
    deep = "charge c\n  each month\n  a pays b by bands of n\n      | up to 1 | 2 GBP |\n        | the rest | 1 GBP |\n"
    assert sound(flat) == sound(deep)


def test_line_ends_of_windows_are_blanks():
    assert sound(KITCHEN_SINK.replace("\n", "\r\n")) == sound(KITCHEN_SINK)


def test_a_reference_belongs_to_its_line():
    (measure,) = sound("measure m [Sch  A 1]\n  each month [§2]\n  count of a\n")
    assert isinstance(measure, ast.Measure)
    assert measure.reference is not None and measure.reference.text == "Sch A 1"
    first, second = measure.lines
    assert first.reference is not None and first.reference.text == "§2"
    assert second.reference is None


# ------------------------------------------------------------------------------------ words, numbers, days
@pytest.mark.parametrize("word", sorted(set(tables().keywords) - {"credits"}))
def test_words_of_the_language_are_names_where_no_doubt_arises(word):
    from bpodsl.language.scan import may_be_name

    if may_be_name(word):
        (calendar,) = sound(f"calendar {word}\n  always\n")
        assert isinstance(calendar, ast.Calendar) and calendar.name.text == word
        (cap,) = sound(f"cap {word} on {word} at 1 GBP each year\n")
        assert isinstance(cap, ast.Cap) and cap.name is not None and cap.name.text == word


@pytest.mark.parametrize(
    "line",
    ["by day", "before day", "clock starts at at", "within 1 hours after day", "a must opened for each opened"],
)
def test_a_word_of_the_language_is_a_name_where_only_that_can_be_read(line):
    assert line_of(f"obligation o\n  {line}\n")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("18 000", 18000),
        ("250 000.50", Fraction(500001, 2)),
        ("0.000000001", Fraction(1, 10**9)),
        ("999 999 999 999 999 999", 10**18 - 1),
        ("1000", 1000),
        ("007", 7),
    ],
)
def test_numbers_are_exact(text, value):
    assert value_of(text) == ast.Number(value_of(text).span, value)


def test_a_percentage_is_a_share():
    share = value_of("99.95%")
    assert isinstance(share, ast.Percent) and share.value == Fraction(1999, 2000)
    assert value_of("100 %") == value_of("100%")


def test_money_has_a_currency():
    money = value_of("12 500.00 GBP")
    assert isinstance(money, ast.Money)
    assert (money.amount.value, money.currency.text) == (12500, "GBP")


@pytest.mark.parametrize(
    ("text", "amount", "unit", "calendar"),
    [
        ("4 hours", 4, "hours", None),
        ("4 hours of support", 4, "hours", "support"),
        ("1 working day of office", 1, "working day", "office"),
        ("3 months", 3, "months", None),
    ],
)
def test_lengths_keep_their_unit(text, amount, unit, calendar):
    length = value_of(text)
    assert isinstance(length, ast.Length)
    assert (length.amount.value, length.unit) == (amount, unit)
    assert (length.calendar.text if length.calendar else None) == calendar


def test_days_and_times():
    line = line_of("calendar c\n  open 2026-12-27 10:30-24:00\n")
    assert isinstance(line, ast.OpenDay)
    assert line.day.value == date(2026, 12, 27)
    assert (line.ranges[0].start.seconds, line.ranges[0].end.seconds) == (37_800, 86_400)


# ------------------------------------------------------------------------------------ expressions
@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a + b * c", "a + (b * c)"),
        ("a and b or c", "(a and b) or c"),
        ("not a and b", "(not a) and b"),
        ("not a is b", "not (a is b)"),
        ("a + b at least c", "(a + b) at least c"),
        ("a is at least b", "a at least b"),
        ("a is more than b", "a more than b"),
        ("12% of a * b", "(12% of a) * b"),
        ("a × b", "(a) × (b)"),
        ("previous a, at first 0 + b", "(previous a, at first 0) + b"),
        ("count of a + count of b", "(count of a) + (count of b)"),
        ("count of a where b is c + d", "count of a where (b is (c + d))"),
        ("count of a where b or c", "count of a where (b or c)"),
        ("count of a missed or late where b", "count of a missed or late where (b)"),
        ("share of a fulfilled, or 0 if not measured", "(share of a fulfilled), or 0 if not measured"),
        ("share of a fulfilled where b, or 0 if not measured", "(share of a fulfilled where b), or 0 if not measured"),
        ("if a then b else c + d", "if a then b else (c + d)"),
        ("if a then b else if c then d else e", "if a then b else (if c then d else e)"),
        ("a + b rounded half up to 0.01", "(a + b) rounded half up to 0.01"),
        ("sum of a + b over c", "sum of (a + b) over c"),
        ("mean of a over b weighted by c + d", "(mean of a over b weighted by c) + d"),
        ("the greater of a + b and c", "the greater of (a + b) and c"),
        ("- a + b", "(-a) + b"),
        ("a of the year + b", "(a of the year) + b"),
        ("length of a at least 4 hours and b", "((length of a) at least 4 hours) and b"),
        ("count of a where b is one of c, d and e", "count of a where (b is one of c, d) and e"),
    ],
)  # fmt: skip
def test_what_binds_closer(text, same):
    assert value_of(text) == value_of(same)


def test_a_sum_is_flat_and_exactly_as_written():
    total = value_of("a - b + c")
    assert isinstance(total, ast.Sum)
    assert [signed.op for signed in total.rest] == ["-", "+"]


def test_five_thousand_terms():
    total = value_of(" + ".join(f"a{n}" for n in range(5000)))
    assert isinstance(total, ast.Sum) and len(total.rest) == 4999
    assert total == value_of(" + ".join(f"a{n}" for n in range(5000)))


def test_sixty_four_parentheses():
    assert value_of("(" * 64 + "a" + ")" * 64) == value_of("a")


def test_standing_words_after_is():
    for how in ("met", "not met", "below minimum", "not measured", "missed", "undecided"):
        assert value_of(f"a is {how}") == ast.Stands(value_of("a").span, value_of("a"), how)
    assert isinstance(value_of("a is given"), ast.Given)
    assert isinstance(value_of("a is not one of b, c"), ast.OneOf)
    assert isinstance(value_of("a is not b"), ast.Compare)


def test_events_are_joined_by_or_and_after_a_condition_by_a_comma_and_or():
    duty = line_of("obligation o\n  p must a or b where c or d, or e once\n")
    assert isinstance(duty, ast.DutyLine) and isinstance(duty.acts, ast.AnyActs)
    assert [selector.event.text for selector in duty.acts.selectors] == ["a", "b", "e"]
    assert isinstance(duty.acts.selectors[1].where, ast.Either)
    duty = line_of("obligation o\n  p must a and b where c, and e once\n")
    assert isinstance(duty, ast.DutyLine) and isinstance(duty.acts, ast.AllActs)
    assert len(duty.acts.selectors) == 3


# ------------------------------------------------------------------------------------ what survives
def test_sound_clauses_survive_a_broken_one():
    before, after = "calendar a\n  always\n", "calendar b\n  always\n"
    file, problems = parse(Source("x", before + "obligation oh [\n  what\n" + after))
    assert [clause.name.text for clause in file.clauses if isinstance(clause, ast.Calendar)] == ["a", "b"]
    assert [broken.names for broken in file.broken] == [("oh",)]
    assert problems


def test_a_broken_line_is_left_out_and_the_rest_of_its_clause_is_read():
    file, problems = parse(Source("x", "measure m\n  each month\n  target at last 95%\n  count of a\n"))
    (measure,) = file.clauses
    assert isinstance(measure, ast.Measure)
    assert [type(line) for line in measure.lines] == [ast.WindowLine, ast.ValueLine]
    assert file.lost_lines(measure)
    assert [problem.code for problem in problems] == ["BPO101"]


def test_the_lines_of_a_clause_with_a_broken_head_are_looked_at():
    _, problems = parse(Source("x", "event a b c\n  key\n  ticket key\n"))
    assert [problem.span.place[0] for problem in problems if problem.span] == [1, 2]


def test_a_broken_row_leaves_the_others():
    file, problems = parse(
        Source("x", "credit c for m\n  | at least 1% | 2% |\n  | at lest 0% |\n  | otherwise | 3% |\n")
    )
    (credit,) = file.clauses
    assert isinstance(credit, ast.Credit) and len(credit.lines) == 2
    assert len(problems) == 1


def test_names_of_broken_events_are_known():
    file, _ = parse(Source("x", "event one, two of three\n  ticket key\n"))
    assert file.broken[0].names[:2] == ("one", "two")


def test_reading_stops_after_a_hundred_problems():
    _, problems = parse(Source("x", "foo\n" * 1000))
    assert len(problems) == 101
    assert problems[-1].code == "BPO121"


def pieces():
    """The clauses of the samples that are no templates, each with the places in it at which a line ends."""
    for text in (ALL_OF_IT, JOINED_SINK):
        for block in lay_out(Source("x", text)).blocks:
            if block.word not in ("template", "end"):
                start, end = block.head.start, block.pieces[-1].end
                clause = text[start:end]
                ends = [each.end - start for each in block.pieces if text[each.end - 1] != "]"]
                yield pytest.param(clause, ends, id=clause[:40].split("\n")[0])


@pytest.mark.parametrize(("clause", "ends"), list(pieces()))
def test_a_reference_may_end_any_line_and_row(clause, ends):
    before = sum(isinstance(node, ast.Reference) for node in nodes(parse(Source("x", clause + "\n"))[0]))
    for end in ends:
        file, problems = parse(Source("x", f"{clause[:end]} [9.9]{clause[end:]}\n"))
        assert not problems, clause[:end].rsplit("\n", 1)[-1]
        found = [node.text for node in nodes(file) if isinstance(node, ast.Reference)]
        assert len(found) == before + 1 and found.count("9.9") == 1


def test_the_reference_of_a_line_with_rows_stands_before_them():
    text = "notice n from a\n  sent instant\n  deemed given [4.4]\n    | sent is given | when sent | [4.4 (a)]\n"
    (clause,) = parse(Source("x", text))[0].clauses
    line = clause.lines[-1]
    assert (line.reference.text, line.rows[0].reference.text) == ("4.4", "4.4 (a)")
