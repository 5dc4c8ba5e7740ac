"""A workshop whose model is ready when a test says so: its compiler waits for a file.

    python -m tests.workshop_late PORT FILE [CODE]

The compiler writes its process id to FILE.pid. "ready" in FILE makes it succeed; anything else is
why it fails.
"""

import sys

from experiments.cli import answering
from experiments.workshop.command import HERE, serve_until_stopped
from experiments.workshop.warming import READY

COMPILER = f"""
import os, pathlib, sys, time
file = pathlib.Path(sys.argv[1])
file.with_suffix(".pid").write_text(str(os.getpid()))
while not (file.exists() and file.read_text()):
    time.sleep(0.05)
print(file.read_text())
sys.exit(0 if file.read_text() == {READY!r} else 1)
"""


def main() -> int:
    """Exit code."""
    port, file, *code = sys.argv[1:]
    compiler = [sys.executable, "-c", COMPILER, file]
    return answering(lambda: serve_until_stopped(HERE, int(port), "".join(code), False, compiler))


if __name__ == "__main__":
    sys.exit(main())
