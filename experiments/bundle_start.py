"""What compiles the model before the workshop opens, and shows how far it is?

    python -m experiments.bundle_start

The start file of a bundle calls it once, after installing. The workshop looks for itself later on.
"""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from experiments.run import COMPILE_SECONDS, interruptibly, model_is_compiled, say

LOOK = 0.5  # seconds between two moves of the bar


def compile_model() -> None:
    """Run and step the smallest organisation for a week: whatever a workshop needs is compiled."""
    from agents.organisation import Organisation
    from sim.configuration import Configuration
    from sim.configuration import Organisation as Size
    from sim.runs import simulate

    told = Configuration(organisation=Size(people=57, customers=400), weeks=1)
    simulate(told, 1)
    Organisation(told, seed=1).step()


@contextmanager
def clock(seconds: int) -> Iterator[None]:
    """A bar that goes by the clock, because a compiler does not say how far it is."""
    from tqdm import tqdm

    over = threading.Event()
    layout = "{desc} {bar} {n_fmt} of about {total_fmt} seconds"
    bar = tqdm(total=seconds, desc="Compiling the model, once", bar_format=layout, file=sys.stderr)

    def moving() -> None:
        begun = time.monotonic()
        while not over.wait(LOOK):
            bar.n = min(seconds, round(time.monotonic() - begun))
            bar.refresh()

    mover = threading.Thread(target=moving, daemon=True)
    mover.start()
    try:
        yield
    finally:
        over.set()
        mover.join()
        bar.close()


def main() -> int:
    """Exit code."""
    from experiments.cli import answering

    def work() -> int:
        if not model_is_compiled():
            with clock(COMPILE_SECONDS):
                interruptibly(lambda _: compile_model(), None)
        say("The model is compiled.")
        return 0

    return answering(work)


if __name__ == "__main__":
    sys.exit(main())
