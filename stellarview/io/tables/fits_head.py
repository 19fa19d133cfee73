"""Tells from its first bytes what a FITS table holds: no folder of spectra is read twice to find the tables in it."""

from __future__ import annotations

import re
from pathlib import Path

from stellarview.io.file_bytes import head_of_file
from stellarview.io.fits_blocks import BLOCK, CARD

_HEAD_BYTES = 40 * BLOCK
_NAME = re.compile(r"^TTYPE\d+ *= *'([^']*)'")


def fits_table_columns(path: Path) -> tuple[str, ...]:
    """The columns of a file whose first part with data is a table; () of anything else."""
    cards = _cards(head_of_file(path, _HEAD_BYTES))
    ends = [place for place, card in enumerate(cards) if card == "END"][:2]
    per_block = BLOCK // CARD
    if not ends or not cards[0].startswith("SIMPLE"):
        return ()
    start = -(-(ends[0] + 1) // per_block) * per_block
    if start >= len(cards) or not re.match(r"XTENSION= '(BIN)?TABLE", cards[start]):
        return ()
    stop = ends[1] if len(ends) > 1 else len(cards)
    return tuple(found[1].strip() for card in cards[start:stop] if (found := _NAME.match(card)))


def _cards(head: bytes) -> list[str]:
    text = head.decode("latin-1")
    return [text[place : place + CARD].rstrip() for place in range(0, len(text), CARD)]
