"""How long a plant takes to start again, against its two servers and a bare web server."""

import os
import subprocess
import sys
import time
from pathlib import Path

from bench.measuring import Budget, Figure
from plant.management import addresses, embedded, environment
from plant.management.children import Guard, stop_all, wait_until
from plant.management.supervisor import running_plant

STARTS = 3
BUDGET = Budget(seconds=5)


def figure(folder: Path) -> Figure:
    """`up` on a folder that was started before, until the web server answers."""
    with running_plant(folder, demo=False):
        pass  # the first start makes the tables and gathers the static files
    rounds = [(_ours(folder), _bare(folder)) for _start in range(STARTS)]
    took, limit = (sorted(times)[STARTS // 2] for times in zip(*rounds, strict=True))
    ratio = sorted(mine / floor for mine, floor in rounds)[STARTS // 2]
    what = "`up` on a folder that is there, until everything runs and a page answers"
    return Figure("cold_start", what, took, limit, ratio, str(BUDGET), BUDGET.holds(took, ratio))


def _ours(folder: Path) -> float:
    began = time.perf_counter()
    with running_plant(folder, demo=False) as plant:
        port = int(plant.address.rpartition(":")[2])
        assert addresses.answers("127.0.0.1", port)
        return time.perf_counter() - began


def _bare(folder: Path) -> float:
    """PostgreSQL and Valkey on the same folder, and gunicorn with the limit's application."""
    guard, port = Guard(), addresses.free_port()
    kept = environment.secrets_of(folder)
    began = time.perf_counter()
    servers = embedded.servers(folder, password=kept["VALKEY_PASSWORD"])
    children = [embedded.child(server, folder / "logs") for server in servers]
    command = [sys.executable, "-m", "gunicorn", "bench.limit:application", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(os.cpu_count() or 1), "--worker-class", "gthread", "--log-level", "error"]
    web = None
    try:
        for child, server in zip(children, servers, strict=True):
            child.start(guard)
            wait_until(server.is_ready, child)
        env = os.environ | {"BENCH_DATABASE_URL": servers[0].url(embedded.APPLICATION)}
        web = subprocess.Popen(command, env=env, cwd=environment.BASE)
        while not addresses.answers("127.0.0.1", port):
            time.sleep(0.02)
        return time.perf_counter() - began
    finally:
        if web is not None:
            web.terminate()
            web.wait()
        stop_all([children[::-1]], guard)
        guard.end()
