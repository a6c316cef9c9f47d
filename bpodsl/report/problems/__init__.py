"""Problems for other programs: JSON, SARIF, lines for GitHub, JUnit."""

from bpodsl.report.problems.github import github
from bpodsl.report.problems.json import json_text
from bpodsl.report.problems.junit import junit
from bpodsl.report.problems.sarif import sarif

__all__ = ["github", "json_text", "junit", "sarif"]
