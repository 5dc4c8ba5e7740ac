"""What do the claims V01 to V33 imply, and what would refute them? (Rik Vera on Zappos.)"""

from scenarios.claims.hypothesis import Judged
from scenarios.claims.vera_inside import INSIDE
from scenarios.claims.vera_outside import OUTSIDE
from scenarios.claims.vera_structure import STRUCTURE

JUDGED: tuple[Judged, ...] = tuple(
    sorted((*STRUCTURE, *OUTSIDE, *INSIDE), key=lambda each: each.claim)
)
