"""`python -m rfscale` is the command line."""

import sys

from rfscale.cli import main

sys.exit(main())
