"""A plant that has worked a little, and what is broken about its backups."""

from pathlib import Path

import pytest

from tests.factories import container, world


@pytest.fixture(scope="module")
def worked(module_db: None) -> None:
    """Something is in the ledger."""
    container(world(), 100)


@pytest.fixture(scope="module")
def plain_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("backups")
