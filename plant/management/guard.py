"""Outlives whoever started it by a moment: when that process dies, in whatever way, this ends what it has started.

Reads lines from its standard input: `start PID SIGNAL`, `stopped PID` and `folder PATH`. When the input ends, the other
side is gone: each process group still named gets its signal, ten seconds later SIGKILL, and the folders are removed.
Standard library only; it is run by its path, in a session of its own.
"""

import os
import shutil
import signal
import sys
import time

GRACE_SECONDS = 10


def _kill_group(pid: int, number: int) -> bool:
    """Whether the group was still there to be told."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):  # macOS says the second of a group that is dead and not yet reaped
        return False
    return True


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    watched: dict[int, int] = {}
    folders: list[str] = []
    for line in sys.stdin:
        word, value, *rest = line.rstrip("\n").split(" ", 2 if line.startswith("start") else 1)
        if word == "start":
            watched[int(value)] = int(rest[0])
        elif word == "stopped":
            watched.pop(int(value), None)
        else:
            folders.append(value)
    left = {pid for pid, number in watched.items() if _kill_group(pid, number)}
    ends = time.monotonic() + GRACE_SECONDS
    while left and time.monotonic() < ends:
        time.sleep(0.1)
        left = {pid for pid in left if _kill_group(pid, 0)}
    for pid in left:
        _kill_group(pid, signal.SIGKILL)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
