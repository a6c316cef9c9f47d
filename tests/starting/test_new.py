"""`bpodsl new` as people use it: with options, by answering, and where an answer does not do."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from bpodsl.cli import exits
from bpodsl.cli.main import bpodsl
from bpodsl.starting import WrongValue, checked, library


def ran(*arguments, code=exits.OK, typed=None):
    result = CliRunner().invoke(bpodsl, [str(a) for a in arguments], input=typed)
    assert result.exit_code == code, f"{result.output}\n{result.exception!r}"
    return result


def sound(folder, until="2027-02-10"):
    """What `new` wrote is without fault, in form, passes its tests and runs with its events."""
    agreement, events = folder / "agreement.bpo", folder / "events.jsonl"
    ran("check", "--fail-on", "warning", agreement)
    ran("fmt", "--check", agreement)
    ran("test", agreement)
    lines = events.read_text(encoding="utf-8").splitlines()
    assert all(json.loads(line)["time"] for line in lines)
    return ran("run", agreement, events, "--until", until).stdout


NAMES = tuple(name for name in library() if name not in ("charges", "credit_cap"))


@pytest.mark.parametrize("name", NAMES)
def test_each_template_by_options(name, tmp_path):
    said = ran("new", tmp_path / "care", "--template", name).stdout
    assert "that pass" in said
    assert "--until 2027-02-10" in said
    assert "quarantined" not in sound(tmp_path / "care")


def test_values_are_those_that_were_set(tmp_path):
    ran("new", tmp_path, "--template", "uptime", "--set", "target=99.95%", "--set", "monthly_fee=12 500 GBP",
        "--client", "Northwind Retail plc", "--provider", "meridian=Meridian Contact Services Ltd",
        "--title", "Hosting", "--months", "24", "--zone", "Europe/Paris", "--effective", "2027-03-15")  # fmt: skip
    text = (tmp_path / "agreement.bpo").read_text(encoding="utf-8")
    for line in (
        'agreement hosting "Hosting"', 'client     northwind  "Northwind Retail plc"',
        'provider   meridian   "Meridian Contact Services Ltd"', "effective  2027-03-15 for 24 months",
        "time zone  Europe/Paris", "target   at least 99.95%", "northwind pays meridian 12 500 GBP",
        "2027-04-20T10:00:01  outage_ended",
    ):  # fmt: skip
        assert line in text
    assert "Uptime" in sound(tmp_path, "2027-05-10")


def test_several_templates_and_one_of_them_twice(tmp_path):
    ran("new", tmp_path, "--template", "uptime as portal", "--template", "uptime as archive", "--template", "exit",
        "--set", "portal.target=99.99%", "--set", "archive.target=99.5%", "--set", "most_credits=15%")  # fmt: skip
    text = (tmp_path / "agreement.bpo").read_text(encoding="utf-8")
    assert "at least 99.99%" in text
    assert "at 15% of monthly_charge" in text
    sound(tmp_path)


def test_it_asks_for_what_it_needs(tmp_path):
    answers = ["Payroll", "Brackwell plc", "Tallis Ltd", "2027-01-01", "12", "Europe/London", "eur", "GB-ENG",
               "payroll_accuracy, exit", "99.7%", "", "", "", "", "750 EUR", *[""] * 6, "11 000 EUR", ""]  # fmt: skip
    ran("new", tmp_path, typed="\n".join(answers) + "\n")
    text = (tmp_path / "agreement.bpo").read_text(encoding="utf-8")
    for part in ("agreement payroll", "at least 99.7%", "750 EUR", "brackwell pays tallis 11 000 EUR", "for_breach",
                 "holidays of GB-ENG"):
        assert part in text
    sound(tmp_path)


def test_an_answer_that_does_not_do_is_asked_for_again(tmp_path):
    answers = ["Desk", "Client plc", "Provider Ltd", "soon", "2027-01-01", "x", "12", "Europe/Nowhere", "Europe/London",
               "GBX", "GBP", "GB-XX", "none", "uptimes", "uptime", "99", "99.9%", *[""] * 8]  # fmt: skip
    said = ran("new", tmp_path, typed="\n".join(answers) + "\n").output
    for part in ("Write a day such as", "from 3 to 600", "no time zone `Europe/Nowhere`", "no currency `GBX`",
                 "no holidays `GB-XX`",
                 "Did you mean `uptime`?", "`target` cannot be `99`: that is not a share"):  # fmt: skip
        assert part in said
    sound(tmp_path)


@pytest.mark.parametrize(
    "arguments,said",
    [
        (["--set", "target=99"], "that is not a share, such as 95% or 99.9%"),
        (["--set", "target=101%"], "never more than 100%"),
        (["--set", "monthly_fee=5"], "that is not a sum, such as 10 000 GBP"),
        (["--set", "monthly_fee=5 000 EUR"], "the agreement's currency is GBP"),
        (["--set", "goal=99%"], "There is no parameter `goal`"),
        (["--set", "targets=99%"], "Did you mean `target`?"),
        (["--set", "target"], "says no value"),
        (["--set", "exit.plan_days=9"], "`exit` is none of the templates chosen"),
        (["--set", "target=99%", "--set", "target=98%"], "set twice"),
        (["--set", "minimum=99.95%"], "do not go together"),
        (["--template", "exits"], "Did you mean `exit`?"),
        (["--template", "uptime"], "Tell them apart"),
        (["--template", "uptime as Ü"], "cannot follow `as`"),
        (["--template", "call_centre", "--set", "target=90%"], "Write --set uptime.target or call_centre.target"),
        (["--currency", "GBX"], "no currency `GBX`"),
        (["--zone", "Europe/Lundon"], "Did you mean Europe/London"),
        (["--effective", "tomorrow"], "Write a day"),
        (["--holidays", "GB-XX"], "no holidays `GB-XX`"),
        (["--months", "2"], "2 is not in the range"),
        (["--title", "-"], "at least one letter"),
    ],
)
def test_what_does_not_do_is_said_and_nothing_is_written(arguments, said, tmp_path):
    result = ran("new", tmp_path / "care", "--template", "uptime", *arguments, code=exits.USAGE)
    assert said in " ".join(result.output.split())
    assert not (tmp_path / "care").exists()


def test_nothing_is_overwritten_without_force(tmp_path):
    (tmp_path / "events.jsonl").write_text("mine\n", encoding="utf-8")
    result = ran("new", tmp_path, "--template", "exit", code=exits.USAGE)
    assert "is there already" in result.output
    assert (tmp_path / "events.jsonl").read_text(encoding="utf-8") == "mine\n"
    assert not (tmp_path / "agreement.bpo").exists()
    ran("new", tmp_path, "--template", "exit", "--force")
    sound(tmp_path)


def test_the_list_has_every_parameter_with_its_default():
    said = ran("new", "--list").stdout
    for template in library().values():
        assert f"{template.name}: {template.about}" in said
        for parameter in template.parameters:
            assert parameter.default in said
            assert parameter.about in said


def test_without_a_folder_it_says_so():
    assert "in which folder" in ran("new", code=exits.USAGE).output


@pytest.mark.parametrize(
    "template,parameter,value,why",
    [
        ("ticket_response", "solve_within", "2 days", "hours, minutes or seconds"),
        ("ticket_response", "solve_within", "2 hours of office", "hours, minutes or seconds"),
        ("ticket_response", "solve_within", "0 hours", "more than nothing"),
        ("exit", "cure_days", "30 hours", "days, weeks, months or years"),
        ("exit", "cure_days", "5 working days of office", "days, weeks, months or years"),
        ("exit", "plan_days", "1.5", "whole number"),
        ("exit", "plan_days", "ninety", "that is not a number"),
        ("uptime", "target", "99.9%, minimum 98%", "that is not a share"),
        ("uptime", "target", "99% # no", "that is not a share"),
        ("uptime", "target", "", "that is not a share"),
    ],
)
def test_wrong_kinds_and_units(template, parameter, value, why):
    found = checked(library()[template].parameter(parameter), value, "GBP")
    assert isinstance(found, WrongValue)
    assert why in found.message()


@pytest.mark.parametrize(
    "template,parameter,value",
    [
        ("ticket_response", "solve_within", "90 minutes"), ("exit", "notice_months", "13 weeks"),
        ("help_desk", "least_score", "4.25"), ("uptime", "target", " 99.9% "),
        ("charges", "monthly_fee", "9 999.99 GBP"),
    ],
)  # fmt: skip
def test_right_kinds_and_units(template, parameter, value):
    assert checked(library()[template].parameter(parameter), value, "GBP") == value.strip()


@pytest.mark.parametrize(
    ("client", "provider", "names"),
    [
        ("東京電力株式会社", "ООО «Ромашка»", ("customer", "romashka")),
        ("Ελληνικά Ταχυδρομεία", "شركة الاتصالات", ("ellinika", "supplier")),
        ("Øresund Łódź", "Черный Щит", ("oresund", "chernyi")),
        ("Acme UK Ltd", "Acme India Pvt", ("acme", "acme_india")),
        ("Acme", "Acme", ("acme", "acme_supplier")),
        ("The Charge Group", "Credit", ("charge_group", "credit_supplier")),
    ],
)
def test_names_in_any_script_become_short_names(client, provider, names):
    from bpodsl.language.grammar import tables
    from bpodsl.starting.naming import short_name

    reserved = tables().keywords
    first = short_name(client, "customer", reserved)
    assert (first, short_name(provider, "supplier", reserved, (first,))) == names


def test_parties_of_one_name_or_of_other_scripts_make_an_agreement(tmp_path):
    ran("new", tmp_path / "care", "--template", "uptime", "--client", "東京電力", "--provider", "شركة")
    text = (tmp_path / "care" / "agreement.bpo").read_text(encoding="utf-8")
    assert 'client     customer  "東京電力"' in text
    assert 'provider   supplier  "شركة"' in text
    ran("new", tmp_path / "same", "--template", "uptime", "--client", "Acme", "--provider", "Acme")
