"""Runs the plant's programs until told to stop; and a whole plant for a while, for checks, drills and browser tests."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from plant.management import embedded, environment
from plant.management.binaries import Person
from plant.management.children import CannotStart, Guard
from plant.management.programs import Ending, Options, Plant, Say

LONGEST_STOP_SECONDS = 40
FEW_DAYS = 5
"""Of the demo's story in a plant for a check or a test."""


@contextmanager
def only_one(data: Path) -> Iterator[int]:
    """Holds the folder: a second plant on the same data is refused. Yields the descriptor of the guard's lock.

    The guard holds a lock of its own. Where a plant was killed, the next waits until its guard has ended all of it.
    """
    with (data / "lock").open("a+") as ours, (data / "lock-of-guard").open("a+") as guards:
        if not _lock(ours):
            ours.seek(0)
            raise CannotStart(
                f"A plant runs on {data} already (process {ours.read().strip()}). "
                "Stop it with Ctrl-C where it runs, or choose another folder with --data."
            )
        ours.truncate(0)
        ours.write(str(os.getpid()))
        ours.flush()
        ends = time.monotonic() + LONGEST_STOP_SECONDS
        while not _lock(guards):
            if time.monotonic() > ends:
                raise CannotStart(f"The plant that was killed on {data} has not ended yet. Start again in a moment.")
            time.sleep(0.1)
        yield guards.fileno()


def _lock(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def stop_requests() -> Iterator[Callable[[], bool]]:
    """Yields a function that says whether to stop: a signal came, or whoever started us died.

    A start under `nohup` means to outlive its shell.
    """
    parent, outlives = os.getppid(), signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    told: list[int] = []

    def note(number: int, _frame: object) -> None:
        told.append(number)

    numbers = [signal.SIGINT, signal.SIGTERM] + ([] if outlives else [signal.SIGHUP])
    before: dict[int, Any] = {number: signal.signal(number, note) for number in numbers}
    try:
        yield lambda: bool(told) or (os.getppid() != parent and not outlives)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def speak(out: TextIO) -> Say:
    """Prints at once, and goes on when the terminal has gone."""

    def say(line: str) -> None:
        try:
            print(line, file=out, flush=True)
        except OSError:
            return

    return say


def run(options: Options, say: Say, ready: Callable[[Plant], None]) -> int:
    """Runs the plant until it is told to stop; `ready` is called once it answers. The exit code."""
    try:
        embedded.data_folder(options.data, Person.for_servers(options.data / "postgres"))
        with only_one(options.data) as lock, stop_requests() as stopping:
            _run(Plant(options, say, Guard(holding=lock), stopping), ready)
    except CannotStart as problem:
        say(str(problem))
        return 1
    except PermissionError as problem:
        say(f"{problem.filename} cannot be written. It belongs to another user: start as that user, or see --data.")
        return 1
    return 0


def _run(plant: Plant, ready: Callable[[Plant], None]) -> None:
    try:
        plant.start()
        ready(plant)
        plant.watch()
    except Ending:
        pass
    finally:
        plant.say("Stopping ...")
        plant.stop()
        plant.guard.end()
    plant.say("Everything has stopped. The data stays for the next start.")


@dataclass(frozen=True)
class RunningPlant:
    """A plant that another process supervises, as `manage.py up` does."""

    data: Path
    supervisor: "subprocess.Popen[bytes]"

    @property
    def _state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads((self.data / "state.json").read_text())
        return state

    def is_ready(self) -> bool:
        try:
            return bool(self._state["supervisor"] == self.supervisor.pid)
        except FileNotFoundError:
            return False

    @property
    def address(self) -> str:
        return str(self._state["address"])

    @property
    def pids(self) -> dict[str, int]:
        """The process of web, worker, relay, beat, postgres and valkey, as they are now."""
        return dict(self._state["pids"])

    @property
    def env(self) -> dict[str, str]:
        """The environment for commands that belong to this plant."""
        return {**os.environ, "PLANT_NO_VENV": "1", **environment.read(self.data / "env")}

    @property
    def demo(self) -> dict[str, Any]:
        """What the demo tells: `logins` and `partner`."""
        told: dict[str, Any] = json.loads((self.data / "demo.json").read_text())
        return told

    def kill(self, name: str) -> int:
        """kill -9 of one program; the supervisor starts it again. The process number that is gone."""
        pid = self.pids[name]
        os.kill(pid, signal.SIGKILL)
        return pid

    def stop(self) -> None:
        """Stops everything and waits for it."""
        self.supervisor.terminate()
        try:
            self.supervisor.wait(LONGEST_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.supervisor.kill()  # its guard ends the rest
            self.supervisor.wait()


@contextmanager
def running_plant(data: Path, *, port: int = 0, demo: bool = True) -> Iterator[RunningPlant]:
    """A whole plant on `data` and a free port, started as a person would, stopped at the end whatever happens; its
    demo tells a few days only.

    Raises `CannotStart` with all that `manage.py up` had said when it does not start.
    """
    command = [sys.executable, str(environment.BASE / "manage.py"), "up", "--data", str(data), "--port", str(port)]
    env = {name: value for name, value in os.environ.items() if name not in environment.SERVERS}
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (data / "up.log").open("w") as said:
        supervisor = subprocess.Popen(
            [*command, *(["--days", str(FEW_DAYS)] if demo else ["--no-demo"])],
            env=env | {"PLANT_VAR": str(data / "var"), "PLANT_NO_VENV": "1"},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,  # a Ctrl-C is for whoever called; the supervisor notices when that one dies
        )
    plant, guard = RunningPlant(data, supervisor), Guard()
    guard.started(supervisor.pid, signal.SIGTERM)
    try:
        while not plant.is_ready():
            if supervisor.poll() is not None:
                raise CannotStart((data / "up.log").read_text())
            time.sleep(0.05)
        yield plant
    finally:
        plant.stop()
        guard.stopped(supervisor.pid)
        guard.end()


@contextmanager
def temporary_plant(*, demo: bool = True) -> Iterator[RunningPlant]:
    """A running plant, of which nothing is left afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="blackmass-"))
    try:
        with running_plant(folder, demo=demo) as plant:  # the folder itself: its servers' user may enter it
            yield plant
    finally:
        shutil.rmtree(folder, ignore_errors=True)
