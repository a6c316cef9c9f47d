"""`bpodsl new`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpodsl.cli.common import print_problems

if TYPE_CHECKING:
    from bpodsl.starting import Chosen, Head, Parameter, Started, Template

_MODE = 0o644
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("new")
@click.argument("folder", required=False, type=FOLDER, metavar="[DIR]")
@click.option("--list", "listed", is_flag=True, help="Show the templates with their parameters and defaults.")
@click.option("--template", "wanted", multiple=True, metavar="T", help='A template; "T as NAME" if it is needed twice.')
@click.option("--set", "given", multiple=True, metavar="P=VALUE", help="A parameter; T.P=VALUE where several have it.")
@click.option("--title", metavar="TEXT", help="What the agreement is called.")
@click.option("--client", metavar="TEXT", help="Who is served: the full name, or short_name=Full name.")
@click.option("--provider", metavar="TEXT", help="Who serves: the full name, or short_name=Full name.")
@click.option("--effective", metavar="DAY", help="First day, such as 2027-01-01.")
@click.option("--months", type=click.IntRange(3, 600), help="How many months it lasts.")
@click.option("--zone", metavar="ZONE", help="Time zone of its days, such as Europe/London.")
@click.option("--currency", metavar="CODE", help="Currency of its sums, such as GBP.")
@click.option("--holidays", metavar="CODE", help="Holidays on which the office is closed, such as GB-ENG.")
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
def command(
    folder: Path | None, listed: bool, wanted: tuple[str, ...], given: tuple[str, ...], force: bool,
    **said: str | int | None,
) -> None:  # fmt: skip
    """Start an agreement in the folder DIR.

    Writes `agreement.bpo`, with comments that say what to decide and worked examples that pass, and `events.jsonl`,
    a month of events to run it with. Without --template it asks for all that it needs; with it, what is not said
    is as in `--list`. Nothing is written that `bpodsl check` would find fault with.

    \b
    bpodsl new care
    bpodsl new --list
    bpodsl new care --template uptime --set target=99.95%
    bpodsl new care --template call_centre --template exit --client "Northwind Retail plc" --currency EUR

    \b
    Exit codes: 0 done · 2 an answer does not do, or a file is there already · 6 a file could not be written.
    """
    from bpodsl.starting import AGREEMENT, EVENTS, NotSound, library, start

    if listed:
        _print_list(library().values())
        return
    if folder is None:
        raise click.UsageError("Say in which folder to write: `bpodsl new DIR`. With --list it shows the templates.")
    paths = folder / AGREEMENT, folder / EVENTS
    there = [str(path) for path in paths if path.exists()]
    if there and not force:
        are = "is" if len(there) == 1 else "are"
        raise click.UsageError(f"{' and '.join(there)} {are} there already. Name another folder, or say --force.")
    asking = not wanted
    head = _head(said, asking)
    chosen = _chosen(wanted or _asked_templates(), given, head, asking)
    started = start(head, chosen)
    if isinstance(started, NotSound):
        print_problems(started.problems)
        raise click.UsageError("These values do not go together, so nothing was written.")
    _write(folder, started)


# ------------------------------------------------------------------------------------ the agreement itself
_QUESTIONS: Mapping[str, tuple[str, str]] = {
    "title": ("What is the agreement called?", "Services agreement"),
    "client": ("Who is served (full name)?", "The client"),
    "provider": ("Who serves (full name)?", "The provider"),
    "effective": ("From which day on?", "2027-01-01"),
    "months": ("For how many months?", "36"),
    "zone": ("In which time zone are its days?", "Europe/London"),
    "currency": ("In which currency are its sums?", "GBP"),
    "holidays": ("Which holidays close the office (such as GB-ENG)?", "none"),
}


def _head(said: Mapping[str, str | int | None], asking: bool) -> Head:
    """What the agreement says itself: from the options, by asking, or as it is usual."""
    from bpodsl.starting import Head

    answers: dict[str, str] = {}
    for name, (question, usual) in _QUESTIONS.items():
        option = said[name]
        if option is not None:
            answers[name] = str(_valid(name, str(option), f"'--{name}'"))
        elif asking:
            answers[name] = click.prompt(question, default=usual, value_proc=partial(_valid, name))
        else:
            answers[name] = usual
    client = _party(answers["client"], "customer")
    provider = _party(answers["provider"], "supplier", (client[0],))
    title = answers["title"].strip()
    return Head(
        name=_short(title, "agreed", (client[0], provider[0])), title=title, client=client, provider=provider,
        effective=date.fromisoformat(answers["effective"]), months=int(answers["months"]), zone=answers["zone"],
        currency=answers["currency"], holidays="" if answers["holidays"] == "none" else answers["holidays"],
    )  # fmt: skip


def _valid(name: str, text: str, hint: str | None = None) -> str:
    """An answer, if it does; else click says why not, and asks again where it asked."""
    from bpodsl.values import (
        CURRENCIES,
        TimeError,
        UnknownHolidays,
        UnknownZone,
        Zone,
        holiday_dates,
        parse_day,
    )  # fmt: skip

    text = text.strip()
    why = ""
    match name:
        case "effective":
            try:
                parse_day(text)
            except TimeError as error:
                why = f"{error} Write a day such as 2027-01-01."
        case "months":
            if not text.isdigit() or not 3 <= int(text) <= 600:
                why = "Write a number of months from 3 to 600."
        case "zone":
            try:
                Zone.load(text)
            except UnknownZone as error:
                near = f" Did you mean {', '.join(error.near)}?" if error.near else ""
                why = f"There is no time zone `{text}`.{near}"
        case "currency":
            text = text.upper()
            if text not in CURRENCIES:
                why = f"There is no currency `{text}` in ISO 4217."
        case "holidays" if text != "none":
            try:
                holiday_dates(text, 2027, 2027)
            except UnknownHolidays as error:
                near = f" Did you mean {', '.join(error.near)}?" if error.near else ""
                why = f"There are no holidays `{text}`.{near} Write `none` for none."
        case _:
            if not re.search(r"\w", text):
                why = "Write at least one letter."
    if why:
        raise click.BadParameter(why, param_hint=hint)
    return text


def _party(text: str, otherwise: str, taken: Iterable[str] = ()) -> tuple[str, str]:
    """The short and the full name of a party: `northwind=Northwind Retail plc`, or the full name alone."""
    short, equals, full = text.partition("=")
    if equals and re.fullmatch(r"[a-z]\w*", short.strip()):
        return short.strip(), full.strip() or short.strip()
    return _short(text, otherwise, taken), text.strip()


def _short(text: str, otherwise: str, taken: Iterable[str] = ()) -> str:
    """A name in an agreement: the first word that tells something, in small letters."""
    from bpodsl.language.grammar import tables
    from bpodsl.starting.naming import short_name

    return short_name(text, otherwise, tables().keywords, tuple(taken))


# ------------------------------------------------------------------------------------ templates
def _template(name: str) -> Template:
    from bpodsl.starting import library

    known = library()
    if name not in known:
        import difflib

        near = difflib.get_close_matches(name, known, 1)
        hint = f"Did you mean `{near[0]}`?" if near else f"There is {', '.join(known)}."
        raise click.UsageError(f"There is no template `{name}`. {hint}")
    return known[name]


def _asked_templates() -> tuple[str, ...]:
    """The templates that a person chooses."""
    from bpodsl.starting import library

    click.echo("\nTemplates:")
    for each in library().values():
        click.echo(f"  {each.name:<20} {each.title}: {each.about}")

    def several(text: str) -> tuple[str, ...]:
        names = tuple(re.split(r"\s*,\s*|\s+(?!as\b)(?<!\bas )", text.strip()))
        for name in names:
            try:
                _template(name.partition(" as ")[0])
            except click.UsageError as error:
                raise click.BadParameter(error.message) from error
        return names

    found: tuple[str, ...] = click.prompt("Which of them (several with commas)?", value_proc=several)
    return found


def _chosen(wanted: Sequence[str], given: Sequence[str], head: Head, asking: bool) -> list[Chosen]:
    """The templates with their values."""
    from bpodsl.starting import Chosen, library
    from bpodsl.starting.writing import default_values, needed

    labels: dict[str, tuple[Template, str]] = {}
    for each in wanted:
        name, _, suffix = (part.strip() for part in each.partition(" as "))
        template = _template(name)
        if suffix and not re.fullmatch(r"[a-z]\w*", suffix):
            raise click.UsageError(f"`{suffix}` cannot follow `as`: write a name of small letters, digits and `_`.")
        label = suffix or name
        if label in labels:
            raise click.UsageError(f'`{label}` is there twice. Tell them apart: --template "{name} as NAME".')
        labels[label] = template, suffix
    automatic = {name: library()[name] for name in needed(template.name for template, _ in labels.values())}
    every = labels | {name: (template, "") for name, template in automatic.items()}
    said = _given(given, every, head.currency)
    found = []
    for label, (template, suffix) in every.items():
        values = default_values(template, head.currency)
        own = dict(said.get(label, {}))
        if asking:
            click.echo(f"\n{template.title}{f' ({suffix})' if suffix else ''}")
            own = {p.word: own.get(p.word) or _ask(p, values[p.word], head.currency) for p in template.parameters}
        own = {word: value for word, value in own.items() if value != values[word]}
        # What is added by itself, and has nothing to say of its own, is left to whoever adds it.
        if label not in automatic or own:
            found.append(Chosen(template, values | own, suffix))
    return found


def _ask(parameter: Parameter, usual: str, currency: str) -> str:
    from bpodsl.starting import WrongValue, checked

    def valid(text: str) -> str:
        value = checked(parameter, text, currency)
        if isinstance(value, WrongValue):
            raise click.BadParameter(value.message())
        return value

    answer: str = click.prompt(f"  {parameter.about}", default=usual, value_proc=valid)
    return answer


def _given(
    given: Iterable[str], every: Mapping[str, tuple[Template, str]], currency: str
) -> dict[str, dict[str, str]]:  # fmt: skip
    """What `--set` says, by template and word of the parameter."""
    from bpodsl.starting import WrongValue, checked

    found: dict[str, dict[str, str]] = {}
    for each in given:
        path, equals, text = each.partition("=")
        owner, dot, name = path.strip().rpartition(".")
        if not equals or not name:
            raise click.UsageError(f"`--set {each}` says no value. Write it like --set target=99.9%.")
        if dot and owner not in every:
            raise click.UsageError(f"`{owner}` is none of the templates chosen: {', '.join(every)}.")
        having = {label: t for label, (t, _) in every.items() if t.parameter(name) and owner in ("", label)}
        if not having:
            raise click.UsageError(_unknown(name, owner, every))
        if len(having) > 1:
            ways = " or ".join(f"{label}.{name}" for label in having)
            raise click.UsageError(f"Several templates have `{name}`. Write --set {ways}.")
        ((label, template),) = having.items()
        parameter = template.parameter(name)
        assert parameter is not None
        value = checked(parameter, text, currency)
        if isinstance(value, WrongValue):
            raise click.UsageError(value.message())
        if parameter.word in found.setdefault(label, {}):
            raise click.UsageError(f"`{name}` is set twice.")
        found[label][parameter.word] = value
    return found


def _unknown(name: str, owner: str, every: Mapping[str, tuple[Template, str]]) -> str:
    import difflib

    known = [p.name for label, (t, _) in every.items() if owner in ("", label) for p in t.parameters]
    near = difflib.get_close_matches(name, known, 1)
    hint = f"Did you mean `{near[0]}`?" if near else f"There is {', '.join(dict.fromkeys(known)) or 'none'}."
    return f"There is no parameter `{name}`. {hint}"


# ------------------------------------------------------------------------------------ what comes of it
def _print_list(templates: Iterable[Template]) -> None:
    for number, template in enumerate(templates):
        if number:
            click.echo()
        click.echo(f"{template.name}: {template.about}")
        width = max((len(p.name) for p in template.parameters), default=0)
        values = max((len(p.default) for p in template.parameters), default=0)
        for p in template.parameters:
            click.echo(f"  {p.name:<{width}}  {p.default:<{values}}  {p.about}")


def _write(folder: Path, started: Started) -> None:
    from bpodsl.cached import write_whole
    from bpodsl.starting import AGREEMENT, EVENTS

    folder.mkdir(parents=True, exist_ok=True)
    agreement, events = folder / AGREEMENT, folder / EVENTS
    write_whole(agreement, started.text, _MODE)
    write_whole(events, "".join(f"{line}\n" for line in started.events), _MODE)
    tests = f"{started.tests} worked example{'s' if started.tests != 1 else ''}"
    click.echo(f"written: {agreement}, with {tests} that pass")
    click.echo(f"written: {events}, {len(started.events)} events")
    for title in started.left_out:
        click.echo(f"left out, since it does not hold with these values: the worked example “{title}”")
    shown, log = shlex.quote(str(agreement)), shlex.quote(str(events))
    click.echo("\nWhat to do next: open the agreement, and decide where it says `Decide`. Then")
    click.echo(f"bpodsl check {shown}")
    click.echo(f"bpodsl test {shown}")
    click.echo(f"bpodsl run {shown} {log} --until {started.until}")
