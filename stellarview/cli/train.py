"""`stellarview train`: from a TOML file to a model, resumable, with Ctrl-C for "enough, keep the best"."""

from __future__ import annotations

import argparse
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
    from stellarview.training.config import TrainingConfig
    from stellarview.training.trainer import Progress

_SECONDS_BETWEEN_LINES = 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """CONFIG.toml [--run FOLDER] [--fresh] [--device NAME] [--threads N] [--tensorboard] [--cross-validate N]"""
    parser.add_argument("config", type=Path, metavar="CONFIG.toml")
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
    """0 when the model stands in its folder."""
    from stellarview.inference.cores import use_threads
    from stellarview.training.config_file import read_config
    from stellarview.training.log import tensorboard
    from stellarview.training.run import finish_run, prepare_run, train_run

    use_threads(options.threads)
    config = read_config(options.config)
    folder = options.run_folder or options.config.with_suffix(".run")
    command = shlex.join(["stellarview", *sys.argv[1:]])
    if options.cross_validate is not None:
        return _cross_validate(options, config, folder, command)
    training = prepare_run(config, options.config.parent, folder, options.device, fresh=options.fresh)
    board = tensorboard(folder / "tensorboard") if options.tensorboard else None
    with _teller(quiet=options.quiet) as watch:
        train_run(training, watch, board)
    model = finish_run(training, command)
    print(f"{training.model_folder}  {model.card.architecture} x {model.card.members}: {', '.join(model.card.outputs)}")
    return 0


def _cross_validate(options: argparse.Namespace, config: TrainingConfig, folder: Path, command: str) -> int:
    """Prints the metrics of all spectra, each judged out of its fold."""
    if options.cross_validate < 2:
        raise StellarViewError(
            "This is no cross-validation.",
            f"It needs 2 folds at least, not {options.cross_validate}.",
            "Ask for 5, say.",
        )
    from stellarview.training.cross_validation import RESULT_FILE, cross_validate

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
