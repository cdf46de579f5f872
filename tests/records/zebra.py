"""A label printer on a port of this machine: says how it is when asked, and keeps what it is sent."""

import socket
import threading

WELL = "030,0,0,1245,000,0,0,0,000,0,0,0", "000,0,0,0,1,2,6,0,00000000,1,000", "1234,0"


class Zebra:
    def __init__(self) -> None:
        self.labels: list[str] = []
        self.status = WELL
        self.is_mute = False
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "Zebra":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._door.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _address = self._door.accept()
            except OSError:
                return
            with line:
                self._hear(line)

    def _hear(self, line: socket.socket) -> None:
        heard = b""
        while more := line.recv(65536):
            heard += more
            if b"~HS" in heard and not self.is_mute:
                heard = heard.replace(b"~HS\r\n", b"")
                line.sendall("".join(f"\x02{each}\x03\r\n" for each in self.status).encode())
            while b"^XZ" in heard:
                label, _end, heard = heard.partition(b"^XZ")
                self.labels.append(label.decode() + "^XZ")
