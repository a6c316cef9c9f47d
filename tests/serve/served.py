"""A server over files, and a browser to look at it."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bpodsl.serve.app import application
from bpodsl.serve.guard import Guard
from bpodsl.serve.looking import Desk, Files, Inputs
from bpodsl.serve.running import bound, server
from bpodsl.values import Zone, parse_day
from tests.conftest import ROOT

CARE = ROOT / "examples" / "customer_care"
PLAIN = (CARE / "customer_care.bpo", (CARE / "events.jsonl",))

HOSTILE = """
agreement desk "<script>alert(1)</script>"
  client     harbour "'><img src=x onerror=alert(7)>"
  provider   lantern "<img src=x onerror=alert(2)>"
  effective  2026-01-01 for 12 months
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01

assume "<script>alert(3)</script>" because "</title><script>alert(8)</script>"

event asked from harbour
  ticket key
event answered from lantern
  ticket key

obligation answer "<b onclick=alert(9)>Answer</b>" [<b>1</b>]
  lantern must answered for each asked
  within 1 days
  failing that lantern pays harbour 5 GBP as "<svg/onload=alert(10)>"
  failing that tell "<svg onload=alert(4)>"

measure in_time "</table><script>alert(5)</script>" [=1+1]
  each month, counted when decided
  share of answer fulfilled
  target at least 95%
"""
TICKETS = ("<script>alert(6)</script>", "\"'><svg/onload=alert(11)>", "@x", "{{7*7}}", "😀-1 javascript:alert(12)")


def events(tickets: tuple[str, ...], month: int = 1) -> str:
    """Lines of JSON: a ticket is asked about on each day."""
    return "".join(
        json.dumps({
            "id": f"{month}.{n}", "source": "harbour", "type": "asked", "time": f"2026-{month:02}-1{n}T10:00:00Z",
            "ticket": ticket,
        }) + "\n"
        for n, ticket in enumerate(tickets)
    )  # fmt: skip


def until(day: str):
    """How far time is known: the first instant of a day."""
    return lambda contract: Zone.load(contract.zone).start_of(parse_day(day))


def desk_of(agreement: Path = PLAIN[0], paths: tuple[Path, ...] = PLAIN[1], day: str = "2026-10-14") -> Desk:
    return Desk(Files(agreement, paths, until(day)))


def hostile(folder: Path) -> Desk:
    """A desk over an agreement whose every word is markup of others."""
    (folder / "desk.bpo").write_text(HOSTILE, encoding="utf-8")
    (folder / "events.jsonl").write_text(events(TICKETS), encoding="utf-8")
    return desk_of(folder / "desk.bpo", (folder / "events.jsonl",), "2026-03-10")


def visitor(desk: Desk) -> TestClient:
    """Someone who was let in."""
    guard = Guard(application(desk), 8000, lambda address: None)
    client = TestClient(guard, base_url="http://127.0.0.1:8000")
    assert client.get(guard.address().partition("8000")[2]).status_code == 200
    return client


@contextmanager
def running(inputs: Inputs) -> Iterator[str]:
    """A real server; the address that lets in."""
    at = bound(0)
    web, guard = server(Desk(inputs), at, lambda address: None)
    thread = threading.Thread(target=lambda: web.run(sockets=[at]), daemon=True)
    thread.start()
    while not web.started:
        time.sleep(0.01)
    try:
        yield guard.address()
    finally:
        web.should_exit = True
        thread.join()


# ------------------------------------------------------------------ the browser
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def chromium() -> str:
    """Where Chromium is; the test is skipped, with the reason, without it.

    Where BPODSL_BROWSER=required is set, a missing one is a failure.
    """
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is not None:
        return found
    if os.environ.get("BPODSL_BROWSER") == "required":
        pytest.fail("Chromium is required but missing")
    pytest.skip("there is no Chromium here")
