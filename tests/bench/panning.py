"""Frames a second while a full spectrum view is panned: python tests/bench/panning.py [--frames N] [--size 1600x1000]

The scene has what a window can show at once: the flux coloured by a map, its error, continuum and masked stretches,
names of lines, a strip of saliency with its scatter, and a second arm that moves along. Everything is painted in
software into an offscreen window, so a real screen is not slower.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtWidgets import QApplication

from stellarview.scene.marks import (
    BandMark,
    ColouredCurveMark,
    CurveMark,
    LineLabelMark,
    Mark,
    Panel,
    Scene,
    SpanMark,
)
from stellarview.ui.plot.view import SceneView
from stellarview.ui.theme import apply_theme

SPANS = LABELS = 40


def full_scene(points: int) -> Scene:
    """Three panels over one axis."""
    random = np.random.default_rng(7)
    x = np.linspace(3700.0, 9100.0, points)
    continuum = 2000.0 * np.exp(-(((x - 5500.0) / 3500.0) ** 2))
    flux = continuum * (1 - 0.1 * np.abs(random.normal(size=points)))
    saliency = np.convolve(random.normal(size=points), np.ones(5) / 5, mode="same")
    limits, label = (3700.0, 9100.0), "Rest wavelength in vacuum (Å)"

    def above(curve: Mark) -> tuple[Mark, ...]:
        spans = [SpanMark(at, at + 8.0, "masked", "cosmic ray") for at in np.linspace(3800, 9000, SPANS)]
        names = [LineLabelMark(at, 0.0, at, f"Fe I {at:.0f}") for at in np.linspace(3750, 9050, LABELS)]
        band = BandMark(x, flux - 40.0, flux + 40.0, "error", "±1σ")
        return (*spans, band, curve, CurveMark(x, continuum, "continuum", "pseudo-continuum"), *names)

    coloured = ColouredCurveMark(x, flux, saliency, 1.0, "Grad-CAM for Teff (K per pixel)")
    strip = (
        BandMark(x, saliency - 0.2, saliency + 0.2, "error", "scatter of the members"),
        CurveMark(x, saliency, "continuum", "saliency"),
        CurveMark(np.array(limits), np.zeros(2), "zero"),
    )
    panels = (
        Panel(above(coloured), "", "Flux (relative)", limits, (0.0, 3000.0), "arm B"),
        Panel(strip, "", "d(Teff)/d(flux)\n(K per 1%)", limits, (-2.0, 2.0), height=0.5),
        Panel(above(CurveMark(x, flux, "flux", "flux")), label, "Flux (relative)", limits, (0.0, 3000.0), "arm R"),
    )
    return Scene(panels, "everything on", "bench")


def frame_times(view: SceneView, frames: int, width: float) -> tuple[list[float], float]:
    """Seconds for each step of a pan, painted to its last pixel; and the processor's seconds for one of them."""
    times, work = [], time.process_time()
    for start in np.linspace(3700.0, 9100.0 - width, frames):
        begun = time.perf_counter()
        view.set_x_range(float(start), float(start + width))
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
        times.append(time.perf_counter() - begun)
    return times, (time.process_time() - work) / frames


def main() -> None:
    """One row for each number of points and each stretch that is seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--size", default="1600x1000")
    options = parser.parse_args()
    app = QApplication([])
    apply_theme(app, "light")
    view = SceneView()
    view.resize(*(int(part) for part in options.size.split("x")))
    view.show()
    print(f"{'points':>8} {'seen (Å)':>9} {'frames/s':>9} {'median ms':>10} {'slowest ms':>11} {'CPU ms':>10}")
    for points in (4000, 8000):
        view.set_scene(full_scene(points), keep_range=False)
        for width in (400.0, 2000.0, 5300.0):
            times, work = frame_times(view, options.frames, width)
            middle, slowest = statistics.median(times), max(times)
            print(
                f"{points:>8} {width:>9.0f} {1 / middle:>9.0f} {1e3 * middle:>10.1f} {1e3 * slowest:>11.1f}"
                f" {1e3 * work:>10.1f}"
            )
    view.close()


if __name__ == "__main__":
    main()
