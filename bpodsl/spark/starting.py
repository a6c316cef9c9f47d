"""Where Spark is, and how it is begun."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NEEDED: Final = ("pyspark", "pandas", "pyarrow", "protobuf")
"""The packages of the extra `spark`."""

LEAST_JAVA: Final = 17

TRACEBACK: Final = "Traceback (most recent call last)"
"""What stands in Spark's message where it was Python that failed: then it is a defect of ours."""


NOTHING_MORE: Final[Mapping[str, str]] = {}


class NoSpark(Exception):
    """Spark cannot be begun here: why, and what to do about it."""

    def __init__(self, why: str, step: str) -> None:
        super().__init__(f"{why} {step}")


class SparkLost(Exception):
    """Spark ended before it was done, for want of memory, a machine, or what else it says."""


def check() -> None:
    """Raises `NoSpark` where it is certain that it cannot be begun."""
    missing = [name for name in NEEDED if _version(name) is None]
    if missing:
        raise NoSpark(
            f"--engine spark needs {', '.join(missing)}, which is not installed.",
            "Install the extra: pip install 'bpodsl[spark]'.",
        )
    pandas = _version("pandas") or ""
    if int(pandas.partition(".")[0] or 0) >= 3:
        raise NoSpark(f"Spark does not work with pandas {pandas} yet.", "Run pip install 'pandas<3'.")
    java = _java()
    if java is None:
        raise NoSpark(
            "--engine spark needs Java, and there is none.", f"Install Java {LEAST_JAVA} or later, or set JAVA_HOME."
        )
    if java < LEAST_JAVA:
        raise NoSpark(
            f"--engine spark needs Java {LEAST_JAVA} or later, and this is Java {java}.", "Name one with JAVA_HOME."
        )


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _java() -> int | None:
    """Which Java there is; None if there is none."""
    home = os.environ.get("JAVA_HOME")
    path = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if path is None:
        return None
    try:
        told = subprocess.run([path, "-version"], capture_output=True, text=True, timeout=60).stderr
    except (OSError, subprocess.TimeoutExpired):
        return None
    number = told.partition('version "')[2].partition('"')[0].split(".")
    first = number[1] if number[0] == "1" and len(number) > 1 else number[0]
    return int(first) if first.isdigit() else None


@contextmanager
def begun(master: str, settings: Mapping[str, str] = NOTHING_MORE) -> Iterator[SparkSession]:
    """A session of Spark with a master, which ends when this is left. Raises `NoSpark`."""
    check()
    # The machines run the Python that runs here, wherever they start it from.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", os.environ["PYSPARK_PYTHON"])
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("bpodsl").master(master)
    quiet = f"-Dlog4j2.configurationFile={(Path(__file__).parent / 'log4j2.properties').resolve().as_uri()}"
    for name, value in {**SETTINGS, "spark.driver.extraJavaOptions": quiet, **settings}.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except (PySparkException, RuntimeError) as error:
        first = str(error).strip().partition("\n")[0]
        raise NoSpark(f"Spark cannot be begun with the master {master}: {first}.", "See that it runs there.") from error
    session.sparkContext.setLogLevel("ERROR")
    try:
        yield session
    except (PySparkException, Py4JError) as error:
        if TRACEBACK in str(error):
            raise
        raise SparkLost(_why(error)) from error
    finally:
        with suppress(PySparkException, Py4JError, OSError):
            session.stop()


def _why(error: Exception) -> str:
    """What Spark says, in a line."""
    told = [line.strip() for line in str(error).splitlines() if line.strip()]
    cause = next((line for line in told if "terminated with exception: " in line), told[0] if told else "")
    return cause.rpartition("terminated with exception: ")[2].rstrip(".")


SETTINGS: Final = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    # A machine that has much to do takes its time to begin a process.
    "spark.python.authenticate.socketTimeout": "120s",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "64",
    "spark.sql.streaming.stateStore.providerClass": (
        "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider"
    ),
    # Only what changed of the state is written in each batch, and all of it now and then.
    "spark.sql.streaming.stateStore.rocksdb.changelogCheckpointing.enabled": "true",
}
"""All else is said where Spark looks for it: in `spark-defaults.conf`."""
