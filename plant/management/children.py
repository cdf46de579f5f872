"""The processes the supervisor (or a test run) starts: each in a group of its own, each ended when its parent dies."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LAST_LINES = 10


class CannotStart(Exception):
    """Something cannot run here; the message is a sentence that says what to do."""


class Guard:
    """Ends our children and removes our temporary folders should we be killed (see `guard.py`)."""

    def __init__(self, *, holding: int | None = None) -> None:
        """`holding` is a lock's file descriptor: it is free again only when the guard has ended too."""
        script = Path(__file__).with_name("guard.py")
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            pass_fds=() if holding is None else (holding,),
        )

    def _say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def started(self, pid: int, stop_signal: int) -> None:
        self._say(f"start {pid} {stop_signal}")

    def stopped(self, pid: int) -> None:
        self._say(f"stopped {pid}")

    def removes(self, folder: Path) -> None:
        self._say(f"folder {folder}")

    def end(self) -> None:
        """Ends the guard and all that it still watches."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


@dataclass
class Child:
    """One process: how it is started, where it writes, how it is stopped."""

    name: str
    command: list[str]
    log: Path
    env: Mapping[str, str] | None = None
    cwd: Path = Path("/")
    stop_signal: int = signal.SIGTERM
    grace_seconds: float = 10
    popen: Mapping[str, Any] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    def start(self, guard: Guard) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=None if self.env is None else dict(self.env),
                cwd=self.cwd,
                start_new_session=True,
                **self.popen,
            )
        guard.started(self.process.pid, self.stop_signal)

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def tell_to_stop(self) -> None:
        if self.process and self.is_alive():
            self.process.send_signal(self.stop_signal)

    def end(self, guard: Guard) -> None:
        """Waits for its own end after `tell_to_stop`, then kills what is left of its group."""
        if self.process is None:
            return
        try:
            self.process.wait(self.grace_seconds)
        except subprocess.TimeoutExpired:
            self._kill_group()
            self.process.wait()
        self._kill_group()
        guard.stopped(self.process.pid)
        self.process = None

    def kill(self) -> None:
        """Ends it and its group at once, a stopped one too; `end` then cleans up."""
        if self.process and self.is_alive():
            self._kill_group()
            self.process.wait()

    def _kill_group(self) -> None:
        assert self.process is not None
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return

    def last_lines(self) -> list[str]:
        with self.log.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 20_000))
            return log.read().decode(errors="replace").splitlines()[-LAST_LINES:]


def stop_all(stages: list[list[Child]], guard: Guard) -> None:
    """Stops stage after stage; the children of one stage at the same time."""
    for stage in stages:
        for child in stage:
            child.tell_to_stop()
        for child in stage:
            child.end(guard)


def wait_until(
    ready: Callable[[], bool], child: Child, *, seconds: float = 60, tick: Callable[[], None] = lambda: None
) -> None:
    """Returns when `ready`; raises with the last lines of the child's log when that does not come. `tick` may raise."""
    ends = time.monotonic() + seconds
    while not ready():
        tick()
        if not child.is_alive() or time.monotonic() > ends:
            raise failure(child)
        time.sleep(0.02)


def failure(child: Child) -> CannotStart:
    lines = "\n".join(f"    {line}" for line in child.last_lines())
    return CannotStart(f"“{child.name}” failed. Its log {child.log} ends with:\n{lines}")
