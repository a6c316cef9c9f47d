"""The group of commands. A command's module is imported when it is used, so that starting is fast."""

from __future__ import annotations

import errno
import gc
import importlib
import os
import sys
from pathlib import Path
from typing import Any, Final, NoReturn

import click

from bpodsl import __version__
from bpodsl.cached import trouble
from bpodsl.cli import exits

YOUNG: Final = 100_000
"""How many objects more than before there are when a look for those that hold each other begins."""

COMMANDS = {
    "new": "Start an agreement from templates.",
    "check": "Find what is wrong with agreements.",
    "fmt": "Bring agreements into their one form.",
    "run": "Run an agreement over events and show what followed.",
    "diff": "Say what differs in meaning between two agreements.",
    "report": "Write the report on a month, for a contract manager.",
    "serve": "Show a run or a store in the browser, live.",
    "explain": "Say why something followed, or why not.",
    "ledger": "Show the ledger of a store.",
    "requeue": "Read lines again that a store has set aside.",
    "bundle": "Put a ledger and all that it rests on into one file.",
    "verify": "Check a bundle, and say what holds of it.",
    "checkpoint": "Sign where the ledger of a store stands.",
    "test": "Run the tests that agreements carry.",
    "worth": "Say what an agreement can come to in money.",
    "graph": "Draw what leads to what.",
    "timeline": "Draw the life of each duty.",
    "trend": "Draw service levels over time.",
    "rule": "Show the page of a problem code.",
    "lsp": "Serve an editor, by the Language Server Protocol.",
    "demo": "See it work on a packaged example.",
}


class Commands(click.Group):
    """Looks a command up in its own module."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"bpodsl.cli.{name}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # The reader of our output went away; nothing is wrong.
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123
            ctx.exit(exits.OK)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            import difflib

            near = difflib.get_close_matches(name, COMMANDS, 1)
            hint = f" Did you mean `{near[0]}`?" if near else f" The commands are {', '.join(COMMANDS)}."
            raise click.UsageError(f"There is no command `{name}`.{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="bpodsl")
def bpodsl() -> None:
    """Contract-as-code for business process outsourcing.

    An agreement is written in a `.bpo` file. `check` reads it critically, `run` plays events through it
    and prints what followed: service levels, money, missed duties, escalations, rights. `explain` walks
    from any of these back to the events and the clauses.

    New here? Try `bpodsl demo`.
    """


def main() -> None:
    """Run the command line; a defect of ours leaves a report file instead of a traceback."""
    # What is imported and understood stays: to look again and again for what of it might go takes a twentieth.
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
    why = trouble()
    if why is not None:
        told = f"note: nothing is kept in `{os.environ['BPODSL_CACHE']}`, which BPODSL_CACHE names: {why}."
        click.echo(f"{told} Name another folder, or write BPODSL_CACHE=off.", err=True)
    try:
        left = bpodsl.main(prog_name="bpodsl", standalone_mode=False)
        _leave(left if isinstance(left, int) else exits.OK)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped before the end, so what was to be written may be missing. Run it again.", err=True)
        sys.exit(exits.STOPPED)
    except OSError as error:
        where = f" `{error.filename}`" if error.filename else ""
        click.echo(
            f"error: cannot use the file{where}: {error.strerror or error}. Nothing was changed: {_instead(error)}, "
            "and run it again.",
            err=True,
        )
        sys.exit(exits.IO)
    except Exception as error:
        sys.exit(_limit_reached(error) or _report_defect())


def _leave(code: int) -> NoReturn:
    """Whoever leaves need not look for what may go: all of it does."""
    gc.freeze()
    sys.exit(code)


def _instead(error: OSError) -> str:
    """What to do about a file that could not be used."""
    full = (errno.ENOSPC, errno.EDQUOT)
    return "make room, or name a file elsewhere" if error.errno in full else "see that it may be used, or name another"


def _limit_reached(error: Exception) -> int:
    """The exit code if what stopped us is a limit, or nothing reads a file (its message printed), else 0."""
    # Only a program that reads events has imported the module; importing it here would slow every start.
    refusals = sys.modules.get("bpodsl.record.refusals")
    if refusals is None or not isinstance(error, refusals.LimitReached):
        return exits.OK
    click.echo(f"error: {error} {error.refusal('').step()}", err=True)
    return exits.USAGE if error.reason is refusals.NO_ARROW else exits.LIMIT


def _report_defect() -> int:
    import tempfile
    import traceback

    text = f"bpodsl {__version__}\npython {sys.version}\narguments {sys.argv[1:]!r}\n\n{traceback.format_exc()}"
    with tempfile.NamedTemporaryFile(
        "w", prefix="bpodsl-defect-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write(text)
    click.echo(
        "error: bpodsl itself failed; this is a defect of the program, not of your files.\n"
        f"A report is in {Path(file.name)}. Please send it with the agreement if you may.",
        err=True,
    )
    return exits.INTERNAL
