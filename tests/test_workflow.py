"""The functions that window, command line and catalogue share."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path

import h5py
import numpy as np
import pytest
from lamost_files import write_lrs_table
from models import write_toy_model
from spectra import spectrum

from stellarview import workflow
from stellarview.domain.errors import StellarViewError
from stellarview.domain.results import Result
from stellarview.domain.spectrum import HeaderFacts, MaskReason, RadialVelocity
from stellarview.inference.ensemble import Ensemble
from stellarview.io.sets import write_spectrum_set
from stellarview.recipes import RECIPES
from stellarview.scene.marks import CurveMark, LineLabelMark, SpanMark


def test_that_a_file_gives_its_coadd_unless_an_exposure_is_named(example_mrs: Path) -> None:
    assert workflow.open_spectrum(example_mrs).exposure == "coadd"
    assert workflow.open_spectrum(example_mrs, "80000030").exposure == "80000030"
    with pytest.raises(StellarViewError, match="80000060"):
        workflow.open_spectrum(example_mrs, "7")


def test_that_the_headers_velocity_is_taken_where_there_is_one(example_lrs: Path) -> None:
    velocity = workflow.with_velocity(workflow.open_spectrum(example_lrs)).velocity
    assert velocity is not None
    assert (velocity.source, velocity.value_km_s) == ("header", pytest.approx(36.0, abs=0.01))


@pytest.mark.parametrize("source", ["user", "catalogue"])
def test_that_a_velocity_the_spectrum_already_has_is_not_replaced_by_the_headers(
    example_lrs: Path, source: str
) -> None:
    given = RadialVelocity(-90.0, 1.0, source)  # type: ignore[arg-type]
    one = workflow.open_spectrum(example_lrs).with_velocity(given)
    assert workflow.with_velocity(one).velocity == given
    assert workflow.prepare([one], "resnet-subtype")[0].velocity == given
    replaced = workflow.with_velocity(one, user_km_s=5.0).velocity
    assert replaced is not None
    assert replaced.value_km_s == 5.0


def test_that_a_header_that_is_not_believed_is_noted_once(tmp_path: Path) -> None:
    one = workflow.open_spectrum(write_lrs_table(tmp_path / "fast.fits", Z=-0.004))
    twice = workflow.with_velocity(workflow.with_velocity(one))
    assert sum("not believed" in note for note in twice.notes) == 1


def test_that_a_missing_velocity_is_measured(example_mrs: Path) -> None:
    velocity = workflow.with_velocity(workflow.open_spectrum(example_mrs)).velocity
    assert velocity is not None
    assert velocity.source == "cross-correlation"
    assert velocity.value_km_s == pytest.approx(-23.4, abs=3 * (velocity.sigma_km_s or 0))
    assert velocity.is_reliable


def test_that_an_air_spectrum_is_measured_in_vacuum(example_mrs: Path) -> None:
    from stellarview.recipes.medium import ToAir

    vacuum = workflow.open_spectrum(example_mrs)
    there, here = (workflow.with_velocity(one).velocity for one in (ToAir()(vacuum), vacuum))
    assert there is not None
    assert here is not None
    assert there.value_km_s == pytest.approx(here.value_km_s, abs=0.01)


def test_that_spectra_of_every_kind_are_prepared_together_in_their_order(example_lrs: Path, example_mrs: Path) -> None:
    files = [example_mrs, example_lrs, example_mrs]
    prepared = workflow.prepare([workflow.open_spectrum(path) for path in files], "rrnet")
    assert [one.source.file_name for one in prepared] == [path.name for path in files]
    assert {(arm.name, len(arm)) for one in prepared for arm in one.arms} == {("B", 3600), ("R", 3600)}
    assert np.array_equal(prepared[0].arms[0].flux, prepared[2].arms[0].flux)


def test_that_a_bad_file_is_a_failure_among_good_ones(example_lrs: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.fits"
    bad.write_bytes(b"no fits")
    ((spectra, failures),) = workflow.prepare_files([example_lrs, bad, example_lrs], RECIPES["resnet-subtype"])
    assert len(spectra) == 2
    assert [failure.path for failure in failures] == [bad]


def test_that_a_spectrum_without_signal_is_a_failure_and_gets_no_invented_velocity(tmp_path: Path) -> None:
    from lamost_files import planes

    data = planes()
    data["FLUX"] = np.linspace(-1.1, -0.9, data["FLUX"].size)
    path = write_lrs_table(tmp_path / "dark.fits", data, Z=-9999.0)
    ((spectra, failures),) = workflow.prepare_files([path], RECIPES["resnet-subtype"])
    assert spectra == []
    assert "too little signal" in failures[0].error.why


def test_that_recipes_in_the_observed_frame_need_no_velocity() -> None:
    assert workflow.prepare([spectrum(header=HeaderFacts())], "densenet-se")[0].frame == "observed"


def test_that_the_scene_shows_flux_continuum_bad_pixels_and_lines(example_lrs: Path) -> None:
    scene = workflow.spectrum_scene(workflow.with_velocity(workflow.open_spectrum(example_lrs)))
    marks = [mark for panel in scene.panels for mark in panel.marks]
    assert {mark.role for mark in marks if isinstance(mark, CurveMark)} == {"flux", "continuum"}
    reasons = " ".join(mark.reason for mark in marks if isinstance(mark, SpanMark))
    assert MaskReason.COSMIC_RAY.words in reasons
    assert MaskReason.ANDMASK.words in reasons
    assert {"H-alpha", "Mg b1", "Ca II 8542"} <= {mark.text for mark in marks if isinstance(mark, LineLabelMark)}


def test_that_provenance_names_file_checksum_and_velocity(example_lrs: Path) -> None:
    one = workflow.with_velocity(workflow.open_spectrum(example_lrs), user_km_s=12.5)
    text = workflow.provenance(one)
    assert one.source.sha256 in text
    assert "RV 12.500 km/s from user" in text
    assert "no radial velocity" in workflow.provenance(replace(one, velocity=None))


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Ensemble:
    return workflow.load_model(str(write_toy_model(tmp_path_factory.mktemp("models") / "toy")), "cpu")


def values(results: Iterable[Result]) -> list[float | None]:
    return [result.prediction and result.prediction.labels["teff"].mean for result in results]


def test_that_a_set_is_predicted_row_for_row_as_its_files_are(toy: Ensemble, example_lrs: Path, tmp_path: Path) -> None:
    one = workflow.open_spectrum(example_lrs)
    fast = one.with_velocity(RadialVelocity(250.0, 1.0, "user"))
    write_spectrum_set(tmp_path / "set.h5", [one, fast, one])
    results = list(workflow.predict_set(tmp_path / "set.h5", toy))
    (alone,) = workflow.predict_files([example_lrs], toy)
    assert [result.file for result in results] == [f"{tmp_path / 'set.h5'}#{row}" for row in range(3)]
    first, moved, last = values(results)
    assert first == last == pytest.approx(values([alone])[0], rel=1e-6)
    assert moved != pytest.approx(first, rel=1e-6)
    assert [result.velocity.source for result in results if result.velocity] == ["header", "user", "header"]
    assert results[1].velocity == fast.velocity
    assert {result.obsid for result in results} == {alone.obsid}


def test_that_a_set_is_predicted_stack_by_stack(
    toy: Ensemble, example_lrs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_spectrum_set(tmp_path / "set.h5", [workflow.open_spectrum(example_lrs)] * 5)
    monkeypatch.setattr(workflow, "_ROWS_AT_ONCE", 2)
    results = list(workflow.predict_set(tmp_path / "set.h5", toy))
    assert [result.file[-2:] for result in results] == ["#0", "#1", "#2", "#3", "#4"]
    assert len(set(values(results))) == 1


def test_that_rows_that_cannot_be_prepared_or_read_are_results_with_their_reason(
    toy: Ensemble, example_lrs: Path, tmp_path: Path
) -> None:
    one = workflow.open_spectrum(example_lrs).with_velocity(RadialVelocity(36.0, None, "user"))
    dark = replace(one, arms=(replace(one.arms[0], mask=np.ones(len(one.arms[0]))),))
    path = tmp_path / "set.h5"
    write_spectrum_set(path, [one, dark, one, one])
    with h5py.File(path, "r+") as file:
        file["header/rv_source"][2] = "tarot"
    good, unprepared, unread, also_good = workflow.predict_set(path, toy)
    assert values([good]) == values([also_good]) != [None]
    assert unprepared.error is not None
    assert "Not one good pixel" in unprepared.error.why
    assert unread.error is not None
    assert "tarot" in unread.error.why


def test_that_what_prepare_has_written_is_predicted_as_the_spectra_themselves(
    toy: Ensemble, example_lrs: Path, tmp_path: Path
) -> None:
    recipe = workflow.recipe_from_json(toy.card.recipe)
    begun = replace(recipe, steps=recipe.steps[:-1])
    for path, steps in ((tmp_path / "ready.h5", recipe), (tmp_path / "begun.h5", begun)):
        ready = workflow.prepare([workflow.open_spectrum(example_lrs)], steps)
        write_spectrum_set(path, ready, recipe_json=json.dumps(steps.to_json()))
    at_once, later, directly = workflow.predict_files([tmp_path / "ready.h5", tmp_path / "begun.h5", example_lrs], toy)
    assert values([at_once, later]) == pytest.approx(values([directly]) * 2, rel=1e-6)
    assert at_once.prediction is not None
    assert directly.prediction is not None
    assert at_once.prediction.flags == directly.prediction.flags


def test_that_a_set_prepared_for_another_model_is_one_result_with_its_reason(
    toy: Ensemble, example_lrs: Path, tmp_path: Path
) -> None:
    other = RECIPES["resnet-subtype"]
    ready = workflow.prepare([workflow.open_spectrum(example_lrs)] * 3, other)
    write_spectrum_set(tmp_path / "set.h5", ready, recipe_json=json.dumps(other.to_json()))
    (result,) = workflow.predict_set(tmp_path / "set.h5", toy)
    assert result.error is not None
    assert "resnet-subtype" in result.error.why


def test_that_real_survey_spectra_of_a_set_are_predicted_every_one(toy: Ensemble, shared_data: Path) -> None:
    results = workflow.predict_set(shared_data / "train" / "lamost_dr10_lrs.h5", toy)
    some = list(islice(results, 300))
    assert None not in values(some)
    assert len({result.obsid for result in some}) == 300
