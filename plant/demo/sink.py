"""Stands for the label printers of a demo plant: takes labels on a TCP port, says that it is well, keeps the last ones.

`python -m plant.demo.sink PORT FOLDER` is a program of its own beside the plant, small and without Django. What it was
sent lies in FOLDER as text; the plant's printer page shows how it looks.
"""

import socketserver
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

MOST_KEPT = 50
PAUSE_SECONDS = 10
LARGEST_LABEL = 1_000_000
HOST_STATUS = (
    b"\x02030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,1,2,6,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"
)
"""What a printer answers to `~HS` when nothing is wrong with it."""


class Sink(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        super().__init__(("127.0.0.1", port), Line)

    def keep(self, label: str) -> None:
        """The newest label as a file; the oldest beyond `MOST_KEPT` goes."""
        name = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
        (self.folder / f"{name}.zpl").write_text(label)
        for old in sorted(self.folder.glob("*.zpl"))[:-MOST_KEPT]:
            old.unlink(missing_ok=True)


class Line(socketserver.BaseRequestHandler):
    """One connection: any number of labels, each from ^XA to ^XZ."""

    server: Sink

    def handle(self) -> None:
        self.request.settimeout(60)
        heard = b""
        try:
            while len(heard) < LARGEST_LABEL and (more := self.request.recv(65_536)):
                heard += more
                if b"~HS" in heard:
                    heard = heard.replace(b"~HS", b"")
                    self.request.sendall(HOST_STATUS)
                while b"^XZ" in heard:
                    label, _end, heard = heard.partition(b"^XZ")
                    self.server.keep(label.decode("utf-8", "replace").lstrip() + "^XZ\n")
        except OSError:
            return


def main(port: str, folder: str) -> None:
    while True:
        try:
            sink = Sink(int(port), Path(folder))
        except OSError as error:
            print(f"port {port} is not free yet: {error.strerror}", flush=True)
            time.sleep(PAUSE_SECONDS)
            continue
        print(f"taking labels on port {port}, keeping them in {folder}", flush=True)
        sink.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
