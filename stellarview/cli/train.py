"""`stellarview train`: from a TOML file to a model, resumable, with Ctrl-C for "enough, keep the best"."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stellarview.cli.evaluate import metrics_text
from stellarview.domain.errors import StellarViewError

if TYPE_CHECKING:
    from stellarview.training.progress import Progress
    from stellarview.training.watched import Watched

_SECONDS_BETWEEN_LINES = 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """CONFIG.toml [--run FOLDER] [--queue FOLDER] [--fresh] [--device NAME] [--threads N] [--cross-validate N]"""
    parser.add_argument("config", type=Path, nargs="?", metavar="CONFIG.toml")
    parser.add_argument("--queue", type=Path, metavar="FOLDER", help="instead: do the runs that wait in this folder")
    parser.add_argument(
        "--run", type=Path, dest="run_folder", metavar="FOLDER", help="checkpoint, log and model go here"
    )
    parser.add_argument("--fresh", action="store_true", help="start again, whatever checkpoint is there")
    parser.add_argument("--device", default="auto", metavar="NAME", help="auto, cpu, cuda or mps")
    parser.add_argument("--threads", type=int, metavar="N", help="processor threads; all cores, if not given")
    parser.add_argument("--tensorboard", action="store_true", help="curves for TensorBoard too")
    parser.add_argument("--cross-validate", type=int, metavar="N", help="judge each group by networks new to it")
    parser.add_argument("--keep-folds", action="store_true", help="with --cross-validate: keep the models of the folds")
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")
    parser.set_defaults(json=False)


def run(options: argparse.Namespace) -> int:
    """0 when the model stands in its folder, 1 where it was cancelled."""
    if options.queue is not None:
        from stellarview.training.launch import work_through

        work_through(options.queue)
        return 0
    if options.config is None:
        raise StellarViewError(
            "There is nothing to train.", "No configuration is given.", "Give a CONFIG.toml, or --queue FOLDER."
        )
    folder = options.run_folder or options.config.with_suffix(".run")
    command = shlex.join(["stellarview", *sys.argv[1:]])
    if options.cross_validate is not None:
        return _cross_validate(options, folder, command)
    return _train(options, folder, command)


def _train(options: argparse.Namespace, folder: Path, command: str) -> int:
    from stellarview.training.watched import Cancelled, Watched

    is_first = os.environ.get("RANK", "0") == "0"  # torchrun counts its processes
    try:
        with (
            _teller(quiet=options.quiet or not is_first) as teller,
            Watched(folder, teller, is_first=is_first) as watched,
        ):
            told = _trained(options, folder, command, watched)
    except Cancelled:
        print(f"Cancelled. {folder} goes on after its last whole epoch when it is started again.", file=sys.stderr)
        return 1
    print(told, end="")
    return 0


def _trained(options: argparse.Namespace, folder: Path, command: str, watched: Watched) -> str:
    """From the configuration to the model; what is to be said of it."""
    from stellarview.training.config_file import read_config
    from stellarview.training.log import tensorboard
    from stellarview.training.ranks import joined
    from stellarview.training.run import finish_run, prepare_run, train_run

    _use_threads(options)
    config = read_config(options.config)
    with joined(config.network.members) as ranks:
        where = {"fresh": options.fresh, "tell": watched.preparing, "ranks": ranks}
        training = prepare_run(config, options.config.parent, folder, options.device, **where)
        board = tensorboard(folder / "tensorboard") if options.tensorboard and ranks.is_first else None
        watched.begin(training)
        train_run(training, watched, board)
    if not ranks.is_first:
        return ""
    watched.finishing()
    card = finish_run(training, command).card
    watched.done(training.model_folder)
    return f"{training.model_folder}  {card.architecture} x {card.members}: {', '.join(card.outputs)}\n"


def _use_threads(options: argparse.Namespace) -> None:
    """All cores, or this process's share of them."""
    from stellarview.inference.cores import n_cores, use_threads

    use_threads(options.threads or max(1, n_cores() // int(os.environ.get("LOCAL_WORLD_SIZE", "1"))))


def _cross_validate(options: argparse.Namespace, folder: Path, command: str) -> int:
    """Prints the metrics of all spectra, each judged out of its fold."""
    if options.cross_validate < 2:
        raise StellarViewError(
            "This is no cross-validation.",
            f"It needs 2 folds at least, not {options.cross_validate}.",
            "Ask for 5, say.",
        )
    from stellarview.training.config_file import read_config
    from stellarview.training.cross_validation import RESULT_FILE, cross_validate

    _use_threads(options)
    config = read_config(options.config)

    def watching(fold: int) -> AbstractContextManager[_Teller]:
        if not options.quiet:
            print(f"Fold {fold + 1} of {options.cross_validate}", file=sys.stderr)
        return _teller(quiet=options.quiet)

    facts = {"device": options.device, "fresh": options.fresh, "keep": options.keep_folds, "command": command}
    metrics = cross_validate(config, options.config.parent, folder, options.cross_validate, watching, **facts)
    print(f"{metrics_text(metrics)}\n{folder / RESULT_FILE}")
    return 0


class _Teller:
    """Shows progress, and remembers that it is enough."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet, self.is_enough = quiet, False
        self._told, self._epoch = 0.0, -1

    def __call__(self, progress: Progress) -> bool:
        newest = progress.rows[0]["epoch"] if progress.rows else 0
        if not self.quiet and newest != self._epoch:
            self._say("".join(f"{_line(row)}\n" for row in progress.rows))
        elif not self.quiet and time.monotonic() - self._told > _SECONDS_BETWEEN_LINES and sys.stderr.isatty():
            self._say(f"epoch {progress.done:.2f} of {progress.epochs}, {_time(progress.seconds_left)} left")
        self._epoch = newest
        return self.is_enough

    def interrupted(self, *_: Any) -> None:
        """Once: stop and keep the best. Twice: stop at once."""
        if self.is_enough:
            raise KeyboardInterrupt
        self.is_enough = True
        self._say("Stopping after this step; the best weights become the model. Ctrl-C again to cancel.\n")

    def _say(self, words: str) -> None:
        self._told = time.monotonic()
        sys.stderr.write(f"\r\x1b[K{words}" if sys.stderr.isatty() else words)
        sys.stderr.flush()


@contextmanager
def _teller(*, quiet: bool) -> Iterator[_Teller]:
    teller = _Teller(quiet=quiet)
    before = signal.signal(signal.SIGINT, teller.interrupted)
    try:
        yield teller
    finally:
        signal.signal(signal.SIGINT, before)


def _line(row: dict[str, Any]) -> str:
    known = {"epoch", "member", "train_loss", "validation_loss", "rate", "seconds"}
    errors = "  ".join(f"{name} {value:.4g}" for name, value in row.items() if name not in known)
    return (
        f"epoch {row['epoch']}  member {row['member']}  loss {row['train_loss']:.4f}, validation "
        f"{row['validation_loss']:.4f}  {errors}  ({row['seconds']:.1f} s)"
    )


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return (
        f"{minutes // 60} h {minutes % 60} min"
        if minutes >= 60
        else f"{minutes} min {rest} s"
        if minutes
        else f"{rest} s"
    )
