"""For all tests, and the processes that they start: no line on compiling, which a first run has and
no other.
"""

import os

os.environ["RFSCALE_QUIET"] = "1"
