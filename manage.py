#!/usr/bin/env python3
"""The way in. On a bare machine `python3 manage.py up` starts the plant and `python3 manage.py test` checks it.

This file needs Python's standard library only: it makes `.venv` with the locked packages (hashes compared, wheels only)
and starts itself again in there. The first lines also run on an old Python, to say so. PLANT_NO_VENV=1 leaves the
environment alone (the container image has its own).
"""
# ruff: noqa: UP031, UP036, RUF005 (an old Python must be able to read this file)

import os
import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Blackmass needs Python 3.11 or newer, and this is Python %d.%d. "
        "Install a newer one and name it, for example: python3.12 manage.py up" % sys.version_info[:2]
    )

HERE = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(HERE, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "installed")
BEFORE_SETTINGS = ("up", "test", "cases", "drill", "bench", "alive")  # what makes the settings, or needs none
FOREIGN = ("PYTHONPATH", "PYTHONHOME", "__PYVENV_LAUNCHER__", "VIRTUAL_ENV")  # would bring in other people's packages
PIP_FOREIGN = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_CONSTRAINT", "PIP_REQUIREMENT", "PIP_REQUIRE_VIRTUALENV")


def digest(lock):
    """Names one set of packages for one Python."""
    import hashlib

    with open(os.path.join(HERE, lock), "rb") as file:
        content = file.read()
    return hashlib.sha256(content + sys.version.encode() + os.path.realpath(sys.base_prefix).encode()).hexdigest()


def installed():
    """The digests of what the environment holds completely; written last, so half an installation has none."""
    try:
        with open(STAMP) as file:
            return file.read().split()
    except OSError:
        return []


def environment():
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    kept["PATH"] = os.path.join(VENV, "bin") + os.pathsep + os.environ.get("PATH", os.defpath)
    return kept


def run_showing_progress(command, total, env):
    """Runs an installer; counts its packages on a terminal. Returns its output when it fails."""
    import subprocess

    lines, count = [], 0
    process = subprocess.Popen(command, cwd=HERE, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for line in process.stdout:
        lines.append(line)
        count += line.startswith(("Collecting ", "Requirement already satisfied"))
        if sys.stderr.isatty():
            sys.stderr.write("\r  %d of %d packages " % (min(count, total), total))
            sys.stderr.flush()
    if sys.stderr.isatty():
        sys.stderr.write("\r" + " " * 40 + "\r")
    return "".join(lines[-15:]) or "it failed" if process.wait() else ""


def make(lock, fresh):
    """Makes the environment and installs the lock file with uv where there is one, else with pip."""
    import shutil
    import subprocess
    import venv

    with open(os.path.join(HERE, lock)) as file:
        total = sum(line[:1].isalnum() for line in file)
    env = {name: value for name, value in environment().items() if name not in PIP_FOREIGN}
    env.update(PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1")
    wanted = ["--require-hashes", "--only-binary=:all:", "-r", lock]
    uv = shutil.which("uv")
    if fresh:
        try:
            venv.create(VENV, clear=True, with_pip=not uv)
        except subprocess.CalledProcessError:
            sys.exit("This Python cannot make an environment. On Debian and Ubuntu: apt-get install python3-venv")
    problem = "no uv"
    if uv:
        problem = run_showing_progress([uv, "pip", "install", "--python", PYTHON] + wanted, total, env)
    if problem:
        subprocess.call([PYTHON, "-I", "-m", "ensurepip"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        problem = run_showing_progress([PYTHON, "-I", "-m", "pip", "install"] + wanted, total, env)
    if problem:
        sys.exit(problem + "\nThe packages of %s could not be installed (see above). Is there a network?" % lock)


def prepare(lock):
    """Makes sure that `.venv` holds the lock file's packages; two at once wait for each other."""
    import fcntl
    import time

    with open(VENV + ".lock", "w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if digest(lock) in installed():
            return
        began = time.time()
        sys.stderr.write("Preparing the Python environment in .venv (once) ...\n")
        fresh = digest("requirements.lock") not in installed()
        make(lock, fresh)
        done = {"requirements.lock", lock}  # the test lock holds all of the other
        with open(STAMP + ".new", "w") as file:
            file.write("\n".join(sorted(digest(name) for name in done)))
        os.replace(STAMP + ".new", STAMP)
        sys.stderr.write("  ready after %.0f s\n" % (time.time() - began))


def enter(lock):
    """Goes on in the environment; returns at once where this already is it and nothing has changed."""
    inside = os.path.realpath(sys.prefix) == os.path.realpath(VENV)
    current = digest(lock) in installed()
    if inside and current:
        return
    if inside:  # it cannot replace itself: its base Python does
        os.execve(sys._base_executable, [sys._base_executable] + sys.orig_argv[1:], environment())
    if not current:
        prepare(lock)
    os.execve(PYTHON, [PYTHON] + sys.orig_argv[1:], environment())


def main():
    if len(sys.argv) > 1:
        sys.argv[1] = sys.argv[1].replace("-", "_") if sys.argv[1][:1].isalpha() else sys.argv[1]  # restore-test
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if os.name != "posix":
        sys.exit("Blackmass runs on Linux and macOS. On Windows, use the Windows Subsystem for Linux.")
    if not os.environ.get("PLANT_NO_VENV"):
        enter("requirements-test.lock" if command == "test" else "requirements.lock")
    if command in BEFORE_SETTINGS:
        from importlib import import_module

        # Named in a shell, Django would read them when such a command ends, and find nothing set.
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)
        import_module("plant.management.commands." + command).Command().run_from_argv(sys.argv)
        return
    from django.core.management import execute_from_command_line
    from django.db.utils import OperationalError

    from plant.management import environment as settings_of_this_folder

    of_this_folder = settings_of_this_folder.fill()
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as problem:
        if of_this_folder:
            sys.exit("The plant of this folder does not answer; `python3 manage.py up` starts it.\n%s" % problem)
        raise


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
