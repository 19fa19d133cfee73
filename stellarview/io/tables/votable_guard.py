"""A VOTable may send its reader to other files and claim any size: this looks through the XML before astropy does."""

from __future__ import annotations

import math
import re
from typing import NoReturn
from xml.parsers import expat

_LARGEST_CELL = 100_000


class VotableRefused(Exception):
    """The VOTable could be read, but should not be; the message goes on after "it"."""


def refuse_outside_data(data: bytes) -> None:
    """Raise VotableRefused for entities, for data in other files and for sizes that the file cannot hold."""

    def check(name: str, attributes: dict[str, str]) -> None:
        element = name.rpartition(":")[2]
        if element == "FITS" or (element == "STREAM" and "href" in attributes):
            raise VotableRefused("refers to data in another file")
        if element == "TABLE" and _number(attributes.get("nrows", "0")) > len(data):
            raise VotableRefused(f"claims {attributes['nrows']} rows")
        if element in ("FIELD", "PARAM") and _cell_size(attributes.get("arraysize", "")) > _LARGEST_CELL:
            raise VotableRefused(f"claims {attributes['arraysize']} values in a field")

    parser = expat.ParserCreate()
    parser.StartElementHandler = check
    parser.EntityDeclHandler = _refuse_entity
    parser.Parse(data, True)


def _refuse_entity(*_: object) -> NoReturn:
    raise VotableRefused("defines XML entities, which no table needs")


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"\s*\d{1,18}\s*", text) else 10**18


def _cell_size(array_size: str) -> int:
    """How many values `10x20*` or `8` announces."""
    return math.prod(_number(count) for count in re.findall(r"\d+", array_size))
