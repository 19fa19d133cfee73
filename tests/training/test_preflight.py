"""Before anything is trained, what is wrong with a set is said in words, the gravest first."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from models import write_toy_mrs_model
from training_sets import write_toy_set

from stellarview.io.models import read_card
from stellarview.io.sets import open_spectrum_set, write_spectrum_set
from stellarview.training.config import SplitPlan
from stellarview.training.label_columns import LabelColumn, LabelColumns
from stellarview.training.label_set import LabelSet, Unread, build_label_set
from stellarview.training.preflight import LabelCheck, Preflight, preflight
from stellarview.training.verdicts import CHECKS, Finding, Verdict, verdicts_on

ROWS = 60


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_toy_mrs_model(tmp_path_factory.mktemp("models") / "toy-mrs", ("teff", "logg", "feh"))


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, LabelSet]:
    """Two looks at each of thirty stars; log g is wrong by a factor, [Fe/H] says nothing, vmic is new."""
    folder = tmp_path_factory.mktemp("own")
    with open_spectrum_set(write_toy_set(folder / "toy.h5", ROWS)) as spectra:
        twins = [
            replace(one, header=replace(one.header, designation=f"star {row // 2}")) for row, one in enumerate(spectra)
        ]
    write_spectrum_set(folder / "twins.h5", twins)
    rows = (f"{i},{4500 + 10 * i},{20 + i},0.1,{1 + 0.01 * i}" for i in range(ROWS + 5))
    (folder / "t.csv").write_text("obsid,teff,logg,feh,vmic\n" + "\n".join(rows), encoding="utf-8")
    labels = tuple(LabelColumn(key, key) for key in ("teff", "logg", "feh", "vmic"))
    columns = LabelColumns("obsid", labels, "obsid")
    return folder / "run", build_label_set([folder / "twins.h5"], folder / "t.csv", columns, folder / "run")


@pytest.fixture(scope="module")
def found(own: tuple[Path, LabelSet], parent: Path) -> Preflight:
    return preflight(*own, str(parent))


def said(found: Preflight, topic: str) -> list[str]:
    return [verdict.what for verdict in found.verdicts if verdict.topic == topic]


def test_that_counts_are_of_spectra_and_of_stars(found: Preflight) -> None:
    assert (found.n_spectra, found.n_stars, found.n_plates) == (60, 30, 15)
    parts = [found.part(name) for name in ("train", "validation", "test")]
    assert sum(part.spectra for part in parts) == 60
    assert [part.spectra for part in parts] == [2 * part.stars for part in parts]  # no star is parted
    assert found.can_start


def test_that_labels_are_compared_with_the_parents_range(found: Preflight, parent: Path) -> None:
    checks = {check.key: check for check in found.labels}
    assert checks["logg"].n_outside == 60
    assert checks["teff"].n_outside == 0
    assert checks["feh"].is_constant
    assert checks["vmic"].is_new
    assert found.usable_labels == ("teff", "logg", "vmic")
    scale = read_card(parent).labels[0]
    assert (checks["teff"].parent_low, checks["teff"].parent_high) == (scale.low, scale.high)
    assert sum(checks["teff"].counts) == 60
    assert len(checks["teff"].edges) == len(checks["teff"].counts) + 1
    assert checks["teff"].offset is not None
    assert any("log g outside the parent's range" in words for words in said(found, "range"))
    assert any("one value for all stars" in words for words in said(found, "labels"))


def test_that_a_split_that_parts_stars_is_warned_of(own: tuple[Path, LabelSet], parent: Path) -> None:
    by_spectrum = preflight(*own, str(parent), SplitPlan(group="obsid"))
    (words,) = said(by_spectrum, "duplicates")
    assert "The 60 spectra are of 30 stars, and the split goes by obsid" in words


def test_that_it_travels_as_json_and_between_processes(found: Preflight) -> None:
    assert Preflight.from_json(json.loads(json.dumps(found.to_json()))) == found
    assert pickle.loads(pickle.dumps(found)) == found


def test_that_asking_the_parent_tells_how_far_it_is(own: tuple[Path, LabelSet], parent: Path) -> None:
    told: list[tuple[int, int]] = []
    preflight(*own, str(parent), tell=lambda done, total: told.append((done, total)))
    assert told[-1] == (60, 60)


GOOD = Preflight("toy", 1000, 900, 9, (LabelCheck("teff", "Teff", "K", 1000, 0, 4000.0, 7000.0, 4000.0, 7500.0),))
PARTS = {name: {"spectra": n, "stars": n} for name, n in (("train", 700), ("validation", 100), ("test", 200))}
SET = LabelSet(("spectra.h5",), ("teff",), n_read=1000, n_matched=1000, n_stars=900, n_rows=1000)


@pytest.mark.parametrize(
    ("changes", "of_set", "severity", "words"),
    [
        ({"n_stars": 9}, {}, "stop", "too few to train on"),
        ({"n_stars": 90}, {}, "warn", "90 stars are few"),
        ({}, {"n_unmatched": 300}, "warn", "300 of 1,000 spectra are not in the table"),
        ({}, {"n_unmatched": 3}, "fine", "3 of 1,000 spectra are not in the table"),
        ({}, {"n_rows_without_spectrum": 600}, "warn", "600 of 1,000 rows of the table have no spectrum"),
        ({}, {"n_rows_repeated": 200}, "warn", "200 of 1,000 rows of the table are of stars that stand further up"),
        ({}, {"n_unread": 2, "unread": (Unread("a.fits", "It is cut."),)}, "warn", "the first: a.fits. It is cut."),
        ({"n_low_snr": 700, "least_snr": 10.0}, {}, "warn", "S/N is below 10 in 700 of 1,000"),
        ({"n_sampled": 200, "n_unlike": 50}, {}, "warn", "50 of 200 spectra tried are unlike"),
        ({"n_sampled": 200, "n_unlike": 1}, {}, "fine", "1 of 200 spectra tried are unlike"),
        ({"n_sampled": 200, "n_unusable": 200}, {}, "stop", "cannot be prepared"),
        ({"n_sampled": 200, "n_poor": 30}, {}, "warn", "lack many of the pixels"),
        ({"n_sampled": 200, "n_wrong_instrument": 9}, {}, "warn", "of another instrument"),
        ({"split": PARTS | {"validation": {"spectra": 1, "stars": 1}}}, {}, "stop", "1 (1) validate"),
        ({"split": PARTS | {"validation": {"spectra": 5, "stars": 5}}}, {}, "warn", "5 (5) validate"),
        ({"labels": ()}, {}, "stop", "No label can be learned"),
        ({"labels": (replace(GOOD.labels[0], offset=300.0, scatter=90.0),)}, {}, "warn", "+300 K, scatter 90"),
        ({"labels": (replace(GOOD.labels[0], n_outside=600),)}, {}, "warn", "Teff outside the parent's range"),
    ],
)  # fmt: skip
def test_that_each_trouble_has_its_verdict(
    changes: dict[str, object], of_set: dict[str, object], severity: str, words: str, parent: Path
) -> None:
    found = replace(GOOD, **{"split": PARTS, **changes})  # type: ignore[arg-type]
    verdicts = verdicts_on(Finding(found, replace(SET, **of_set), read_card(parent)))  # type: ignore[arg-type]
    (verdict,) = [one for one in verdicts if words in one.what]
    assert verdict.severity == severity
    assert verdict.what_to_do or severity == "fine" or verdict.topic == "S/N"
    order = ["stop", "warn", "fine"]
    assert [one.severity for one in verdicts] == sorted((one.severity for one in verdicts), key=order.index)
    assert isinstance(verdict, Verdict)


def test_that_a_good_set_has_nothing_against_it(parent: Path) -> None:
    verdicts = verdicts_on(Finding(replace(GOOD, split=PARTS), SET, read_card(parent)))
    assert {verdict.severity for verdict in verdicts} == {"fine"}
    assert len(CHECKS) >= 10
