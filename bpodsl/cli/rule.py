"""`bpodsl rule`."""

from __future__ import annotations

import inspect
import json
import re
from textwrap import dedent
from typing import Final

import click
from attrs import asdict, frozen

_EXAMPLE: Final = re.compile(r"^(Not so|But so):(?:\n\n((?:(?:    .*)?\n)+)| ((?:.+\n)+))", re.M)
"""Text below it, or a sentence beside it where nothing can be written out."""


@frozen
class _Page:
    """A code, what kind of problem it is, and the page that explains it, with its bad and its good example."""

    code: str
    name: str
    kind: str
    summary: str
    page: str
    bad: str | None
    good: str | None


@click.command("rule")
@click.argument("code", required=False)
@click.option("--all", "every", is_flag=True, help="The pages of all codes.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(code: str | None, every: bool, form: str) -> None:
    """Show the page of a problem code, such as BPO203; without a code, list them all.

    BPO… are problems of agreements, EVT… those of lines of events, STO… those of a store, PRF… those of bundles and
    signatures.
    """
    pages = _pages()
    if code is not None:
        if code.upper() not in pages:
            raise click.UsageError(f"There is no problem `{code}`. `bpodsl rule` lists all of them.")
        pages = {code.upper(): pages[code.upper()]}
    if form == "json":
        click.echo(json.dumps([asdict(page) for page in pages.values()], ensure_ascii=False, indent=2))
    elif code is None and not every:
        for page in pages.values():
            click.echo(f"{page.code}  {page.kind:12}{page.summary}")
    else:
        click.echo("\n\n".join(f"{page.code} ({page.kind})\n\n{page.page}" for page in pages.values()))


def _pages() -> dict[str, _Page]:
    """By code; of a problem with a text its severity is its kind, of one with a line of events it is quarantine, of one
    with a store it is store, of one with a bundle or signature proof."""
    from bpodsl.problems import every_problem
    from bpodsl.proof.troubles import TROUBLES as OF_PROOF
    from bpodsl.record.refusals import REASONS
    from bpodsl.store.kept.troubles import TROUBLES

    found = {each.code: _page(each.code, each.__name__, each.severity.value, each.__doc__) for each in every_problem()}
    found |= {each.code: _page(each.code, each.title, "quarantine", each.page) for each in REASONS}
    found |= {each.code: _page(each.code, each.title, "store", each.page) for each in TROUBLES}
    found |= {each.code: _page(each.code, each.title, "proof", each.page) for each in OF_PROOF}
    return dict(sorted(found.items()))


def _page(code: str, name: str, kind: str, text: str | None) -> _Page:
    page = inspect.cleandoc(text or "")
    found = _EXAMPLE.finditer(page + "\n")
    examples = {match[1]: dedent(match[2]).strip() if match[2] else " ".join(match[3].split()) for match in found}
    summary = page.partition("\n")[0].removeprefix(f"{code}: ")
    return _Page(code, name, kind, summary, page, examples.get("Not so"), examples.get("But so"))
