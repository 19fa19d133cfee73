"""Closings in the middle of work: python tests/bench/closing.py [--cycles N]

Each is the real program in a process of its own that closes, or is asked to end, at a stage of its work: files being
read, networks running, a what-if on its way, a dialog open, a session being written. A clean closing ends with code 0,
says nothing on the terminal, leaves no process, takes the window down, and keeps every dropped file on the side, those
too that had not become stars yet.
"""

from __future__ import annotations

import argparse
import collections
import itertools
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]

from ui.closing import close_at
from ui.closing_cycle import STAGES
from watchdog import many_files


def main() -> None:
    """One line a closing that was not clean, and a table of how many were."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cycles", type=int, default=50)
    parser.add_argument("--files", type=int, default=60)
    options = parser.parse_args()
    stages = itertools.islice(itertools.cycle(stage for stage in STAGES if stage != "stay"), options.cycles)
    clean, all_of, seconds = collections.Counter[str](), collections.Counter[str](), 0.0
    with tempfile.TemporaryDirectory() as name:
        files = many_files(Path(name) / "files", options.files)
        for cycle, stage in enumerate(stages):
            begun = time.perf_counter()
            left = close_at(stage, Path(name) / str(cycle), [files])
            seconds += time.perf_counter() - begun
            all_of[stage] += 1
            is_whole = len(set(left.kept)) == options.files
            is_clean = left.code == 0 and not left.said and not left.orphans and left.is_taken_down and is_whole
            clean[stage] += is_clean
            if not is_clean:
                kept = f"{len(set(left.kept))} of {options.files} files kept, window down: {left.is_taken_down}"
                print(
                    f"{stage}: code {left.code}, orphans {left.orphans}, {kept}, said {left.said[-500:]!r}", flush=True
                )
    for stage, count in all_of.items():
        print(f"{stage:<10}{clean[stage]:>3} of {count} clean")
    print(f"{sum(clean.values())} of {options.cycles} clean, {seconds / options.cycles:.1f} s each")


if __name__ == "__main__":
    main()
