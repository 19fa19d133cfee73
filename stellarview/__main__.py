"""`stellarview COMMAND ...` is the command line; `stellarview` alone, or with files, opens the window."""

import gc
import multiprocessing
import sys
from collections.abc import Sequence

from stellarview.cli import COMMANDS
from stellarview.cli import main as run_command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, or the window."""
    multiprocessing.freeze_support()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] in {"-h", "--help", "--version", *(command.name for command in COMMANDS)}:
        return run_command(given)
    gc.disable()  # what is built at the start stays: `keep_calm` puts the collector to work again
    from stellarview.app import main as open_window

    return open_window(given)


if __name__ == "__main__":
    sys.exit(main())
