"""Ports and names under which the plant's web server is reached."""

import http.client
import os
import socket

from plant.management.children import CannotStart

FIRST_PORT, PORTS_TRIED = 8000, 20
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def free_port(host: str = "127.0.0.1") -> int:
    with socket.socket(_family(host)) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def is_free(host: str, port: int) -> bool:
    with socket.socket(_family(host)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def choose_port(host: str, wanted: int | None) -> int:
    """The port asked for, or refused; else the first free one from 8000 on."""
    if wanted:
        if not is_free(host, wanted):
            raise CannotStart(f"Port {wanted} on {host} is taken. Choose another with --port, or leave it out.")
        return wanted
    usual = [] if wanted == 0 else range(FIRST_PORT, FIRST_PORT + PORTS_TRIED)
    return next((port for port in usual if is_free(host, port)), 0) or free_port(host)


def names_of(host: str) -> list[str]:
    """The names under which people reach a web server bound to `host`."""
    if host in LOOPBACK:
        return ["localhost", "127.0.0.1", "[::1]"]
    here = socket.gethostname()
    try:
        addresses = [str(info[4][0]) for info in socket.getaddrinfo(here, None, socket.AF_INET)]
    except socket.gaierror:
        addresses = []
    return sorted({"localhost", "127.0.0.1", host.strip("[]"), here, socket.getfqdn(), *addresses, outward_address()})


def outward_address() -> str:
    """This machine's address towards the network; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a documentation address (RFC 5737)
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def answers(host: str, port: int) -> bool:
    """Whether a web server answers there, whatever it says."""
    return _status(host, port, "/") < 500


def is_ready(host: str, port: int) -> bool:
    """Whether the plant's web server there has its database and this release's tables; asked by a name it knows."""
    name = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    return _status(host, port, "/readyz", name) == 200


def _status(host: str, port: int, path: str, name: str = "localhost") -> int:
    """What it answers there; 503 where nothing does."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": name})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 503
    finally:
        connection.close()


def bracketed(host: str) -> str:
    """The host as it stands in a URL."""
    return f"[{host}]" if ":" in host else host


def reachable(host: str) -> str:
    """The address at which a server bound to `host` answers on this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
