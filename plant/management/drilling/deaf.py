"""The drill `deaf`: the worker lives and does nothing, which no supervisor sees by looking whether it lives."""

import os
import signal
import time
from contextlib import nullcontext
from importlib import import_module

from plant.management.drilling.ground import Outcome, Task, paused, until

FOUND_SECONDS = 90.0
PATIENCE_SECONDS = 120.0


def deaf(task: Task) -> Outcome:
    """The worker's main process stands still (SIGSTOP): the canary finds it, and it is started again within 90 s.

    Control: nobody asks the canary, since the relay that does stands still too.
    """
    took = []
    for _time in range(task.rounds):
        pulses = import_module("plant.operation.pulses")
        if not until(lambda: pulses.CANARY in pulses.all_heard(), PATIENCE_SECONDS):  # noqa: B023
            return Outcome("", ("The canary never answered, although nothing is broken.",))
        pid, began = task.plant.pids["worker"], time.monotonic()
        with paused(task.plant, "relay") if task.control else nullcontext():
            os.kill(pid, signal.SIGSTOP)
            is_new = until(lambda: task.plant.pids["worker"] != pid, PATIENCE_SECONDS)  # noqa: B023
        took.append(time.monotonic() - began)
        if not is_new:
            os.kill(pid, signal.SIGCONT)
            return Outcome("", (f"{took[-1]:.0f} s later the deaf worker is still there",))
        asked = time.monotonic()
        if not until(lambda: pulses.all_heard()[pulses.CANARY].waiting is None, PATIENCE_SECONDS):  # noqa: B023
            return Outcome("", ("The new worker does not answer the canary.",))
        task.say(
            f"  deaf, and another in its place {took[-1]:.0f} s later, answering after {time.monotonic() - asked:.0f} s"
        )
    wrong = () if max(took) <= FOUND_SECONDS else (f"a deaf worker was found after {max(took):.0f} s only",)
    return Outcome(f"{len(took)} deaf workers, each found and started again within {max(took):.0f} s", wrong)
