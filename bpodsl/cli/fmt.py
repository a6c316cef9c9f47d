"""`bpodsl fmt`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bpodsl.cli import exits
from bpodsl.cli.common import difference, print_problems

PATHS = click.Path(exists=True, readable=True, path_type=Path, allow_dash=True)


@click.command("fmt")
@click.argument("paths", nargs=-1, required=True, type=PATHS)
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 if a file is not in this form.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
def command(paths: tuple[Path, ...], check: bool, diff: bool) -> None:
    """Bring agreements into their one form.

    PATHS are `.bpo` files, or folders whose files are all formatted; `-` formats standard input to standard
    output. Only blanks and line ends change: lines are indented, columns and tables aligned. Comments and
    single blank lines stay. A file that cannot be read stays as it is, and its problems are shown.

    \b
    Exit codes: 0 done · 1 with --check: a file is not in this form · 3 a file has errors of writing.
    """
    from bpodsl.cached import write_whole
    from bpodsl.language import decode
    from bpodsl.language.formatting import format_text
    from bpodsl.pipeline import agreements
    from bpodsl.text import Source, bytes_of

    standard_input = Path("-") in paths
    files = agreements(path for path in paths if path != Path("-"))
    if not files and not standard_input:
        raise click.UsageError("There is no .bpo file in " + ", ".join(str(p) for p in paths) + ".")
    changed = broken = 0
    for path in [*([Path("-")] if standard_input else []), *files]:
        is_input = path == Path("-")
        data = sys.stdin.buffer.read() if is_input else bytes_of(path)
        name = "<stdin>" if is_input else str(path)
        text, wrong = decode(name, data)
        new, problems = (text, wrong) if wrong else format_text(Source(name, text))
        if problems:
            broken += 1
            print_problems(problems)
        same = new.encode() == data
        changed += not same and not problems
        if diff:
            click.echo("".join(difference(name, text, new)), nl=False)
        elif is_input and not check:
            sys.stdout.write(new)
        elif not same and not problems:
            click.echo(f"{'not in form' if check else 'formatted'}: {name}", err=True)
            if not check:
                real = path.resolve()
                write_whole(real, new, real.stat().st_mode & 0o7777)
    if files:
        verb = "would change" if check or diff else "changed"
        left = f", {broken} with errors left as they are" if broken else ""
        click.echo(f"{len(files)} read, {changed} {verb}{left}.", err=True)
    if broken:
        raise SystemExit(exits.AGREEMENT)
    if check and changed:
        raise SystemExit(exits.FOUND)
