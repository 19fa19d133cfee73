"""One star, completely: all models, one label explained, its place; and the row that a table of stars has of it."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from models import write_toy_model
from spectra import spectrum

from stellarview import workflow
from stellarview.domain.flags import flags_about
from stellarview.domain.inspection import Inspection
from stellarview.domain.prediction import Mixture, Prediction
from stellarview.domain.spectrum import RadialVelocity, Spectrum
from stellarview.inference.ensemble import Ensemble
from stellarview.inspection.star import at_velocity, colour_method, inspect_star, place_star
from stellarview.inspection.summary import summary_row
from stellarview.inspection.tasks import TASKS, models_for
from stellarview.io.models import read_card

MODELS = Path(__file__).resolve().parents[2] / "models"
Loader = Callable[[str], Ensemble]


@pytest.mark.parametrize("task", TASKS)
def test_that_the_usual_model_of_a_task_is_shipped_and_for_its_instrument(task: str) -> None:
    card = read_card(MODELS / TASKS[task].model)
    assert card.instrument == TASKS[task].instrument == task[:3]


def test_that_the_users_model_comes_before_the_usual_one() -> None:
    usual = models_for("LRS", {"LRS:class": ""})
    assert usual == {"LRS:labels": "lrs-stellar", "LRS:class": "lrs-class", "LRS:subtype": "lrs-subtype"}
    assert models_for("LRS", {"LRS:class": "mine", "MRS:labels": "other"}) == usual | {"LRS:class": "mine"}


def test_that_a_star_is_told_explained_and_placed_and_crosses_a_pipe(
    star: Spectrum, toys: dict[str, str], load: Loader
) -> None:
    made = inspect_star(star, load, chosen=toys, label="logg")
    seen: Inspection = pickle.loads(pickle.dumps(made))
    assert list(seen.predictions) == [toys[task] for task in ("LRS:labels", "LRS:class", "LRS:subtype")]
    assert seen.refusals == {}
    assert seen.spectrum.velocity is not None
    assert seen.spectrum.velocity.source == "header"
    assert seen.ranges["teff"] == (3800.0, 7500.0)
    assert seen.explained is not None
    assert seen.explained.attribution.method == "saliency"
    assert seen.explained.attribution.scatter_L.any()
    assert seen.placement is not None
    assert (seen.physics, seen.exposures) == (None, ("coadd",))


@pytest.mark.parametrize(
    ("asked", "method"),
    [("LRS:labels teff", "integrated-gradients"), ("LRS:class GALAXY", "cam"), ("LRS:subtype subtype", "cam")],
)
def test_that_the_flux_is_coloured_by_the_best_map_that_a_network_allows(
    star: Spectrum, toys: dict[str, str], load: Loader, asked: str, method: str
) -> None:
    task, output = asked.split()
    explained = inspect_star(star, load, chosen=toys, label=output).explained
    assert explained is not None
    assert explained.colour is not None
    assert (explained.colour.method, explained.model) == (method, load(toys[task]).card.name)


def test_that_a_named_layer_gives_its_map(star: Spectrum, load: Loader, tmp_path: Path) -> None:
    folder = write_toy_model(tmp_path / "named", explained_layer="pool")
    assert colour_method(load(str(folder))) == "hires-cam"


def test_that_one_model_that_fails_is_a_refusal_and_the_others_go_on(
    star: Spectrum, toys: dict[str, str], load: Loader
) -> None:
    seen = inspect_star(star, load, chosen=toys | {"LRS:class": "no-such-model"}, label="STAR")
    assert list(seen.predictions) == [toys["LRS:labels"], toys["LRS:subtype"]]
    assert list(seen.refusals) == ["no-such-model", "STAR"]
    assert "no-such-model: There is no model" in summary_row(seen)["error"][0]


def test_that_a_velocity_is_found_once_for_all_models(
    star: Spectrum, toys: dict[str, str], load: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stellarview import preparation

    measured = preparation.measured_velocities
    counts: list[int] = []

    def counted(spectra: list[Spectrum]) -> list[RadialVelocity | None]:
        counts.append(len(spectra))
        return measured(spectra)

    monkeypatch.setattr(preparation, "measured_velocities", counted)
    unknown = replace(star, header=replace(star.header, redshift=None))
    seen = inspect_star(unknown, load, chosen=toys, label="teff")
    assert sum(counts) == 1
    assert seen.spectrum.velocity is not None
    assert seen.spectrum.velocity.source == "cross-correlation"


def test_that_the_users_velocity_counts(star: Spectrum, toys: dict[str, str], load: Loader) -> None:
    row = summary_row(inspect_star(star, load, chosen=toys, user_km_s=12.5))
    assert (row["rv"], row["rv_source"]) == (12.5, "user")


def test_that_a_spectrum_at_rest_keeps_its_wavelengths() -> None:
    still = spectrum(frame="rest")
    assert at_velocity(still) is still


@pytest.mark.parametrize("steps", [0, 1, 3, 4])
def test_that_a_cancelled_inspection_is_what_was_known_by_then(
    star: Spectrum, toys: dict[str, str], load: Loader, steps: int
) -> None:
    asked = iter([False] * steps + [True] * 9)
    seen = inspect_star(star, load, chosen=toys, label="teff", cancelled=lambda: next(asked))
    assert len(seen.predictions) == min(steps, 3)
    assert (seen.placement is not None) == (steps > 3)
    assert seen.explained is None


def test_that_physics_speaks_of_medium_resolution_where_it_is_asked(
    example_mrs: Path, toys: dict[str, str], load: Loader
) -> None:
    giant = workflow.open_spectrum(example_mrs)
    seen = inspect_star(giant, load, chosen=toys, label="mgh", has_physics=True)
    assert seen.refusals == {}
    assert seen.physics is not None
    told = seen.telling("kh")
    assert told is not None
    assert told.bounds
    assert flags_about(told, "kh") == ("prior-dominated",)
    assert inspect_star(giant, load, chosen=toys, label="mgh").physics is None


def test_that_flags_are_told_apart_by_label_and_by_model() -> None:
    flags = ("low S/N: 3, trained on 10 and more", "extrapolation: Teff reaches beyond the training range 1 to 2 K")
    one = Prediction("a", {}, flags=(*flags, "prior-dominated: C, S"))
    assert flags_about(one, "teff") == ("extrapolation: reaches beyond the training range 1 to 2 K",)
    assert flags_about(one, "sh") == flags_about(one, "s_fe") == ("prior-dominated",)
    assert flags_about(one, "logg") == ()
    seen = Inspection(spectrum(), predictions={"a": one, "b": Prediction("b", {}, flags=flags[:1])})
    assert seen.flags == (flags[0], f"{flags[1]} (a)", "prior-dominated: C, S (a)")


def test_that_a_prediction_without_gravity_places_nothing() -> None:
    assert place_star(Prediction("a", {"teff": Mixture(np.array([5000.0]), np.array([50.0]))})) is None


def test_that_the_shipped_models_tell_the_example(example_lrs: Path, load: Loader) -> None:
    seen = inspect_star(workflow.open_spectrum(example_lrs), load, label="teff")
    row = summary_row(seen)
    assert (row["class"], row["mk"][0], row["error"], row["flags"]) == ("STAR", "F", None, [])
    assert row["teff"] == pytest.approx(5772, abs=200)
    assert seen.explained is not None
    assert seen.explained.colour is not None
    assert seen.explained.colour.method == "hires-cam"
