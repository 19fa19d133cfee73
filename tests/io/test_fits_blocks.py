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


_UNSIGNED = [np.uint16, np.uint32, np.uint64, np.int8]


@pytest.mark.parametrize("dtype", _UNSIGNED)
def test_that_integers_of_the_other_sign_come_back(dtype: type[np.integer]) -> None:
    limits = np.iinfo(dtype)
    values = np.array([limits.min, 0, 1, 77, limits.max], dtype=dtype)
    assert np.array_equal(parse_fits(written(fits.PrimaryHDU(values)))[0].image(), values)
    if dtype is not np.int8:
        table = fits.BinTableHDU.from_columns(
            [fits.Column("A", {2: "I", 4: "J", 8: "K"}[values.itemsize], bzero=limits.max // 2 + 1, array=values)]
        )
        assert np.array_equal(parse_fits(written(fits.PrimaryHDU(), table))[1].columns()["A"], values)


def with_cards(data: bytes, **cards: object) -> bytes:
    """The same file with these cards in place of the blank ones after the END of its last header."""
    at = data.rindex(b"END" + b" " * 77)
    text = "".join(f"{key:<8}= {value!s:>20}".ljust(80) for key, value in cards.items()).encode() + b"END".ljust(80)
    return data[:at] + text + data[at + len(text) :]


@pytest.mark.parametrize("dtype", ["u1", ">i2", ">i4", ">i8", ">f4", ">f8"])
@pytest.mark.parametrize("cards", [{"BSCALE": 0.25}, {"BZERO": -3.7}, {"BSCALE": 1.7, "BZERO": 1e3}], ids=str)
def test_that_scaled_images_are_what_astropy_makes_of_them(dtype: str, cards: dict[str, float]) -> None:
    data = with_cards(written(fits.PrimaryHDU(np.arange(60, dtype=dtype).reshape(4, 15))), **cards)
    ours, theirs = parse_fits(data)[0].image(), fits.getdata(io.BytesIO(data))
    assert np.array_equal(ours, theirs)
    assert ours.dtype.kind == theirs.dtype.kind == "f"
    assert ours.itemsize == theirs.itemsize


def test_that_blank_pixels_of_integer_images_are_no_numbers() -> None:
    data = with_cards(written(fits.PrimaryHDU(np.arange(4, dtype=">i2"))), BLANK=2, BSCALE=0.5)
    assert np.array_equal(parse_fits(data)[0].image(), [0, 0.5, np.nan, 1.5], equal_nan=True)


@pytest.mark.parametrize("form", ["B", "I", "J", "K", "E", "D"])
def test_that_scaled_columns_are_what_astropy_makes_of_them(form: str) -> None:
    table = fits.BinTableHDU.from_columns([fits.Column("A", form, array=np.arange(9)), fits.Column("B", "3A")])
    data = with_cards(written(fits.PrimaryHDU(), table), TSCAL1=0.1, TZERO1=-2.5, TSCAL2=7.0)
    with fits.open(io.BytesIO(data), uint=form != "K") as hdus:  # astropy fails on scaled K columns (UnboundLocalError)
        assert np.array_equal(parse_fits(data)[1].columns()["A"], hdus[1].data["A"])


@pytest.mark.parametrize("card", [("BSCALE", "0.0"), ("BZERO", "1E400"), ("BSCALE", "T"), ("BZERO", "'much'")])
def test_that_scales_that_make_no_sense_are_refused(card: tuple[str, str]) -> None:
    data = with_cards(written(fits.PrimaryHDU(np.arange(4, dtype=">i2"))), **dict([card]))
    with pytest.raises(FitsDamage, match=card[0]):
        parse_fits(data)[0].image()


def test_that_heaps_and_bits_take_the_room_that_they_need() -> None:
    lists = np.array([np.arange(3.0), np.arange(5.0)], dtype=object)
    bits = np.zeros((2, 20), dtype=bool)
    columns = [
        fits.Column("P", "PE()", array=lists),
        fits.Column("Q", "QD()", array=lists),
        fits.Column("X", "20X", array=bits),
        fits.Column("E", "E", array=[1.5, 2.5]),
    ]
    data = written(fits.PrimaryHDU(), fits.BinTableHDU.from_columns(columns))
    read = parse_fits(data)[1].columns()
    assert read["E"].tolist() == [1.5, 2.5]
    assert read["P"][:, 0].tolist() == read["Q"][:, 0].tolist() == [3, 5]
    assert read["X"].shape == (2, 3)


def test_that_a_damaged_marker_does_not_lose_the_rest_without_a_word() -> None:
    data = written(fits.PrimaryHDU(), fits.ImageHDU(np.zeros(3)), fits.ImageHDU(np.ones(3)))
    at = data.rindex(b"XTENSION")
    with pytest.raises(FitsDamage, match="goes on"):
        parse_fits(data[:at] + b"X?" + data[at + 2 :])


@pytest.mark.parametrize("padding", [b"\0" * 5000, b" " * 80, b"\0" * 2880 + b" "])
def test_that_padding_at_the_end_is_forgiven(padding: bytes) -> None:
    assert len(parse_fits(written(fits.PrimaryHDU(np.ones(3))) + padding)) == 1
