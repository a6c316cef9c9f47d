"""`python -m tests.proof.golden`: bundles as this version makes them, kept so that later ones are held to them.

They are never made anew: what was handed over once must be checked by every later version, or be of another version of
the semantics. Those that are there stay; what is missing is written beside them.
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from bpodsl import __version__
from tests.conftest import ROOT
from tests.proof.test_bundle import everything
from tests.store.test_kept import LINES, event, write
from tests.test_cli import SMALL, WORLDS, ran

FOLDER = Path(__file__).parent / "golden"


def main() -> None:
    to = FOLDER / __version__
    to.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as place:
        os.chdir(place)
        for name, make in MAKERS.items():
            if not (to / name).exists():
                make(to / name)


def _small(to: Path) -> None:
    Path("small.bpo").write_text(SMALL, encoding="utf-8")
    write("a.jsonl", LINES[:40])
    ran("bundle", "small.bpo", "a.jsonl", "--until", "2026-02-01", "--out", to)


def _kept(to: Path) -> None:
    everything()
    ran("bundle", "s.db", "--out", to, "--key", "desk.pem", code=4)


def _worlds(to: Path) -> None:
    Path("worlds.bpo").write_text(WORLDS, encoding="utf-8")
    given = [event(n, "asked", f"2026-01-05T1{n}:00:00Z", case="A", scenario="xyx"[n]) for n in range(3)]
    write("w.jsonl", given)
    ran("bundle", "worlds.bpo", "w.jsonl", "--until", "2026-03-01", "--out", to)


def _care(to: Path) -> None:
    care = ROOT / "examples" / "customer_care"
    Path("customer_care.bpo").write_bytes((care / "customer_care.bpo").read_bytes())
    lines = (care / "events.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    write("events.jsonl", lines[:300])
    ran("bundle", "customer_care.bpo", "events.jsonl", "--until", "2026-07-02", "--out", to)


MAKERS = {"small.zip": _small, "kept.zip": _kept, "worlds.zip": _worlds, "care.zip": _care}

if __name__ == "__main__":
    main()
