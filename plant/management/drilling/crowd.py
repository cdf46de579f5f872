"""Several processes that do something at the same instant, again and again: races need more than one interpreter.

Each is a copy of this process (`fork`) that connects for itself; it is called with plain values, and answers with them.
"""

import multiprocessing
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

LEAD_SECONDS = 0.01
"""Between the call and the common start: until then everybody has read it."""

Member = Callable[[int], Callable[..., Any]]
"""Called once in each process with its number, it gives the function that each call of `at_once` then calls."""


class Crowd:
    """So many processes that wait for a call; use it in `with`."""

    def __init__(self, size: int, member: Member) -> None:
        fork = multiprocessing.get_context("fork")
        import_module("django.db").connections.close_all()  # else all of them would speak on one
        self.ends: list[Connection] = []
        self.processes: list[BaseProcess] = []
        for number in range(size):
            ours, theirs = fork.Pipe()
            process: BaseProcess = fork.Process(target=_serve, args=(theirs, member, number), daemon=True)
            process.start()
            theirs.close()
            self.ends.append(ours)
            self.processes.append(process)
        for end in self.ends:
            _heard(end)

    def __enter__(self) -> "Crowd":
        return self

    def __exit__(self, *_raised: object) -> None:
        for end in self.ends:
            end.close()
        for process in self.processes:
            process.join(5)
            if process.is_alive():
                process.kill()

    def at_once(self, *calls: Sequence[Any]) -> list[Any]:
        """What each process answers to its call; all begin at one instant. Fewer calls than processes are fine."""
        start = time.monotonic() + LEAD_SECONDS  # one clock for all processes of a machine
        for end, call in zip(self.ends, calls, strict=False):
            end.send((start, tuple(call)))
        return [_heard(end) for end, _call in zip(self.ends, calls, strict=False)]


def _heard(end: Connection) -> Any:
    is_well, value = end.recv()
    if not is_well:
        raise RuntimeError(value)
    return value


def _serve(end: Connection, member: Member, number: int) -> None:
    try:
        act = member(number)
        end.send((True, None))
        while True:
            start, call = end.recv()
            while (left := start - time.monotonic()) > 0:
                time.sleep(left if left > 0.002 else 0)
            end.send((True, act(*call)))
    except EOFError:
        return
    except Exception as problem:  # whatever it is, the one who called must hear of it
        end.send((False, f"{type(problem).__name__}: {problem}"))
