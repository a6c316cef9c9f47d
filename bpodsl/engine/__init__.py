"""Runs a contract over events."""

from bpodsl.engine.engine import Engine, run, run_cases
from bpodsl.engine.plan import plan, plan_contract
from bpodsl.engine.program import Program
from bpodsl.engine.straight.run import Share, cases_of

__all__ = ["Engine", "Program", "Share", "cases_of", "plan", "plan_contract", "run", "run_cases"]
