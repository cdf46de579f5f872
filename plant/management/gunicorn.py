"""The web server's settings: processes for the cores, threads for the waiting.

SIGHUP loads the code anew: new processes take over, old ones first finish what they are at; nobody waits. That is why
the application is not loaded before the fork: what the master once loaded it would hand on for ever.
"""

import datetime as dt
import gc
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

wsgi_app = "plant.wsgi:application"
bind = os.environ.get("PLANT_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("PLANT_WEB_PROCESSES") or os.cpu_count() or 1)
worker_class = "gthread"
threads = 8  # each waits for PostgreSQL at most; the pool of a process holds as many connections
timeout = 30
graceful_timeout = 8
keepalive = 5
preload_app = False
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
FIGURES = "blackmass-web"
accesslog = None  # django-structlog writes a line per request, with its id
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")


class JsonLines(logging.Formatter):
    """The server's own lines look like the application's."""

    def format(self, record: logging.LogRecord) -> str:
        at = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat().replace("+00:00", "Z")
        line = {"event": record.getMessage(), "logger": record.name, "level": record.levelname.lower(), "timestamp": at}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


class logger_class(Logger):  # type: ignore[misc]  # noqa: N801 (gunicorn's name)
    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLines())


def _may_start() -> bool:
    """Settings and a database that this release can work with; looked at by a process that ends, so that the master
    holds no code. What is wrong it has said."""
    return subprocess.call([sys.executable, "-m", "plant.management.preflight"]) == 0


def on_starting(_server: Any) -> None:
    if not _may_start():
        sys.exit(1)
    _make_folder_for_figures()


def _make_folder_for_figures() -> None:
    """Where all processes count requests, over reloads too; those of servers that were killed go."""
    place = Path(worker_tmp_dir or tempfile.gettempdir())
    for left in place.glob(f"{FIGURES}-*-*"):
        pid = left.name.split("-")[-2]
        if pid.isdigit() and not _runs(int(pid)):
            shutil.rmtree(left, ignore_errors=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix=f"{FIGURES}-{os.getpid()}-", dir=place)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def on_reload(_server: Any) -> None:
    if not _may_start():
        logging.getLogger(__name__).error("The new code does not fit the settings or the database; see above.")


def post_worker_init(_worker: Any) -> None:
    """What the application loaded is not garbage: looking through it again and again costs slow answers."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def child_exit(_server: Any, worker: Any) -> None:
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: Any) -> None:
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shutil.rmtree(folder, ignore_errors=True)
