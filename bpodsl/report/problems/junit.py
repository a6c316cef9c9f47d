"""Problems as JUnit's XML, which most build servers show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree

from bpodsl.text import Problem, Severity
from bpodsl.text.render import plain, render

_ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


def junit(problems: Iterable[Problem], agreements: Sequence[str], failing: Severity = Severity.ERROR) -> str:
    """A case for each problem, failed where it is an error or as grave as `failing`; and one that passes for each
    agreement without any."""
    grave = _ORDER[: _ORDER.index(failing) + 1]
    found = list(problems)
    by_file: dict[str, list[Problem]] = {name: [] for name in agreements}
    for problem in found:
        by_file.setdefault("" if problem.span is None else problem.span.source.name, []).append(problem)
    top = ElementTree.Element("testsuites", name="bpodsl check")
    for name, own in by_file.items():
        failed = [problem for problem in own if problem.severity in grave]
        suite = ElementTree.SubElement(
            top, "testsuite", name=plain(name), tests=str(max(len(own), 1)), failures=str(len(failed)), errors="0"
        )
        if not own:
            ElementTree.SubElement(suite, "testcase", name="check", classname=plain(name))
        for problem in own:
            _case(suite, name, problem, problem.severity in grave)
    ElementTree.indent(top)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(top, encoding="unicode") + "\n"


def _case(suite: ElementTree.Element, name: str, problem: Problem, failed: bool) -> None:
    line = 1 if problem.span is None else problem.span.place[0]
    about = {"classname": plain(name), "file": plain(name), "line": str(line)}
    case = ElementTree.SubElement(suite, "testcase", name=f"{problem.code} line {line}", attrib=about)
    drawn = "\n".join(map(plain, render(problem).split("\n")))
    if not failed:
        ElementTree.SubElement(case, "system-out").text = drawn
        return
    kind = problem.severity.value
    ElementTree.SubElement(case, "failure", type=kind, message=plain(problem.message())).text = drawn
