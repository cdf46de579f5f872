"""Talks to a label printer on its TCP port. Every wait is short: a printer that is off keeps nobody waiting.

Zebra, ZPL II Programming Guide, `~HS`: the printer answers with three lines between STX and ETX; of the first line the
second field says that labels are out, the third that it is on pause; of the second line the third says that its head
is open, the fourth that the ribbon is out. Printers that do not answer the question are sent to all the same.
"""

import socket
from collections.abc import Iterable

from django.utils.translation import gettext as _

from plant.errors import DomainError
from plant.records.models import Printer

CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 1.0
HOST_STATUS = b"~HS\r\n"
STX, ETX = b"\x02", b"\x03"


QUEUE = "printer-queue"
"""The derived fact that is stale while labels wait for a printer; its keys are the printers."""


def key_of(printer: Printer) -> str:
    return f"{printer.site.code}:{printer.code}"


def printer_of(key: str) -> Printer:
    site, _colon, code = key.partition(":")
    return Printer.objects.select_related("site").get(site__code=site, code=code)


class PrinterTrouble(DomainError):
    """A printer that cannot print now; the message says what to do at it."""

    code = "printer_trouble"


def send(printer: Printer, labels: Iterable[str]) -> int:
    """Give the printer one label after the other; how many it took. Raises `PrinterTrouble` where it takes none."""
    try:
        line = socket.create_connection((printer.host, printer.port), timeout=CONNECT_SECONDS)
    except OSError:
        raise PrinterTrouble(
            _("%(printer)s does not answer at %(host)s. Look whether it is switched on and its cable is in.")
            % {"printer": printer, "host": f"{printer.host}:{printer.port}"}
        )
    taken = 0
    with line:
        _check(printer, _status(line))
        try:
            for label in labels:
                line.sendall(label.encode())
                taken += 1
            line.shutdown(socket.SHUT_WR)
        except OSError:
            if not taken:
                raise PrinterTrouble(_("%(printer)s went away while printing.") % {"printer": printer})
    return taken


def _status(line: socket.socket) -> list[list[str]]:
    """The printer's answer to `~HS`, line by line; nothing where it says nothing."""
    line.settimeout(ANSWER_SECONDS)
    heard = b""
    try:
        line.sendall(HOST_STATUS)
        while heard.count(ETX) < 3 and (more := line.recv(1024)):
            heard += more
    except OSError:
        pass
    line.settimeout(CONNECT_SECONDS)
    said = [part.partition(ETX)[0].decode("ascii", "replace") for part in heard.split(STX)[1:]]
    return [each.split(",") for each in said]


def _check(printer: Printer, status: list[list[str]]) -> None:
    if len(status) < 2 or len(status[0]) < 3 or len(status[1]) < 4:
        return
    troubles = {
        _("%(printer)s is out of labels. Put in a new roll."): status[0][1],
        _("The head of %(printer)s is open. Close it."): status[1][2],
        _("%(printer)s is out of ribbon. Put in a new one."): status[1][3],
        _("%(printer)s is on pause. Press its pause button."): status[0][2],
    }
    for words, is_so in troubles.items():
        if is_so == "1":
            raise PrinterTrouble(words % {"printer": printer})
