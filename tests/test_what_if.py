"""What a model says of an edited spectrum, beside what it says of the spectrum as it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from models import write_toy_model, write_toy_mrs_model

from stellarview import workflow
from stellarview.domain.edit import Edit
from stellarview.domain.errors import StellarViewError
from stellarview.domain.prediction import Prediction
from stellarview.domain.spectrum import Spectrum
from stellarview.inference.ensemble import Ensemble
from stellarview.what_if import BELOW_ZERO, NOT_SEEN, occlusion_map, what_if, with_edits

MODELS = Path(__file__).resolve().parents[1] / "models"
MG_B = (5163.0, 5190.0)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Ensemble:
    return workflow.load_model(str(write_toy_mrs_model(tmp_path_factory.mktemp("models") / "toy")), "cpu")


@pytest.fixture(scope="module")
def star(example_mrs: Path) -> Spectrum:
    return workflow.with_velocity(workflow.open_spectrum(example_mrs))


def predicted(spectrum: Spectrum, model: Ensemble) -> Prediction:
    (told,) = workflow.predict([spectrum], model, has_bounds=False)
    assert isinstance(told, Prediction)
    return told


def test_that_before_and_after_are_what_the_model_says_of_both_spectra(model: Ensemble, star: Spectrum) -> None:
    edit = Edit(*MG_B, "scale", 0.5)
    both = what_if(star, model, [edit])
    for told, spectrum in ((both.before, star), (both.after, with_edits(star, [edit]))):
        alone = predicted(spectrum, model)
        assert all(np.allclose(told.labels[key].mean_M, alone.labels[key].mean_M) for key in alone.labels)
    assert both.delta("mgh").value == pytest.approx(both.after.labels["mgh"].mean - both.before.labels["mgh"].mean)
    assert both.delta("mgh").value != 0.0


def test_that_a_prediction_known_before_is_not_worked_out_again(model: Ensemble, star: Spectrum) -> None:
    before = predicted(star, model)
    both = what_if(star, model, [Edit(*MG_B)], before)
    assert both.before is before
    assert both.delta("mgh").value == pytest.approx(what_if(star, model, [Edit(*MG_B)]).delta("mgh").value, abs=1e-6)
    with pytest.raises(StellarViewError, match="not of one model"):
        what_if(star, model, [Edit(*MG_B)], replace(before, model="another"))


def test_that_no_edit_changes_no_label(model: Ensemble, star: Spectrum) -> None:
    both = what_if(star, model, [])
    assert {both.delta(key).value for key in both.keys} == {0.0}
    assert both.flags == ()


def test_that_an_edit_keeps_the_velocity_that_was_measured_before(model: Ensemble, example_mrs: Path) -> None:
    nobodys = workflow.open_spectrum(example_mrs)
    edit = Edit(4900.0, 5350.0, "shift", 100.0)  # all lines of one arm
    found = what_if(nobodys, model, [edit]).after
    kept = predicted(with_edits(workflow.with_velocity(nobodys), [edit]), model)
    assert np.allclose(found.labels["teff"].mean_M, kept.labels["teff"].mean_M)


@pytest.mark.parametrize(
    ("edit", "flag"),
    [
        (Edit(8000.0, 8100.0), f"8000.0-8100.0 A: masked: {NOT_SEEN}"),
        (Edit(*MG_B, "scale", 10.0), BELOW_ZERO),
        (Edit(4968.0, 5200.0), "too many bad pixels: 32%"),
    ],
)
def test_that_what_an_edit_brings_is_told(model: Ensemble, star: Spectrum, edit: Edit, flag: str) -> None:
    assert flag in what_if(star, model, [edit]).flags


def test_that_with_nothing_left_there_is_no_answer(model: Ensemble, star: Spectrum) -> None:
    with pytest.raises(StellarViewError, match="Not one good pixel"):
        what_if(star, model, [Edit(4000.0, 9000.0)])


def test_that_classes_change_too_and_edits_find_their_lines_without_a_velocity_in_the_recipe(
    example_lrs: Path, tmp_path: Path
) -> None:
    in_observed_frame = {"name": "toy", "steps": [{"step": "in_vacuum"}, {"step": "resample", "windows": []}]}
    in_observed_frame["steps"][1]["windows"] = [  # type: ignore[index]
        {"arm": "LRS", "start_angstrom": 5100.0, "stop_angstrom": 5300.0, "points": 64}
    ]
    classes = ("STAR", "GALAXY")
    model = workflow.load_model(
        str(write_toy_model(tmp_path / "toy", classes=classes, recipe=in_observed_frame)), "cpu"
    )
    nobodys = replace(workflow.open_spectrum(example_lrs), velocity=None)
    both = what_if(nobodys, model, [Edit(5165.0, 5190.0, "scale", 0.0)])
    star, galaxy = (both.delta(name) for name in classes)
    assert star.value == pytest.approx(-galaxy.value)
    assert star.value != 0.0
    assert both.flags == ()


def test_that_magnesium_lines_of_half_their_depth_tell_less_magnesium(star: Spectrum) -> None:
    model = workflow.load_model(str(MODELS / "mrs-abundances"), "cpu")
    lines = [(5166.5, 5171.0), (5173.0, 5175.5), (5184.0, 5186.5)]
    change = what_if(star, model, [Edit(*ends, "scale", 0.5) for ends in lines]).delta("mgh")
    assert change.scatter is not None
    assert change.value < -3 * change.scatter < 0


def test_that_the_balmer_lines_of_a_dwarf_tell_its_temperature(example_lrs: Path) -> None:
    model = workflow.load_model(str(MODELS / "lrs-stellar"), "cpu")
    dwarf = workflow.open_spectrum(example_lrs)
    weaker, stronger = (
        what_if(dwarf, model, [Edit(4842.0, 4882.0, "scale", factor, "H beta")]).delta("teff").value
        for factor in (0.7, 1.3)
    )
    assert weaker < 0 < stronger


@pytest.mark.parametrize("output", ["teff", "mg_fe"])
def test_that_an_occlusion_map_holds_one_what_if_a_window(model: Ensemble, star: Spectrum, output: str) -> None:
    found = occlusion_map(star, model, output, 60.0, 30.0)
    assert found.method == "change without 60 A"
    assert (found.unit, found.frame, found.medium) == ("K" if output == "teff" else "dex", "rest", "vacuum")
    assert found.wavelength_angstrom_L[[0, 1, -1]] == pytest.approx([4998.0, 5028.0, 6639.0])
    for index in (0, 5, -1):
        centre = float(found.wavelength_angstrom_L[index])
        change = what_if(star, model, [Edit(centre - 30.0, centre + 30.0)]).delta(output)
        assert found.values_L[index] == pytest.approx(change.value, rel=1e-3, abs=1e-6)
        assert found.scatter_L[index] == pytest.approx(change.scatter, rel=1e-3, abs=1e-6)


def test_that_a_window_without_good_pixels_is_not_good(model: Ensemble, star: Spectrum) -> None:
    found = occlusion_map(with_edits(star, [Edit(6300.0, 6700.0)]), model, "teff", 60.0, 30.0)
    is_red = found.wavelength_angstrom_L > 6000.0
    assert not found.is_good_L[is_red].any()
    assert not found.values_L[is_red].any()
    assert found.is_good_L[~is_red].all()
    few = occlusion_map(with_edits(star, [Edit(6300.0, 6700.0), Edit(5000.0, 5340.0)]), model, "teff", 60.0, 30.0)
    assert not few.is_good_L[0]  # nothing is left beside this window


def test_that_a_map_can_be_stopped_and_says_so(model: Ensemble, star: Spectrum) -> None:
    heard = []

    def once(done: int, total: int) -> bool:
        heard.append((done, total))
        return len(heard) < 2

    found = occlusion_map(star, model, "teff", 10.0, 5.0, is_going_on=once)
    total = found.values_L.size
    assert heard == [(0, total), (16, total)]
    assert int(found.is_good_L.sum()) == 16
    assert found.note == f"stopped after 16 of {total} windows"
    rest = occlusion_map(star, model, "teff", 10.0, 5.0, first=16)
    whole, joined = occlusion_map(star, model, "teff", 10.0, 5.0), found.joined(rest)
    assert (joined.note, joined.is_good_L.all()) == ("", True)
    np.testing.assert_allclose(joined.values_L, whole.values_L, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(joined.scatter_L, whole.scatter_L, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("width", "step"), [(10.0, 20.0), (400.0, 5.0), (10.0, 0.0), (0.001, 0.001), (np.nan, 1.0)])
def test_that_impossible_windows_are_refused(model: Ensemble, star: Spectrum, width: float, step: float) -> None:
    with pytest.raises(StellarViewError, match="Choose another width or step"):
        occlusion_map(star, model, "teff", width, step)


def test_that_a_map_of_what_the_model_does_not_tell_is_refused(model: Ensemble, star: Spectrum) -> None:
    with pytest.raises(StellarViewError, match="It tells teff, logg, feh, mgh, kh, mg_fe, k_fe"):
        occlusion_map(star, model, "vsini", 10.0, 5.0)
