"""Our FITS decoder against astropy's."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from stellarview.io.fits_blocks import FitsDamage, parse_fits


def written(*hdus: Any) -> bytes:
    buffer = io.BytesIO()
    fits.HDUList(list(hdus)).writeto(buffer)
    return buffer.getvalue()


@settings(max_examples=30)
@given(
    npst.arrays(
        st.sampled_from([np.float32, np.float64, np.int16, np.int32]), npst.array_shapes(max_dims=2, max_side=9)
    )
)
def test_that_any_image_astropy_writes_comes_back(image: np.ndarray) -> None:
    assert np.array_equal(
        parse_fits(written(fits.PrimaryHDU(image)))[0].image(), image, equal_nan=image.dtype.kind == "f"
    )


@pytest.mark.parametrize("rows", [1, 7])
def test_that_tables_come_back_and_one_row_of_arrays_gives_the_arrays(rows: int) -> None:
    flux, flags = np.arange(rows * 5.0).reshape(rows, 5), np.arange(rows, dtype=np.int16)
    names = np.array([f"star {i}" for i in range(rows)])
    table = fits.BinTableHDU.from_columns(
        [
            fits.Column("flux", "5E", array=flux),
            fits.Column("FLAG", "I", array=flags),
            fits.Column("N", "8A", array=names),
        ],
        name="coadd",
    )
    hdu = parse_fits(written(fits.PrimaryHDU(), table))[1]
    assert hdu.name == "COADD"
    assert np.array_equal(hdu.columns()["FLUX"], flux[0] if rows == 1 else flux)
    assert np.array_equal(hdu.columns()["FLAG"], flags)
    assert hdu.columns()["N"].tolist() == [name.encode() for name in names]


_VALUES = st.one_of(
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60).map(str.rstrip),
)


@given(_VALUES)
def test_that_header_values_are_what_astropy_wrote(value: Any) -> None:
    header = fits.Header()
    header["THING"] = (value, "a comment / with 'traps'") if not isinstance(value, str) else value
    parsed = parse_fits(written(fits.PrimaryHDU(header=header)))[0].header.get("THING")
    assert parsed == (pytest.approx(value) if isinstance(value, float) else value)
    assert type(parsed) is type(value) or isinstance(value, float)


def test_that_absent_and_undefined_keywords_are_none() -> None:
    header = fits.Header()
    header["BLANK"] = None
    parsed = parse_fits(written(fits.PrimaryHDU(header=header)))[0].header
    assert parsed.get("BLANK") is None
    assert parsed.get("NEVER") is None
    assert "BLANK" in parsed


def test_that_a_file_cut_anywhere_in_its_data_is_called_truncated() -> None:
    data = written(fits.PrimaryHDU(np.zeros((5, 900), dtype=np.float32)))
    for size in range(0, 2880 + 5 * 900 * 4, 977):
        with pytest.raises(FitsDamage):
            parse_fits(data[:size])


def test_that_a_missing_last_padding_is_forgiven() -> None:
    data = written(fits.PrimaryHDU(np.ones(3, dtype=np.float32)))
    assert parse_fits(data[: 2880 + 12])[0].image().tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    "card", ["NAXIS1  =           3000000000", "NAXIS1  =                   -5", "NAXIS1  = 'many'"]
)
def test_that_a_header_lie_is_refused_without_allocating(card: str) -> None:
    data = written(fits.PrimaryHDU(np.zeros(10, dtype=np.float32)))
    at = data.index(b"NAXIS1  =")
    with pytest.raises(FitsDamage):
        parse_fits(data[:at] + card.ljust(80).encode() + data[at + 80 :])


def test_that_a_table_whose_columns_do_not_fill_its_rows_is_refused() -> None:
    table = fits.BinTableHDU.from_columns([fits.Column("A", "E", array=np.zeros(4))])
    data = written(fits.PrimaryHDU(), table).replace(b"TFORM1  = 'E       '", b"TFORM1  = 'D       '")
    with pytest.raises(FitsDamage, match="rows of"):
        parse_fits(data)[1].columns()
