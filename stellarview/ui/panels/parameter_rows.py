"""What the table of parameters says of a star, row by row, without Qt: numbers, their doubts, what catalogues say."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from stellarview.domain.flags import PRIOR_DOMINATED, flags_about
from stellarview.domain.inspection import Inspection
from stellarview.domain.labels import label_named, relative_to_iron
from stellarview.domain.prediction import ClassPrediction, Mixture, Prediction
from stellarview.domain.results import mixtures
from stellarview.domain.rounding import decimals_of, number_text
from stellarview.domain.spectrum import HeaderFacts
from stellarview.domain.subtype import subtype_number, subtype_text
from stellarview.domain.what_if import Change, WhatIf
from stellarview.session.session import CatalogueValue

HEADER = "the file's header"
_TENTHS = 10.0  # of a spectral class: a subtype
_PERCENT = 100.0
_IN_WORDS = {PRIOR_DOMINATED: "prior-dominated: typical of such stars, hardly told by this one"}


@dataclass(frozen=True, eq=False)
class ParameterRow:
    """One output of a model. `key` is what a click explains, `shown` what is told: [Mg/Fe] is explained by [Mg/H].

    Numbers are in the label's own unit, probabilities from 0 to 1; on the screen sigmas, bound and change are
    multiplied by `scale` and have the unit `unit`.
    """

    key: str
    shown: str
    name: str
    unit: str
    meaning: str
    model: str
    mean: float
    value: str
    digits: int
    mixture: Mixture | None = None
    members: float | None = None
    bound: float | None = None
    scale: float = 1.0
    catalogue: tuple[CatalogueValue, ...] = ()
    change: Change | None = None
    flags: tuple[str, ...] = ()
    is_dim: bool = False

    @property
    def noise(self) -> float | None:
        """The part of sigma that the noise makes, in the label's own unit."""
        return None if self.mixture is None else self.mixture.aleatoric

    @property
    def misfit(self) -> float | None:
        """The part of sigma that synthetic spectra make, where the network learned from them."""
        return None if self.mixture is None or self.mixture.misfit == 0 else self.mixture.misfit

    @property
    def known(self) -> CatalogueValue | None:
        """The catalogue value that is shown: the newest."""
        return self.catalogue[-1] if self.catalogue else None

    def sigma_text(self, value: float | None) -> str:
        """A sigma with the digits of this row; of a bound that is infinite, that sign."""
        if value is None:
            return ""
        return f"{self.scale * value:.{self.digits}f}" if math.isfinite(value) else "∞"

    def value_text(self, value: float) -> str:
        """A value with the digits of this row."""
        return subtype_text(value) if self.shown == "subtype" else number_text(value, self.digits)

    def difference(self, known: CatalogueValue) -> float | None:
        """This value less the catalogue's, in sigmas of both together."""
        if self.mixture is None:
            return None
        return (self.mixture.mean - known.value) / math.hypot(self.mixture.sigma, known.sigma)


def parameter_rows(
    inspection: Inspection,
    catalogue: Sequence[CatalogueValue] = (),
    what_if: Mapping[str, WhatIf] | None = None,
    *,
    is_relative_to_iron: bool = False,
) -> tuple[ParameterRow, ...]:
    """Every label that any model tells, once; classes last. A label that two models tell is the first one's."""
    best = None if inspection.classified is None else inspection.classified.best_class
    is_star = best is None or best.name == "STAR"
    known = (*catalogue, *header_values(inspection.spectrum.header))
    rows: dict[str, ParameterRow] = {}
    for name, told in inspection.predictions.items():
        changes = (what_if or {}).get(name)
        for row in _label_rows(told, known, changes, is_relative_to_iron=is_relative_to_iron):
            is_denied = "teff" in told.labels and bool(inspection.beyond_by_type)
            rows.setdefault(row.key, replace(row, is_dim=row.is_dim or is_denied or not is_star))
    for name, told in inspection.predictions.items():
        for entry in told.classes:
            rows.setdefault(entry.name, _class_row(told, entry, (what_if or {}).get(name)))
    return tuple(rows.values())


def header_values(header: HeaderFacts) -> tuple[CatalogueValue, ...]:
    """What the survey's own pipeline wrote of labels: the subclass."""
    number = subtype_number(header.subclass or "")
    return () if number is None else (CatalogueValue("subtype", number, 0.0, HEADER),)


def flag_words(prediction: Prediction, key: str) -> tuple[str, ...]:
    """The flags about a label, in words."""
    return tuple(_IN_WORDS.get(flag, flag) for flag in flags_about(prediction, key))


def general_flags(prediction: Prediction) -> tuple[str, ...]:
    """The flags that are about no single label."""
    return tuple(
        flag
        for flag in prediction.flags
        if not any(flags_about(replace(prediction, flags=(flag,)), key) for key in prediction.labels)
    )


def _label_rows(
    told: Prediction, known: Sequence[CatalogueValue], what_if: WhatIf | None, *, is_relative_to_iron: bool
) -> Iterator[ParameterRow]:
    ratios = relative_to_iron(tuple(told.labels)) if is_relative_to_iron else {}
    every = mixtures(told)
    is_unlike = told.novelty is not None and told.novelty.is_unlike
    for key in told.labels:
        shown = ratios[key].key if key in ratios else key
        label, mixture = label_named(shown), every[shown]
        is_subtype = shown == "subtype"
        scale = _TENTHS if is_subtype else 1.0
        digits = decimals_of(scale * mixture.sigma)
        flags = tuple(dict.fromkeys((*flag_words(told, shown), *flag_words(told, key))))
        yield ParameterRow(
            key,
            shown,
            "MK" if is_subtype else label.text,
            "subt." if is_subtype else label.unit,
            "MK spectral subtype; sigmas in subtypes, tenths of a spectral class" if is_subtype else label.meaning,
            told.model,
            mixture.mean,
            subtype_text(mixture.mean) if is_subtype else number_text(mixture.mean, digits),
            digits,
            mixture,
            mixture.epistemic,
            (told.bounds or {}).get(shown),
            scale,
            _values_of(known, shown, key),
            None if what_if is None or shown not in what_if.keys else what_if.delta(shown),
            flags,
            is_unlike or any(flag.startswith(PRIOR_DOMINATED) for flag in flags),
        )


def _class_row(told: Prediction, entry: ClassPrediction, what_if: WhatIf | None) -> ParameterRow:
    percent = _PERCENT * entry.probability
    return ParameterRow(
        entry.name,
        entry.name,
        entry.name,
        "%",
        f"probability that this is a {entry.name}, mean of the members",
        told.model,
        entry.probability,
        percent_text(percent),
        1,
        members=scatter_worth_saying(entry),
        scale=_PERCENT,
        change=None if what_if is None else what_if.delta(entry.name),
        is_dim=told.novelty is not None and told.novelty.is_unlike,
    )


def scatter_worth_saying(entry: ClassPrediction) -> float | None:
    """None where the members agree to a tenth of a percent."""
    return entry.scatter if round(_PERCENT * entry.scatter, 1) > 0 else None


def percent_text(percent: float) -> str:
    """Nothing is certain, and nothing impossible."""
    return "> 99.9" if percent > 99.9 else "< 0.1" if percent < 0.1 else f"{percent:.1f}"


def _values_of(known: Sequence[CatalogueValue], shown: str, key: str) -> tuple[CatalogueValue, ...]:
    """Values of the label itself, oldest first; of [X/Fe] also what a table's [X/H] and [Fe/H] make."""
    own = [one for one in known if one.label_key == shown]
    if own or shown == key:
        return tuple(own)
    iron = {one.source: one for one in known if one.label_key == "feh"}
    pairs = [(one, iron[one.source]) for one in known if one.label_key == key and one.source in iron]
    return tuple(
        CatalogueValue(shown, one.value - feh.value, math.hypot(one.sigma, feh.sigma), one.source) for one, feh in pairs
    )


def as_tsv(rows: Sequence[ParameterRow]) -> str:
    """The rows as text between tabs, for a spreadsheet: numbers as they are, with one unit each."""
    titles = (
        *("label", "unit", "value", "noise", "members", "synthesis", "bound"),
        *("catalogue", "catalogue_sigma", "catalogue_source", "change", "change_scatter", "flags"),
    )
    return "\n".join("\t".join(cells) for cells in (titles, *map(_tsv_cells, rows)))


def _tsv_cells(row: ParameterRow) -> list[str]:
    known, change = row.known, row.change
    value = row.value if row.shown == "subtype" else _scaled(row, row.mean)
    catalogue = "" if known is None else row.value_text(known.value) if row.shown == "subtype" else f"{known.value:.6g}"
    numbers = [row.noise, row.members, row.misfit, row.bound]
    sigma = None if known is None or known.sigma == 0 else known.sigma
    changes = [None, None] if change is None else [change.value, change.scatter]
    return [
        row.name,
        row.unit,
        value,
        *(_scaled(row, number) for number in numbers),
        catalogue,
        _scaled(row, sigma),
        "" if known is None else known.source,
        *(_scaled(row, number) for number in changes),
        "; ".join(row.flags),
    ]


def _scaled(row: ParameterRow, number: float | None) -> str:
    return "" if number is None else f"{row.scale * number:.6g}"
