"""One trial: something fails, and the run is run again."""

from __future__ import annotations

from attrs import frozen

from tests.faults.bench import WAYS, Arm, NoTrial, Operation, written_down
from tests.faults.scenarios import Scenario

LETS_LIVE = ("short", "eio", "full once", "full")
"""After these the run goes on, and must not lie."""


@frozen
class Trial:
    """Operation `at` of a scenario's run fails in a way."""

    scenario: Scenario
    way: str
    at: int
    operation: Operation

    def __str__(self) -> str:
        return f"{self.scenario.name}: {self.way} at {self.at}, {self.operation.kind} of {self.operation.name}"


def operations(scenario: Scenario) -> list[Operation]:
    """What the undisturbed run does."""
    bench, log = scenario.bench, scenario.bench.folder / "log"
    log.unlink(missing_ok=True)
    ended = bench.run(scenario.run, Arm("watch", 0, log))
    if ended.code:
        raise NoTrial(f"the undisturbed run of “{scenario.name}” ended with {ended.code}: {ended.err}")
    bench.lay(scenario.before)
    return written_down(log)


def planned(scenario: Scenario) -> list[Trial]:
    """Every operation of a scenario's run, in every way that makes a difference."""
    return [
        Trial(scenario, way, at, operation)
        for at, operation in enumerate(operations(scenario), 1)
        for way in WAYS[1:]
        if way not in ("torn", "short") or (operation.kind == "write" and operation.size > 1)
    ]


def held(trial: Trial) -> tuple[str, str]:
    """How the run ended that was broken, and what is wrong, "" if nothing is."""
    scenario, bench = trial.scenario, trial.scenario.bench
    bench.lay(scenario.before)
    broken = bench.run(scenario.run, Arm(trial.way, trial.at))
    how = "killed" if broken.code == -9 else f"exit {broken.code}"
    try:
        wrong = _wrong(trial, scenario, broken.code, broken.err)
    except AssertionError as error:
        wrong = str(error)
    bench.lay(scenario.before)
    return how, wrong


def _wrong(trial: Trial, scenario: Scenario, code: int, said: str) -> str:
    bench = scenario.bench
    if trial.way in LETS_LIVE:
        if code not in (0, 6):
            return f"it ended with {code}: {said}"
    elif code != -9:
        return f"it was not killed, but ended with {code}: {said}"
    with bench.stored(bench.files()):
        # Looking must not heal what is looked at.
        between = scenario.ledger()
    if between not in (scenario.old, scenario.new):
        return "between the runs the ledger is neither the old one nor the new one"
    if code == 0 and between != scenario.new:
        return "it ended with 0, and the ledger is not the new one"
    again = bench.here(scenario.run)
    if again.code:
        return f"run again, it ended with {again.code}: {again.err}"
    if scenario.ledger() != scenario.new:
        return "run again, it came to another ledger"
    whole = bench.files()
    bench.here(scenario.run)
    return "" if bench.files() == whole else "run once more, it changed the store"
