"""The page of printed problems is what the program prints; and each of them is fit to be read."""

from __future__ import annotations

import re

from tests.golden import PAGE, page

TEXT = PAGE.read_text("utf-8")
PRINTED = re.split(r"\n\n(?=error\[|warning\[|note\[)", TEXT)[1:]


def test_the_page_is_what_is_printed():
    assert page() == TEXT, "python -m tests.golden writes it anew; read what changed"


def test_there_are_many():
    assert len(PRINTED) >= 100
    assert len({each.split("]")[0] for each in PRINTED}) >= 60


def test_each_is_one_sentence_and_a_next_step():
    for each in PRINTED:
        head, *rest = each.split("\n## ")[0].split("\n")
        assert head.endswith((".", "?")), head
        assert "None" not in head
        assert "  " not in head
        assert len(head) < 330, head
        assert any(line.strip().startswith("= hint: ") for line in rest) or "expected" in head or "it has" in head, each
