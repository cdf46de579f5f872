"""A plant that is set up wrong does not start: all that is wrong is named at once, and no secret is shown."""

import os
import subprocess
import sys

import pytest

SECRET = "correct-horse-battery-staple-of-some-length"
RIGHT = {
    "SECRET_KEY": SECRET,
    "API_KEY_PEPPER": SECRET[::-1],
    "DATABASE_URL": f"postgresql://plant_app:{SECRET}@db.example:5432/plant",
    "DATABASE_OWNER_URL": f"postgresql://plant_owner:{SECRET}@/plant?host=/run/postgres",
    "REDIS_URL": f"rediss://:{SECRET}@valkey.example:6379/0",
    "ALLOWED_HOSTS": "plant.example, 10.0.0.7,[::1],.plant.example",
    "CSRF_TRUSTED_ORIGINS": "https://plant.example,http://10.0.0.7:8000",
    "PLANT_HTTPS": "true",
    "PLANT_POOLED": "false",
    "API_CALLS_PER_MINUTE": "60",
    "LOG_LEVEL": "WARNING",
}
WRONG = [
    ("SECRET_KEY", "", "is not set"),
    ("SECRET_KEY", "hunter2", "is shorter than 32 characters"),
    ("API_KEY_PEPPER", " ", "is not set"),
    ("API_KEY_PEPPER", "x" * 31, "is shorter than 32 characters"),
    ("DATABASE_URL", "", "is not set"),
    ("DATABASE_URL", f"mysql://root:{SECRET}@db/plant", "is no address"),
    ("DATABASE_URL", f"postgresql://u:{SECRET}@db:port/plant", "is no address"),
    ("DATABASE_URL", "postgresql://", "is no address"),
    ("DATABASE_OWNER_URL", "sqlite:///plant.db", "is no address"),
    ("REDIS_URL", "localhost:6379", "is no address"),
    ("REDIS_URL", "redis://[::1", "is no address"),
    ("ALLOWED_HOSTS", "", "is not set"),
    ("ALLOWED_HOSTS", "*", "* is not taken"),
    ("ALLOWED_HOSTS", "plant.example,https://plant.example", "is not a list of names"),
    ("CSRF_TRUSTED_ORIGINS", "plant.example", "is not a list of origins"),
    ("PLANT_HTTPS", "no", "is neither true nor false"),
    ("PLANT_POOLED", "treu", "is neither true nor false"),
    ("API_CALLS_PER_MINUTE", "0", "is not a whole number above zero"),
    ("API_CALLS_PER_MINUTE", "1e3", "is not a whole number above zero"),
    ("LOG_LEVEL", "LOUD", "is none of DEBUG, INFO"),
    ("DEBUG", "1", "there is no debug mode"),
]


def start(*command, **settings):
    env = {"PATH": os.environ["PATH"], "PLANT_NO_VENV": "1", "DJANGO_SETTINGS_MODULE": "plant.settings"}
    return subprocess.run([sys.executable, *command], env=env | settings, capture_output=True, text=True, check=False)


def settings_of(**changes):
    return start("-c", "import plant.settings", **RIGHT | changes)


def test_what_is_right_starts():
    assert (settings_of().returncode, settings_of(DEBUG="false").stderr) == (0, "")


@pytest.mark.parametrize(("name", "value", "what"), WRONG)
def test_what_is_missing_or_wrong_is_named_without_its_value(name, value, what):
    said = settings_of(**{name: value})

    assert said.returncode == 1
    heading, fault = said.stderr.splitlines()
    assert heading == "The plant does not start:"
    assert fault.startswith(f"  {name} ")
    assert what in fault
    assert SECRET not in said.stderr
    assert "hunter2" not in said.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("-m", "gunicorn", "-c", "plant/management/gunicorn.py"),
        ("-m", "celery", "-A", "plant", "worker"),
        ("-m", "celery", "-A", "plant", "beat"),
        ("manage.py", "relay"),
        ("manage.py", "migrate"),
    ],
    ids=lambda command: command[-1],
)
def test_every_program_names_all_faults_at_once_and_ends(command):
    everything = {name: value for name, value, _what in WRONG}

    said = start(*command, **everything | {"SECRET_KEY": SECRET[:20]})

    assert said.returncode != 0
    for name in everything:
        assert f"  {name} " in said.stderr
    assert SECRET[:20] not in said.stdout + said.stderr
    assert "Traceback" not in said.stderr
