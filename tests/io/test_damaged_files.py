"""Whatever is in a file, reading it ends in spectra or in a StellarViewError: never a traceback, never a hang."""

from __future__ import annotations

import gzip
import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from lamost_files import write_lrs_image, write_lrs_table, write_mrs

from stellarview.domain.errors import StellarViewError
from stellarview.io.spectra import read_spectra

Mutator = Callable[[bytes, np.random.Generator], bytes]


def truncate(data: bytes, rng: np.random.Generator) -> bytes:
    return data[: int(rng.integers(0, len(data)))]


def flip_bytes(data: bytes, rng: np.random.Generator) -> bytes:
    damaged = bytearray(data)
    for position in rng.integers(0, len(data), int(rng.integers(1, 40))):
        damaged[position] = int(rng.integers(0, 256))
    return bytes(damaged)


def flip_header_bytes(data: bytes, rng: np.random.Generator) -> bytes:
    head = min(len(data), 5760)
    return flip_bytes(data[:head], rng) + data[head:]


def swap_cards(data: bytes, rng: np.random.Generator) -> bytes:
    damaged = bytearray(data)
    for _ in range(int(rng.integers(1, 6))):
        a, b = (80 * int(k) for k in rng.integers(0, min(36, len(data) // 80), 2))
        damaged[a : a + 80], damaged[b : b + 80] = damaged[b : b + 80], damaged[a : a + 80]
    return bytes(damaged)


def lie_in_a_card(data: bytes, rng: np.random.Generator) -> bytes:
    keys = [
        b"NAXIS1",
        b"NAXIS2",
        b"BITPIX",
        b"TFIELDS",
        b"TFORM1",
        b"COEFF0",
        b"COEFF1",
        b"PCOUNT",
        b"NAXIS ",
        b"TTYPE2",
    ]
    values = [
        b"3000000000",
        b"-1",
        b"0",
        b"'XYZ'",
        b"NaN",
        b"1E400",
        b"99999999999999999999999",
        b"T",
        b"",
        b"'999999999E'",
    ]
    at = data.find(keys[int(rng.integers(len(keys)))])
    if at < 0:
        return data
    card = data[at : at + 8] + b"= " + values[int(rng.integers(len(values)))].rjust(20)
    return data[:at] + card.ljust(80) + data[at + 80 :]


def drop_a_block(data: bytes, rng: np.random.Generator) -> bytes:
    at = 2880 * int(rng.integers(0, max(1, len(data) // 2880)))
    return data[:at] + data[at + 2880 :]


def set_card(data: bytes, keyword: bytes, value: bytes, rng: np.random.Generator) -> bytes:
    """One of the cards of this keyword, in whichever header it stands."""
    places = [match.start() for match in re.finditer(keyword.ljust(8) + b"=", data)]
    if not places:
        return data
    at = places[int(rng.integers(len(places)))]
    return data[:at] + (keyword.ljust(8) + b"= " + value.rjust(20)).ljust(80) + data[at + 80 :]


def empty_a_table(data: bytes, rng: np.random.Generator) -> bytes:
    return set_card(data, b"NAXIS2", b"0", rng)


def empty_columns(data: bytes, rng: np.random.Generator) -> bytes:
    """All columns of a table without an element, and its rows without a byte or as they were."""
    data = re.sub(rb"(TFORM\d+ *= )'[^']*'", lambda m: (m[1] + b"'0E      '").ljust(len(m[0])), data)
    return set_card(data, b"NAXIS1", b"0", rng) if rng.random() < 0.5 else data


def scale_the_numbers(data: bytes, rng: np.random.Generator) -> bytes:
    keyword = (b"BSCALE", b"BZERO", b"TSCAL1", b"TZERO2")[int(rng.integers(4))]
    value = (b"0", b"1E40", b"-1", b"NaN", b"'x'", b"32768")[int(rng.integers(6))]
    keywords = (b"EQUINOX", b"RA", b"DEC", b"TTYPE3", b"SNRG")
    at = data.find(keywords[int(rng.integers(len(keywords)))].ljust(8) + b"=")
    return data if at < 0 else data[:at] + (keyword.ljust(8) + b"= " + value.rjust(20)).ljust(80) + data[at + 80 :]


MUTATORS = (
    *(truncate, flip_bytes, flip_header_bytes, swap_cards, lie_in_a_card, drop_a_block),
    *(empty_a_table, empty_columns, scale_the_numbers),
)


def outcome_of(path: Path) -> str:
    try:
        spectra = read_spectra(path)
    except StellarViewError as error:
        assert all(error.as_dict().values())
        result = "refused"
    else:
        assert all(np.isfinite(arm.flux).all() for spectrum in spectra for arm in spectrum.arms)
        result = "read"
    return result


def originals(folder: Path) -> list[bytes]:
    paths = [
        write_lrs_image(folder / "image.fits"),
        write_lrs_image(folder / "old.fits", third_row=np.ones(600)),
        write_lrs_table(folder / "table.fits"),
        write_mrs(folder / "med.fits", ("COADD_B", "COADD_R", "B-83555758", "R-83555758")),
    ]
    return [path.read_bytes() for path in paths]


@pytest.mark.parametrize("mutate", MUTATORS, ids=lambda mutate: mutate.__name__)
def test_that_damaged_files_are_read_or_refused(tmp_path: Path, mutate: Mutator) -> None:
    rng = np.random.default_rng(7)
    path = tmp_path / "damaged.fits"
    outcomes = []
    for data in originals(tmp_path):
        for _ in range(85):
            path.write_bytes(mutate(data, rng))
            outcomes.append(outcome_of(path))
    assert "refused" in outcomes


def test_that_damaged_gzip_is_read_or_refused(tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    path = tmp_path / "damaged.fits.gz"
    packed = [gzip.compress(data) for data in originals(tmp_path)]
    for data in packed:
        for mutate in (truncate, flip_bytes):
            for _ in range(20):
                path.write_bytes(mutate(data, rng))
                outcome_of(path)


def test_that_two_thousand_damaged_survey_files_are_read_or_refused(shared_data: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    sources = sorted(shared_data.glob("lamost_*/*.fits*"))
    path = tmp_path / "damaged.fits"
    outcomes = []
    for number in range(2000):
        data = sources[number % len(sources)].read_bytes()
        data = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
        path.write_bytes(MUTATORS[int(rng.integers(len(MUTATORS)))](data, rng))
        outcomes.append(outcome_of(path))
    assert {"read", "refused"} == set(outcomes)


def test_that_a_header_that_lies_of_three_gigabytes_costs_no_memory(tmp_path: Path) -> None:
    path = write_lrs_image(tmp_path / "a.fits")
    data = path.read_bytes()
    at = data.index(b"NAXIS1  =")
    path.write_bytes(data[:at] + b"NAXIS1  =            160000000".ljust(80) + data[at + 80 :])
    tracemalloc.start()
    try:
        assert outcome_of(path) == "refused"
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * len(data) + 500_000
