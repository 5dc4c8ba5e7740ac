"""Who may calculate for long? Two at once; everybody else waits for a turn, or gives up.

Dragging a lever never waits here. What takes many seconds does (a waterfall, a folder that can be
repeated, a search for an organisation's numbers), so that visitors together cannot exhaust the
machine.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

AT_ONCE = 2
LOOK = 0.2  # seconds between two looks at whether somebody still waits
Stop = Callable[[], bool]
_turns = BoundedSemaphore(AT_ONCE)


class Superseded(Exception):
    """Nobody waits for the answer any more: `stop` said so."""


@contextmanager
def turn(stop: Stop | None = None) -> Iterator[None]:
    """Wait for a turn and keep it. Raises Superseded once `stop()` is true."""
    while not _turns.acquire(timeout=LOOK):
        if stop is not None and stop():
            raise Superseded
    try:
        yield
    finally:
        _turns.release()
