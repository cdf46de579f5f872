"""`manage.py test` runs every step, whatever fails, and its exit code is true."""

import sys

import pytest

from plant.management.commands import test as command

GOOD = [sys.executable, "-c", "print('fine')"]
BAD = [sys.executable, "-c", "print('this is wrong'); raise SystemExit(3)"]


def test_a_check_that_fails_shows_why(capfd: pytest.CaptureFixture[str]) -> None:
    assert not command.passes("lint", BAD, {})
    assert "lint ... FAILED" in (told := capfd.readouterr().out)
    assert "this is wrong" in told


def test_a_check_that_passes_says_so_in_a_line(capfd: pytest.CaptureFixture[str]) -> None:
    assert command.passes("lint", GOOD, {})
    told = capfd.readouterr().out
    assert "lint ... ok" in told
    assert "fine" not in told


def test_all_steps_run_and_the_failed_ones_are_named(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "checks", lambda: {"one": BAD, "two": GOOD, "three": BAD})
    monkeypatch.setattr(command, "pytest_command", lambda _arguments: GOOD)
    assert command.run([]) == 1
    told = capfd.readouterr().out
    assert "2 of 4 steps passed" in told
    assert "Failed: one, three." in told


def test_arguments_run_just_those_tests(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(command, "checks", lambda: pytest.fail("checks were run"))
    monkeypatch.setattr(command, "pytest_command", lambda words: [*GOOD, *words])
    assert command.run(["tests/intake", "-k", "receipt"]) == 0
    assert "1 of 1 steps passed" in capfd.readouterr().out
