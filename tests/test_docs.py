"""Every code block of the documentation is run.

| block            | what is done with it                                                                      |
|------------------|-------------------------------------------------------------------------------------------|
| `bpo`            | an agreement: it checks without a problem, and its tests pass                              |
| `bpo part`       | clauses put behind the page's first `bpo` block (none: behind the customer care example)    |
| `bpo BPO203`     | clauses put there raise that problem                                                       |
| `bpo here`       | lines of an agreement in the page's folder, as they stand there; a line `…` for any left out |
| `sh`             | each `bpodsl` command is run at the top of the checkout; exit code 0 or the one in `# exits N` |
| `sh serves`      | the command serves until Ctrl-C: it prints an address, and ends with 0                     |
| `text`           | the exact output of the `sh` block before it; a line `…` stands for any lines left out      |
| `jsonl`          | each line is a JSON object                                                                 |
| `json`, `toml`   | settings of other programs: they are JSON, TOML                                            |
| `lua`, `elisp`   | the same, for programs that we do not have: their brackets close, and they name the server |
| without a word   | a picture; there is nothing to run                                                         |
"""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
import tomllib

import pytest
from click.testing import CliRunner

from bpodsl.cli.main import bpodsl
from bpodsl.pipeline import understand_text
from bpodsl.trials import try_examples
from tests.conftest import ROOT
from tests.docs import all_blocks, blocks, pages
from tests.processes import heeds_ctrl_c

KNOWN = re.compile(r"|bpo|bpo here|bpo part|bpo BPO\d{3}|sh|sh serves|text|jsonl|json|toml|lua|elisp")


def test_every_block_is_of_a_kind_that_is_run():
    unknown = [f"{b.where}: {b.info}" for b in all_blocks() if not KNOWN.fullmatch(b.info)]
    assert not unknown


EXAMPLE = ROOT / "examples" / "customer_care" / "customer_care.bpo"


def base_of(block):
    own = (b.text for b in blocks(block.page) if b.info == "bpo")
    return next(own, None) or EXAMPLE.read_text(encoding="utf-8")


def agreement_of(block):
    return block.text if block.info == "bpo" else base_of(block) + "\n" + block.text


@pytest.mark.parametrize("block", [b for b in all_blocks() if b.info in ("bpo", "bpo part")], ids=lambda b: b.where)
def test_agreements_check_and_their_tests_pass(block):
    contract, problems = understand_text(block.where, agreement_of(block))
    assert contract is not None, [p.message() for p in problems]
    # What the page's frame declares, and a part does not need, is no fault of the part.
    frame = len(agreement_of(block)) - len(block.text)
    problems = [p for p in problems if p.code != "BPO214" or p.span is None or p.span.start >= frame]
    assert not [p for p in problems if block.info == "bpo part" or p.severity.value == "error"], [
        p.message() for p in problems
    ]
    failures = [f.message() for trial in try_examples(contract) for f in trial.failures]
    assert not failures


@pytest.mark.parametrize(
    "block", [b for b in all_blocks() if re.fullmatch(r"bpo BPO\d{3}", b.info)], ids=lambda b: b.where
)
def test_bad_examples_raise_their_problem(block):
    _, problems = understand_text(block.where, agreement_of(block))
    assert block.info.split()[1] in {p.code for p in problems}


@pytest.mark.parametrize("block", [b for b in all_blocks() if b.info == "bpo here"], ids=lambda b: b.where)
def test_clauses_stand_so_in_the_agreement_beside_the_page(block):
    agreements = [path.read_text(encoding="utf-8").splitlines() for path in block.page.parent.rglob("*.bpo")]
    for part in re.split(r"^ *…\n", block.text, flags=re.M):
        wanted = [line.rstrip() for line in part.strip("\n").splitlines()]
        assert any(
            wanted == [line.rstrip() for line in lines[at : at + len(wanted)]]
            for lines in agreements
            for at in range(len(lines))
        ), f"{block.where}: not in the agreement: {part}"


def shell_lines(text):
    return [line.strip() for line in text.replace("\\\n", " ").splitlines() if line.strip()]


@pytest.mark.parametrize("page", pages(), ids=lambda p: str(p.relative_to(ROOT)))
def test_commands_print_what_the_page_shows(page, monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("NO_COLOR", "1")
    said = None
    for block in blocks(page):
        if block.info == "sh":
            said = "".join(ran(line, tmp_path, block.where) for line in shell_lines(block.text))
        elif block.info == "text":
            assert said is not None, f"{block.where}: no command before it"
            assert_shown(block, said)


@pytest.mark.parametrize("block", [b for b in all_blocks() if b.info == "sh serves"], ids=lambda b: b.where)
def test_servers_serve_until_ctrl_c(block):
    (line,) = shell_lines(block.text)
    with subprocess.Popen(
        [sys.executable, "-u", "-m", *shlex.split(line)], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        preexec_fn=heeds_ctrl_c,
    ) as served:  # fmt: skip
        assert any("http://127.0.0.1:" in each for each in iter(served.stdout.readline, ""))
        served.send_signal(signal.SIGINT)
        assert served.wait(timeout=60) == 0


def ran(line, tmp_path, where):
    command, _, remark = line.partition("  # ")
    if not command.startswith("bpodsl "):
        return ""
    wanted = int(re.fullmatch(r"exits (\d+)", remark.strip())[1]) if remark.strip().startswith("exits") else 0
    arguments = [a.replace("/tmp/out", str(tmp_path)) for a in shlex.split(command)[1:]]
    result = CliRunner().invoke(bpodsl, arguments)
    assert result.exit_code == wanted, f"{where}: {command}\n{result.output}\n{result.exception!r}"
    return result.output


def assert_shown(block, said):
    printed = [line.rstrip() for line in said.splitlines()]
    at = 0
    skipping = False
    for wanted in (line.rstrip() for line in block.text.splitlines()):
        if wanted.strip() == "…":
            skipping = True
            continue
        if skipping:
            while at < len(printed) and printed[at] != wanted:
                at += 1
        assert at < len(printed), f"{block.where}: not printed: {wanted!r}"
        assert printed[at] == wanted, f"{block.where}: shown {wanted!r}, printed {printed[at]!r}"
        at += 1
        skipping = False


@pytest.mark.parametrize("block", [b for b in all_blocks() if b.info == "jsonl"], ids=lambda b: b.where)
def test_json_lines_are_json(block):
    for line in block.text.splitlines():
        assert isinstance(json.loads(line), dict)


@pytest.mark.parametrize("block", [b for b in all_blocks() if b.info in ("json", "toml")], ids=lambda b: b.where)
def test_settings_can_be_read(block):
    assert {"json": json, "toml": tomllib}[block.info].loads(block.text)


@pytest.mark.parametrize("block", [b for b in all_blocks() if b.info in ("lua", "elisp")], ids=lambda b: b.where)
def test_settings_for_programs_that_are_not_here_name_the_server_and_close_their_brackets(block):
    strings = re.compile(r'"(?:[^"\\]|\\.)*"')
    assert {'"bpodsl"', '"lsp"'} <= set(strings.findall(block.text))
    waiting = []
    for sign in re.findall(r"[][(){}]", strings.sub("", block.text)):
        if sign in "([{":
            waiting.append(sign)
        else:
            assert waiting and waiting.pop() + sign in ("()", "[]", "{}"), f"{block.where}: {sign}"
    assert not waiting
