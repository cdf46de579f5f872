"""The drill in its short form: its guard is taken away and a figure is wrong, it is given back and all end right."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "PLANT_PG_BIN")


def test_every_figure_ends_right_whatever_is_killed_and_not_without_the_guard() -> None:
    env = {name: os.environ[name] for name in KEPT if name in os.environ} | {"PLANT_NO_VENV": "1"}
    command = [sys.executable, "manage.py", "drill", "recompute", "--quick"]
    done = subprocess.run(command, cwd=HERE, env=env, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing broke" in done.stdout
    assert "Without its guard, as it must be: Valkey was told FLUSHALL" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("GREEN recompute")
