"""What measures the tests: which mistakes are drawn, what each changes, and that one is found where a test tells."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.depth.settings import packages

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("cosmic_ray") is None, reason="what draws mistakes is not there: pip install '.[depth]'"
)

CHAIN = ROOT / "bpodsl" / "record" / "chain.py"
TOLD = "tests/record/test_chain.py::test_it_is_told_in_words"

HOLD = """
import sys
from pathlib import Path
from tests.depth.held import hold
from tests.depth.mutants import Mutant
from tests.depth.reached import Reach
path, test = Path(sys.argv[1]), sys.argv[2]
text = path.read_text(encoding="utf-8")
lines = range(1, text.count("\\n") + 1)
reach = Reach({path: {line: [test] for line in lines}}, {test: 0.1})
changes = [change.split(" => ") for change in sys.argv[3:]]
made = [Mutant(path, "by hand", 1, 1, len(lines), text.replace(*change)) for change in changes]
for held in hold(made, reach, [test], 20):
    print("FOUND" if held.found else "NOT FOUND")
"""

def held(*changes: str) -> list[str]:
    """What becomes of these mistakes, each `old => new`, against one test."""
    command = [sys.executable, "-c", HOLD, str(CHAIN), TOLD, *changes]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [line for line in ran.stdout.splitlines() if line in ("FOUND", "NOT FOUND")]

def test_a_mistake_is_found_where_a_test_tells() -> None:
    assert held(
        "postings != 1 => postings != 2",  # in a function, told by the test
        "postings != 1 => postings > 1 or self.postings == 0",  # the same in other words
        'if self.world else "" => if self.world else "x"',
        "bpodsl chain of postings 1 => bpodsl chain of postings 2",  # made on import, and told by the module's own file
        "self.postings != 1 => [0 for _ in iter(int, 1)]",  # without an end
    ) == ["FOUND", "NOT FOUND", "FOUND", "FOUND", "FOUND"]

def test_the_same_seed_draws_the_same() -> None:
    from tests.depth.mutants import sample

    first = sample(CHAIN, 8, 3)
    assert [each.text for each in first] == [each.text for each in sample(CHAIN, 8, 3)]
    assert {each.text for each in first} != {each.text for each in sample(CHAIN, 8, 4)}
    original = CHAIN.read_text(encoding="utf-8")
    for each in first:
        assert each.text != original and each.first <= each.line <= each.last
        compile(each.text, "mutant", "exec")

def test_what_is_never_evaluated_is_not_drawn() -> None:
    from tests.depth.mutants import _annotations, _positions

    text = "x: int | None = 1 + 2\ndef f(a: int | str) -> str | None:\n    return a * 3\n"
    assert len(_annotations(text)) == 3
    drawn = {(name.partition("/")[2], line) for name, _, line in _positions(text)}
    assert ("ReplaceBinaryOperator_Add_Sub", 1) in drawn and ("ReplaceBinaryOperator_Mul_Sub", 3) in drawn
    assert not any(line == 2 or "_BitOr_" in name for name, line in drawn)


def test_the_functions_that_a_mistake_changes() -> None:
    from tests.depth.mutants import changed_functions

    text = CHAIN.read_text(encoding="utf-8")
    inner = changed_functions(CHAIN, text.replace("postings != 1", "postings != 2"))
    assert inner is not None and [name for name, _ in inner] == ["Head.__str__"]
    assert changed_functions(CHAIN, text) == {}
    assert changed_functions(CHAIN, text.replace("chain of postings 1", "chain of postings 2")) is None

@pytest.mark.parametrize("name", packages())
def test_what_concerns_a_package_is_there(name: str) -> None:
    package = packages()[name]
    assert package.modules
    for each in package.tests:
        assert (ROOT / each.partition("::")[0]).exists(), each
