"""The programs of a whole plant on this machine, in the order they start and stop; whichever dies starts again."""

import json
import os
import sys
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from plant.management import addresses, embedded, environment
from plant.management.children import Child, Guard, failure, stop_all, wait_until
from plant.management.watchdog import Watchdog

Say = Callable[[str], None]
LONG_LIVED_SECONDS = 30
LONGEST_DELAY_SECONDS = 30.0
LARGEST_LOG_BYTES = 5_000_000
FIRST_LABEL_PORT, LABEL_PORTS = 20_000, 5_000
STARTING_SECONDS = 60.0  # for which a worker that was just started need not have answered
STOP_ORDER = (["web"], ["beat", "relay", "worker", "printer", "migrate", "static", "demo"], ["valkey"], ["postgres"])
"""Web first, so that nothing new comes in; PostgreSQL last, so that all else can finish."""


@dataclass(frozen=True)
class Options:
    data: Path
    host: str = "127.0.0.1"
    port: int | None = None
    demo: bool = True
    days: int = 90
    """Of the demo's story."""


class Ending(Exception):
    """Told to stop while starting."""


@dataclass
class Watched:
    """A child that is started again when it dies, later and later when it keeps dying."""

    child: Child
    started_at: float = 0.0
    deaths: int = 0
    due_at: float | None = None

    def start(self, guard: Guard) -> None:
        self.child.start(guard)
        self.started_at, self.due_at = time.monotonic(), None

    def died(self, now: float) -> float:
        """Counts a death; the seconds to wait before the next start."""
        self.deaths = 1 if now - self.started_at > LONG_LIVED_SECONDS else self.deaths + 1
        delay = min(0.2 * 2 ** (self.deaths - 1), LONGEST_DELAY_SECONDS)
        self.due_at = now + delay
        return float(delay)


@dataclass
class Plant:
    """Everything that runs for one data folder."""

    options: Options
    say: Say
    guard: Guard
    stopping: Callable[[], bool]
    began: float = field(default_factory=time.monotonic)
    env: dict[str, str] = field(default_factory=dict)
    watched: dict[str, Watched] = field(default_factory=dict)
    port: int = 0

    @property
    def data(self) -> Path:
        return self.options.data

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def address(self) -> str:
        host = self.options.host
        shown = {"0.0.0.0": addresses.outward_address(), "::": "localhost"}.get(host, addresses.bracketed(host))
        return f"http://{shown}:{self.port}"

    def step(self, what: str) -> None:
        self.say(f"  {time.monotonic() - self.began:5.1f} s  {what}")

    def _tick(self) -> None:
        if self.stopping():
            raise Ending

    # Starting

    def start(self) -> None:
        """Starts everything in order and returns when the web server answers."""
        self.logs.mkdir(mode=0o700, exist_ok=True)
        self.port = addresses.choose_port(self.options.host, self.options.port)
        kept = environment.secrets_of(self.data)
        self.env = {**(environment.given_servers() or self._start_servers(kept)), **self._settings(kept)}
        self._prepare()
        for name, command in self._commands().items():
            self._start(self._program(name, command, self._env_of(name)))
            if name == "web":  # alone it is there sooner
                wait_until(self._answers, self.watched["web"].child, tick=self._tick)
                self.step("starting worker, relay and beat")
        self._write_state()
        self.step("ready")

    def _answers(self) -> bool:
        return addresses.answers(addresses.reachable(self.options.host), self.port)

    def _start_servers(self, kept: dict[str, str]) -> dict[str, str]:
        """PostgreSQL and Valkey of our own; their addresses."""
        first = not (self.data / "postgres").exists()
        self.step("starting PostgreSQL and Valkey" + (", for the first time" if first else ""))
        postgres, valkey = embedded.servers(self.data, password=kept["VALKEY_PASSWORD"])
        for server in (postgres, valkey):
            self._start(embedded.child(server, self.logs))
        wait_until(postgres.is_ready, self.watched["postgres"].child, tick=self._tick)
        wait_until(valkey.is_ready, self.watched["valkey"].child, tick=self._tick)
        postgres.bootstrap()
        return {
            "DATABASE_URL": postgres.url(embedded.APPLICATION),
            "DATABASE_OWNER_URL": postgres.url(embedded.OWNER),
            "REDIS_URL": valkey.url,
        }

    def _settings(self, kept: dict[str, str]) -> dict[str, str]:
        made = {
            "SECRET_KEY": kept["SECRET_KEY"],
            "API_KEY_PEPPER": kept["API_KEY_PEPPER"],
            "ALLOWED_HOSTS": ",".join(addresses.names_of(self.options.host)),
            "PLANT_HTTPS": "false",
            "PLANT_STATIC_ROOT": str(self.data / "static"),
        }
        given = {name: os.environ[name] for name in made if os.environ.get(name)}
        return {"DJANGO_SETTINGS_MODULE": "plant.settings", **made, **given}

    def _prepare(self) -> None:
        """Tables, static files and, the first time, the demo plant."""
        self.step("bringing the tables up to date")
        migrating = self._run("migrate", "migrate", "--no-input", "--skip-checks")
        self._collect_static()
        self._finish(migrating)
        environment.write(self.data / "env", self.env)
        environment.write(environment.var_folder() / "env", self.env)
        if self._wants_demo():
            self.step(f"telling the story of a demo plant: its last {self.options.days} days")
            credentials, days = str(self.data / "demo.json"), str(self.options.days)
            printer = ("--printer-port", str(self._printer_port()))
            self._finish(self._run("demo", "demo", "--credentials", credentials, "--days", days, *printer), tell=True)
        self.step("starting the web server")

    def _collect_static(self) -> None:
        """Compressing takes seconds, so it is done only when a file has changed."""
        made_from, now = self.data / "static-made-from", environment.fingerprint_of_static_files()
        if made_from.exists() and made_from.read_text() == now:
            return
        arguments = ("--no-input", "--clear", "--verbosity=0", "--ignore=swagger-ui-dist")
        self._finish(self._run("static", "collectstatic", *arguments))
        environment.write_private(made_from, now)

    def _wants_demo(self) -> bool:
        """Decided at the first start: a folder begun without the demo never gets it later."""
        choice = self.data / "demo"
        if not choice.exists():
            environment.write_private(choice, "yes" if self.options.demo else "no")
        return choice.read_text() == "yes" and not (self.data / "demo.json").exists()

    def _printer_port(self) -> int:
        """Where the demo's label printer listens. Chosen once, since the demo plant's printers name it, and for each
        folder another: below the ports that connections take, so that it is free again after each stop."""
        kept = self.data / "printer-port"
        if not kept.exists():
            first = FIRST_LABEL_PORT + zlib.crc32(bytes(self.data)) % LABEL_PORTS
            ports = range(first, first + LABEL_PORTS)
            environment.write_private(kept, str(next(p for p in ports if addresses.is_free("127.0.0.1", p))))
        return int(kept.read_text())

    def _manage(self, *arguments: str) -> list[str]:
        return [sys.executable, str(environment.BASE / "manage.py"), *arguments]

    def _commands(self) -> dict[str, list[str]]:
        python, cores = sys.executable, os.cpu_count() or 1
        celery = [python, "-m", "celery", "-A", "plant"]
        sink = [python, "-m", "plant.demo.sink", str(self._printer_port()), str(self.data / "printed")]
        return {
            "web": [python, "-m", "gunicorn", "-c", str(Path(__file__).with_name("gunicorn.py"))],
            "worker": [*celery, "worker", f"--concurrency={cores}", "--without-gossip", "--without-mingle"],
            "relay": self._manage("relay"),
            "beat": [*celery, "beat", "--schedule", str(self.data / "beat-schedule"), "--pidfile="],
            **({"printer": sink} if (self.data / "demo").read_text() == "yes" else {}),
        }

    def _env_of(self, name: str) -> dict[str, str]:
        """The long-lived programs never learn the owner's address; only the web pools its connections."""
        if name == "printer":
            return {}
        env = {key: value for key, value in self.env.items() if key != "DATABASE_OWNER_URL"}
        if name == "web":
            env |= {"PLANT_POOLED": "true", "PLANT_BIND": f"{addresses.bracketed(self.options.host)}:{self.port}"}
        return env

    def _program(self, name: str, command: list[str], env: dict[str, str]) -> Child:
        log = self.logs / f"{name}.log"
        if log.exists() and log.stat().st_size > LARGEST_LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        inherited = {key: value for key, value in os.environ.items() if key not in environment.SERVERS}
        full = {**inherited, "PLANT_NO_VENV": "1", "PYTHONUNBUFFERED": "1", **env}
        return Child(name=name, command=command, log=log, env=full, cwd=environment.BASE)

    def _start(self, child: Child) -> None:
        self.watched[child.name] = Watched(child)
        self.watched[child.name].start(self.guard)

    def _run(self, name: str, *arguments: str) -> Child:
        """A command that ends by itself."""
        child = self._program(name, self._manage(*arguments), self.env)
        self._start(child)
        return child

    def _finish(self, child: Child, *, tell: bool = False) -> None:
        """Waits for a command; `tell`: says what it prints, line by line, as it goes."""
        assert child.process is not None
        with child.log.open() as printed:
            while child.is_alive():
                self._tick()
                time.sleep(0.02)
                for line in printed.readlines() if tell else ():
                    if not line.startswith("{"):  # what is for the log
                        self.step(f"  {line.strip()}")
        if child.process.returncode:
            raise failure(child)
        self.guard.stopped(child.process.pid)
        del self.watched[child.name]

    # Watching

    def watch(self) -> None:
        """Starts again what dies, and a worker that is deaf, until told to stop."""
        watchdog = Watchdog(self.env["DATABASE_URL"])
        watchdog.start()
        try:
            while not self.stopping():
                if watchdog.is_deaf:
                    self._end_deaf_worker()
                if any([self._look_after(watched) for watched in self.watched.values()]):
                    self._write_state()
                time.sleep(0.1)
        finally:
            watchdog.end()

    def _end_deaf_worker(self) -> None:
        """Kills it and its children (what they had taken is worked on again); the usual look then starts another."""
        worker = self.watched["worker"]
        if worker.child.is_alive() and time.monotonic() - worker.started_at > STARTING_SECONDS:
            self.step("worker does not answer the canary and is ended")
            worker.child.kill()

    def _look_after(self, watched: Watched) -> bool:
        """Whether the child was started again."""
        now, child = time.monotonic(), watched.child
        if child.is_alive():
            return False
        if watched.due_at is None:
            delay = watched.died(now)
            child.end(self.guard)  # what is left of its group
            self.step(f"{child.name} ended and starts again in {delay:.1f} s (log: {child.log})")
            if watched.deaths >= 3:
                self.say("\n".join(f"           {line}" for line in child.last_lines()))
            return False
        if now < watched.due_at:
            return False
        watched.start(self.guard)
        return True

    def _write_state(self) -> None:
        pids = {name: watched.child.pid for name, watched in self.watched.items()}
        state = {"address": self.address, "supervisor": os.getpid(), "pids": pids}
        environment.write_private(self.data / "state.json", json.dumps(state, indent=1))

    # Stopping

    def stop(self) -> None:
        (self.data / "state.json").unlink(missing_ok=True)
        stages = [[self.watched[name].child for name in stage if name in self.watched] for stage in STOP_ORDER]
        stop_all(stages, self.guard)
