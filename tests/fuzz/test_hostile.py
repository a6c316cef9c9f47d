"""What somebody made to hurt: how each command ends on it, and with which codes, as `hostile.txt` says."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT
from tests.fuzz.hostile import Hostile, all_hostile, laid
from tests.fuzz.ran import ran, wrong


def expected() -> dict[str, tuple[int, list[str]]]:
    """By name: the exit code, and the codes of problems."""
    found = {}
    for line in (ROOT / "tests" / "fuzz" / "hostile.txt").read_text(encoding="utf-8").splitlines():
        name, code, *codes = re.split(r" {2,}", line)
        found[name] = int(code), " ".join(codes).split()
    return found


EXPECTED = expected()


def test_all_are_told_of():
    every = [each.name for each in all_hostile()]
    assert len(every) >= 150 and sorted(every) == sorted(EXPECTED)


@pytest.mark.parametrize("each", all_hostile(), ids=lambda each: each.name)
def test_it_ends_as_it_should(each: Hostile, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BPODSL_CACHE", "off")
    code, codes = EXPECTED[each.name]
    before = laid(each, tmp_path)
    data = (tmp_path / each.file).read_bytes()
    ended = ran(before)
    assert not wrong(ended, {code})
    assert sorted(set(re.findall(r"\b(?:BPO|EVT|STO|PRF)\d{3}\b", ended.out + ended.err))) == codes
    if "--store" not in each.command or ended.code:
        assert (tmp_path / each.file).read_bytes() == data
