"""Tables and spectra from and to other Virtual Observatory programs (SAMP), through a process of its own."""

from __future__ import annotations

from stellarview.samp.client import SampBridge

__all__ = ["SampBridge"]
