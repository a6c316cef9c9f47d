"""Runs the server on this machine, for this user."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn

from bpodsl.serve.app import application
from bpodsl.serve.guard import Guard
from bpodsl.serve.looking import Desk

LOOPBACK = "127.0.0.1"


def bound(port: int) -> socket.socket:
    """A socket of this machine alone; port 0: any that is free. Raises OSError if the port is taken."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((LOOPBACK, port))
    except OSError:
        found.close()
        raise
    return found


def server(desk: Desk, at: socket.socket, fresh: Callable[[str], None]) -> tuple[uvicorn.Server, Guard]:
    """The server, and who lets in to it. `fresh` is told a new address whenever one was used."""
    guard = Guard(application(desk), at.getsockname()[1], fresh)
    config = uvicorn.Config(
        guard, log_level="error", access_log=False, server_header=False, lifespan="off", ws="none",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    return uvicorn.Server(config), guard
