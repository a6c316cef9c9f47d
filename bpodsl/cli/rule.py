"""`bpodsl rule`."""

from __future__ import annotations

import inspect

import click


@click.command("rule")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Show the page of a problem code, such as BPO203; without a code, list them all."""
    from bpodsl.problems import every_problem

    pages = every_problem()
    if code is None:
        for each in pages:
            first = (inspect.getdoc(each) or "").partition("\n")[0]
            click.echo(f"{each.code}  {each.severity.value:8}{first}")
        return
    found = next((p for p in pages if p.code == code.upper()), None)
    if found is None:
        raise click.UsageError(f"There is no problem `{code}`. `bpodsl rule` lists all of them.")
    click.echo(f"{found.code} ({found.severity.value})\n\n{inspect.getdoc(found)}")
