"""Runs a contract over events."""

from bpodsl.engine.engine import Engine, run
from bpodsl.engine.plan import plan, plan_contract
from bpodsl.engine.program import Program
from bpodsl.engine.straight.run import Share

__all__ = ["Engine", "Program", "Share", "plan", "plan_contract", "run"]
