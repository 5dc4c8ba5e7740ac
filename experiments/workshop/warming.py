"""Is the model ready? It is compiled and warmed up while the pages are open already.

    python -m experiments.workshop.warming

compiles it, once for a machine, and says `READY` when runs can begin. The workshop starts that in a
process of its own: the compiler keeps the interpreter to itself for up to seconds at a time, and on
a thread of the server the pages would stand still as long. The compiled model lies on the disk
(`sim/compiled.py`), from where the server takes it in 2 to 3 seconds.
"""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

from experiments.run import COMPILE_SECONDS, model_is_compiled
from experiments.workshop.live import Live
from experiments.workshop.room import Room

__all__ = ["COMPILER", "SECONDS", "Warming"]

COMPILER = (sys.executable, "-P", "-m", "experiments.workshop.warming")  # not what lies about here
SECONDS = COMPILE_SECONDS  # until runs can begin; what explains a person comes after
READY = "ready"  # the line of the compiler
ENDED = 75  # exit code of a compiler whose workshop has ended
LOOK = 0.1  # seconds between two looks
LONGEST = 160  # letters of a reason


class Warming:
    """A model that is being made ready on a thread. `begin` it once."""

    def __init__(self, live: Live, compiler: Sequence[str] | None = None) -> None:
        """`compiler` is what is run first; None = the usual one, if the model is not compiled."""
        self.live = live
        usual = () if model_is_compiled() else COMPILER
        self.compiler = tuple(usual if compiler is None else compiler)
        self.compiling = bool(self.compiler)  # on this machine, for the first time
        self.is_ready = False
        self.failed = ""  # why it never will be
        self.began = time.monotonic()
        self._child: subprocess.Popen[str] | None = None
        self._stopped = False

    def begin(self) -> None:
        """Start."""
        threading.Thread(target=self._work, name="warming", daemon=True).start()

    def stop(self) -> None:
        """End what still runs."""
        self._stopped = True
        if self._child is not None:
            self._child.kill()
            self._child.wait()

    async def ready(self) -> bool:
        """Wait until it is ready; False if it never will be."""
        while not (self.is_ready or self.failed):
            await asyncio.sleep(LOOK)
        return self.is_ready

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self.began

    def _work(self) -> None:
        try:
            self.failed = self._compile() if self.compiling else ""
            if not (self.failed or self._stopped):
                self.live.warm(Room())
                self.is_ready = True
            if self._child is not None:
                for _ in self._child.stdout or ():  # or it would wait for somebody to listen
                    pass
                self._child.wait()
        except Exception as error:  # whatever it is, the pages have to say it
            self.failed = _short(f"{type(error).__name__}: {error}")

    def _compile(self) -> str:
        """Wait until the compiler has what runs need; why it failed, or nothing."""
        found = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        child = subprocess.Popen(
            self.compiler, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, env=found, start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # Ctrl-C is ours
        )  # fmt: skip
        self._child = child
        if self._stopped:  # meanwhile
            self.stop()
        last = ""
        for line in child.stdout or ():
            if line.strip() == READY:
                return ""
            last = line.strip() or last
        code = child.wait()
        if self._stopped:
            return ""
        return _short(last) or f"the compiler ended with code {code}"


def _short(text: str) -> str:
    """One line, not too long, without a full stop."""
    return " ".join(text.split())[:LONGEST].rstrip(". ")


def _watch() -> None:
    """End when the workshop has ended: its end of the pipe is closed then."""
    while os.read(0, 1):  # not through `sys.stdin`: its lock would outlast the interpreter
        pass
    os._exit(ENDED)


def main() -> int:
    """Exit code."""
    from experiments.bundle_start import compile_model
    from sim.configuration import Configuration, Organisation
    from sim.runs import simulate

    threading.Thread(target=_watch, daemon=True).start()
    simulate(Configuration(organisation=Organisation(people=57, customers=400), weeks=1), 1)
    print(READY, flush=True)
    compile_model()  # and what explains a person
    return 0


if __name__ == "__main__":
    sys.exit(main())
