"""`bpodsl verify`."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from bpodsl.cli import exits
from bpodsl.cli.common import FILE
from bpodsl.cli.kept import agreement_option
from bpodsl.cli.proof import is_store, told

if TYPE_CHECKING:
    from bpodsl.proof.checkpoint import Checkpoint
    from bpodsl.proof.findings import Findings


@click.command("verify")
@click.argument("of", type=FILE, metavar="BUNDLE|STORE")
@click.option(
    "--trust", "trusted", type=FILE, multiple=True, metavar="FILE",
    help="Public key of somebody who must have signed it, or a checkpoint in it; may be given more than once.",
)  # fmt: skip
@click.option(
    "--checkpoint", "earlier", type=FILE, multiple=True, metavar="FILE",
    help="Checkpoints that you were given before: what they sign must still stand.",
)  # fmt: skip
@click.option("--no-reference", is_flag=True, help="Recompute with the fast evaluator only.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@agreement_option
def command(
    of: Path, trusted: tuple[Path, ...], earlier: tuple[Path, ...], no_reference: bool, form: str,
    agreement_name: str | None,
) -> None:  # fmt: skip
    """Check a bundle, and say what holds of it and what does not.

    Every part is held to its digest, the ledger to its chain, signatures to their keys; then the ledger is recomputed
    from the agreement and the events with both evaluators, and compared byte for byte. Nothing of the bundle is run,
    and nothing is written. A store is checked in the same way.

    \b
    bpodsl verify april.zip
    bpodsl verify desk.zip --trust meridian.pub --checkpoint march.jsonl

    \b
    Exit codes: 0 all that was looked at holds · 2 usage · 5 something does not hold, or it is no bundle · 8 it is too
    large · 9 another version made it, and what follows cannot be told by this one.
    """
    with told():
        from bpodsl.proof.checkpoint import read_file
        from bpodsl.proof.signing import public_key

        keys = [public_key(path) for path in trusted]
        checkpoints = [each for path in earlier for each in read_file(path)]
        found = _looked_at(of, keys, checkpoints, not no_reference, agreement_name)
    _show(found, form)
    if not found.verifies:
        from bpodsl.proof.findings import Standing

        raise SystemExit(exits.VERIFY if found.of(Standing.FAILS) else exits.VERSION)


def _looked_at(
    of: Path, trusted: list[str], earlier: list[Checkpoint], reference: bool, agreement: str | None
) -> Findings:
    from bpodsl.proof.bundling import bundle_store
    from bpodsl.proof.verifying import verified

    if not is_store(of):
        if agreement is not None:
            raise click.UsageError("--agreement is of a store; a bundle has one agreement.")
        return verified(of, trusted, earlier, reference)
    with TemporaryDirectory(prefix="bpodsl-") as place:
        bundle = Path(place) / "store.zip"
        bundle_store(of, agreement, bundle)
        return verified(bundle, trusted, earlier, reference)


def _show(found: Findings, form: str) -> None:
    if form == "json":
        every = [{"what": each.what, "standing": each.standing.value, "words": each.words} for each in found.every]
        click.echo(json.dumps({"about": found.about, "verifies": found.verifies, "findings": every}, indent=1))
        return
    click.echo(_harmless(found.about))
    for each in found.every:
        click.echo(f"  {each.standing.value:16}{each.what:13}{_harmless(each.words)}")
    click.echo("It verifies." if found.verifies else "It does not verify.")


def _harmless(text: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
