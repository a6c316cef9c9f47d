"""Chunks of text with the problem expected on the culprit's line: `#! CODE words seen [=> hint]`.

Only the problems expected may be found. `→` stands for a tab.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from bpodsl.language import parse
from bpodsl.language.limits import FILE_BYTES
from bpodsl.language.problems_syntax import PROBLEMS
from bpodsl.text import Source, render

CHUNKS = re.split(r"^### (.*)\n", (Path(__file__).parent / "syntax_problems.bpo.txt").read_text("utf-8"), flags=re.M)
MARK = re.compile(r"[ ]*#! (BPO\d+)(?: (.*?))?(?: => (.*))?$")


def clean(line: str) -> str:
    return MARK.sub("", line).replace("→", "\t")


def wanted(line: str) -> tuple[str, str, str | None] | None:
    match = MARK.search(line)
    return match and (match[1], (match[2] or "").replace("→", "\t"), match[3])


@pytest.mark.parametrize(("title", "chunk"), list(zip(CHUNKS[1::2], CHUNKS[2::2], strict=True)), ids=CHUNKS[1::2])
def test_each_problem_is_found_at_its_culprit(title, chunk):
    lines = chunk.rstrip("\n").split("\n")
    source = Source("<chunk>", "\n".join(map(clean, lines)) + "\n")
    _, problems = parse(source)
    found = [(p.span.place[0], p.code, p.span.text) for p in problems]
    expected = [(n, mark[0], mark[1]) for n, line in enumerate(lines, 1) if (mark := wanted(line))]
    assert found == expected
    hints = [mark[2] for line in lines if (mark := wanted(line))]
    for problem, hint in zip(problems, hints, strict=True):
        assert problem.message() and not problem.message().startswith(" ")
        assert hint is None or problem.hint() == hint
        assert problem.code in render(problem)


def of(text: str):
    return [(p.code, p.span.text if p.span else None) for p in parse(Source("x", text))[1]]


# ------------------------------------------------------------------------------------ limits
def test_a_file_of_more_than_one_mebibyte_is_not_read():
    assert of("#" * FILE_BYTES) == []
    assert of("#" * (FILE_BYTES + 1)) == [("BPO110", "")]
    assert of("#" + "é" * (FILE_BYTES // 2)) == [("BPO110", "")]


def test_parentheses_nest_sixty_four_deep():
    assert of("amount a\n  " + "(" * 64 + "1" + ")" * 64) == []
    assert of("amount a\n  " + "(" * 65 + "1" + ")" * 65) == [("BPO111", "(")]


@pytest.mark.parametrize("text", ["not {}", "if a then b else {}", "count of a where {}", "sum of {} over a"])
def test_other_nesting_has_a_limit_too(text):
    nested = "b"
    for _ in range(300):
        nested = text.format(nested)
    assert [code for code, _ in of(f"amount a\n  {nested}\n")] == ["BPO111"]


def test_letters_put_together_from_several_characters():
    decomposed = unicodedata.normalize("NFD", "Kraków")
    assert of(f'service s\n  staff "{decomposed}"\n') == [("BPO112", decomposed[4:] + '"')]


@pytest.mark.parametrize("character", "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
@pytest.mark.parametrize("place", ["# a{}b\n", 'assume "a{}b" because "c"\n', "calendar a{}\n  always\n"])
def test_marks_of_direction_are_refused_everywhere(character, place):
    codes = of(place.format(character))
    assert codes[0] == ("BPO113", character)
    assert len(codes) == 1


@pytest.mark.parametrize("character", "\x00\x1b\x7f\x85\u2028\u200b\ufeff\ud800\r")
def test_characters_that_nobody_sees_are_refused_everywhere(character):
    assert of(f'assume "a{character}b" because "c"\n') == [("BPO114", character)]
    if character != "\r":  # At the end of a line it belongs to the line end of Windows.
        assert of(f"calendar a\n  always {character}\n") == [("BPO114", character)]


def test_tabs_are_counted():
    _, (problem,) = parse(Source("x", "calendar a\n\tmon 08:00-09:00\n\ttue 08:00-09:00\n"))
    assert problem.message().startswith("2 lines are indented by tabs")


# ------------------------------------------------------------------------------------ the pages of the problems
def page_samples(problem, heading):
    """The sample below a heading of the page, if it is one that can be read."""
    page = re.sub(r"^    ", "", problem.__doc__, flags=re.M)
    match = re.search(rf"^{heading}:\n\n((?:    .*\n|\n)+)", page, flags=re.M)
    return [] if match is None else [re.sub(r"^    ", "", match[1], flags=re.M).replace("→", "\t")]


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.__name__)
def test_the_page_of_a_problem_shows_it(problem):
    assert (
        problem.__doc__ and "Next: " in problem.__doc__ and "Not so" in problem.__doc__ and "But so" in problem.__doc__
    )
    for sample in page_samples(problem, "Not so"):
        assert problem.code in {code for code, _ in of(sample)}
    for sample in page_samples(problem, "But so"):
        assert of(sample) == []


def test_codes_are_in_order_and_unlike():
    codes = [problem.code for problem in PROBLEMS]
    assert codes == sorted(set(codes))
