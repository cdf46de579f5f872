"""Whatever was started ends when its parent is killed, and leaves no folder behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from plant.management.children import Child, Guard, stop_all
from plant.management.environment import BASE
from plant.management.programs import LONGEST_DELAY_SECONDS, Watched
from tests.way_in.processes import eventually, gone

SLEEPER = "import signal, sys, time; {first}; print('up', flush=True); time.sleep(600)"
PARENT = """
import sys, time
from pathlib import Path
from plant.management.children import Child, Guard
guard = Guard()
folder = Path(sys.argv[1])
guard.removes(folder)
child = Child(name="sleeper", command=[sys.executable, "-c", "import time; time.sleep(600)"], log=folder / "log")
child.start(guard)
print(child.pid, flush=True)
time.sleep(600)
"""


def _sleeper(folder: Path, first: str = "pass") -> Child:
    code = SLEEPER.format(first=first)
    return Child(name="sleeper", command=[sys.executable, "-c", code], log=folder / "log", grace_seconds=0.5)


def test_a_killed_parent_takes_its_children_and_folders_along(tmp_path: Path) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    with subprocess.Popen([sys.executable, "-c", PARENT, str(folder)], cwd=BASE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    assert eventually(lambda: gone(pid) and not folder.exists())


def test_a_child_that_does_not_stop_is_killed(tmp_path: Path) -> None:
    guard = Guard()
    child = _sleeper(tmp_path, "signal.signal(signal.SIGTERM, signal.SIG_IGN)")
    child.start(guard)
    assert eventually(lambda: "up" in "".join(child.last_lines()))
    pid = child.pid
    assert pid is not None
    stop_all([[child]], guard)
    guard.end()
    assert gone(pid)


def test_what_a_killed_child_leaves_of_its_group_goes_too(tmp_path: Path) -> None:
    guard = Guard()
    code = "import os, time; print(os.fork(), flush=True); time.sleep(600)"
    child = Child(name="parent", command=[sys.executable, "-c", code], log=tmp_path / "log")
    child.start(guard)
    assert eventually(lambda: len(child.last_lines()) == 2)
    grandchild = max(int(line) for line in child.last_lines())
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.end(guard)
    guard.end()
    assert eventually(lambda: gone(grandchild))


def test_a_child_that_keeps_dying_is_started_later_and_later(tmp_path: Path) -> None:
    watched = Watched(_sleeper(tmp_path), started_at=1000.0)
    delays = [watched.died(1001.0) for _ in range(12)]
    assert delays[:3] == [0.2, 0.4, 0.8]
    assert delays[-1] == LONGEST_DELAY_SECONDS


def test_a_child_that_had_lived_long_is_started_at_once(tmp_path: Path) -> None:
    watched = Watched(_sleeper(tmp_path), started_at=1000.0, deaths=9)
    assert watched.died(2000.0) == 0.2
