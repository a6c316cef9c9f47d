"""`bpodsl rule`."""

from __future__ import annotations

import inspect

import click


@click.command("rule")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Show the page of a problem code, such as BPO203; without a code, list them all."""
    pages = _pages()
    if code is None:
        for each, (kind, page) in pages.items():
            click.echo(f"{each}  {kind:12}{page.partition(chr(10))[0]}")
        return
    if code.upper() not in pages:
        raise click.UsageError(f"There is no problem `{code}`. `bpodsl rule` lists all of them.")
    kind, page = pages[code.upper()]
    click.echo(f"{code.upper()} ({kind})\n\n{page}")


def _pages() -> dict[str, tuple[str, str]]:
    """By code: what kind of problem it is (of a text, or of a line of events), and its page."""
    from bpodsl.problems import every_problem
    from bpodsl.record.refusals import REASONS

    found = {each.code: (each.severity.value, inspect.getdoc(each) or "") for each in every_problem()}
    found |= {reason.code: ("quarantine", reason.page) for reason in REASONS}
    return dict(sorted(found.items()))
