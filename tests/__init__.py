"""Makes `python -m tests.kill` possible beside other packages that install a `tests` of theirs.

Test files import what they share by its bare name (`from conftest import small`), as they do
where a folder of tests is no package.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
