"""Label tables in every format, with columns under every name, matched to spectra."""

from __future__ import annotations

import gzip
import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stellarview.domain.errors import StellarViewError
from stellarview.domain.labels import LABELS
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, Arm, HeaderFacts, RadialVelocity, Source, Spectrum
from stellarview.io.tables.columns import Guess
from stellarview.io.tables.label_table import LabelTable, read_label_table

CSV = """obsid,filename,TEFF,TEFF_ERR,LOGG,[Fe/H],visits,rv
101,a.fits,5772.5,10,4.44,0.0,1,-20.5
102,b.fits.gz,-9999,20,,0.25,2,-9999
103,c,4000,-9999,1.5,nan,3,0
"""


def astropy_table() -> Any:
    from astropy.table import MaskedColumn, Table

    table = Table(
        {
            "obsid": np.array([101, 102, 103]),
            "filename": ["a.fits", "b.fits.gz", "c"],
            "TEFF": [5772.5, -9999.0, 4000.0],
            "TEFF_ERR": np.array([10, 20, -9999], dtype=np.int16),
            "LOGG": MaskedColumn([4.44, 9.0, 1.5], mask=[False, True, False]),
            "[Fe/H]": [0.0, 0.25, np.nan],
            "visits": MaskedColumn([1, 2, 3], mask=[True, False, False]),
            "rv": [-20.5, -9999.0, 0.0],
        }
    )
    table["TEFF"].unit = "K"
    return table


def fits_bytes() -> bytes:
    table = astropy_table()
    table["spectrum"] = np.zeros((3, 5))  # a vector in each row is no label and no key
    return written(table, "fits")


def votable_bytes(kind: str) -> bytes:
    from astropy.io.votable import from_table

    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from_table(astropy_table()).to_xml(stream, tabledata_format=kind)
    return stream.getvalue()


def written(table: Any, kind: str) -> bytes:
    stream = io.BytesIO() if kind == "fits" else io.StringIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table.write(stream, format=kind)
    value = stream.getvalue()
    return value if isinstance(value, bytes) else value.encode()


FORMATS: dict[str, Callable[[], bytes]] = {
    "csv": CSV.encode,
    "csv with windows lines": CSV.replace("\n", "\r\n").encode,
    "csv with byte order mark": lambda: CSV.encode("utf-8-sig"),
    "csv of excel": lambda: CSV.replace(",", "\t").encode("utf-16"),
    "csv in latin-1": lambda: CSV.replace("visits", "été").encode("latin-1"),
    "csv with bars": CSV.replace(",", "|").encode,
    "csv with semicolons": CSV.replace(",", ";").encode,
    "csv with quotes": CSV.replace("a.fits", '"a.fits"').encode,
    "csv with comments": f"# from LAMOST\n#\n\n{CSV}# the end\n\n".encode,
    "csv with the header in a comment": f"# all stars\n# {CSV}".encode,
    "text": lambda: CSV.replace(",,", ",nan,").replace(",", "  ").encode(),
    "ecsv": lambda: written(astropy_table(), "ascii.ecsv"),
    "fits": fits_bytes,
    "votable": lambda: votable_bytes("tabledata"),
    "votable in base64": lambda: votable_bytes("binary2"),
    "gzip": lambda: gzip.compress(CSV.encode()),
    "fits in gzip": lambda: gzip.compress(fits_bytes()),
}


def a_table(folder: Path, content: str | bytes, **more: Any) -> LabelTable:
    path = folder / "labels.dat"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_label_table(path, **more)


def refusal(folder: Path, content: str | bytes, **more: Any) -> str:
    with pytest.raises(StellarViewError) as caught:
        a_table(folder, content, **more)
    assert "labels.dat" in caught.value.what
    return caught.value.why


@pytest.mark.parametrize("name", FORMATS)
def test_that_every_format_gives_the_same_table(tmp_path: Path, name: str) -> None:
    table = a_table(tmp_path, FORMATS[name]())
    assert (table.key_kind, table.key_column, table.keys) == ("obsid", "obsid", (101, 102, 103))
    assert len(table) == 3
    np.testing.assert_array_equal(table.labels["teff"], [5772.5, np.nan, 4000.0])
    np.testing.assert_array_equal(table.labels["logg"], [4.44, np.nan, 1.5])
    np.testing.assert_array_equal(table.labels["feh"], [0.0, 0.25, np.nan])
    np.testing.assert_array_equal(table.sigmas["teff"], [10.0, 20.0, np.nan])
    assert table.velocity_km_s is not None
    np.testing.assert_array_equal(table.velocity_km_s, [-20.5, np.nan, 0.0])
    assert table.columns == {
        **{"teff": "TEFF", "logg": "LOGG", "feh": "[Fe/H]", "rv": "rv"},
        "teff_sigma": "TEFF_ERR",
    }
    assert not table.labels["teff"].flags.writeable


@pytest.mark.parametrize(
    ("column", "key"),
    [
        *[(name, "teff") for name in ("T_EFF", "Teff", "teff[K]", "TEFF_LASP", "Effective Temperature", "teff_cnn")],
        *[(name, "logg") for name in ("log g", "LOG_G", "log(g)", "logg_lasp", "surface_gravity")],
        *[(name, "feh") for name in ("[Fe/H]", "FE_H", "feh", "M_H", "metallicity", "Fe_H_aspcap")],
        *[(name, "mgh") for name in ("MgH", "MG_H", "[Mg/H]", "mg_h_cnn")],
        *[(name, "rv") for name in ("rv", "radial_velocity", "HRV", "rv_lasp")],
        ("z", "redshift"),
    ],
)
def test_that_columns_are_known_under_many_names(tmp_path: Path, column: str, key: str) -> None:
    table = a_table(tmp_path, f'obsid,"{column}"\n1,5000.5\n')
    assert table.columns == {key: column}


@pytest.mark.parametrize(
    "column",
    [
        *("chi2", "z_mag", "teff_flag", "logg_lower", "e_feh", "FEH_ERR", "snrg", "mgfe", "teff2", "night"),
        *("sh_name", "feh_snr", "rverr"),
    ],
)
def test_that_other_columns_are_not_taken_for_labels(tmp_path: Path, column: str) -> None:
    assert "no column that looks like a stellar label" in refusal(tmp_path, f"obsid,{column}\n1,5\n")


@pytest.mark.parametrize(
    "error", ["teff_err", "e_Teff", "TEFF_SIGMA", "sigma_teff", "Teff_unc", "eteff", "tefferr", "teff error"]
)
def test_that_uncertainties_are_known_under_many_names(tmp_path: Path, error: str) -> None:
    table = a_table(tmp_path, f"obsid,Teff,logg,{error}\n1,5000,4.5,-3\n2,5000,4.5,70\n")
    np.testing.assert_array_equal(table.sigmas["teff"], [np.nan, 70.0])
    assert set(table.sigmas) == {"teff"}


def test_that_each_column_gets_its_own_uncertainty(tmp_path: Path) -> None:
    table = a_table(tmp_path, "obsid,teff_cnn,teff_lasp,teff_lasp_err,teff_cnn_err\n1,5000,5100,70,30\n")
    assert table.sigmas["teff"].tolist() == [30.0]
    override = a_table(tmp_path, (tmp_path / "labels.dat").read_bytes(), columns={"teff": "teff_lasp"})
    assert (override.labels["teff"].tolist(), override.sigmas["teff"].tolist()) == ([5100.0], [70.0])


def test_that_exact_names_go_before_aliases_and_aliases_before_beginnings(tmp_path: Path) -> None:
    table = a_table(tmp_path, "obsid,log_teff,teff_lasp,temperature,Teff\n1,3.7,1000,2000,3000\n")
    assert table.labels["teff"].tolist() == [3000.0]
    assert table.guesses["teff"] == (
        Guess("Teff", "exact"),
        Guess("temperature", "alias"),
        Guess("teff_lasp", "prefix"),
        Guess("log_teff", "logarithm"),
    )
    assert table.ambiguous == ()


def test_that_of_equal_columns_the_first_is_taken_and_told(tmp_path: Path) -> None:
    content = "obsid,teff_cnn,teff_lasp,logg\n1,5000,5100,4\n"
    assert a_table(tmp_path, content).ambiguous == ("teff",)
    assert a_table(tmp_path, content).labels["teff"].tolist() == [5000.0]
    assert a_table(tmp_path, content, columns={"teff": "teff_lasp"}).ambiguous == ()


def test_that_the_caller_may_choose_any_column(tmp_path: Path) -> None:
    content = "star,obsid,teff,logg,logg_err,rv,z,vsini,weight\na.fits,1,5000,4,0.1,30,0.5,12,7\n"
    columns = {"logg": "", "vsini": "vsini", "teff_sigma": "weight", "rv": ""}
    table = a_table(tmp_path, content, columns=columns, key_column="star")
    assert (table.key_kind, table.keys) == ("file", ("a",))
    assert {key: values.tolist() for key, values in table.labels.items()} == {"teff": [5000.0], "vsini": [12.0]}
    assert {key: values.tolist() for key, values in table.sigmas.items()} == {"teff": [7.0]}
    assert table.velocity_km_s is not None
    assert table.velocity_km_s.tolist() == [0.5 * SPEED_OF_LIGHT_KM_S]


@pytest.mark.parametrize("more", [{"columns": {"teff": "T"}}, {"key_column": "T"}, {"columns": {"teff_sigma": "T"}}])
def test_that_an_absent_column_is_refused_with_a_list_of_those_there(tmp_path: Path, more: dict[str, Any]) -> None:
    why = refusal(tmp_path, "obsid,teff,logg\n1,5000,4\n", **more)
    assert why == "It has no column 'T': its columns are obsid, teff, logg."


def test_that_logarithms_which_say_so_become_kelvin(tmp_path: Path) -> None:
    table = a_table(tmp_path, "obsid,logTeff,logTeff_err\n1,3.75,0.01\n2,-9999,0.01\n")
    np.testing.assert_allclose(table.labels["teff"], [10**3.75, np.nan])
    np.testing.assert_allclose(table.sigmas["teff"], [10**3.75 * np.log(10) * 0.01, np.nan])
    assert table.notes == ("Teff: the column 'logTeff' holds logarithms, converted to K",)


@pytest.mark.parametrize("unit", ["dex", "dex(K)"])
def test_that_a_unit_may_say_that_temperatures_are_logarithms(tmp_path: Path, unit: str) -> None:
    from astropy.table import Table

    table = Table({"obsid": [1], "teff": [3.75]})
    table["teff"].unit = unit
    assert a_table(tmp_path, written(table, "ascii.ecsv")).labels["teff"][0] == pytest.approx(10**3.75)


def test_that_doubtful_temperatures_are_refused(tmp_path: Path) -> None:
    from astropy.table import Table

    assert "look like logarithms" in refusal(tmp_path, "obsid,teff\n1,3.75\n2,3.8\n")
    assert "reaches 5772" in refusal(tmp_path, "obsid,log_teff\n1,5772\n")
    table = Table({"obsid": [1], "teff": [5.7]})
    table["teff"].unit = "mJy"
    assert "in 'mJy', not in K" in refusal(tmp_path, written(table, "ascii.ecsv"))


def test_that_velocities_go_before_redshifts(tmp_path: Path) -> None:
    table = a_table(tmp_path, "obsid,z,z_err,rv,rv_err\n1,0.001,1e-5,-20,2\n2,0.001,1e-5,,2\n3,0,0,1,\n")
    assert table.columns == {"rv": "rv", "rv_sigma": "rv_err"}
    assert table.velocity(0) == RadialVelocity(-20.0, 2.0, "catalogue")
    assert table.velocity(1) is None
    assert table.velocity(2) == RadialVelocity(1.0, None, "catalogue")
    redshift = a_table(tmp_path, "obsid,z,z_err\n1,0.001,1e-5\n").velocity(0)
    assert redshift == RadialVelocity(0.001 * SPEED_OF_LIGHT_KM_S, 1e-5 * SPEED_OF_LIGHT_KM_S, "catalogue")
    assert a_table(tmp_path, "obsid,teff\n1,5000\n").velocity(0) is None


def a_spectrum(obsid: int | None, file_name: str) -> Spectrum:
    arm = Arm("LRS", np.arange(4000.0, 4004.0), np.ones(4), np.ones(4), np.zeros(4, np.uint16))
    return Spectrum((arm,), "vacuum", "observed", Source(file_name, "", "", ""), HeaderFacts(obsid=obsid))


def test_that_spectra_are_matched_by_observation_number(tmp_path: Path) -> None:
    table = a_table(tmp_path, "file,obsid,teff\na,101,5000\nb,,6000\nc,103.0,7000\nd,101,8000\n")
    assert table.keys == (101, -1, 103, 101)
    assert table.duplicate_keys == (101,)
    spectra = [a_spectrum(103, ""), a_spectrum(101, ""), a_spectrum(None, "b"), a_spectrum(-1, ""), a_spectrum(7, "")]
    assert table.match(spectra).tolist() == [2, 0, -1, -1, -1]
    assert table.row_for(HeaderFacts(obsid=103), "") == 2


def test_that_spectra_are_matched_by_file_name_without_folder_and_suffix(tmp_path: Path) -> None:
    content = "FILENAME,teff\n/a/b/spec-1.fits.gz,1000\nspec-2,2000\n,3000\nC:\\x\\spec-4.FIT,4000\nv1.2,5000\n"
    table = a_table(tmp_path, content)
    assert (table.key_kind, table.keys) == ("file", ("spec-1", "spec-2", "", "spec-4", "v1.2"))
    names = ("spec-1.fits", "x/spec-2.fits.gz", "spec-4", "", "v1.2.fits", "spec-9")
    assert [table.row_for(HeaderFacts(), name) for name in names] == [0, 1, 3, None, 4, None]


def test_that_observation_numbers_may_be_floats_or_words(tmp_path: Path) -> None:
    from astropy.table import Table

    floats = Table({"obsid": [101.0, np.nan], "teff": [5000.0, 6000.0]})
    assert a_table(tmp_path, written(floats, "fits")).keys == (101, -1)
    words = a_table(tmp_path, "obs_id,file,teff\nADP.2013,a.fits,5000\n")
    assert (words.key_kind, words.keys) == ("file", ("a",))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("teff,logg\n5000,4\n", "no column that tells which star"),
        ("obsid,teff\n", "no rows"),
        ("obsid,teff\n1,5000,3\n", "3 fields in row 1 where its header has 2"),
        ("obsid,teff\n1,5000\n2\n", "1 fields in row 2"),
        ("obsid,teff\n1,hot\n", "'hot' in row 1 of the column 'teff', which is no number"),
        ("\n\n", "no line with the names"),
        ('obsid,teff\n1,"' + "5" * 200_000 + '"\n', "field larger than field limit"),
        (b"\x89HDF\r\n\x1a\n\0\0", "neither a text nor a FITS file"),
        (b"SIMPLE  =                    T", "truncated or damaged"),
        (b"# %ECSV 1.0\n# ---\n# {datatype\n", "damaged"),
        (b"# %ECSV 1.0", "damaged"),
        (b"<?xml version='1.0'?><VOTABLE><RESOURCE>", "no element found"),
        (b"<VOTABLE></VOTABLE>", "damaged"),
    ],
)
def test_that_bad_tables_are_refused_in_words(tmp_path: Path, content: str | bytes, why: str) -> None:
    assert why in refusal(tmp_path, content)


def test_that_files_which_cannot_be_read_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere.csv"):
        with pytest.raises(StellarViewError):
            read_label_table(path)
    assert "too early" in refusal(tmp_path, gzip.compress(CSV.encode())[:-12])


def test_that_fits_files_without_a_usable_table_are_refused(tmp_path: Path) -> None:
    from astropy.io import fits

    stream = io.BytesIO()
    fits.PrimaryHDU(np.zeros((3, 3))).writeto(stream)
    assert "FITS file without a table" in refusal(tmp_path, stream.getvalue())
    whole = fits_bytes()
    assert "truncated" in refusal(tmp_path, whole[: len(whole) - 2880])
    assert "damaged FITS header" in refusal(tmp_path, whole.replace(b"TTYPE1  = '", b"TTYPE1  =  "))
    refusal(tmp_path, whole.replace(b"TFORM1  = 'K", b"TFORM1  = '?"))


numbers = st.none() | st.floats(-900, 1e6)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(st.integers(1, 2**40), numbers, numbers), min_size=1, max_size=6))
def test_that_any_numbers_come_back(tmp_path: Path, rows: list[tuple[int, float | None, float | None]]) -> None:
    lines = [",".join("" if cell is None else repr(cell) for cell in row) for row in rows]
    table = a_table(tmp_path, "\n".join(["obsid,mgh,sih", *lines]))
    assert table.keys == tuple(row[0] for row in rows)
    for place, key in ((1, "mgh"), (2, "sih")):
        expected = [np.nan if row[place] is None else row[place] for row in rows]
        np.testing.assert_array_equal(table.labels[key], np.array(expected, dtype=float))


def test_that_every_label_is_found_by_its_key_its_text_and_its_aliases(tmp_path: Path) -> None:
    for label in LABELS.values():
        for name in (label.key, label.key.upper(), label.text, *label.aliases):
            assert a_table(tmp_path, f'obsid,"{name}"\n1,5000\n').columns == {label.key: name}


def test_that_the_real_tables_are_understood(shared_data: Path) -> None:
    new = read_label_table(shared_data / "lamost_lrs" / "labels.csv")
    assert (len(new), new.key_kind, set(new.labels)) == (64, "obsid", {"teff", "logg", "feh"})
    assert new.columns["redshift"] == "z"
    old = read_label_table(shared_data / "lamost_lrs_old" / "labels.csv")
    assert old.velocity(0) == RadialVelocity(28.96, 7.95, "catalogue")
    assert set(old.sigmas) == {"teff", "logg", "feh"}
    stars = read_label_table(shared_data / "benchmark" / "stars.csv")
    assert stars.row_for(HeaderFacts(), "med-benchmark-Sun.fits.gz") == 0
    with pytest.raises(StellarViewError, match="look like logarithms"):
        read_label_table(shared_data / "mist" / "mist_7gyr_three_feh.csv", key_column="logg_0")
