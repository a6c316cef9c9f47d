"""One form: the same text whatever blanks were there, which says the same and is not changed again."""

from __future__ import annotations

import random
import re

import pytest
from attrs import evolve

from bpodsl.language import parse
from bpodsl.language.formatting import format_text
from bpodsl.pipeline import understand_text
from bpodsl.text import Source
from tests.conftest import ROOT
from tests.docs import all_blocks

FILES = sorted([*ROOT.glob("examples/**/*.bpo"), *ROOT.glob("tests/**/*.bpo")])
TEXTS = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in FILES}
TEXTS |= {block.where: block.text for block in all_blocks() if block.info.startswith("bpo")}
SOUND = {name: text for name, text in TEXTS.items() if not parse(Source(name, text))[1]}


def formatted(text):
    new, problems = format_text(Source("<test>", text))
    assert not problems, [problem.message() for problem in problems]
    return new


def test_there_is_enough_to_format():
    assert len(SOUND) > 150


@pytest.mark.parametrize("name", SOUND)
def test_the_form_says_the_same_and_stays(name):
    new = formatted(SOUND[name])
    assert formatted(new) == new
    assert parse(Source(name, new))[0].clauses == parse(Source(name, SOUND[name]))[0].clauses
    assert not re.search(r"[ \t]$|\t|\n\n\n", new, re.M)


@pytest.mark.parametrize("name", SOUND)
def test_blanks_of_the_author_do_not_matter(name):
    rng = random.Random(name)
    new = formatted(SOUND[name])
    for _ in range(3):
        assert formatted(restless(new, rng)) == new


def restless(text, rng):
    """The text with other blanks at places where they mean nothing."""
    found = []
    for line in text.split("\n"):
        parts = re.split(r'("[^"\n]*"|\[[^\[\]\n]*\]|#.*|[0-9][0-9 ]*[0-9])', line)
        blanks = (
            part if n % 2 or not n else re.sub(" +", lambda m: " " * rng.randint(1, 4), part)
            for n, part in enumerate(parts)
        )
        drawn = "".join(blanks) + " " * rng.choice((0, 0, 2))
        found.append(drawn)
        if not line and rng.random() < 0.3:
            found.append("")
    return "\n".join(found).replace("\n", rng.choice(("\n", "\n", "\r\n")))


def test_what_follows_from_an_agreement_does_not_change():
    name = "examples/customer_care/customer_care.bpo"
    old, _ = understand_text(name, TEXTS[name])
    new, problems = understand_text(name, formatted(TEXTS[name]))
    assert not problems
    assert evolve(new, digest=old.digest) == old


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("agreement  a   \"A  B\"\n   client x \"X\"\n   time zone UTC\n",
         "agreement a \"A  B\"\n  client     x  \"X\"\n  time zone  UTC\n"),
        ("event e from x [§1]\n a key\n longer one of A ,B,C\n",
         "event e from x" + " " * 63 + "[§1]\n  a       key\n  longer  one of A, B, C\n"),
        ("credit c for m\n| at least 95% | 0% |\n| otherwise | 10% |\n",
         "credit c for m\n  | at least 95% |  0% |\n  | otherwise    | 10% |\n"),
        ("measure m\n  each month\n  count of e where a\n      and b\n  target at least 1\n  minimum at least 0\n",
         "measure m\n  each month\n  count of e where a\n    and b\n  target   at least 1\n  minimum  at least 0\n"),
        ("# one\n\n\n\n#two\nevent e from x # why\n     # inside\n  a key   # the key\n# end",
         "# one\n\n#two\nevent e from x  # why\n  # inside\n  a  key  # the key\n# end\n"),
        ("\n\nevent e from x\r\n\tkey_of key\n", None),
        ("", ""),
        ("\n\n# nothing\n\n\n", "# nothing\n"),
    ],
)  # fmt: skip
def test_small_texts(old, new):
    found, problems = format_text(Source("<test>", old))
    if new is None:
        assert problems
        assert found == old
    else:
        assert found == new, problems


def test_blanks_in_words_for_people_and_comments_stay():
    text = 'assume "two  blanks,and none" because "a [ b"  # three   blanks'
    assert formatted(text) == text + "\n"


def test_a_number_in_groups_of_digits_stays_whole_where_lines_stand_in_columns():
    text = 'escalation fee\n  level 1 000 "Board" of buyer\n  level 2 "Lead" of buyer\n'
    assert formatted(text) == 'escalation fee\n  level 1 000  "Board" of buyer\n  level 2      "Lead" of buyer\n'
