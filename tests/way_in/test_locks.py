"""The lock files: pinned with hashes, the same for both kinds, without the address of any index."""

import re

import pytest

from plant.management.environment import BASE

PIN = re.compile(r"^([A-Za-z0-9._-]+(?:\[[a-z,]+\])?==\S+.*?) ?\\$", re.MULTILINE)
LOCKS = ("requirements.lock", "requirements-test.lock")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_a_hash(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", (BASE / lock).read_text().strip())
    packages = [entry for entry in entries if not entry.startswith("#")]
    assert packages
    assert [entry for entry in packages if "==" not in entry or "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_an_index(lock: str) -> None:
    assert "://" not in (BASE / lock).read_text()
    assert not (BASE / "uv.lock").exists()


def test_the_tests_use_the_very_packages_that_run() -> None:
    run, test = ({match[1] for match in PIN.finditer((BASE / lock).read_text())} for lock in LOCKS)
    assert run
    assert run - test == set()
