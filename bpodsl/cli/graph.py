"""`bpodsl graph`."""

from __future__ import annotations

from pathlib import Path

import click

from bpodsl.cli.common import FILE, read_agreement, sound
from bpodsl.cli.outputs import guard
from bpodsl.cli.pictures import draw, form_of, write

ENDINGS = {
    ".svg": "svg", ".png": "png", ".mmd": "mermaid", ".md": "mermaid", ".dot": "dot", ".gv": "dot",
}  # fmt: skip


@click.command("graph")
@click.argument("agreement", type=FILE)
@click.option(
    "--format", "form", type=click.Choice(["svg", "png", "mermaid", "dot"]),
    help="Default: by the ending of --out, else svg.",
)  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; default: standard output.")
def command(agreement: Path, form: str | None, out: Path | None) -> None:
    """Draw what leads to what in AGREEMENT: from events to duties, measures, money and rights.

    Clauses of one kind, and of one service, stand in a frame; levels of an escalation in their order; a legend says how
    to read it. The SVG needs no other program and opens in any browser; PNG goes into slides and mails, Mermaid into
    wikis, DOT to Graphviz.

    \b
    bpodsl graph agreement.bpo --out agreement.svg
    bpodsl graph agreement.bpo --out agreement.png
    """
    from bpodsl.graph import build
    from bpodsl.graph.draw import dot, mermaid, svg

    understood = read_agreement(agreement)
    guard({"--out": [out] if out else []}, (agreement, *understood.used))
    contract = sound(understood)
    form = form_of(form, out, ENDINGS)
    graph = build(contract)
    if form in ("svg", "png"):
        draw(svg(graph), form, out)
    else:
        write({"mermaid": mermaid, "dot": dot}[form](graph).encode(), out)
