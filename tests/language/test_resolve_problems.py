"""Chunks of agreements with the problem expected on the culprit's line: `#! CODE words [| hint]`.

Each chunk follows the prelude, unless it begins an agreement of its own. Chunks are parted by `---`. Only
the problems expected may be found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen

from bpodsl.language.parse import parse
from bpodsl.language.problems import PROBLEMS, NotAsked, Unused
from bpodsl.language.resolve import resolve
from bpodsl.text import Problem, Severity, Source

FOLDER = Path(__file__).parent / "resolve"
PRELUDE = (FOLDER / "prelude.bpo").read_text("utf-8")
_WHOLE = ("prelude.bpo",)
_EXPECTED = re.compile(r"#!\s*(BPO\d+)\s*((?:(?!#!)[^|])*?)\s*(?:\|\s*((?:(?!#!).)*?))?\s*(?=#!|$)")


@frozen
class Chunk:
    """A piece of a file and where it begins."""

    name: str
    line: int
    text: str

    @property
    def whole(self) -> str:
        """The chunk as an agreement."""
        if re.search(r"^agreement ", self.text, re.M):
            return self.text
        return PRELUDE + "\n" + self.text


def chunks() -> Iterator[Chunk]:
    """All chunks of all files."""
    for path in sorted(FOLDER.glob("*.bpo")):
        if path.name in _WHOLE:
            continue
        line = 1
        for text in re.split(r"^---$\n?", path.read_text("utf-8"), flags=re.M):
            yield Chunk(path.name, line, text)
            line += text.count("\n") + 1


ALL = list(chunks())


def understood(text: str) -> tuple[Problem, ...]:
    """All problems of a text; a contract comes out exactly if none is an error."""
    tree, problems = parse(Source("<test>", text))
    assert not problems, [(p.span and p.span.place, p.message()) for p in problems]
    contract, found = resolve(tree)
    assert (contract is None) == any(p.severity is Severity.ERROR for p in found)
    # Chunks are small: of what nothing in them asks for only that counts which is expected. See test_unused.
    lines = text.split("\n")
    return tuple(p for p in found if not _is_spare(p) or f"#! {p.code}" in lines[p.span.place[0] - 1])


def _is_spare(problem: Problem) -> bool:
    return isinstance(problem, NotAsked) or (isinstance(problem, Unused) and problem.thing in ("event", "notice"))


@pytest.mark.parametrize("chunk", ALL, ids=lambda c: f"{c.name}:{c.line}")
def test_chunk_has_the_problems_it_expects(chunk: Chunk) -> None:
    text = chunk.whole
    expected = {
        number: [m.groups() for m in _EXPECTED.finditer(line)]
        for number, line in enumerate(text.split("\n"), 1) if "#!" in line
    }  # fmt: skip
    left: list[str] = []
    for problem in understood(text):
        line = problem.span.place[0] if problem.span is not None else 1
        match = next(
            (
                each for each in expected.get(line, [])
                if each[0] == problem.code and each[1].strip() in problem.message()
                and (each[2] is None or each[2] in (problem.hint() or ""))
            ),
            None,
        )  # fmt: skip
        if match is None:
            left.append(f"line {line}: {problem.code} {problem.message()} | {problem.hint()}")
        else:
            expected[line].remove(match)
    missing = [(line, each) for line, all_of in expected.items() for each in all_of]
    assert not left and not missing, "\n".join([*left, *(f"not found: {each}" for each in missing)])


def test_prelude_is_sound() -> None:
    assert understood(PRELUDE) == ()


def test_kitchen_sink_is_sound() -> None:
    assert understood((FOLDER.parent / "kitchen_sink.bpo").read_text("utf-8")) == ()


def test_every_problem_is_shown_by_a_chunk() -> None:
    lines = (line for chunk in ALL for line in chunk.text.split("\n"))
    shown = {match[1] for line in lines for match in _EXPECTED.finditer(line)}
    # Files in a circle, and too many of them, need files: see test_joining.
    assert {problem.code for problem in PROBLEMS} - shown == {"BPO212", "BPO215"}


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p.code)
def test_every_problem_has_a_page(problem: type[Problem]) -> None:
    page = problem.__doc__ or ""
    assert page.split("\n")[0].endswith(".")
    assert "Not so:" in page and "But so:" in page and "Next: " in page


def test_codes_are_unique_and_in_order() -> None:
    codes = [problem.code for problem in PROBLEMS]
    assert codes == sorted(set(codes))


_BLOCK = re.compile(r"^    (?:Not so|But so):\n\n((?:(?:        .*)?\n)+)", re.M)


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p.code)
def test_the_examples_of_a_page_can_be_read(problem: type[Problem]) -> None:
    found = _BLOCK.findall(problem.__doc__ or "")
    assert len(found) == 2
    for text in found:
        _, problems = parse(Source("<page>", re.sub(r"^        ", "", text, flags=re.M)))
        assert not problems, [(each.message(), text) for each in problems]
