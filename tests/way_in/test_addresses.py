"""Where the web server listens, and under which names."""

import socket
from collections.abc import Iterator

import pytest

from plant.management import addresses
from plant.management.children import CannotStart


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_that_was_asked_for_and_is_taken_is_refused(taken: int) -> None:
    with pytest.raises(CannotStart, match=f"Port {taken} .* is taken. Choose another with --port"):
        addresses.choose_port("127.0.0.1", taken)


def test_without_a_wish_the_next_free_port_is_taken(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "FIRST_PORT", taken)
    chosen = addresses.choose_port("127.0.0.1", None)
    assert chosen != taken
    assert addresses.is_free("127.0.0.1", chosen)


def test_on_loopback_only_its_own_names_are_served() -> None:
    assert addresses.names_of("127.0.0.1") == ["localhost", "127.0.0.1", "[::1]"]


def test_on_a_network_the_machine_is_known_by_its_name_and_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "outward_address", lambda: "192.0.2.7")
    names = addresses.names_of("0.0.0.0")
    assert {socket.gethostname(), "192.0.2.7", "localhost"} <= set(names)
    assert "*" not in names
