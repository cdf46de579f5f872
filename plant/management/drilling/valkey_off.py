"""The drill `valkey-off`: Valkey is stopped, then hangs, while people go on with the main job. Nobody may notice."""

import os
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module

from plant.management import addresses, environment
from plant.management.browsing import Page, Person
from plant.management.drilling.ground import (
    LONGEST_ANSWER_SECONDS,
    PAGES,
    Outcome,
    Task,
    Wrong,
    paused,
    reconciled,
    until,
)
from plant.management.programs import Say
from plant.management.supervisor import RunningPlant
from plant.management.walk import walk

HEALED_SECONDS = 60.0


def valkey_off(task: Task) -> Outcome:
    """Valkey is stopped and hangs, ten minutes each: every page and every write answers in time.

    Control: a web server that sends a task to the broker after each write, as is usual with Celery.
    """
    plant = task.plant
    with ringing_web(plant) if task.control else own_web(plant) as address:
        drill = ValkeyOff(plant, address, task.say)
        drill.go_on_for(0, "Valkey runs")
        for strike in (stopped, hung):
            with strike(plant):
                drill.go_on_for(float(task.rounds), (strike.__doc__ or "").rstrip("."))
                drill.says_what_waits()
            drill.heals()
    return Outcome(
        f"{drill.count:,} answers while Valkey was stopped and hung for {task.rounds} s each, the longest "
        f"{drill.longest:.2f} s; healed {drill.healed:.1f} s after its return at the latest; {reconciled()}"
    )


class ValkeyOff:
    """People at work in a plant, and how long each answer took."""

    def __init__(self, plant: RunningPlant, address: str, say: Say) -> None:
        self.plant, self.address, self.say = plant, address, say
        self.took: list[float] = []
        self.count, self.longest, self.healed = 0, 0.0, 0.0
        self.manager = self.meet(address)
        self._log_in(self.manager, "manager")

    def meet(self, address: str) -> Person:
        return Timed(address, self.took)

    def go_on_for(self, seconds: float, what: str) -> None:
        """The main job from the log-in to the partner's pull, and every list, again and again."""
        self.took.clear()
        ends, demo = time.monotonic() + seconds, self.plant.demo
        while True:
            walk(self.address, demo["logins"], demo["partner"]["key"], self.plant.env, lambda _line: None, self.meet)
            for path in PAGES:
                self._look(path)
            if time.monotonic() >= ends:
                break
        self.count, self.longest = self.count + len(self.took), max(self.longest, *self.took)
        middle, late = statistics.median(self.took), statistics.quantiles(self.took, n=20)[-1]
        self.say(
            f"  {what:<24} {len(self.took):>6} answers: half within {middle:.3f} s, 95 % within {late:.3f} s, "
            f"the longest {max(self.took):.3f} s"
        )

    def says_what_waits(self) -> None:
        """With nothing left that computes, the dashboard says how old its figures are and that something waits."""
        with paused(self.plant, "worker", "relay", "beat"):
            import_module("plant.recompute").mark_all("daily-flow")
            self._look("/dashboard/").find(r"as of [^.]*? waiting")

    def heals(self) -> None:
        marks, began = import_module("plant.recompute.models").Mark.objects, time.monotonic()
        if not until(lambda: not marks.exists(), HEALED_SECONDS):
            raise Wrong(f"{marks.count()} changes still wait {HEALED_SECONDS:.0f} s after Valkey's return")
        self.healed = max(self.healed, time.monotonic() - began)
        self.say(f"    and nothing waits any more {time.monotonic() - began:.1f} s after its return")

    def _look(self, path: str) -> Page:
        page = self.manager.get(path)
        if page.status != 200 or "/login/" in page.url:
            raise Wrong(f"{path} answered {page.status} at {page.url}")
        return page

    def _log_in(self, person: Person, role: str) -> None:
        login = next(login for login in self.plant.demo["logins"] if login["role"] == role)
        page = person.get("/login/")
        form = page.form("password").filled(username=login["username"], password=login["password"])
        if "/login/" in person.send(page, form).url:
            raise Wrong(f"the {role} stays at the login page")


class Timed(Person):
    """A browser with a stopwatch; an answer that takes too long ends the drill."""

    def __init__(self, address: str, took: list[float]) -> None:
        super().__init__(address)
        self.took = took

    def _ask(self, request: urllib.request.Request) -> Page:
        began = time.monotonic()
        try:
            page = super()._ask(request)
        except OSError as error:
            raise Wrong(f"{request.selector}: {error} after {time.monotonic() - began:.1f} s") from error
        self.took.append(time.monotonic() - began)
        if self.took[-1] > LONGEST_ANSWER_SECONDS:
            raise Wrong(f"{request.get_method()} {request.selector} took {self.took[-1]:.1f} s")
        return page


@contextmanager
def stopped(plant: RunningPlant) -> Iterator[None]:
    """Valkey is stopped."""
    os.kill(plant.supervisor.pid, signal.SIGSTOP)  # else it would start it again at once
    try:
        plant.kill("valkey")
        yield
    finally:
        os.kill(plant.supervisor.pid, signal.SIGCONT)


@contextmanager
def hung(plant: RunningPlant) -> Iterator[None]:
    """Valkey hangs."""
    with paused(plant, "valkey"):
        yield


@contextmanager
def own_web(plant: RunningPlant) -> Iterator[str]:
    yield plant.address


@contextmanager
def ringing_web(plant: RunningPlant) -> Iterator[str]:
    """A second web server beside the plant's own, with the fault that the drill looks for."""
    port = addresses.free_port()
    settings = {"DJANGO_SETTINGS_MODULE": "bench.ringing", "PLANT_POOLED": "true", "PLANT_BIND": f"127.0.0.1:{port}"}
    command = [sys.executable, "-m", "gunicorn", "-c", "plant/management/gunicorn.py"]
    with (plant.data / "ringing.log").open("w") as log:
        web = subprocess.Popen(command, env=plant.env | settings, cwd=environment.BASE, stdout=log, stderr=log)
    try:
        if not until(lambda: addresses.answers("127.0.0.1", port), HEALED_SECONDS):
            raise Wrong((plant.data / "ringing.log").read_text())
        yield f"http://127.0.0.1:{port}"
    finally:
        with suppress(ProcessLookupError):
            web.kill()
        web.wait()
