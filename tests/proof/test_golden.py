"""Bundles that were made once verify with every later version, or say that they are of another semantics."""

from __future__ import annotations

import re

import pytest

from bpodsl import SEMANTICS
from bpodsl.proof.findings import Standing
from bpodsl.proof.verifying import verified
from tests.conftest import ROOT
from tests.proof.golden import FOLDER, MAKERS

BUNDLES = sorted(FOLDER.rglob("*.zip"))


def test_there_are_some_of_each_kind():
    assert {path.name for path in BUNDLES} >= set(MAKERS)


@pytest.mark.parametrize("path", BUNDLES, ids=lambda path: "/".join(path.parts[-2:]))
def test_what_was_handed_over_once_is_come_to_again(path):
    found = verified(path)
    if f"semantics {SEMANTICS}" not in found.about:
        assert {each.what for each in found.of(Standing.OTHER)} == {"lines", "engine", "reference"}
        assert not found.of(Standing.FAILS)
        return
    # A version that is still being written may word a posting anew; what was posted must be the same.
    wrong = [each for each in found.every if each.standing in (Standing.FAILS, Standing.OTHER)]
    assert not [each for each in wrong if "are told in other words" not in each.words]
    assert {each.what for each in found.every} >= {"form", "digests", "chain", "lines", "engine", "reference"}


def test_the_semantics_say_their_version():
    page = (ROOT / "docs" / "semantics.md").read_text(encoding="utf-8")
    assert re.findall(r"^Version (\d+)\.", page, flags=re.M)[0] == str(SEMANTICS)
