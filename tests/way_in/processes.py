"""Whether a process is still there, and waiting until something is so."""

import os
import time
from collections.abc import Callable
from pathlib import Path


def eventually(true: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether it becomes true; the seconds only end a wait that would be in vain."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if true():
            return True
        time.sleep(0.02)
    return False


def gone(pid: int) -> bool:
    """Ended, or ended and only waiting for a parent that looks (a container's first process may never look)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    told = Path(f"/proc/{pid}/stat")
    return told.exists() and told.read_text().rpartition(")")[2].split()[0] == "Z"
