"""What the table of parameters says, row by row: digits, units, bounds, catalogues, changes and doubts."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from told_stars import lrs_star, mrs_star, wondered

from stellarview.domain.errors import StellarViewError
from stellarview.domain.prediction import Mixture, Novelty
from stellarview.domain.spectrum import HeaderFacts
from stellarview.session.session import CatalogueValue
from stellarview.ui.panels.parameter_columns import PARAMETER_COLUMNS, change_text, in_sigmas, row_words, shown_columns
from stellarview.ui.panels.parameter_rows import (
    HEADER,
    ParameterRow,
    as_tsv,
    general_flags,
    header_values,
    parameter_rows,
    percent_text,
)
from stellarview.ui.panels.parameter_words import head_html, star_flags
from stellarview.ui.theme import LIGHT

COLUMNS = {column.key: column for column in PARAMETER_COLUMNS}


def by_key(rows: tuple[ParameterRow, ...]) -> dict[str, ParameterRow]:
    return {row.key: row for row in rows}


def cells(row: ParameterRow) -> dict[str, str]:
    return {key: column.text(row) for key, column in COLUMNS.items() if column.text(row)}


def test_that_each_label_has_as_many_digits_as_its_sigma_leaves_it() -> None:
    rows = by_key(parameter_rows(lrs_star()))
    assert cells(rows["teff"]) == {"name": "Teff", "value": "5772", "noise": "48", "members": "21", "unit": "K"}
    assert cells(rows["feh"])["value"] == "−0.013"
    assert cells(rows["logg"])["value"] == "4.410"


def test_that_a_subtype_is_told_as_mk_text_with_sigmas_in_subtypes() -> None:
    row = by_key(parameter_rows(lrs_star()))["subtype"]
    assert (row.name, row.value, cells(row)["noise"], row.unit) == ("MK", "G2.0", "2.0", "subt.")


def test_that_classes_come_last_in_percent_and_are_outputs_to_explain() -> None:
    rows = parameter_rows(lrs_star(star=0.97))
    assert [row.key for row in rows] == ["teff", "logg", "feh", "subtype", "STAR", "GALAXY"]
    assert cells(rows[-2]) == {"name": "STAR", "value": "97.0", "members": "1.2", "unit": "%"}


@pytest.mark.parametrize(("percent", "text"), [(99.99, "> 99.9"), (0.01, "< 0.1"), (50.0, "50.0")])
def test_that_nothing_is_certain(percent: float, text: str) -> None:
    assert percent_text(percent) == text


def test_that_a_bound_that_no_pixel_gives_is_infinite() -> None:
    rows = by_key(parameter_rows(mrs_star()))
    assert cells(rows["kh"])["bound"] == "∞"
    assert cells(rows["mgh"])["bound"] == "0.008"


def test_that_what_synthetic_spectra_add_to_sigma_is_a_column_of_its_own() -> None:
    row = by_key(parameter_rows(lrs_star()))["teff"]
    assert row.mixture is not None
    wide = Mixture(row.mixture.mean_M, np.hypot(row.mixture.sigma_M, 60.0), 60.0)
    told = replace(row, mixture=wide)
    assert (cells(told)["noise"], cells(told)["misfit"]) == ("48", "60")
    assert "± 60 by the synthetic spectra" in row_words(told)
    assert "\t48\t21\t60\t" in as_tsv([told])
    assert "misfit" not in cells(row)
    assert "synthetic" not in row_words(row)


def test_that_a_prior_dominated_label_is_dim_and_says_why() -> None:
    row = by_key(parameter_rows(mrs_star()))["kh"]
    assert row.is_dim
    assert row.flags[0].startswith("prior-dominated: typical of such stars")
    assert not by_key(parameter_rows(mrs_star()))["mgh"].is_dim


@pytest.mark.parametrize("star", [lrs_star(star=0.2), lrs_star(novelty=Novelty(9.0, 100.0))])
def test_that_labels_of_no_star_and_of_what_networks_never_saw_are_dim(star: object) -> None:
    assert by_key(parameter_rows(star))["teff"].is_dim  # type: ignore[arg-type]


def test_that_ratios_to_iron_are_explained_by_what_the_network_tells() -> None:
    rows = by_key(parameter_rows(mrs_star(), is_relative_to_iron=True))
    assert (rows["mgh"].name, rows["mgh"].value, rows["feh"].name) == ("[Mg/Fe]", "−0.100", "[Fe/H]")
    assert cells(rows["mgh"])["bound"] == "0.005"
    assert rows["kh"].flags, "what is not told of [K/H] is not told of [K/Fe]"


def test_that_a_catalogue_stands_beside_with_its_difference_in_sigmas_of_both() -> None:
    known = [CatalogueValue("teff", 5700.0, 50.0, "old.csv"), CatalogueValue("teff", 5872.0, 85.2, "new.csv")]
    row = by_key(parameter_rows(lrs_star(), known))["teff"]
    assert row.known == known[1], "the newest counts"
    assert cells(row)["catalogue"] == "5872"
    assert cells(row)["difference"] == "−1.0σ"
    assert "old.csv: 5700 ± 50 K" in row_words(row)


def test_that_the_header_gives_the_subtype_it_has() -> None:
    row = by_key(parameter_rows(lrs_star()))["subtype"]
    assert (cells(row)["catalogue"], row.known and row.known.source) == ("G3.0", HEADER)
    assert header_values(HeaderFacts(subclass="Non")) == ()


def test_that_a_table_of_hydrogen_abundances_serves_ratios_to_iron_too() -> None:
    known = [CatalogueValue("mgh", -0.2, 0.03, "t"), CatalogueValue("feh", -0.1, 0.04, "t")]
    row = by_key(parameter_rows(mrs_star(), known, is_relative_to_iron=True))["mgh"]
    assert row.known is not None
    assert row.known.value == pytest.approx(-0.1)
    assert row.known.sigma == pytest.approx(0.05)
    assert by_key(parameter_rows(mrs_star(), known[:1], is_relative_to_iron=True))["mgh"].known is None


def test_that_a_what_if_tells_its_change_with_sign_scatter_and_sigmas() -> None:
    star = lrs_star()
    rows = by_key(parameter_rows(star, what_if=wondered(star, "lrs-stellar", "logg", 0.12)))
    assert change_text(rows["logg"]) == "+0.120 ±0.000"
    assert cells(rows["logg"])["sigmas"] == "+2.0σ"
    assert change_text(rows["teff"]) == "0 ±0"
    assert rows["subtype"].change is None, "that model was not asked"


@pytest.mark.parametrize(("number", "text"), [(0.04, "0.0σ"), (-0.04, "0.0σ"), (-2.55, "−2.5σ"), (180.0, "+180σ")])
def test_that_differences_have_one_digit_and_no_signed_zero(number: float, text: str) -> None:
    assert in_sigmas(number) == text


def test_that_columns_with_nothing_to_say_are_hidden() -> None:
    shown = dict(zip(COLUMNS, shown_columns(parameter_rows(lrs_star())), strict=True))
    assert {key for key, is_shown in shown.items() if not is_shown} == {"change", "sigmas", "bound", "misfit"}
    assert shown_columns(())[0]


def test_that_rows_copy_as_plain_numbers_between_tabs() -> None:
    known = [CatalogueValue("teff", 5700.0, 0.0, "t.csv")]
    lines = [line.split("\t") for line in as_tsv(parameter_rows(lrs_star(), known)).split("\n")]
    assert {len(line) for line in lines} == {len(lines[0])}
    teff = dict(zip(lines[0], lines[1], strict=True))
    assert (teff["value"], teff["noise"], teff["catalogue"], teff["catalogue_sigma"]) == ("5772", "48", "5700", "")
    assert "−" not in "".join(map("".join, lines)), "spreadsheets want a hyphen"


def test_that_flags_about_a_label_stand_with_it_and_others_above() -> None:
    about, general = (
        "extrapolation: log g reaches beyond the training range 0.8 to 4.4 dex",
        "low S/N: 5, trained on 10",
    )
    star = lrs_star(flags=(about, general))
    assert by_key(parameter_rows(star))["logg"].flags == (
        "extrapolation: reaches beyond the training range 0.8 to 4.4 dex",
    )
    assert general_flags(star.predictions["lrs-stellar"]) == (general,)
    assert star_flags(star) == (f"{general} (lrs-stellar)",)


def test_that_the_head_tells_class_type_novelty_and_who_refused() -> None:
    refusal = StellarViewError("The model refuses.", "It is <broken>.", "Mend it.")
    html = head_html(replace(lrs_star(), refusals={"lrs-class": refusal}), {}, LIGHT)
    words = html.replace("&nbsp;", " ")
    assert "<b>STAR</b> 99.0 ± 1.2 %" in words
    assert "MK <b>G2.0</b> ± 2.0 subtypes" in words
    assert "Like the training set: 60.0 % of its spectra lie farther out." in words
    assert "<b>lrs-class:</b> The model refuses. It is &lt;broken&gt;. Mend it." in words


def test_that_what_no_network_saw_is_said_once_and_first() -> None:
    star = lrs_star(star=0.1, novelty=Novelty(9.0, 100.0), flags=("unlike the training set",))
    html = head_html(star, {}, LIGHT)
    assert "probably no star but a GALAXY" in html
    assert html.lower().count("unlike the training set") == 1


def test_that_the_head_tells_the_edits_and_what_they_brought() -> None:
    star = lrs_star()
    told = wondered(star, "lrs-stellar", "logg", 0.1, ("Mg b: not seen by the model",))
    html = head_html(star, told, LIGHT)
    assert "Mg b 5165.0-5190.0 A: masked" in html
    assert "not seen by the model" in html


def test_that_a_sigma_of_zero_in_a_catalogue_is_not_known() -> None:
    row = by_key(parameter_rows(lrs_star(), [CatalogueValue("teff", 5772.0 + 48.0, 0.0, "t")]))["teff"]
    assert row.known is not None
    assert row.difference(row.known) == pytest.approx(-48.0 / math.hypot(48.0, 21.0))
