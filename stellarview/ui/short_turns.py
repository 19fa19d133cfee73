"""What Python does in between shall not make the window wait: its collector, and threads that hold it."""

from __future__ import annotations

import gc
import sys

_SWITCH_S = 0.001
_SELDOM = (5000, 20, 50)


def keep_calm() -> None:
    """To be called once all parts stand."""
    # Modules and widgets live as long as the program: walking them again and again took 50 ms each time.
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    gc.enable()
    # Threads take answers apart while the window paints; five milliseconds at each change are seen.
    sys.setswitchinterval(_SWITCH_S)
