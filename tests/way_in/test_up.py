"""`manage.py up`: the whole plant runs, once per folder, mends itself, and ends with whoever started it."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from plant.management import environment
from plant.management.supervisor import RunningPlant, running_plant
from tests.way_in.processes import eventually, gone

pytestmark = pytest.mark.xdist_group("up")

PARENT = """
import signal, subprocess, sys, time
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it would mean to outlive us
print(subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL).pid, flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """Not in pytest's own folder: another run of pytest closes that to all others, and so to root's PostgreSQL."""
    folder = Path(tempfile.mkdtemp(prefix="blackmass-up-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def plant(data: Path) -> Iterator[RunningPlant]:
    with running_plant(data, demo=False) as running:
        yield running


def _up(data: Path, *more: str) -> list[str]:
    return [sys.executable, str(environment.BASE / "manage.py"), "up", "--data", str(data), "--port=0", *more]


def _env(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in environment.SERVERS}
    return {**kept, "PLANT_NO_VENV": "1", "PLANT_VAR": str(data / "var")}


def test_all_six_programs_run(plant: RunningPlant) -> None:
    assert set(plant.pids) == {"postgres", "valkey", "web", "worker", "relay", "beat"}
    assert not any(gone(pid) for pid in plant.pids.values())


def test_the_web_server_answers_on_loopback(plant: RunningPlant) -> None:
    assert plant.address.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(plant.address, timeout=20) as answer:
        assert answer.status == 200


def test_a_second_one_on_the_same_folder_is_refused(plant: RunningPlant, data: Path) -> None:
    second = subprocess.run(_up(data), env=_env(data), capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert f"A plant runs on {data} already (process {plant.supervisor.pid})" in second.stdout
    assert not gone(plant.supervisor.pid)


def test_what_it_tells_is_for_its_owner_only(plant: RunningPlant, data: Path) -> None:
    for name in ("env", "demo.json"):
        assert stat.S_IMODE((data / "var" / name).stat().st_mode) == 0o600
    told = json.loads((data / "var" / "demo.json").read_text())
    assert told["address"] == plant.address
    assert told["logins"] == []


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc")
@pytest.mark.parametrize("name", ["web", "worker", "relay", "beat"])
def test_no_program_knows_how_to_log_in_as_the_owner(plant: RunningPlant, name: str) -> None:
    seen = Path(f"/proc/{plant.pids[name]}/environ").read_text()
    assert "DATABASE_URL=" in seen
    assert "DATABASE_OWNER_URL" not in seen
    assert "plant_owner" not in seen


def test_other_commands_find_it(plant: RunningPlant, data: Path) -> None:
    manage = [sys.executable, str(environment.BASE / "manage.py"), "migrate", "--check", "--skip-checks"]
    assert subprocess.run(manage, env=_env(data), check=False).returncode == 0


@pytest.mark.parametrize("name", ["relay", "valkey", "postgres"])
def test_a_killed_program_starts_again(plant: RunningPlant, name: str) -> None:
    killed = plant.kill(name)
    assert eventually(lambda: plant.pids[name] != killed)
    assert not gone(plant.pids[name])


def test_sigterm_leaves_no_process_behind(plant: RunningPlant) -> None:
    pids = plant.pids.values()
    plant.stop()
    assert plant.supervisor.returncode == 0
    assert [pid for pid in pids if not gone(pid)] == []


@pytest.mark.parametrize("victim", ["parent", "supervisor"])
def test_it_ends_when_its_parent_or_itself_is_killed(data: Path, victim: str) -> None:
    state = data / "state.json"
    state.unlink(missing_ok=True)
    command = [sys.executable, "-c", PARENT, *_up(data, "--no-demo")]
    with subprocess.Popen(command, env=_env(data), stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        supervisor = int(parent.stdout.readline())
        try:
            assert eventually(state.exists, 120)
            pids = list(json.loads(state.read_text())["pids"].values())
            os.kill(parent.pid if victim == "parent" else supervisor, signal.SIGKILL)
            assert eventually(lambda: gone(supervisor) and all(gone(pid) for pid in pids))
        finally:
            parent.kill()


def test_the_data_outlive_all_of_this(data: Path) -> None:
    made = (data / "secrets.json").read_text()
    with running_plant(data, demo=False) as plant:
        assert not gone(plant.pids["web"])
    assert (data / "secrets.json").read_text() == made
