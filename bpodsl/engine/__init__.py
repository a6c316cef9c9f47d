"""Runs a contract over events."""

from bpodsl.engine.engine import Engine, run
from bpodsl.engine.plan import plan, plan_contract
from bpodsl.engine.program import Program

__all__ = ["Engine", "Program", "plan", "plan_contract", "run"]
