"""The filter of the table of stars: what it finds, what it refuses and where, and that it is never anything else."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellarview.domain.errors import StellarViewError
from stellarview.session.filter import All, AnyOf, Compare, Filter, Not, Search, compile_filter

COLUMNS = ("name", "class", "subclass", "snr", "Teff", "logg", "flag", "log g")
SUN: dict[str, Any] = {"name": "Sun", "class": "STAR", "subclass": "G2V", "snr": 100, "Teff": 5772.0, "flag": ()}
QUASAR: dict[str, Any] = {"name": "Gaia DR3 12", "class": "QSO", "snr": 8.5, "Teff": None, "logg": math.nan}
GIANT: dict[str, Any] = {
    **{"name": "alf Tau", "class": "STAR", "subclass": "K5III", "snr": "45.5", "Teff": 3927, "logg": 1.11},
    **{"flag": ("extrapolated in Teff", "novel"), "log g": 1.11},
}
ROWS = {"sun": SUN, "quasar": QUASAR, "giant": GIANT}

FOUND = [
    ("", "sun quasar giant"),
    ("  ", "sun quasar giant"),
    ("teff > 5000", "sun"),
    ("TEFF>5000", "sun"),
    ("teff <= 5772", "sun giant"),
    ("teff >= 5772.0", "sun"),
    ("teff < 1e4", "sun giant"),
    ("teff = 5772", "sun"),
    ("teff == 5.772e3", "sun"),
    ("teff != 5772", "giant"),
    ("logg != 0", "giant"),
    ("logg > -1", "giant"),
    ("snr > 45", "sun giant"),
    ("subclass > 1", ""),
    ("class = qso", "quasar"),
    ("class != star", "quasar"),
    ("class ~ S", "sun quasar giant"),
    ("name ~ gaia", "quasar"),
    ('name = "alf tau"', "giant"),
    ("name = 'Gaia DR3 12'", "quasar"),
    ("flag ~ extrapol", "giant"),
    ("flag = NOVEL", "giant"),
    ("flag != novel", ""),
    ("! flag ~ novel", "sun quasar"),
    ("!!teff > 5000", "sun"),
    ("not teff > 5000", "quasar giant"),
    ("gaia", "quasar"),
    ("gaia dr3", "quasar"),
    ("12 gaia", "quasar"),
    ("'alf tau'", "giant"),
    ("tau | sun", "sun giant"),
    ('"log g" > 1', "giant"),
    ("teff > 5000 & snr > 30 | class = QSO & name ~ gaia & !flag ~ extrapol", "sun quasar"),
    ("class = STAR AND (teff < 4000 OR snr > 99)", "sun giant"),
    ("class=STAR&(teff<4000|snr>999)", "giant"),
    ("((((sun))))", "sun"),
    ("name ~ 'or'", ""),
]


@pytest.mark.parametrize(("text", "names"), FOUND)
def test_that_a_filter_finds_what_it_says(text: str, names: str) -> None:
    shows = compile_filter(text, COLUMNS)
    assert [name for name, row in ROWS.items() if shows(row)] == names.split()


REFUSED = [
    ("teff >", 7, "A value after > is missing"),
    ("teff > 5000 K", 13, "no units"),
    ("teff > warm", 8, "'warm' after > is no number"),
    ("teff > 5000K", 8, "no number"),
    ("teff > nan", 8, "no number"),
    ("tef > 5000", 1, "There is no column 'tef': is it Teff?"),
    ("snr > 3 & xyz = 4", 11, "There is no column 'xyz'"),
    ("> 5", 1, "A condition is missing"),
    ("snr > 3 &", 10, "A condition is missing"),
    ("| snr > 3", 1, "A condition is missing"),
    ("(snr > 3", 9, "A bracket is not closed"),
    ("snr > 3)", 8, "a bracket too many"),
    ("()", 2, "A condition is missing"),
    ("name = 'alf", 8, "A quotation mark is not closed"),
    ("gaia snr > 3", 6, "write & or |"),
    ("snr > > 3", 7, "A value after > is missing"),
    ("snr > 3 teff > 4", 9, "write & or |"),
    ("!" * 3, 4, "A condition is missing"),
    ("(" * 51 + "a" + ")" * 51, 51, "too many brackets"),
]


@pytest.mark.parametrize(("text", "character", "why"), REFUSED)
def test_that_an_error_says_where_and_which_columns_there_are(text: str, character: int, why: str) -> None:
    with pytest.raises(StellarViewError) as refused:
        compile_filter(text, COLUMNS)
    assert f"at character {character}." in refused.value.what
    assert why in refused.value.why
    assert "Columns are name, class, subclass, snr, Teff" in refused.value.what_to_do


def test_that_a_filter_beyond_reason_is_refused() -> None:
    with pytest.raises(StellarViewError, match="too long"):
        compile_filter("a" * 2001)


def check_is_filter_or_error(text: str) -> None:
    for columns in (None, COLUMNS):
        try:
            shows = compile_filter(text, columns)
        except StellarViewError:
            continue
        assert {shows(row) for row in ROWS.values()} <= {True, False}


@given(st.text())
def test_that_any_text_is_a_filter_or_an_error_of_ours(text: str) -> None:
    check_is_filter_or_error(text)


PIECES = [*"<>=!~&|()'\" ", "!=", "<=", ">=", "==", " and ", " or ", " not ", "teff", "snr", "5000", "1e9", "gaia", "-"]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_that_any_heap_of_signs_is_a_filter_or_an_error_of_ours(text: str) -> None:
    check_is_filter_or_error(text)


WORDS = st.one_of(
    st.sampled_from(["and", "OR", "Not", "gaia", "a b", "", "it's", "a=b", "[Fe/H]", "星"]),
    st.text(st.characters(exclude_characters='"'), max_size=8),
)
COMPARISONS = st.one_of(
    st.builds(Compare, WORDS, st.sampled_from(["=", "!=", "~"]), WORDS),
    st.builds(Compare, WORDS, st.sampled_from(["<", "<=", ">", ">="]), st.floats(-1e9, 1e9).map(lambda x: f"{x:.10g}")),
)


def nested(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(Not, inner), st.builds(All, several), st.builds(AnyOf, several))


@given(st.recursive(st.one_of(COMPARISONS, st.builds(Search, WORDS)), nested, max_leaves=12))
def test_that_a_filter_written_out_is_the_same_filter(wanted: Filter) -> None:
    assert compile_filter(str(wanted)) == wanted
