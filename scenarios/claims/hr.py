"""What do the claims H01 to H24 imply, and what would refute them? (HR and the wow factor.)"""

from scenarios.claims.hr_customers import CUSTOMERS
from scenarios.claims.hr_people import STAFF
from scenarios.claims.hypothesis import Judged

JUDGED: tuple[Judged, ...] = (*CUSTOMERS, *STAFF)
