"""Which way knowledge flows: each contract is broken once on purpose, to see it fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

BREACHES = {
    "a lower room imports a higher one": (
        "plant/inventory/genealogy.py",
        "import processing.models",
        "Material flows up this list, knowledge flows down it",
    ),
    "a room without a place in the list": (
        "plant/utils.py",
        "",
        "Every room of the plant has its place in the list",
    ),
    "a model imports a service": (
        "intake/models.py",
        "import intake.services",
        "Inside a room: web on top, models at the bottom",
    ),
    "a service imports the web": (
        "shipments/services.py",
        "import plant.web",
        "The domain does not know the web",
    ),
    "a view sends a task": (
        "intake/views.py",
        "import plant.recompute.tasks",
        "No request waits for Valkey",
    ),
    "a service imports the tasks of another room": (
        "processing/services/runs.py",
        "import plant.limits.tasks",
        "No request waits for Valkey",
    ),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    for package in ("plant", "intake", "processing", "shipments"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("breach", BREACHES)
def test_the_contract_fails_on(breach: str, copy: Path) -> None:
    name, line, contract = BREACHES[breach]
    module = copy / name
    before = module.read_text() if module.exists() else None
    module.write_text(f"{before or ''}\n{line}\n")

    found = lint(copy)

    module.write_text(before) if before is not None else module.unlink()
    assert found.returncode == 1
    assert f"{contract} BROKEN" in found.stdout


def test_the_house_as_it_stands_keeps_all_of_them(copy: Path) -> None:
    found = lint(copy)

    assert found.returncode == 0, found.stdout
