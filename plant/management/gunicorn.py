"""The web server's settings: processes for the cores, threads for the waiting."""

import gc
import os
from typing import Any

wsgi_app = "plant.wsgi:application"
bind = os.environ.get("PLANT_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("PLANT_WEB_PROCESSES") or os.cpu_count() or 1)
worker_class = "gthread"
threads = 8  # each waits for PostgreSQL at most; the pool of a process holds as many connections
timeout = 30
graceful_timeout = 8
keepalive = 5
preload_app = True
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
accesslog = None  # django-structlog writes a line per request, with its id
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")


def on_starting(_server: Any) -> None:
    """A database that this release cannot work with is refused before anybody is served."""
    from plant.management import preflight  # only now: the application is loaded, and with it the settings

    preflight.check()


def post_fork(_server: Any, _worker: Any) -> None:
    """What the application loaded is not garbage: looking through it again and again costs slow answers."""
    gc.freeze()
