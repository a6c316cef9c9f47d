"""`bpodsl graph`."""

from __future__ import annotations

from pathlib import Path

import click

from bpodsl.cli.common import FILE, read_agreement, sound
from bpodsl.cli.outputs import guard


@click.command("graph")
@click.argument("agreement", type=FILE)
@click.option(
    "--format", "form", type=click.Choice(["svg", "mermaid", "dot"]), help="Default: by the ending of --out, else svg."
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; default: standard output.")
def command(agreement: Path, form: str | None, out: Path | None) -> None:
    """Draw what leads to what in AGREEMENT: from events to duties, measures, money and rights.

    The SVG needs no other program and opens in any browser; Mermaid goes into wikis, DOT to Graphviz.

    \b
    bpodsl graph agreement.bpo --out agreement.svg
    """
    from bpodsl.graph import build
    from bpodsl.graph.draw import dot, mermaid, svg

    understood = read_agreement(agreement)
    guard({"--out": [out] if out else []}, (agreement, *understood.used))
    contract = sound(understood)
    endings = {".svg": "svg", ".mmd": "mermaid", ".md": "mermaid", ".dot": "dot", ".gv": "dot"}
    if form is None and out is not None and out.suffix not in endings:
        known = ", ".join(endings)
        raise click.BadParameter(
            f"The ending of {out} does not say what to draw. Let it end in one of {known}, or say --format.",
            param_hint="'--out'",
        )
    form = form or (endings[out.suffix] if out else "svg")
    drawn = {"svg": svg, "mermaid": mermaid, "dot": dot}[form](build(contract))
    if out is None:
        click.echo(drawn, nl=not drawn.endswith("\n"))
    else:
        out.write_text(drawn, encoding="utf-8")
        click.echo(f"drawn: {out}")
