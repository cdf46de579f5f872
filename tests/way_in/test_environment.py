"""Commands find the plant that `up` runs in their folder."""

import os
import stat
from pathlib import Path

import pytest

from plant.management import environment
from plant.management.children import CannotStart


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLANT_VAR", str(tmp_path))
    return tmp_path


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    values = {"SECRET_KEY": "it's $HOME; `id` #=", "DATABASE_URL": "postgresql://a@/b?host=/c d"}
    environment.write(tmp_path / "env", values)
    assert environment.read(tmp_path / "env") == values


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    environment.write(tmp_path / "env", {"SECRET_KEY": "x"})
    assert stat.S_IMODE((tmp_path / "env").stat().st_mode) == 0o600


def test_a_command_without_settings_takes_those_of_the_folder(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment.write(var / "env", {"DATABASE_URL": "postgresql://here", "REDIS_URL": "redis://here"})
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")
    assert environment.fill()
    assert os.environ["REDIS_URL"] == "redis://here"


def test_given_settings_stay(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment.write(var / "env", {"DATABASE_URL": "postgresql://here"})
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere")
    assert not environment.fill()
    assert os.environ["DATABASE_URL"] == "postgresql://elsewhere"


def test_without_any_settings_a_sentence_says_how_to_get_some(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    with pytest.raises(SystemExit, match=r"`python3 manage.py up` starts a plant"):
        environment.fill()


def test_secrets_are_made_once(tmp_path: Path) -> None:
    made = environment.secrets_of(tmp_path)
    assert environment.secrets_of(tmp_path) == made
    assert len(set(made.values())) == 3
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_all_three_servers_are_given_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL")
    with pytest.raises(CannotStart, match="REDIS_URL is not"):
        environment.given_servers()
    for name in environment.SERVERS:
        monkeypatch.delenv(name, raising=False)
    assert environment.given_servers() == {}
