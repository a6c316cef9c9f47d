"""A folder of agreements is understood once, until one of them changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from bpodsl.portfolio import Found, Workers, find, members, recalled, unpacked
from tests.test_portfolio import agreement

SHARED = 'use "parts/shared.bpo"\n'


@pytest.fixture
def understood(tmp_path, monkeypatch) -> list[str]:
    """Three agreements of which two use a part, and the names of those that are understood."""
    place = tmp_path / "kept"
    place.mkdir(mode=0o700)
    monkeypatch.setenv("BPODSL_CACHE", str(place))
    monkeypatch.chdir(tmp_path)
    Path("all/parts").mkdir(parents=True)
    Path("all/parts/shared.bpo").write_text("event noted from anyone\n  case key\n", "utf-8")
    for name in ("north", "south", "west"):
        Path(f"all/{name}.bpo").write_text(agreement(name) + SHARED * (name != "west"), "utf-8")
    found, real = list[str](), members.understand

    def counted(path, *given):
        found.append(path.stem)
        return real(path, *given)

    monkeypatch.setattr(members, "understand", counted)
    return found


def asked(understood: list[str]) -> tuple[Found, list[str]]:
    """What is found, and what was understood for it."""
    understood.clear()
    with Workers() as workers:
        found = find(Path("all"), workers)
    return found, sorted(understood)


def plain(found: Found) -> tuple[object, ...]:
    """It, so that agreements that were packed apart can be compared."""
    made = [(evolve(each, packed=b""), unpacked(each.packed)) for each in found.members]
    return made, found.broken, found.twice, found.left_out


def fresh(monkeypatch, understood: list[str]) -> tuple[object, ...]:
    with monkeypatch.context() as patched:
        patched.setenv("BPODSL_CACHE", "off")
        return plain(asked(understood)[0])


EVERY = ["north", "shared", "south", "west"]


def test_what_is_unchanged_is_not_understood_again(understood, monkeypatch):
    first, names = asked(understood)
    assert names == EVERY and [each.name for each in first.members] == ["north", "south", "west"]
    second, names = asked(understood)
    assert names == [] and plain(second) == plain(first) == fresh(monkeypatch, understood)


def test_where_one_changes_it_alone_is_understood_anew(understood, monkeypatch):
    asked(understood)
    path = Path("all/west.bpo")
    path.write_text(path.read_text("utf-8").replace("within 2 hours", "within 3 hours"), "utf-8")
    found, names = asked(understood)
    assert names == ["west"] and plain(found) == fresh(monkeypatch, understood)
    Path("all/parts/shared.bpo").write_text("event noticed from anyone\n  case key\n", "utf-8")
    found, names = asked(understood)
    assert names == ["north", "shared", "south"] and plain(found) == fresh(monkeypatch, understood)
    Path("all/parts/shared.bpo").unlink()
    found, names = asked(understood)
    assert names == ["north", "south"] and len(found.broken) == 2 and plain(found) == fresh(monkeypatch, understood)
    # What has errors is told from what it is each time.
    assert asked(understood)[1] == ["north", "south"]
    Path("all/north.bpo").rename("all/east.bpo")
    Path("all/parts/shared.bpo").write_text("event noted from anyone\n  case key\n", "utf-8")
    found, names = asked(understood)
    assert names == ["east", "shared", "south"] and plain(found) == fresh(monkeypatch, understood)
    assert asked(understood)[1] == []


def test_what_was_kept_and_is_not_as_it_was_is_understood_anew(understood, monkeypatch):
    asked(understood)
    (kept,) = Path("kept").glob("folder-*.json")
    whole = kept.read_bytes()
    kept.write_bytes(whole.replace(b'"remarks"', b'"remarkz"', 1))
    assert asked(understood)[1] == EVERY
    assert kept.read_bytes() == whole
    records = recalled.records(Path("all"))
    wrong = [
        {"contract": "no base 64"}, {"contract": ""}, {"contract": 3}, {"sought": 3}, {"sought": [["a"]]},
        {"file": None}, {"remarks": "many"},
    ]  # fmt: skip
    for other in wrong:
        recalled.keep_records(Path("all"), {path: record | other for path, record in records.items()})
        found, names = asked(understood)
        assert {"north", "south", "west"} <= set(names) or "remarks" in other, other
        assert plain(found) == fresh(monkeypatch, understood)
    recalled.keep_records(Path("all"), {path: {} for path in records})
    assert asked(understood)[1] == EVERY


def test_another_program_or_no_cache_understands_all(understood, monkeypatch):
    asked(understood)
    for program in ("another", ""):
        monkeypatch.setattr(recalled, "this_program", lambda program=program: program)
        assert asked(understood)[1] == EVERY
    assert asked(understood)[1] == EVERY


def test_of_a_very_large_folder_what_fits_is_kept(understood, monkeypatch):
    monkeypatch.setattr(recalled, "MOST", 4_000)
    asked(understood)
    names = asked(understood)[1]
    assert names and names != EVERY
