"""The pages of all codes: each has a name, a next step, a bad example and a good one; what they tell to type exists."""

from __future__ import annotations

import json
import re
import shlex

import click
import pytest
from click.testing import CliRunner

from bpodsl.cli.main import bpodsl

PAGES = json.loads(CliRunner().invoke(bpodsl, ["rule", "--all", "--format", "json"]).stdout)


def test_codes_of_all_four_sorts_are_there_once():
    codes = [page["code"] for page in PAGES]
    assert codes == sorted(set(codes))
    assert {code[:3] for code in codes} == {"BPO", "EVT", "PRF", "STO"} and len(codes) > 180


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page["code"])
def test_a_page_has_a_name_a_summary_both_examples_and_a_next_step(page):
    assert page["name"] and page["summary"] and page["kind"]
    assert page["bad"] and page["good"] and page["bad"] != page["good"]
    assert re.search(r"^Next: .", page["page"], re.M)


COMMANDS = [
    (page["code"], line) for page in PAGES for example in (page["bad"], page["good"]) for line in example.split("\n")
    if line.startswith("bpodsl ")
]  # fmt: skip


@pytest.mark.parametrize(("code", "line"), COMMANDS)
def test_a_command_of_an_example_has_the_options_that_it_is_given(code, line):
    for part in line.partition("  #")[0].split(" & "):
        _, name, *words = shlex.split(part)
        command = bpodsl.get_command(click.Context(bpodsl), name)
        assert command is not None
        known = {option for param in command.params for option in param.opts}
        assert {word for word in words if word.startswith("--")} <= known
