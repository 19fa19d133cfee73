"""The command line: the same work as the window's, without Qt. `COMMANDS` is the table of commands."""

from __future__ import annotations

import argparse
import io
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stellarview import __version__
from stellarview.cli import (
    doctor,
    evaluate,
    explain,
    info,
    inspect,
    isochrones,
    judge,
    models,
    place,
    predict,
    prepare,
    report,
    synthesise,
    train,
)
from stellarview.domain.errors import StellarViewError


@dataclass(frozen=True)
class Command:
    """One command: what it is called, what it does in a line, its arguments, its work (which returns the exit code)."""

    name: str
    about: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


COMMANDS: tuple[Command, ...] = (
    Command("info", "tell what is in spectrum files", info.add_arguments, info.run),
    Command("inspect", "draw a spectrum as a publishable figure", inspect.add_arguments, inspect.run),
    Command("prepare", "prepare spectra for a network, into an HDF5 set", prepare.add_arguments, prepare.run),
    Command("predict", "tell what a model says of spectra, and how sure it is", predict.add_arguments, predict.run),
    Command("explain", "tell which lines a model's answer rests on", explain.add_arguments, explain.run),
    Command(
        "place", "tell a star's age and mass by isochrones, and draw its HR diagram", place.add_arguments, place.run
    ),
    Command("report", "draw a sheet for each star with all that is told of it", report.add_arguments, report.run),
    Command("isochrones", "list, import and fetch isochrones", isochrones.add_arguments, isochrones.run),
    Command("synthesise", "make spectra from labels: one star, or a set", synthesise.add_arguments, synthesise.run),
    Command(
        "models", "list, show and verify models; keep, rename and pass on your own", models.add_arguments, models.run
    ),
    Command("train", "train a model as a TOML file says", train.add_arguments, train.run),
    Command("evaluate", "judge a model by spectra with known labels", evaluate.add_arguments, evaluate.run),
    Command("judge", "judge a training run against the model that it started from", judge.add_arguments, judge.run),
    Command("doctor", "check the installation", doctor.add_arguments, doctor.run),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; errors go to standard error in three lines (what, why, what to do), exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without Chinese shows an escape, not a traceback
            stream.reconfigure(errors="backslashreplace")
    # Ended from outside, a command shall still take its temporary files away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = _parser().parse_args(arguments)
    options.arguments = [*(sys.argv[1:] if arguments is None else arguments)]
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="stellarview", description="What a stellar spectrum says, how sure, and why.")
    parser.add_argument("--version", action="version", version=f"stellarview {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in COMMANDS:
        subparser = commands.add_parser(command.name, help=command.about, description=command.about)
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return parser
