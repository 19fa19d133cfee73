"""The command line: the same work as the window's, without Qt. `COMMANDS` is the table of commands."""

from __future__ import annotations

import argparse
import io
import json
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from stellarview import __version__
from stellarview.domain.errors import StellarViewError


@dataclass(frozen=True)
class Command:
    """One command: its name, as of its module (`add_arguments`, and `run` with the exit code), and a line about it."""

    name: str
    about: str

    @property
    def module(self) -> ModuleType:
        """Imported when the command is asked for: neither the others nor the window shall wait for it."""
        return import_module(f"{__package__}.{self.name}")


COMMANDS: tuple[Command, ...] = (
    Command("info", "tell what is in spectrum files"),
    Command("inspect", "draw a spectrum as a publishable figure"),
    Command("prepare", "prepare spectra for a network, into an HDF5 set"),
    Command("predict", "tell what a model says of spectra, and how sure it is"),
    Command("explain", "tell which lines a model's answer rests on"),
    Command("place", "tell a star's age and mass by isochrones, and draw its HR diagram"),
    Command("report", "draw a sheet for each star with all that is told of it"),
    Command("isochrones", "list, import and fetch isochrones"),
    Command("synthesise", "make spectra from labels: one star, or a set"),
    Command("models", "list, show and verify models; keep, rename and pass on your own"),
    Command("train", "train a model as a TOML file says"),
    Command("evaluate", "judge a model by spectra with known labels"),
    Command("judge", "judge a training run against the model that it started from"),
    Command("doctor", "check the installation"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; errors go to standard error in three lines (what, why, what to do), exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without Chinese shows an escape, not a traceback
            stream.reconfigure(errors="backslashreplace")
    # Ended from outside, a command shall still take its temporary files away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    given = [*(sys.argv[1:] if arguments is None else arguments)]
    options = _parser(given).parse_args(given)
    options.arguments = given
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except StellarViewError as error:
        if getattr(options, "json", False):
            print(json.dumps({"error": error.as_dict()}, ensure_ascii=False))
        else:
            print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader, `head` for example, has seen enough
        _forget_output()
        return 0
    except OSError as error:
        _forget_output()
        print(f"Cannot print the result.\nThe system says: {error.strerror}.\nSend it elsewhere.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    return code


def _forget_output() -> None:
    """What could not be printed must not be tried again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """Knows every command, and the arguments of those that are named."""
    parser = argparse.ArgumentParser(prog="stellarview", description="What a stellar spectrum says, how sure, and why.")
    parser.add_argument("--version", action="version", version=f"stellarview {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in COMMANDS:
        subparser = commands.add_parser(command.name, help=command.about, description=command.about)
        if command.name in given:
            command.module.add_arguments(subparser)
            subparser.set_defaults(run=command.module.run)
    return parser
