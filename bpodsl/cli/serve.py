"""`bpodsl serve`."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpodsl.cli import exits
from bpodsl.cli.common import FILE, instant_option
from bpodsl.cli.kept import STORE_THERE, agreement_option

if TYPE_CHECKING:
    from bpodsl.serve.looking import Inputs

INSTALL = "`bpodsl serve` needs libraries that are not installed. Install them: pip install 'bpodsl[serve]'"


@click.command("serve")
@click.argument("agreement", type=FILE, required=False)
@click.argument("events", nargs=-1, type=FILE)
@click.option("--until", "until_text", metavar="T", help="As for `bpodsl run`.")
@click.option("--world", metavar="W", help="Which world, where the events belong to several.")
@click.option("--store", type=STORE_THERE, metavar="FILE", help="What a store has, instead of AGREEMENT and EVENTS.")
@agreement_option
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Default: any that is free.")
@click.option("--browser", is_flag=True, help="Open it in the browser.")
def command(
    agreement: Path | None, events: tuple[Path, ...], until_text: str | None, world: str | None, store: Path | None,
    agreement_name: str | None, port: int, browser: bool,
) -> None:  # fmt: skip
    """Show a run, or a store, in the browser, live while events come in.

    An overview by month, the graph with what came of each clause, the life of each duty, service levels, the ledger,
    and why. It runs on this machine alone, loads nothing from a network and changes nothing; the address that it prints
    lets in once, and only you. Whenever the agreement, the events or the store change, the pages follow.

    \b
    bpodsl serve agreement.bpo tickets.jsonl
    bpodsl serve agreement.bpo tickets.jsonl --until 2026-10-14 --browser
    bpodsl serve --store desk.db

    \b
    Exit codes: 0 stopped by Ctrl-C · 2 usage, or the libraries are not installed · 6 the port is taken
    """
    try:
        import_module("jinja2")
        from bpodsl.serve.looking import Desk
        from bpodsl.serve.running import bound, server
    except ImportError as error:
        raise click.UsageError(INSTALL) from error
    desk = Desk(_inputs(agreement, events, until_text, world, store, agreement_name))
    try:
        at = bound(port)
    except OSError as error:
        click.echo(f"error: port {port} cannot be used: {error.strerror}. Name another, or leave --port out.", err=True)
        raise SystemExit(exits.IO) from error
    desk.look()
    if desk.trouble:
        click.echo(f"note: there is nothing to show yet: {desk.trouble}", err=True)

    def fresh(address: str) -> None:
        click.echo(f"Opened. For another browser:\n\n  {address}\n")

    # Whoever has read the address may stop it at once.
    with suppress(KeyboardInterrupt):
        running, guard = server(desk, at, fresh)
        address = guard.address()
        click.echo(f"{desk.inputs.name} is shown at\n\n  {address}\n\nThe address lets in once. Ctrl-C ends.")
        if browser:
            click.launch(address)
        running.run(sockets=[at])


def _inputs(
    agreement: Path | None, events: tuple[Path, ...], until_text: str | None, world: str | None, store: Path | None,
    agreement_name: str | None,
) -> Inputs:  # fmt: skip
    from bpodsl.serve.looking import Files, Store

    if store is not None:
        if agreement is not None or until_text is not None:
            raise click.UsageError("A store has its agreements and events, and how far time is known: leave these out.")
        return Store(store, agreement_name, world)
    if agreement is None or not events:
        missing = "AGREEMENT" if agreement is None else "EVENTS..."
        raise click.MissingParameter(param_hint=f"'{missing}'", param_type="argument")
    if agreement_name is not None:
        raise click.UsageError("--agreement goes with --store FILE.")
    return Files(agreement, events, lambda contract: instant_option(until_text, contract), world)
