"""Runs a contract over events."""

from bpodsl.engine.engine import Engine, run, run_and_due, run_cases
from bpodsl.engine.plan import plan, plan_contract
from bpodsl.engine.program import Program
from bpodsl.engine.straight.briefly import Brief, Told
from bpodsl.engine.straight.flow import Flow, Odd
from bpodsl.engine.straight.run import Share, cases_of
from bpodsl.engine.tallies import Unsteady

__all__ = [
    "Brief", "Engine", "Flow", "Odd", "Program", "Share", "Told", "Unsteady", "cases_of", "plan", "plan_contract",
    "run", "run_and_due", "run_cases",
]  # fmt: skip
