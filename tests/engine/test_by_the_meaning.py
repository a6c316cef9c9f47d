"""What the reference is tested by, put to the engine: each expectation was worked out by hand from the meaning."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from bpodsl.pipeline import evaluate
from tests.reference import (
    test_deadlines,
    test_figures,
    test_knowledge,
    test_money,
    test_norms,
    test_rules,
    test_states,
    test_term,
)

MODULES: tuple[ModuleType, ...] = (
    test_deadlines, test_figures, test_knowledge, test_money, test_norms, test_rules, test_states, test_term,
)  # fmt: skip


@pytest.fixture(autouse=True)
def by_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever these tests run is run by the engine."""
    for module in MODULES:
        monkeypatch.setattr(module, "run", evaluate)


for _module in MODULES:
    for _name, _test in list(vars(_module).items()):
        if _name.startswith("test_") and getattr(_test, "__module__", "") == _module.__name__:
            setattr(sys.modules[__name__], f"{_name}_in_{_module.__name__.rpartition('_')[2]}", _test)
del _module, _name, _test, test_deadlines, test_figures, test_knowledge, test_money, test_norms, test_rules
del test_states, test_term
