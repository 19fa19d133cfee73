"""`stellarview judge`: whether a fine-tuned model deserves to be kept, in words and figures."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from stellarview import __version__
from stellarview.cli.progress import Progress
from stellarview.scene.figure import save_figure
from stellarview.scene.judgement import build_judgement_scene

if TYPE_CHECKING:
    from stellarview.domain.judgement import Judgement

_WIDTH_INCH = 13.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN [--against MODEL] [--figure OUT] [--json] [--device NAME]"""
    parser.add_argument("run_folder", type=Path, metavar="RUN", help="folder that `stellarview train --run` wrote")
    parser.add_argument("--against", default="", metavar="MODEL", help="a model to compare with, if not its parent")
    parser.add_argument("--figure", type=Path, metavar="OUT", help="draw the judgement to this .pdf, .svg or .png")
    parser.add_argument("--json", action="store_true", help="print all of it as JSON")
    parser.add_argument("--device", default="auto", metavar="NAME", help="auto, cpu, cuda or mps")


def run(options: argparse.Namespace) -> int:
    """Judge the run, and write the judgement into its folder."""
    from stellarview.training.judge import judge_run

    with _progress() as tell:
        judged = judge_run(options.run_folder, options.against, options.device, tell)
    if options.figure:
        about = f"StellarView {__version__}; weights sha256 {judged.judgement.weights_sha256}"
        save_figure(build_judgement_scene(judged.judgement, judged.evidence, about), options.figure, _WIDTH_INCH)
    facts = judged.judgement.to_json()
    print(json.dumps(facts, indent=1, ensure_ascii=False) if options.json else judgement_text(judged.judgement))
    return 0


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A line for each count of its own: spectra are prepared first, where the run did not keep them."""
    shown: list[Progress] = []

    def tell(done: int, total: int) -> None:
        if not shown or shown[-1].total != total:
            end()
            shown.append(Progress(total, "spectra", step=1))
        shown[-1].tell(done)

    def end() -> None:
        while shown:
            shown.pop().end()

    try:
        yield tell
    finally:
        end()


def judgement_text(judgement: Judgement) -> str:
    """The verdict and its reasons, a line each."""
    against = f" against {judgement.parent}" if judgement.parent else ""
    lines = [f"{judgement.model}{against}: {judgement.verdict.upper()}", *(f"- {words}" for words in judgement.reasons)]
    return "\n".join(lines)
