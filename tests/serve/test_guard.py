"""Nobody is let in but whoever started the server, and nothing is changed."""

from __future__ import annotations

import asyncio
import http.client
import threading
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bpodsl.serve.app import application
from bpodsl.serve.guard import Guard
from bpodsl.serve.looking import Files
from tests.serve.served import PLAIN, desk_of, running, until, visitor

DESK = desk_of()
STATIC = Path(__file__).resolve().parents[2] / "bpodsl" / "serve" / "static"


@pytest.fixture(scope="module")
def guard():
    return Guard(application(DESK), 8000, lambda address: None)


def client(guard, **more):
    return TestClient(guard, base_url="http://127.0.0.1:8000", **more)


@pytest.mark.parametrize("path", ["/", "/graph", "/duties", "/measures", "/ledger", "/why", "/now", "/static/page.js"])
def test_without_the_address_of_the_terminal_nothing_is_shown(guard, path):
    answer = client(guard).get(path)
    assert answer.status_code == 403
    assert "Northwind" not in answer.text and "terminal" in answer.text


@pytest.mark.parametrize("token", ["", "x", "ü" * 40, "a" * 5000])
def test_a_wrong_token_lets_nobody_in(guard, token):
    assert client(guard).get("/", params={"token": token}).status_code == 403


def test_an_address_lets_in_once_and_a_new_one_is_told():
    told = []
    guard = Guard(application(DESK), 8000, told.append)
    path = guard.address().partition("8000")[2]
    first = client(guard, follow_redirects=False).get(path)
    assert first.status_code == 303 and first.headers["location"] == "/"
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Domain" not in cookie
    assert path.partition("=")[2] not in cookie
    assert client(guard).get(path).status_code == 403
    assert len(told) == 1 and client(guard).get(told[0].partition("8000")[2]).status_code == 200


def test_a_look_at_the_head_does_not_use_the_address_up(guard):
    path = guard.address().partition("8000")[2]
    assert client(guard).head(path).status_code == 403
    assert client(guard).get(path).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1", "127.0.0.1:8001", "localhost:8001", "127.0.0.1:8000.evil.example", "127.0.0.1:08000",
     "[::1]:8000", "LOCALHOST:8000", " 127.0.0.1:8000", "127.0.0.1:8000,evil.example", ""],
)  # fmt: skip
def test_another_host_is_misdirected(guard, host):
    answer = visitor(DESK).get("/", headers={"host": host})
    assert answer.status_code == 421


def test_two_hosts_are_misdirected(guard):
    assert raw(guard, [(b"host", b"127.0.0.1:8000"), (b"host", b"evil.example")])[0] == 421


def raw(guard, headers, method="GET"):
    """The status and headers of an answer to headers that no client would send."""
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": method, "path": "/", "query_string": b"", "headers": headers}
    # A browser that other tests drive keeps a loop of its own running in this thread.
    thread = threading.Thread(target=lambda: asyncio.run(guard(scope, receive, send)))
    thread.start()
    thread.join()
    return sent[0]["status"], dict(sent[0]["headers"])


@pytest.mark.parametrize(
    "headers",
    [{"origin": "http://evil.example"}, {"origin": "null"}, {"origin": "http://127.0.0.1:8001"},
     {"origin": "https://127.0.0.1:8000"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}],
)  # fmt: skip
def test_other_sites_are_refused_even_with_the_cookie(headers):
    assert visitor(DESK).get("/", headers=headers).status_code == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/ledger", "/now", "/static/page.js"])
def test_it_only_shows(method, path):
    answer = visitor(DESK).request(method, path)
    assert answer.status_code == 405 and answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/", "/graph", "/static/page.js", "/none", "/?known=yesterday", "/now"])
def test_every_answer_keeps_others_out(path):
    headers = visitor(DESK).get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert not any(word in policy for word in ("unsafe", "*", "http", "data:"))
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store" and headers["cross-origin-resource-policy"] == "same-origin"
    assert "server" not in headers


def test_no_file_outside_is_served():
    client = visitor(DESK)
    for path in ("../looking.py", "%2e%2e/looking.py", "..%2flooking.py", "/etc/passwd"):
        assert client.get(f"/static/{path}").status_code in (403, 404)


def test_what_pages_load_names_no_network():
    for path in STATIC.iterdir():
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http:" not in text and "https:" not in text and "//cdn" not in text and "@import" not in text, path


def test_the_socket_is_of_this_machine_alone():
    with running(Files(*PLAIN, until("2026-10-14"))) as address:
        host, _, port = address.removeprefix("http://").partition("/")[0].partition(":")
        assert host == "127.0.0.1"
        connection = http.client.HTTPConnection(host, int(port), timeout=30)
        connection.request("GET", "/", headers={"Host": f"{host}:{port}"})
        answer = connection.getresponse()
        assert answer.status == 403 and answer.getheader("server") is None
        connection.close()
