"""The demo's sink takes labels as a printer does and keeps the last ones."""

import threading

import pytest

from plant.demo import sink
from plant.records.models import Printer
from plant.records.sending import send


@pytest.fixture
def port(tmp_path):
    with sink.Sink(0, tmp_path / "printed") as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running.server_address[1]
        running.shutdown()
        thread.join()


def eventually_kept(folder, count):
    for _ in range(200):
        kept = sorted(folder.glob("*.zpl"))
        if len(kept) == count:
            return [path.read_text() for path in kept]
        threading.Event().wait(0.02)
    raise AssertionError(f"{len(kept)} labels are kept")


def test_what_is_sent_lies_there_as_text(port, tmp_path):
    printer = Printer(name="Sink", host="127.0.0.1", port=port)

    assert send(printer, ["^XA^FDone^FS^XZ\n", "^XA^FDtwo^FS^XZ\n"]) == 2

    assert eventually_kept(tmp_path / "printed", 2) == ["^XA^FDone^FS^XZ\n", "^XA^FDtwo^FS^XZ\n"]


def test_only_the_last_ones_are_kept(port, tmp_path, monkeypatch):
    monkeypatch.setattr(sink, "MOST_KEPT", 3)

    send(Printer(name="Sink", host="127.0.0.1", port=port), [f"^XA{n}^XZ\n" for n in range(6)])

    folder = tmp_path / "printed"
    for _ in range(200):
        if any("5" in path.read_text() for path in folder.glob("*.zpl")):
            break
        threading.Event().wait(0.02)
    assert eventually_kept(folder, 3) == ["^XA3^XZ\n", "^XA4^XZ\n", "^XA5^XZ\n"]
