"""The folder of a portfolio whose events come: whose it is, and what is asked there."""

from __future__ import annotations

import json
import pickle
import zlib
from pathlib import Path

import pytest

from bpodsl.cli import exits
from bpodsl.portfolio import Workers, find, unpacked
from bpodsl.spark.place import Place, Portfolio, contract_from, contract_to, digests
from tests.kernel.test_kernel import understood
from tests.test_portfolio import UNTIL, agreement, here
from tests.test_spark_options import SPARK, said, there

__all__ = ["here", "there"]


ALPHA = Path("all/alpha.bpo")


def of(name, **other):
    return understood(agreement(name, **other))


@pytest.fixture
def begun(tmp_path):
    """A folder, begun with two agreements."""
    place, both = Place(tmp_path / "state"), [of("alpha"), of("beta")]
    place.begin(Portfolio(digests(both), str(tmp_path / "events"), 4), both)
    return place


def orders(place):
    found = sorted(place.orders.iterdir())
    return {path.name: [json.loads(line) for line in path.read_text("utf-8").splitlines()] for path in found}


def test_it_is_made_and_known_again(begun, tmp_path):
    both = digests([of("alpha"), of("beta")])
    assert begun.compared(both, tmp_path / "events") == Portfolio(both, str(tmp_path / "events"), 4)
    ((name, told),) = orders(begun).items()
    assert (name, [each["agreement"] for each in told]) == ("000000-begin.json", ["alpha", "beta"])


def test_what_is_new_begins(begun, tmp_path):
    more = digests([of("alpha"), of("beta"), of("gamma")])
    known = begun.compared(more, tmp_path / "events")
    begun.begin(Portfolio(more, known.events, known.parts), [of("gamma")])
    assert [each["agreement"] for each in orders(begun)["000001-begin.json"]] == ["gamma"]
    assert begun.compared(more, tmp_path / "events").agreements == more


def test_a_start_that_was_cut_short_is_made_again(begun, tmp_path):
    (begun.path / "portfolio.json").unlink()
    assert begun.compared(digests([of("alpha")]), tmp_path / "events") is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "is no folder of this kind"),
        ("{}", "cannot be read"),
        ('{"form": 2}', "has form 2"),
        ("[", "cannot be read"),
    ],
)
def test_another_folder_is_left_alone(here, there, text, why):
    Path("state").mkdir()
    Path("events").mkdir()
    (Path("state") / ("portfolio.json" if text else "mine.txt")).write_text(text or "", "utf-8")
    code, told = said("all", "events", *UNTIL, *SPARK, "--state", "state")
    assert (code, why in told) == (exits.AGREEMENT, True)
    assert told.endswith("Run into another folder; nothing was done.")
    assert len(list(Path("state").iterdir())) == 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda: ALPHA.write_text(agreement("alpha", currency="GBP"), "utf-8"), "`alpha` says otherwise"),
        (lambda: ALPHA.unlink(), "`alpha` is run in state, and is not in the portfolio any more"),
        (lambda: Path("events").rename("elsewhere"), "state is fed from"),
    ],
)
def test_of_another_portfolio(here, there, change, why):
    Path("events").mkdir()
    found = [unpacked(each.packed) for each in find(Path("all"), Workers()).members]
    Place(Path("state")).begin(Portfolio(digests(found), str(Path("events").resolve()), 4), found)
    change()
    events = "elsewhere" if Path("elsewhere").exists() else "events"
    code, told = said("all", events, *UNTIL, *SPARK, "--state", "state")
    assert (code, why in told) == (exits.AGREEMENT, True)
    assert [path.name for path in Place(Path("state")).orders.iterdir()] == ["000000-begin.json"]


def test_time_is_told_in_whole_milliseconds_behind_the_event(begun):
    begun.tick(1_000_001, 7)
    begun.tick(1_000_001, 7)
    told = {"agreement": "", "kind": "clock", "at": "1970-01-01T00:00:01.001Z"}
    assert orders(begun)["clock-000000007.json"] == [told]


def test_an_agreement_is_plain_data(begun):
    alpha = of("alpha")
    assert digests([contract_from(contract_to(alpha))]) == digests([alpha])
    with pytest.raises(ValueError):
        contract_from(zlib.compress(pickle.dumps(alpha)))
