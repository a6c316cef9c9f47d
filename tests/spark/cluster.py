"""A standalone master and two workers on loopback, from the package that pip installed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pyspark

HOST = "127.0.0.1"
SECONDS = 120


@contextmanager
def cluster(place: Path, workers: int = 2) -> Iterator[str]:
    """The master's address; all ends when this is left."""
    port = _free()
    master = f"spark://{HOST}:{port}"
    running: list[subprocess.Popen[bytes]] = []

    def begin(name: str, kind: str, *words: str) -> None:
        log = (place / f"{name}.log").open("wb")
        program = str(Path(pyspark.__file__).parent / "bin" / "spark-class")
        command = [program, f"org.apache.spark.deploy.{kind}", *words]
        running.append(subprocess.Popen(command, stdout=log, stderr=log, env=environment(), start_new_session=True))

    try:
        begin("master", "master.Master", "--host", HOST, "--port", str(port), "--webui-port", "0")
        _listens(port)
        for number in range(1, workers + 1):
            work = place / f"worker-{number}"
            words = ("--host", HOST, "--cores", "1", "--memory", "1500m", "--webui-port", "0", "--work-dir", str(work))
            begin(f"worker-{number}", "worker.Worker", *words, master)
        _registered(place / "master.log", workers)
        yield master
    finally:
        for each in reversed(running):
            end(each)


def environment() -> dict[str, str]:
    """What a process of Spark finds: this Python, this package, loopback alone."""
    root = str(Path(__file__).parents[2])
    return {
        **os.environ, "SPARK_LOCAL_IP": HOST, "PYSPARK_PYTHON": sys.executable, "PYTHONPATH": root,
        "SPARK_DAEMON_MEMORY": "512m", "NO_COLOR": "1",
    }  # fmt: skip


def end(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGKILL) -> None:
    """End a process that was begun in a session of its own, and all that it began."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, how)
    process.wait()


def _free() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def _listens(port: int) -> None:
    for _ in range(SECONDS * 10):
        with socket.socket() as trying:
            if trying.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the master does not listen")


def _registered(log: Path, workers: int) -> None:
    for _ in range(SECONDS * 10):
        if log.read_bytes().count(b"Registering worker") >= workers:
            return
        time.sleep(0.1)
    raise TimeoutError(f"the workers do not come; see {log}")
