"""manage.py makes its environment with nothing but the standard library."""

import ast
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from plant.management.environment import BASE

SOURCE = (BASE / "manage.py").read_text()
TOO_NEW = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.Match, ast.Starred, ast.Nonlocal)


@pytest.fixture
def manage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """manage.py as a module, its environment in a folder of the test's, its two lock files short."""
    spec = importlib.util.spec_from_file_location("manage_under_test", BASE / "manage.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "HERE", str(tmp_path))
    monkeypatch.setattr(module, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(module, "STAMP", str(tmp_path / ".venv" / "installed"))
    (tmp_path / ".venv").mkdir()
    (tmp_path / "requirements.lock").write_text("one==1\n")
    (tmp_path / "requirements-test.lock").write_text("one==1\ntwo==2\n")
    return module


def test_an_old_python_can_read_the_file() -> None:
    assert SOURCE.isascii()
    for node in ast.walk(ast.parse(SOURCE)):
        assert not isinstance(node, TOO_NEW), f"line {node.lineno}"  # type: ignore[attr-defined]
        if isinstance(node, ast.FunctionDef):
            assert node.returns is None
            assert not node.args.kwonlyargs
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print", "print with a keyword is no Python 2"


def test_an_old_python_is_told_which_one_to_install() -> None:
    pretend = "import sys; sys.version_info = (3, 8, 18); exec(open('manage.py').read())"
    done = subprocess.run([sys.executable, "-c", pretend], cwd=BASE, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "needs Python 3.11 or newer, and this is Python 3.8" in done.stderr


def test_the_stamp_is_written_last(manage: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_lock: str, _fresh: bool) -> None:
        assert manage.installed() == []
        raise KeyboardInterrupt

    monkeypatch.setattr(manage, "make", interrupted)
    with pytest.raises(KeyboardInterrupt):
        manage.prepare("requirements.lock")
    assert manage.installed() == []


def test_an_environment_that_is_ready_is_left_alone(manage: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[str, bool]] = []
    monkeypatch.setattr(manage, "make", lambda lock, fresh: made.append((lock, fresh)))
    manage.prepare("requirements.lock")
    manage.prepare("requirements.lock")
    assert made == [("requirements.lock", True)]


def test_the_tests_add_to_an_environment_and_leave_it_ready_for_both(
    manage: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[str, bool]] = []
    monkeypatch.setattr(manage, "make", lambda lock, fresh: made.append((lock, fresh)))
    manage.prepare("requirements.lock")
    manage.prepare("requirements-test.lock")
    manage.prepare("requirements.lock")
    assert made == [("requirements.lock", True), ("requirements-test.lock", False)]


def test_a_changed_lock_makes_the_environment_anew(manage: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[str, bool]] = []
    monkeypatch.setattr(manage, "make", lambda lock, fresh: made.append((lock, fresh)))
    manage.prepare("requirements.lock")
    Path(manage.HERE, "requirements.lock").write_text("one==2\n")
    manage.prepare("requirements.lock")
    assert made == [("requirements.lock", True)] * 2


def test_other_peoples_packages_stay_outside(manage: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in manage.FOREIGN:
        monkeypatch.setenv(name, "/somewhere/else")
    monkeypatch.setenv("LANG", "C")
    assert not set(manage.FOREIGN) & set(manage.environment())
    assert manage.environment()["LANG"] == "C"


def test_it_starts_itself_again_inside_with_the_same_words(manage: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(manage, "make", lambda _lock, _fresh: None)
    monkeypatch.setattr(os, "execve", lambda _path, words, _env: started.append(words))
    monkeypatch.setattr(sys, "orig_argv", ["python3", "-W", "error", "manage.py", "up", "--port", "9"])
    manage.enter("requirements.lock")
    assert started == [[manage.PYTHON, "-W", "error", "manage.py", "up", "--port", "9"]]


def test_inside_a_ready_environment_it_goes_on_at_once(manage: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manage, "make", lambda _lock, _fresh: None)
    manage.prepare("requirements.lock")
    monkeypatch.setattr(sys, "prefix", manage.VENV)
    monkeypatch.setattr(os, "execve", lambda *_: pytest.fail("started again"))
    manage.enter("requirements.lock")
