"""Lets in whoever started the server, and nobody else: not another site, not another user of the machine.

The address printed on the terminal holds a token that is good once; it is changed for a cookie that only this address
gets back. Whatever names another host is refused, so that no name of another site can be made to point here.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import parse_qs

from attrs import define, field

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = (
    (b"content-security-policy", POLICY.encode()), (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"), (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"), (b"cache-control", b"no-store"),
    (b"x-frame-options", b"DENY"),
)  # fmt: skip
_SEEN: Final = {"GET", "HEAD"}


@define
class Guard:
    """Stands before an application that is reached at a port of this machine. `fresh` is told of a new address when
    one has been used."""

    app: App
    port: int
    fresh: Callable[[str], None]
    _tokens: set[str] = field(factory=set)
    _sessions: set[str] = field(factory=set)

    @property
    def cookie(self) -> str:
        """Cookies do not know of ports, so the name does: two servers then do not undo each other's."""
        return f"bpodsl-{self.port}"

    def address(self) -> str:
        """An address that lets in once."""
        token = secrets.token_urlsafe(32)
        self._tokens.add(token)
        return f"http://127.0.0.1:{self.port}/?token={token}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        refused = self._refused(scope, headers)
        if refused is not None:
            await _say(send, *refused)
            return
        token = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if token and token in self._tokens and scope["method"] == "GET":
            self._tokens.discard(token)
            await self._let_in(send)
            self.fresh(self.address())
            return
        if not self._known(headers.get("cookie", "")):
            why = "This page is open to whoever started it only. Open the address that stands on the terminal; each "
            await _say(send, 403, why + "lets in once, and a new one is printed when it has been used.")
            return
        await self.app(scope, receive, _with_headers(send))

    def _refused(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str] | None:
        own = {f"127.0.0.1:{self.port}", f"localhost:{self.port}"}
        if headers.get("host", "") not in own or sum(name == b"host" for name, _ in scope["headers"]) != 1:
            return 421, "This server answers to 127.0.0.1 and localhost only."
        origin = headers.get("origin")
        if origin is not None and origin != f"http://{headers['host']}":
            return 403, "This server answers its own pages only."
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return 403, "This server answers its own pages only."
        if scope["method"] not in _SEEN:
            return 405, "This server only shows: GET and HEAD."
        return None

    def _known(self, cookies: str) -> bool:
        parted = (each.strip().partition("=") for each in cookies.split(";"))
        given = [value for name, _, value in parted if name == self.cookie]
        return any(secrets.compare_digest(each, own) for each in given for own in self._sessions if each.isascii())

    async def _let_in(self, send: Send) -> None:
        session = secrets.token_urlsafe(32)
        self._sessions.add(session)
        cookie = f"{self.cookie}={session}; Path=/; HttpOnly; SameSite=Strict"
        more = [(b"location", b"/"), (b"set-cookie", cookie.encode())]
        await _say(send, 303, "Come in.", more)


async def _say(send: Send, status: int, text: str, more: list[tuple[bytes, bytes]] | None = None) -> None:
    body = (text + "\n").encode()
    allow = [(b"allow", b"GET, HEAD")] if status == 405 else []
    length = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*HEADERS, *length, *allow, *(more or [])]})
    await send({"type": "http.response.body", "body": body})


def _with_headers(send: Send) -> Send:
    async def sent(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            own = {name for name, _ in HEADERS}
            kept = [(name, value) for name, value in message["headers"] if name.lower() not in own]
            message = {**message, "headers": [*kept, *HEADERS]}
        await send(message)

    return sent
