"""`stellarview COMMAND ...` is the command line; `stellarview` alone, or with files, opens the window."""

import multiprocessing
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, or the window."""
    multiprocessing.freeze_support()
    given = list(sys.argv[1:] if arguments is None else arguments)
    from stellarview.cli import COMMANDS

    words = {"-h", "--help", "--version", *(command.name for command in COMMANDS)}
    if given and given[0] in words:
        from stellarview.cli import main as run_command

        return run_command(given)
    from stellarview.app import main as open_window

    return open_window(given)


if __name__ == "__main__":
    sys.exit(main())
