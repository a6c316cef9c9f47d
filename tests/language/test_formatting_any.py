"""The form of texts that are cut from agreements, put together anew and mutilated: it says the same, keeps every
comment, and is not changed again. What cannot be read stays as it is."""

from __future__ import annotations

import random
import re

import pytest

from bpodsl.language import parse
from bpodsl.language.formatting import format_text
from bpodsl.language.layout import lay_out
from bpodsl.text import Source
from tests.language.test_formatting import SOUND

COMMENTS = ("#", "# x", '#"', "# [a | b]", "#  two  blanks ", "#\t tab", "# é ✓", "#allow", "# a\u00a0b", "# x\\")
ENDS = ("\r", " \r", "\t", "\u00a0", "\x0b", "\x0c", "\u2028", "\x85", "\ufeff")
LINE_ENDS = ("\n", "\n", "\n", "\r\n", "\r")
NAMES = list(SOUND)


def some_clauses(draw):
    """A few clauses of some agreement that stand together, as lines."""
    lines = SOUND[draw.choice(NAMES)].split("\n")
    heads = [n for n, line in enumerate(lines) if line[:1].isalpha()] or [0]
    first = draw.choice(heads)
    later = [head for head in heads if head > first] or [len(lines)]
    return lines[first : later[min(len(later) - 1, draw.randrange(3))]]


def broken(line, draw):
    """A line broken in two at one of its blanks."""
    indent = len(line) - len(line.lstrip())
    blanks = [match.start() for match in re.finditer(" ", line) if match.start() > indent]
    if not blanks:
        return [line]
    at = draw.choice(blanks)
    return [line[:at], " " * (indent + draw.randint(1, 8)) + line[at:].lstrip()]


def without_a_word(line, draw):
    words = line.split(" ")
    del words[draw.randrange(len(words))]
    return [" ".join(words)]


MUTILATIONS = (
    lambda line, draw: [],
    lambda line, draw: [line, line],
    lambda line, draw: [" " * draw.randrange(7) + draw.choice(COMMENTS), line],
    lambda line, draw: [line + draw.choice(("", "  ", " ")) + draw.choice(COMMENTS)],
    broken,
    lambda line, draw: ["", line],
    lambda line, draw: [re.sub(" +", lambda _: " " * draw.randint(1, 5), line)],
    without_a_word,
    lambda line, draw: [" " * draw.randrange(6) + line.lstrip()],
    lambda line, draw: [line + draw.choice((' [Sch | " x  y]', " [a]", " []", " [a"))],
    lambda line, draw: [line.replace(" | ", "|").replace(", ", draw.choice((",", " ,", " , ")))],
    lambda line, draw: [line.replace('"', '"' + draw.choice(("a  b|", "#", "[x]", ",", " ")), 1)],
    lambda line, draw: [line + draw.choice(ENDS)],
)


def drawn(seed):
    """Some clauses of some agreements, mutilated in a few places."""
    draw = random.Random(seed)
    lines = [line for _ in range(draw.randint(1, 3)) for line in some_clauses(draw)]
    for _ in range(draw.randint(0, 6)):
        if lines:
            at = draw.randrange(len(lines))
            lines[at : at + 1] = draw.choice(MUTILATIONS)(lines[at], draw)
    mark = "\ufeff" if draw.random() < 0.05 else ""
    return mark + draw.choice(LINE_ENDS).join(lines) + draw.choice(("", "\n"))


def comments(source):
    return [comment.text.rstrip() for comment in lay_out(source).comments]


@pytest.mark.parametrize("batch", range(4))
def test_the_form_keeps_meaning_and_comments_and_is_not_changed_again(batch):
    formed = 0
    for seed in range(batch * 150, batch * 150 + 150):
        text = drawn(seed)
        old = Source("<drawn>", text)
        new, problems = format_text(old)
        if problems:
            assert new == text, seed
            continue
        formed += 1
        made = Source("<drawn>", new)
        assert format_text(made) == (new, ()), seed
        assert parse(made)[0].clauses == parse(old)[0].clauses, seed
        assert comments(made) == comments(old), seed
        assert not re.search(r"[ \t]$|\n\n\n|\A\n|[^\n]\Z", new), seed
    assert formed > 20
