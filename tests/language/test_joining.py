"""Files, templates and documents: what an agreement is joined from."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from bpodsl.cli import exits
from bpodsl.cli.main import bpodsl
from bpodsl.pipeline import understand, understand_all, understand_text
from bpodsl.text import Problem
from bpodsl.text.render import render
from bpodsl.trials import try_examples

HEAD = """\
agreement joined "Joined"
  client     harbour "Harbour Ltd"
  provider   lantern "Lantern Ltd"
  effective  2026-01-01 for 36 months
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01
"""
EVENTS = "event asked, answered from lantern\n"
DUTY = "obligation answer\n  lantern must answered for each asked\n  within 4 hours\n  performs the oldest\n"


def written(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".bpo")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder / "main.bpo"


def codes(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.code for problem in problems]


def errors(problems: tuple[Problem, ...]) -> list[Problem]:
    return [problem for problem in problems if problem.severity.value == "error"]


# ------------------------------------------------------------------ files
def test_an_agreement_of_three_files(tmp_path: Path) -> None:
    main = written(
        tmp_path, main=HEAD + 'use "part/b.bpo"\nuse "c.bpo"\n', part__b='use "../c.bpo"\n' + DUTY, c=EVENTS
    )
    made = understand(main)
    assert made.problems == () and made.contract is not None
    assert [n.name for n in made.contract.norms] == ["answer"]
    assert [p.name for p in made.used] == ["b.bpo", "c.bpo"]
    # In a folder the used files are parts of the one that uses them.
    assert [each.path for each in understand_all([tmp_path])] == [main]


def test_an_agreement_has_at_most_sixty_four_files(tmp_path: Path) -> None:
    parts = {f"f{n}": f"event e{n} from lantern\n" for n in range(64)}
    uses = [f'use "{name}.bpo"\n' for name in parts]
    assert "BPO215" not in codes(understand(written(tmp_path, main=HEAD + "".join(uses[:63]), **parts)).problems)
    (problem,) = errors(understand(written(tmp_path, main=HEAD + "".join(uses))).problems)
    assert problem.code == "BPO215" and "f63.bpo" in problem.message() and "64 files" in problem.message()


def test_an_agreement_has_at_most_eight_mebibytes(tmp_path: Path) -> None:
    filler = "#" * (1 << 20)
    parts = {f"f{n}": filler for n in range(8)}
    uses = [f'use "{name}.bpo"\n' for name in parts]
    assert not errors(understand(written(tmp_path, main=HEAD + "".join(uses[:7]), **parts)).problems)
    (problem,) = errors(understand(written(tmp_path, main=HEAD + "".join(uses))).problems)
    assert problem.code == "BPO215" and "f7.bpo" in problem.message() and "8 MiB" in problem.message()


def test_a_file_is_not_looked_for_without_end(tmp_path: Path) -> None:
    many = 'use "part.bpo"\n'
    assert not errors(understand(written(tmp_path, main=HEAD + many * 1000, part=EVENTS)).problems)
    (problem,) = errors(understand(written(tmp_path, main=HEAD + many * 3000)).problems)
    assert problem.code == "BPO215" and "1000 lines" in problem.message()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_nobody_waits_for_a_pipe(tmp_path: Path) -> None:
    main = written(tmp_path, main=HEAD + 'use "pipe.bpo"\n')
    os.mkfifo(tmp_path / "pipe.bpo")
    (problem,) = errors(understand(main).problems)
    assert problem.code == "BPO211" and "to its end" in problem.message()
    # In a folder it is none of its agreements.
    assert [each.path for each in understand_all([tmp_path])] == [main]


def test_a_part_given_alone_stands_for_the_agreements_that_use_it(tmp_path: Path) -> None:
    main = written(tmp_path, main=HEAD + 'use "part/b.bpo"\n' + DUTY, part__b=EVENTS)
    part = tmp_path / "part" / "b.bpo"
    assert [each.path for each in understand_all([part])] == [main]
    assert [each.path for each in understand_all([part, main])] == [main]
    main.write_text(HEAD, "utf-8")
    # Nothing uses it any more: it is read as what it is.
    [alone] = understand_all([part])
    assert alone.path == part and "BPO208" in codes(alone.problems)


def test_the_digest_covers_all_files(tmp_path: Path) -> None:
    main = written(tmp_path, main=HEAD + 'use "b.bpo"\n', b=EVENTS)
    before = understand(main).contract
    written(tmp_path, b=EVENTS + "# a remark\n")
    after = understand(main).contract
    assert before is not None and after is not None and before.digest != after.digest
    alone, _ = understand_text("x", HEAD)
    assert alone is not None and alone.digest == understand_text("y", HEAD)[0].digest  # type: ignore[union-attr]


def test_a_problem_is_shown_in_its_own_file(tmp_path: Path) -> None:
    main = written(tmp_path, main=HEAD + 'use "b.bpo"\n', b=EVENTS + DUTY.replace("4 hours", "4 hours of desk"))
    result = CliRunner().invoke(bpodsl, ["check", str(main)])
    assert result.exit_code == exits.AGREEMENT
    assert f"{tmp_path}/b.bpo:4:21" in result.output


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("none.bpo", "there is no such file"), ("../x.bpo", "outside the folder"), ("/etc/x.bpo", "must count from"),
        ("b.txt", "not a `.bpo` file"), ("c:x.bpo", "must count from"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used(tmp_path: Path, path: str, why: str) -> None:
    inner = tmp_path / "in"
    written(tmp_path, x=EVENTS)
    made = understand(written(inner, main=HEAD + f'use "{path}"\n'))
    assert codes(made.problems) == ["BPO211"] and why in made.problems[0].message() and made.contract is None


def test_what_a_missing_file_may_declare_is_not_called_unknown(tmp_path: Path) -> None:
    text = HEAD + """
use "none.bpo"
measure cases "Cases"
  each month
  count of case_closed where priority is urgent
  target over the moon
obligation answer "Answer"
  lantern must case_closed for each case_opened
"""
    made = understand(written(tmp_path, main=text))
    assert codes(made.problems) == ["BPO101", "BPO211"]  # What is wrong whatever that file says is still told.


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    inner = tmp_path / "in"
    written(tmp_path, x=EVENTS)
    main = written(inner, main=HEAD + 'use "y.bpo"\n')
    (inner / "y.bpo").symlink_to(tmp_path / "x.bpo")
    assert codes(understand(main).problems) == ["BPO211"]


def test_files_in_a_circle_are_named(tmp_path: Path) -> None:
    main = written(tmp_path, main=HEAD + 'use "b.bpo"\n', b='use "c.bpo"\n', c='use "main.bpo"\n')
    (problem,) = understand(main).problems
    assert problem.code == "BPO212"
    assert problem.message().count("→") == 3 and len(problem.related()) == 2


def test_one_agreement_only(tmp_path: Path) -> None:
    main = written(tmp_path, main=HEAD + 'use "b.bpo"\n', b=HEAD)
    assert codes(understand(main).problems) == ["BPO319"]


def test_a_text_without_a_folder_uses_nothing() -> None:
    _, problems = understand_text("x", HEAD + 'use "b.bpo"\n')
    assert codes(problems) == ["BPO211"]


# ------------------------------------------------------------------ templates
FEE = """
template fee with payer, payee, price
charge due "Fee"
  each month
  payer pays payee price
amount twice
  each month
  2 * due
test "it is owed"
  until 2026-02-02
  expect due in 2026-01 is price
end of fee
"""


def test_a_template_is_read_each_time_it_is_used() -> None:
    text = HEAD + FEE + (
        "use fee with payer harbour, payee lantern, price 100 GBP as storage\n"
        "use fee with payer lantern, payee harbour, price 30 GBP as rebate\n"
    )
    contract, problems = understand_text("x", text)
    assert problems == () and contract is not None
    assert [line.name for line in contract.lines] == ["due_storage", "due_rebate"]
    assert [f.name for f in contract.figures] == ["due_storage", "twice_storage", "due_rebate", "twice_rebate"]
    assert [trial.failures for trial in try_examples(contract)] == [(), ()]
    assert [each.name for each in contract.examples] == ["it is owed (storage)", "it is owed (rebate)"]


def test_a_problem_points_to_the_template_and_to_its_use() -> None:
    text = HEAD + FEE + "use fee with payer harbour, payee lantern, price 100 EUR as storage\n"
    _, problems = understand_text("x.bpo", text)
    (first, *_) = [p for p in problems if p.code == "BPO304"]
    drawn = render(first)
    assert "x.bpo:11:28" in drawn and "harbour pays lantern 100 EUR" in drawn
    assert "x.bpo:19:1" in drawn and "the template is filled in here" in drawn


@pytest.mark.parametrize(
    ("use", "found"),
    [
        ("use fee with payer harbour, payee lantern as x", ["BPO314"]),
        ("use fee with payer harbour, payee lantern, price 1 GBP, prize 2 GBP as x", ["BPO202"]),
        ("use fees with payer harbour as x", ["BPO205", "BPO202"]),
        ("use fee with payer harbour, payee lantern, price 1 GBP, price 2 GBP as x", ["BPO319"]),
        ("", ["BPO205"]),
    ],
)
def test_what_may_be_wrong_with_a_use(use: str, found: list[str]) -> None:
    assert codes(understand_text("x", HEAD + FEE + use + "\n")[1]) == found


def test_a_parameter_is_no_word_of_the_language_and_a_template_uses_no_other() -> None:
    _, problems = understand_text("x", HEAD + FEE.replace("price", "days") + "use fee\n")
    assert "BPO320" in codes(problems)
    _, problems = understand_text("x", HEAD + FEE.replace("amount twice", "use other\namount twice"))
    assert "BPO320" in codes(problems)


def test_a_template_without_an_end() -> None:
    _, problems = understand_text("x", HEAD + FEE.replace("end of fee", "end of fees"))
    assert codes(problems)[:1] == ["BPO102"]


# ------------------------------------------------------------------ documents
DOCUMENTS = 'document msa "Master agreement"\ndocument sch_c "Schedule C"\n' + EVENTS
MASTER = DUTY.replace("answer\n", "answer [msa 4]\n", 1)
TWICE = MASTER + DUTY.replace("answer\n", "answer [sch_c 2]\n", 1).replace("4", "8")


def of(line: str) -> tuple[int, list[str]]:
    contract, problems = understand_text("x", HEAD + line + DOCUMENTS + TWICE)
    hours = 0
    if contract is not None:
        due = contract.norms[0].due
        assert due is not None and due.length is not None
        hours = due.length.amount // 3_600_000_000
    return hours, codes(problems)


def test_the_higher_document_decides_and_the_collision_is_reported() -> None:
    assert of("  precedence msa, sch_c\n") == (4, ["BPO213"])
    assert of("  precedence sch_c, msa\n") == (8, ["BPO213"])


def test_where_nothing_decides_it_is_an_error() -> None:
    assert of("") == (0, ["BPO201"])
    assert of("  precedence msa\n") == (0, ["BPO201"])


def test_as_in_picks_one() -> None:
    assert of("  precedence msa, sch_c\n  definition of answer as in sch_c\n") == (8, ["BPO213"])
    assert of("  definition of answer as in sch_c\n") == (8, ["BPO213"])
    assert of("  definition of nothing as in sch_c\n") == (0, ["BPO315", "BPO201"])
    assert of("  precedence msa, sch_d\n")[1][0] == "BPO202"


def test_a_used_file_is_a_document(tmp_path: Path) -> None:
    main = written(
        tmp_path, main=HEAD + "  precedence msa, sch_c\n" + DOCUMENTS + 'use "c.bpo" as sch_c\n'
        + DUTY.replace("answer\n", "answer [msa 4]\n", 1), c=DUTY.replace("4", "8"),
    )
    made = understand(main)
    assert made.contract is not None and codes(made.problems) == ["BPO213"]


def test_no_clause_has_the_name_of_its_agreement() -> None:
    head = HEAD.replace("agreement joined", "agreement answer")
    contract, problems = understand_text("clash.bpo", head + EVENTS + DUTY)
    told = [p.message() for p in problems if p.code == "BPO201"]
    assert contract is None
    assert told == ["`answer` names an obligation here, but an agreement has that name already."]
