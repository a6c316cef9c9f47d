"""Problems as they are printed: a page to be read by people, kept under test.

`python -m tests.golden` writes it anew: the bad example of each code, then files as people get them wrong.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from textwrap import dedent

from bpodsl.pipeline import Asked, understand_text
from bpodsl.problems import every_problem
from bpodsl.text import Problem
from bpodsl.text.render import in_order, render
from bpodsl.values import parse_money

HERE = Path(__file__).parent
PAGE = HERE / "problems.txt"
PRELUDE = (HERE.parent / "language" / "resolve" / "prelude.bpo").read_text("utf-8")
ASKED = Asked(parse_money("50 GBP"), date(2027, 1, 1))
_BAD = re.compile(r"^Not so:\n\n((?:(?:    .*)?\n)+)", re.M)


def page() -> str:
    """The whole page."""
    return "\n\n".join([*examples(), *files()]) + "\n"


def examples() -> Iterator[str]:
    """The first problem of each code in the bad example of its page, where that is a text of its own."""
    for kind in every_problem():
        text = bad_example(kind)
        if text is None:
            continue
        for whole in (text,) if text.startswith("agreement") else (f"{PRELUDE}\n{text}", text):
            found = [each for each in problems(f"{kind.code.lower()}.bpo", whole) if each.code == kind.code]
            if found:
                yield f"## {kind.code}: {kind.__name__}\n\n{render(found[0])}"
                break


def bad_example(kind: type[Problem]) -> str | None:
    """The bad example on the page of a code, if it has one."""
    match = _BAD.search(inspect.cleandoc(kind.__doc__ or "") + "\n")
    return None if match is None else dedent(match[1]).strip("\n").replace("→", "\t") + "\n"


def files() -> Iterator[str]:
    """All problems of each broken file."""
    for path in sorted((HERE / "broken").glob("*.bpo")):
        found = problems(path.name, path.read_text("utf-8"))
        yield f"## {path.name}\n\n" + "\n\n".join(render(each) for each in found)


def problems(name: str, text: str) -> list[Problem]:
    """In the order in which they are printed."""
    return in_order(understand_text(name, text, asked=ASKED)[1])
