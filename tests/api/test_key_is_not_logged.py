"""No log line holds a key, whether it came in the header, in the address by mistake, or in a traceback."""

import io
import logging

import pytest
import structlog

LIST = "/api/v1/shipments/"


@pytest.fixture
def written(monkeypatch, caplog):
    """What our own handler writes, down to the last level."""
    ours = [h for h in logging.getLogger().handlers if isinstance(h.formatter, structlog.stdlib.ProcessorFormatter)]
    stream = io.StringIO()
    for handler in ours:
        monkeypatch.setattr(handler, "stream", stream)
    with caplog.at_level(logging.DEBUG):
        yield stream


def test_a_key_appears_in_no_line(caller, written, monkeypatch):
    def broken(*_args):
        raise RuntimeError(f"with {caller.token}")

    caller.get(LIST)
    caller.get(f"{LIST}?key={caller.token}")
    monkeypatch.setattr("shipments.api.read", broken)
    caller.get(LIST)

    lines = written.getvalue()
    assert f'"api_key": "{caller.key.prefix}"' in lines
    assert f"key=bm_{caller.key.prefix}_***" in lines
    assert f"with bm_{caller.key.prefix}_***" in lines
    assert caller.token[14:] not in lines
