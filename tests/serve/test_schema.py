"""Whatever is asked of the server, it answers as its description says: schemathesis thinks up what to ask."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS, not_a_server_error

from bpodsl.serve.app import PAGES
from bpodsl.serve.guard import HEADERS
from bpodsl.serve.looking import Files
from tests.serve.served import HOSTILE, TICKETS, events, running, until
from tests.serve.test_pages import Page

HTML = {"text/html": {"schema": {"type": "string"}}}


def either(*known: str) -> dict[str, Any]:
    """Any text, or one that means something."""
    return {"anyOf": [{"type": "string"}, {"enum": list(known)}]}


DAY = either("2026-01-31", "2026-02-30", "9999-12-31", "0001-01-01", "2026-1-1", "")
CLAUSE = either("desk", "answer", "in_time", "answer.failing", "none")
ASKED: dict[str, dict[str, Any]] = {
    "/": {"month": either("2026-01", "2026-13", "1900-01")},
    "/graph": {"at": either("obligation:answer", "measure:in_time", "event:asked", "agreement", ":")},
    "/duties": {
        "norm": CLAUSE, "status": either("missed", "open"), "text": either(*TICKETS),
        "page": either("1", "99", "-1", "x"),
    },
    "/measures": {},
    "/ledger": {
        "text": either(*TICKETS), "clause": CLAUSE, "kind": either("Missed", "Accrued"), "party": either("harbour"),
        "since": DAY, "until": DAY, "routine": either("1"), "page": either("1", "2", "0", "1e9"),
    },
    "/why": {
        "of": CLAUSE, "in": either("2026-01", "2026-Q1", "x"), "for": either(*TICKETS), "case": either("harbour/1.0"),
        "event": either("harbour/1.0"), "entry": either("answer/harbour/1.0"), "c": either("c1", "c999"),
        "month": either("2026-01"), "whole": either("1"),
    },
    "/what-if": {
        "month": either("2026-01"), "case": either("on_time answer harbour/1.0", "waived answer harbour/1.0", "x"),
        "answer": either("x yes harbour/1.0"), "level.in_time.target": either("97", "97,5 %", "-", ".", "1" * 30),
    },
    "/source": {},
}  # fmt: skip
"""What each page may be asked, with some values that mean something in the agreement and some that do not."""


def described() -> dict[str, Any]:
    """The description of all that the server answers: OpenAPI."""
    refused = {"400": {"description": "no such day", "content": HTML}}
    paths: dict[str, Any] = {}
    for path, asked in ASKED.items():
        parameters = [
            {"name": name, "in": "query", "required": False, "schema": schema}
            for name, schema in {**asked, "known": DAY}.items()
        ]
        answers = {"200": {"description": "the page", "content": HTML}, **refused}
        paths[path] = {"get": {"parameters": parameters, "responses": answers}}
    version = {"type": "object", "required": ["version", "trouble"], "additionalProperties": False, "properties": {
        "version": {"type": "integer"}, "trouble": {"type": "string"}}}  # fmt: skip
    now = {"description": "how often it changed", "content": {"application/json": {"schema": version}}}
    paths["/now"] = {"get": {"responses": {"200": now}}}
    return {"openapi": "3.0.3", "info": {"title": "bpodsl serve", "version": "1"}, "paths": paths}


SCHEMA = schemathesis.openapi.from_dict(described())
CHECKED = [not_a_server_error, *(
    check for check in CHECKS.get_all()
    if check.__name__ in ("status_code_conformance", "content_type_conformance", "response_schema_conformance")
)]  # fmt: skip


@pytest.fixture(scope="module")
def let_in(tmp_path_factory):
    """Where the pages are, and a visitor who was let in."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "desk.bpo").write_text(HOSTILE, encoding="utf-8")
    (folder / "events.jsonl").write_text(events(TICKETS), encoding="utf-8")
    inputs = Files(folder / "desk.bpo", (folder / "events.jsonl",), until("2026-03-10"))
    with running(inputs) as address, requests.Session() as session:
        assert session.get(address).status_code == 200
        yield address.partition("/?")[0], session


def test_every_page_is_described():
    assert {path for path, _ in PAGES} == set(ASKED)


@SCHEMA.parametrize()
@settings(
    max_examples=15, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip
def test_it_answers_as_described(case, let_in):
    base, session = let_in
    answer = case.call(base_url=base, session=session)
    case.validate_response(answer, checks=CHECKED)
    sent = {name.lower(): ", ".join(values) for name, values in answer.headers.items()}
    assert all(sent[name.decode()] == value.decode() for name, value in HEADERS)
    if "html" in sent["content-type"]:
        # Whatever was asked, and is said again, is text.
        shown = Page(answer.text)
        assert shown.tags.count("script") == 1 and not set(shown.tags) & {"iframe", "object"}
        assert not [link for link in shown.links if not link.startswith(("/", "#"))]
        assert not [name for name, _ in shown.attributes if name.startswith("on") or name == "style"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_nothing_else_is_answered(let_in, method):
    base, session = let_in
    for path in [*ASKED, "/now", "/static/page.js"]:
        assert session.request(method, base + path).status_code == 405
        stranger = requests.request(method, base + path)
        assert stranger.status_code == 405 and "script" not in stranger.text
