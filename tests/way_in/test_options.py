"""What may be said to `manage.py up`."""

import subprocess
import sys
from pathlib import Path

import pytest

from plant.management import environment
from plant.management.commands import up
from plant.management.programs import Options


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Options]:
    """What the supervisor would be told; it is not started."""
    seen: list[Options] = []

    def remember(options: Options, *_rest: object) -> int:
        seen.append(options)
        return 0

    monkeypatch.setattr(up, "run", remember)
    return seen


def _say(*words: str) -> None:
    with pytest.raises(SystemExit) as ended:
        up.Command().run_from_argv(["manage.py", "up", *words])
    assert ended.value.code == 0


def test_nothing_said_is_loopback_the_first_free_port_and_the_demo(asked: list[Options]) -> None:
    _say()
    assert asked == [Options(data=environment.default_data_folder(), host="127.0.0.1", port=None, demo=True, days=90)]


def test_everything_can_be_said(asked: list[Options], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _say("--data", "here", "--host", "0.0.0.0", "--port", "8080", "--no-demo")
    assert asked == [Options(data=tmp_path / "here", host="0.0.0.0", port=8080, demo=False, days=90)]


@pytest.mark.parametrize("port", ["-1", "65536", "80a", "", "٨٠"])
def test_what_is_no_port_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        up.Command().run_from_argv(["manage.py", "up", f"--port={port}"])
    assert ended.value.code == 2
    assert "choose a number from 1 to 65535" in capsys.readouterr().err


def test_a_plain_users_data_are_in_the_folder_and_roots_are_outside_any_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLANT_VAR", raising=False)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert environment.default_data_folder() == environment.BASE / "var" / "data"
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert environment.default_data_folder().parent == Path("/var/lib")


def test_it_needs_no_settings_to_tell_its_options() -> None:
    manage = [sys.executable, str(environment.BASE / "manage.py"), "up", "--help"]
    told = subprocess.run(manage, env={"PLANT_NO_VENV": "1"}, capture_output=True, text=True, check=False)
    assert told.returncode == 0
    for option in ("--port", "--data", "--no-demo", "--host", "--check"):
        assert option in told.stdout
