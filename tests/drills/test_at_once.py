"""The drills of what several people press at once, in their short forms: green, and without their guards red."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[2]
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "PLANT_PG_BIN")
NAMES = ("overdraw", "double-submit", "deadlock")


def drill(*options: str) -> tuple[int, list[str]]:
    """The exit code, and the last line of each drill, in one plant."""
    env = {name: os.environ[name] for name in KEPT if name in os.environ} | {"PLANT_NO_VENV": "1"}
    command = [sys.executable, "manage.py", "drill", *NAMES, "--quick", *options]
    done = subprocess.run(command, cwd=HERE, env=env, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    return done.returncode, [line for line in lines if line.startswith(("GREEN", "RED"))] or [done.stdout, done.stderr]


@pytest.mark.xdist_group("drill")
def test_nothing_is_overdrawn_doubled_or_deadlocked():
    code, lines = drill()

    assert code == 0, lines
    assert len(lines) == len(NAMES)


@pytest.mark.xdist_group("drill")
def test_each_of_these_drills_turns_red_without_its_guard():
    code, lines = drill("--control")

    assert code == 1, lines
    assert all(line.startswith("RED, as it must be without its guard") for line in lines)
    assert len(lines) == len(NAMES)
