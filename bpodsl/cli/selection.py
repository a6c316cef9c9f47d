"""Which problems count: by options, and by what the project's own file says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from bpodsl.lean import frozen
from bpodsl.text import Problem, Severity

if TYPE_CHECKING:
    from bpodsl.values import Money

KEYS: Final = ("select", "ignore", "fail-on", "cliff")
FAIL_ON: Final = ("error", "warning", "note")
_ORDER: Final = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


@frozen
class Selection:
    """Of the warnings and notes those whose code begins with one of `select` and with none of `ignore`; errors stop a
    run, so they always count. `fail_on`: the least that makes a check fail. `cliff`: from which sum a step is one.
    """

    select: tuple[str, ...] = ("BPO",)
    ignore: tuple[str, ...] = ()
    fail_on: Severity = Severity.ERROR
    cliff: Money | None = None

    def chosen(self, problems: Iterable[Problem]) -> list[Problem]:
        """Those that count."""
        return [
            problem for problem in problems
            if problem.severity is Severity.ERROR
            or (problem.code.startswith(self.select) and not problem.code.startswith(self.ignore))
        ]  # fmt: skip

    def fails(self, problems: Iterable[Problem]) -> bool:
        """Whether one of them is grave enough, errors apart."""
        grave = _ORDER[1 : _ORDER.index(self.fail_on) + 1]
        return any(problem.severity in grave for problem in problems)


def selection(
    paths: Iterable[Path], select: str | None, ignore: str | None, fail_on: str | None, config: Path | None,
    cliff: str | None = None,
) -> Selection:  # fmt: skip
    """What the options say; where they are silent, the file `config`; else the nearest `bpodsl.toml`, or
    `pyproject.toml` with a table `tool.bpodsl`, in the folder of the first path or one above it."""
    said = _settings(paths, config)
    chosen = _codes("--select", select) if select is not None else said.get("select", ("BPO",))
    ignored = _codes("--ignore", ignore) if ignore is not None else said.get("ignore", ())
    wide = _sum("--cliff", cliff) if cliff is not None else said.get("cliff")
    return Selection(chosen, ignored, Severity(fail_on or said.get("fail-on", "error")), wide)


def _settings(paths: Iterable[Path], config: Path | None) -> dict[str, Any]:
    if config is not None:
        table = _table(config)
        if table is None:
            raise click.UsageError(f"`{config}` has no table `[tool.bpodsl]`.")
        return _checked(config, table)
    first = next(iter(paths), Path()).resolve()
    for folder in (first, *first.parents):
        for name in ("bpodsl.toml", "pyproject.toml"):
            path = folder / name
            if path.is_file() and (table := _table(path)) is not None:
                return _checked(path, table)
    return {}


def _table(path: Path) -> Mapping[str, Any] | None:
    import tomllib

    try:
        whole = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.UsageError(f"`{path}` cannot be read: {error}.") from error
    if path.name != "pyproject.toml":
        return whole
    tools = whole.get("tool", {})
    table = tools.get("bpodsl") if isinstance(tools, dict) else None
    return table if isinstance(table, dict) else None


def _checked(path: Path, table: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in table.items():
        where = f"`{path}`, `{key}`"
        if key not in KEYS:
            raise click.UsageError(f"{where}: there is no such setting. There are {', '.join(KEYS)}.")
        if key == "fail-on":
            if value not in FAIL_ON:
                raise click.UsageError(f"{where}: write one of {', '.join(FAIL_ON)}.")
            found[key] = value
        elif key == "cliff":
            found[key] = _sum(where, value)
        elif isinstance(value, list) and all(isinstance(each, str) for each in value):
            found[key] = _codes(where, ",".join(value))
        else:
            raise click.UsageError(f'{where}: write a list of codes, such as ["BPO205"].')
    return found


def _sum(where: str, value: object) -> Money:
    """A sum of money in the settings."""
    from bpodsl.values import MoneyError, parse_money

    try:
        return parse_money(str(value))
    except MoneyError as error:
        raise click.UsageError(f"{where}: {error}") from error


def _codes(where: str, text: str) -> tuple[str, ...]:
    """Codes, or the beginnings of codes; each must be that of some problem, and none that of an error alone."""
    from bpodsl.problems import every_problem

    codes = {kind.code: kind.severity for kind in every_problem()}
    found = tuple(part.strip().upper() for part in text.split(",") if part.strip())
    for each in found:
        meant = [severity for code, severity in codes.items() if code.startswith(each)]
        if not meant:
            raise click.UsageError(f"{where}: no code begins with `{each}`. `bpodsl rule` lists all of them.")
        if all(severity is Severity.ERROR for severity in meant):
            raise click.UsageError(f"{where}: `{each}` is an error; errors stop a run, so they always count.")
    return found
