"""`python -m stellarview` is the command `stellarview`."""

import sys

from stellarview.cli import main

if __name__ == "__main__":
    sys.exit(main())
