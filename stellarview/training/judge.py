"""Judges a finished run on its held-out stars, beside its parent, and on what the parent must not lose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.judgement import CLASS, Change, Evidence, Judged, Judgement, OutputJudgement
from stellarview.domain.model_card import LabelScale, ModelCard
from stellarview.inference.ensemble import Ensemble
from stellarview.inference.scores import integral_transform, surprise
from stellarview.io.judgements import write_judgement
from stellarview.io.models import StoredModel, find_model
from stellarview.io.references import read_reference
from stellarview.recipes import recipe_from_json
from stellarview.recipes.recipe import Recipe
from stellarview.training.config import TrainingConfig
from stellarview.training.config_file import read_config
from stellarview.training.dataset import Dataset, read_dataset
from stellarview.training.evaluate import Answers, as_answers, ask_by_parts
from stellarview.training.forgetting import are_comparable, drift_of
from stellarview.training.metrics import class_metrics, label_metrics
from stellarview.training.prepared import Tell, say_nothing
from stellarview.training.runs import CONFIG_FILE, model_of
from stellarview.training.split import Split, split_rows
from stellarview.training.task import without_standardise
from stellarview.training.verdict import verdict_on
from stellarview.workflow import load_model

_PIT_BINS = 10
_DRAWS, _DRAWS_AT_ONCE = 2000, 100
_CHANCE = 0.05  # that any interval of all misses
_UNCALIBRATED = ("within_68", "within_95", "pull_width", "median_sigma")


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What both models are asked about, and what they say of it; `before` is None without a parent.

    `bare` is what the new model says without its calibration.
    """

    part: str
    group_B: Any
    after: Answers
    bare: Answers
    before: Answers | None
    learned_BK: FloatArray


@dataclass(frozen=True, eq=False)
class _Question:
    """The same spectra for both models, each prepared as it wants them."""

    part: str
    learned_BK: FloatArray
    rows: Dataset
    inputs_BL: FloatArray
    inputs_before_BL: FloatArray | None


@dataclass(eq=False)
class _Tally:
    """Counts spectra that were asked about, each model's for itself, and tells it."""

    tell: Tell
    total: int
    done: int = 0

    def add(self, count: int = 0) -> None:
        """So many more; none is a chance to be stopped."""
        self.done += count
        self.tell(self.done, self.total)


def judge_run(run_folder: Path, parent: str = "", device: str = "auto", tell: Tell = say_nothing) -> Judged:
    """Judge the model of a run against the one that it started from (or another), and write it beside the model.

    Nothing is written before all is known: where `tell` raises, an older judgement stays as it was.
    """
    folder = model_of(run_folder)
    config = read_config(run_folder / CONFIG_FILE)
    child = load_model(str(folder), device)
    name = parent or config.network.init_from
    before = load_model(name, device) if name else None
    question = _question(config, run_folder, child, before, tell)
    reference = None
    if before is not None and are_comparable(child, before):
        reference = read_reference(find_model(name), before.card.weights_sha256)
    tally = _Tally(tell, _count(question, reference))
    tally.add()
    held = _held_out(question, child, before, tally)
    drift, evidence = drift_of(child, before, reference, held.learned_BK, tally.add)
    tally.add(tally.total - tally.done)  # what was too strange for the parent
    outputs = _classes(child.card, held) if child.card.classes else _labels(child, before, held, tally)
    draft = Judgement(
        child.card.name,
        child.card.weights_sha256,
        held.part,
        outputs,
        "careful",
        (),
        "" if before is None else before.card.name,
        "" if before is None else before.card.weights_sha256,
        drift,
        _notes(child.card, before, is_parent=not parent),
    )
    verdict, reasons = verdict_on(draft)
    judged = Judged(replace(draft, verdict=verdict, reasons=reasons), _evidence(child.card, before, held, evidence))
    write_judgement(run_folder, judged)
    return judged


def paired_change(measure: str, after_B: FloatArray, before_B: FloatArray, group_B: Any, outputs: int = 1) -> Change:
    """The mean of after - before, with an interval by drawing whole groups: two spectra of a star are one chance."""
    known = np.isfinite(after_B) & np.isfinite(before_B)
    difference_B = (after_B - before_B)[known]
    _, group_of = np.unique(np.asarray(group_B)[known].astype(str), return_inverse=True)
    sums_G, counts_G = np.bincount(group_of, difference_B), np.bincount(group_of)
    random = np.random.default_rng(0)
    drawn = []
    for _ in range(_DRAWS // _DRAWS_AT_ONCE):
        chosen = random.integers(0, len(sums_G), (_DRAWS_AT_ONCE, len(sums_G)))
        drawn.append(sums_G[chosen].sum(axis=1) / counts_G[chosen].sum(axis=1))
    tail = _CHANCE / (2 * outputs)
    low, high = np.quantile(np.concatenate(drawn), [tail, 1 - tail])
    return Change(measure, float(difference_B.mean()), float(low), float(high))  # type: ignore[arg-type]


def _question(
    config: TrainingConfig, run_folder: Path, child: Ensemble, before: Ensemble | None, tell: Tell
) -> _Question:
    def read(recipe: Recipe) -> Dataset:
        return read_dataset(config.data, config.split.group, recipe, run_folder, run_folder, tell=tell)

    base, standardise = without_standardise(recipe_from_json(child.card.recipe))
    dataset = read(base)
    _refuse_others(child.card, dataset)
    split: Split = split_rows(dataset.group_B, config.split)
    part = "test" if len(split.test) else "validation"
    rows = dataset.rows(getattr(split, part))
    inputs_before = None
    if before is not None:
        other, its_standardise = without_standardise(recipe_from_json(before.card.recipe))
        its_dataset = dataset if other.steps == base.steps else read(other)
        if list(its_dataset.name_B) != list(dataset.name_B):
            raise _cannot_compare(before.card, "Its recipe leaves other spectra.")
        inputs_before = its_dataset.rows(getattr(split, part)).inputs(its_standardise)
    return _Question(part, dataset.rows(split.train).label_BK, rows, rows.inputs(standardise), inputs_before)


def _count(question: _Question, reference_CL: FloatArray | None) -> int:
    models = 1 if question.inputs_before_BL is None else 2
    return models * (len(question.rows) + (0 if reference_CL is None else len(reference_CL)))


def _held_out(question: _Question, child: Ensemble, before: Ensemble | None, tally: _Tally) -> HeldOut:
    rows, told_before = question.rows, None
    if before is not None and question.inputs_before_BL is not None:
        told_before = as_answers(before, ask_by_parts(before, question.inputs_before_BL, tally.add).outputs, rows)
    outputs = ask_by_parts(child, question.inputs_BL, tally.add).outputs
    after, bare = (as_answers(model, outputs, rows) for model in (child, _uncalibrated(child)))
    return HeldOut(question.part, rows.group_B, after, bare, told_before, question.learned_BK)


def _uncalibrated(model: Ensemble) -> Ensemble:
    """The same networks with sigmas as they learned them."""
    labels = tuple(LabelScale(one.key, one.mean, one.std, one.low, one.high) for one in model.card.labels)
    return Ensemble(StoredModel(Path(), replace(model.card, labels=labels), model.tensors), model.device)


def _refuse_others(card: ModelCard, dataset: Dataset) -> None:
    """A set that was changed since has another split: held-out stars might be trained ones."""
    wanted = [entry["sha256"] for entry in card.training.get("data", [])]
    if wanted != list(dataset.checksums):
        raise StellarViewError(
            f"The run of {card.name} cannot be judged.",
            "Its spectrum sets have changed since, so nobody knows which stars it did not see.",
            "Put the sets back, or train again.",
        )


def _labels(child: Ensemble, before: Ensemble | None, held: HeldOut, tally: _Tally) -> tuple[OutputJudgement, ...]:
    found = []
    for k, scale in enumerate(child.card.labels):
        tally.add()  # intervals of many stars take their time
        found.append(_label(scale, k, len(child.card.labels), before, held))
    return tuple(found)


def _label(scale: LabelScale, k: int, outputs: int, before: Ensemble | None, held: HeldOut) -> OutputJudgement:
    truth_B, snr_B = held.after.truth_BK[:, k], held.after.snr_B
    known_B = np.isfinite(truth_B)
    own = held.after.told_MBK[..., k], held.after.sigma_MBK[..., k]
    bare = own[0], held.bare.sigma_MBK[..., k]
    found = OutputJudgement(
        scale.key,
        len(set(np.asarray(held.group_B)[known_B])),
        label_metrics(scale, *own, truth_B, snr_B),
        uncalibrated=_only(label_metrics(scale, *bare, truth_B, snr_B), _UNCALIBRATED),
        pit_after=_pit(*own, truth_B),
        skill=_skill(own[0].mean(axis=0), scale.mean, truth_B),
    )
    keys = () if before is None else before.card.outputs
    if held.before is None or scale.key not in keys or not known_B.any():
        return found
    place = keys.index(scale.key)
    old = held.before.told_MBK[..., place], held.before.sigma_MBK[..., place]
    pairs = (("error", _errors), ("score", surprise))
    return replace(
        found,
        before=label_metrics(scale, *old, truth_B, snr_B),
        pit_before=_pit(*old, truth_B),
        changes=tuple(
            paired_change(name, of(*own, truth_B), of(*old, truth_B), held.group_B, outputs) for name, of in pairs
        ),
    )


def _classes(card: ModelCard, held: HeldOut) -> tuple[OutputJudgement, ...]:
    truth_B = held.after.truth_BK[:, 0].astype(np.int64)

    def wrong(given: Answers) -> FloatArray:
        return np.asarray(given.told_MBK.mean(axis=0).argmax(axis=1) != truth_B, dtype=float)

    def unlikely(given: Answers) -> FloatArray:
        return np.asarray(-np.log(np.maximum(given.told_MBK.mean(axis=0)[np.arange(len(truth_B)), truth_B], 1e-9)))

    commonest = np.bincount(truth_B).max() / len(truth_B)
    after = class_metrics(card.classes, held.after.told_MBK.mean(axis=0), truth_B, held.after.snr_B)
    groups = len(set(held.group_B))
    room = 1.0 - commonest
    skill = 1.0 - (1.0 - after["accuracy"]) / room if room > 0 else 0.0
    found = OutputJudgement(CLASS, groups, after, skill=float(skill))
    if held.before is None or held.before.told_MBK.shape[2] != len(card.classes):
        return (found,)
    return (
        replace(
            found,
            before=class_metrics(card.classes, held.before.told_MBK.mean(axis=0), truth_B, held.after.snr_B),
            changes=(
                paired_change("error", wrong(held.after), wrong(held.before), held.group_B),
                paired_change("score", unlikely(held.after), unlikely(held.before), held.group_B),
            ),
        ),
    )


def _notes(card: ModelCard, before: Ensemble | None, *, is_parent: bool) -> tuple[str, ...]:
    """What a reader must know of the comparison itself."""
    if before is None:
        return ()
    name, started_from = before.card.name, card.training.get("parent_sha256")
    notes = []
    if is_parent and started_from and before.card.weights_sha256 != started_from:
        notes.append(f"{name} is another model by now than the one that the run started from.")
    seen = {entry.get("sha256") for entry in before.card.training.get("data", [])}
    if seen & {entry.get("sha256") for entry in card.training.get("data", [])}:
        notes.append(f"{name} was trained on one of these sets: it may know held-out stars, and looks better so.")
    return tuple(notes)


def _evidence(card: ModelCard, before: Ensemble | None, held: HeldOut, drift: Evidence) -> Evidence:
    after_BK = held.after.told_MBK.mean(axis=0)
    truth_BK = held.after.truth_BK
    if card.classes:
        rows, truth_B = np.arange(len(truth_BK)), truth_BK[:, 0].astype(np.int64)
        after_BK, truth_BK = after_BK[rows, truth_B][:, None], np.full((len(rows), 1), np.nan)
        before_BK = np.full_like(after_BK, np.nan)
        if held.before is not None and held.before.told_MBK.shape[2] == len(card.classes):
            before_BK = held.before.told_MBK.mean(axis=0)[rows, truth_B][:, None]
        return replace(
            drift, keys=(CLASS,), snr_B=held.after.snr_B, truth_BK=truth_BK, after_BK=after_BK, before_BK=before_BK
        )
    before_BK = np.full_like(after_BK, np.nan)
    if before is not None and held.before is not None:
        for k, key in enumerate(card.outputs):
            if key in before.card.outputs:
                before_BK[:, k] = held.before.told_MBK[..., before.card.outputs.index(key)].mean(axis=0)
    return replace(
        drift, keys=card.outputs, snr_B=held.after.snr_B, truth_BK=truth_BK, after_BK=after_BK, before_BK=before_BK
    )


def _errors(mean_MB: FloatArray, sigma_MB: FloatArray, truth_B: FloatArray) -> FloatArray:
    return np.asarray(np.abs(mean_MB.mean(axis=0) - truth_B))


def _pit(mean_MB: FloatArray, sigma_MB: FloatArray, truth_B: FloatArray) -> tuple[int, ...]:
    known_B = np.isfinite(truth_B)
    values_B = integral_transform(mean_MB[:, known_B], sigma_MB[:, known_B], truth_B[known_B])
    return tuple(int(n) for n in np.histogram(values_B, _PIT_BINS, (0.0, 1.0))[0])


def _skill(told_B: FloatArray, mean: float, truth_B: FloatArray) -> float:
    """Against always telling the mean of the scale."""
    known_B = np.isfinite(truth_B)
    usual = float(np.abs(truth_B[known_B] - mean).mean()) if known_B.any() else 0.0
    return 1.0 - float(np.abs(told_B - truth_B)[known_B].mean()) / usual if usual > 0 else 0.0


def _only(facts: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: facts[name] for name in names if name in facts}


def _cannot_compare(card: ModelCard, why: str) -> StellarViewError:
    return StellarViewError(
        f"The run cannot be compared with {card.name}.", why, "Choose the model that the run started from."
    )
