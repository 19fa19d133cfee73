"""What the sheet of one star says: its spectrum, why, how sure, where it stands, and in which words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from stellarview.domain.explained import Explained
from stellarview.domain.flags import PRIOR_DOMINATED, flags_about
from stellarview.domain.inspection import Inspection
from stellarview.domain.label_pdf import PLACED_LABELS, predicted_labels
from stellarview.domain.labels import label_named, relative_to_iron
from stellarview.domain.placement import Estimate, Placement
from stellarview.domain.prediction import Mixture, Prediction
from stellarview.domain.results import mixtures
from stellarview.domain.rounding import decimals_of, number_text
from stellarview.domain.spectrum import Spectrum
from stellarview.domain.subtype import subtype_text
from stellarview.inspection.summary import doubts, is_star, star_name
from stellarview.scene.explanation import label_text
from stellarview.scene.hr import HrStar
from stellarview.scene.marks import DensityMark, LineLabelMark, Panel, Scene
from stellarview.scene.page import Page, Table, TableRow
from stellarview.scene.pdf import PdfEntry, axis_of, build_pdf_scene, short_text
from stellarview.workflow import explanation_scene, hr_scene, spectrum_scene

# Where the columns end: name, value, noise and members first, then those that not every model has.
_FIRST_ENDS, _LAST_ENDS = (0.38, 0.57, 0.80), 1.0
_WIDE_ENDS, _WIDE_POINTS = (0.30, 0.42, 0.59, 0.69, 0.91), 6.2
_WIDEST_ENDS = (0.29, 0.41, 0.54, 0.66, 0.75, 0.92)
# Names of lines begin lower than in other figures, where the panel is higher; the flux leaves them room.
_FOOT, _MORE_ROOM = 0.51, 0.32
_MOST_LINES = 9
_SPACED = "   "
_SHORT = {PRIOR_DOMINATED: "prior", "extrapolation": "range"}
_PLACED = (
    ("age (Gyr)", "age_gyr"),
    ("mass (M☉)", "mass_msun"),
    ("radius (R☉)", "radius_rsun"),
    ("luminosity (L☉)", "luminosity_lsun"),
)
_KEY = (
    "Lines carry their names and, where there is room, their share of all |saliency|; its scatter is that of the "
    "members. PDFs: grey each member, bold their mixture, shaded its densest 68% and 95%, grey ground beyond the "
    "training range. Table: noise and members are the parts of sigma (aleatoric, epistemic), synth. that of learning "
    "from synthetic spectra, bound the smallest sigma that physics allows (Cramer-Rao); prior: the spectrum cannot "
    "tell it, the answer is what such stars usually have; range: within one sigma of the training range's end or "
    "beyond. Contours: 1 and 2 sigma (39% and 86%)."
)


def build_page(inspection: Inspection, provenance: str) -> Page:
    """The sheet of a star; `provenance` is its small print."""
    diagram, age, note = _hr(inspection)
    placement = inspection.placement
    notes = [f"Flags: {'; '.join(inspection.flags)}." if inspection.flags else "Flags: none."]
    notes += [f"{of}: {' '.join(error.as_dict().values())}" for of, error in inspection.refusals.items()]
    if placement is not None:
        notes.append(
            f"Isochrones ({placement.grid}): {' '.join((*placement.verdicts, *placement.notes, note))}".rstrip()
        )
    return Page(
        title=star_name(inspection.spectrum),
        facts=(*_about_file(inspection.spectrum), _about_star(inspection)),
        warnings=doubts(inspection),
        spectrum=_spectrum(inspection),
        pdfs=_pdfs(inspection, age),
        diagram=diagram,
        table=_table(inspection),
        notes=(*notes, _KEY),
        provenance=provenance,
    )


def _spectrum(inspection: Inspection) -> Scene:
    """As the network saw it, with its reasons; as it was observed where no network explained it."""
    explained = inspection.explained
    if explained is None:
        scene = spectrum_scene(inspection.spectrum)
        return replace(scene, title="", panels=tuple(_with_room(panel, has_shares=True) for panel in scene.panels))
    scene, unit = explanation_scene(explained), _short_unit(explained)
    has_shares = len(scene.panels) == 2
    panels = [
        _with_room(panel, has_shares=has_shares)
        if panel.y_label.startswith("Prepared")
        else replace(_without_legends(panel), y_label=f"Saliency\n({unit})", height=0.5)
        for panel in scene.panels
    ]
    title = f"Why {label_text(explained.attribution.label_key)}: the flux as {explained.model} saw it, and its saliency"
    return replace(scene, panels=tuple(panels), title=title)


def _short_unit(explained: Explained) -> str:
    """`K per 1%` of what the axis above shows."""
    return explained.attribution.unit.split(" of the ")[0].strip()


def _with_room(panel: Panel, *, has_shares: bool) -> Panel:
    """The flux with room for the names of its lines."""
    marks = [
        replace(mark, foot=_FOOT, text=mark.text if has_shares else mark.text.rsplit(" ", 1)[0])
        if isinstance(mark, LineLabelMark)
        else mark
        for mark in panel.marks
    ]
    low, high = panel.y_limits
    return replace(panel, marks=tuple(marks), y_label="Flux", y_limits=(low, high + _MORE_ROOM * (high - low)))


def _without_legends(panel: Panel) -> Panel:
    marks = (
        mark if isinstance(mark, LineLabelMark | DensityMark) else replace(mark, legend="") for mark in panel.marks
    )
    return replace(panel, marks=tuple(marks))


def _pdfs(inspection: Inspection, age: Scene | None) -> tuple[Scene, ...]:
    """Of Teff, log g and [Fe/H], or whatever is told of them; and of the age."""
    scenes: list[Scene] = []
    for key in PLACED_LABELS:
        if (told := inspection.telling(key)) is not None:
            mixture = told.labels[key]
            scene = build_pdf_scene([PdfEntry("", mixture)], key, "", training_range=inspection.ranges.get(key))
            panel = _without_legends(scene.panels[0])
            y_label = "" if scenes else "Probability density"
            scenes.append(replace(scene, panels=(replace(panel, y_label=y_label),), title=short_text(key, mixture)))
    return (*scenes, *([] if age is None else [age]))


def _hr(inspection: Inspection) -> tuple[Scene | None, Scene | None, str]:
    """The HR diagram, the age that follows from it, and what must be said of the curves."""
    told, placement = inspection.placeable, inspection.placement
    if told is None or placement is None:
        return None, None, ""
    star = HrStar(star_name(inspection.spectrum), predicted_labels(told.labels, told.model), placement)
    scene, note = hr_scene([star])
    (diagram, *ages), title = scene.panels, "Among isochrones"
    scale = diagram.colour_scale
    if scale is not None and len(scale.ticks) == 1:  # a bar of one colour tells less than its number
        diagram, title = replace(diagram, colour_scale=None), f"The isochrone of {scale.ticks[0]:g} Gyr"
    x_label = "Age (Gyr)" if placement.is_age_constrained else "Age (Gyr), unconstrained"
    age = [replace(_without_legends(panel), x_label=x_label, y_label="", title="") for panel in ages]
    age_title = f"age {_with_interval(placement.age_gyr)} Gyr"
    return (
        replace(scene, panels=(_without_legends(diagram),), title=title),
        Scene(tuple(age), age_title, "") if age else None,
        note,
    )


def _with_interval(one: Estimate) -> str:
    up, down = one.high - one.median, one.median - one.low
    digits = decimals_of(max(up, down))
    return f"{one.median:.{digits}f} +{up:.{digits}f} −{down:.{digits}f}"


def _table(inspection: Inspection) -> Table:
    """Labels, classes, what follows from isochrones, and lines; wider where bounds and ratios to iron are told."""
    told = inspection.predictions.values()
    is_wide = any(one.bounds or relative_to_iron(tuple(one.labels)) for one in told)
    has_misfit = is_wide and any(mixture.misfit for one in told for mixture in one.labels.values())
    more = (*(["± synth."] if has_misfit else []), "bound", "[X/Fe] (dex)") if is_wide else ()
    rows = [TableRow(("", "value", "± noise", "± memb." if has_misfit else "± members", *more, ""), is_heading=True)]
    for prediction in told:
        is_denied = "teff" in prediction.labels and bool(inspection.beyond_by_type)
        own = (_row(prediction, key, is_wide=is_wide, has_misfit=has_misfit) for key in prediction.labels)
        rows += [replace(row, is_doubtful=row.is_doubtful or is_denied) for row in own]
    if not is_star(inspection):
        rows = [replace(row, is_doubtful=not row.is_heading) for row in rows]
    others = [*_class_rows(inspection.classified), *_placed_rows(inspection.placement)]
    if not is_wide and inspection.explained is not None:
        others += _line_rows(inspection.explained)
    rows += [replace(row, cells=(*row.cells, *("" for _ in more), "")) for row in others]
    if is_wide:
        return Table((*(_WIDEST_ENDS if has_misfit else _WIDE_ENDS), _LAST_ENDS), tuple(rows), _WIDE_POINTS)
    return Table((*_FIRST_ENDS, _LAST_ENDS), tuple(rows))


def _row(prediction: Prediction, key: str, *, is_wide: bool, has_misfit: bool) -> TableRow:
    mixture, flags = prediction.labels[key], flags_about(prediction, key)
    digits = decimals_of(mixture.sigma)
    name, value, scale = axis_of(key), number_text(mixture.mean, digits), 1.0
    if key == "subtype":
        name, value, scale, digits = "MK (± subtypes)", subtype_text(mixture.mean), 10.0, 1
    cells = [name, value, *(f"{scale * part:.{digits}f}" for part in (mixture.aleatoric, mixture.epistemic))]
    if has_misfit:
        cells.append(f"{scale * mixture.misfit:.{digits}f}" if mixture.misfit else "")
    if is_wide:
        bound = (prediction.bounds or {}).get(key)
        cells.append("" if bound is None else f"{bound:.{digits}f}" if math.isfinite(bound) else "∞")
        ratio = relative_to_iron(tuple(prediction.labels)).get(key)
        cells.append("" if ratio is None else _with_sigma(mixtures(prediction)[ratio.key]))
    kinds = [flag.split(":")[0] for flag in flags]
    words = next((short for kind, short in _SHORT.items() if kind in kinds), "")
    is_new = prediction.novelty is not None and prediction.novelty.is_unlike
    return TableRow((*cells, words), is_doubtful=is_new or bool(flags))


def _with_sigma(mixture: Mixture) -> str:
    digits = decimals_of(mixture.sigma)
    return f"{number_text(mixture.mean, digits)} ± {mixture.sigma:.{digits}f}"


def _class_rows(classified: Prediction | None) -> Iterator[TableRow]:
    for entry in () if classified is None else classified.classes:
        percent = 100 * entry.probability
        value = "> 99.9" if percent > 99.9 else "< 0.1" if percent < 0.1 else f"{percent:.1f}"
        scatter = f"{100 * entry.scatter:.1f}"
        yield TableRow((f"{entry.name} (%)", value, "", "" if scatter == "0.0" else scatter))


def _placed_rows(placement: Placement | None) -> Iterator[TableRow]:
    if placement is None or not placement.is_on_grid:
        return
    yield TableRow(("by isochrones", "median", "+", "−"), is_heading=True)
    for name, key in _PLACED:
        one: Estimate = getattr(placement, key)
        cells = (name, f"{one.median:.3g}", f"{one.high - one.median:.2g}", f"{one.median - one.low:.2g}")
        yield TableRow(cells, is_doubtful=key == "age_gyr" and not placement.is_age_constrained)


def _line_rows(explained: Explained) -> Iterator[TableRow]:
    """The lines that matter most: their share, and what 1% more flux in all of their pixels does."""
    label = label_named(explained.attribution.label_key)
    heading = f"lines for {label.text}", "share", _short_unit(explained), "± members"
    yield TableRow(heading, is_heading=True)
    told = [line for line in explained.lines if line.stands_out][:_MOST_LINES]
    if not told:
        yield TableRow(("none stands out", "", "", ""), is_doubtful=True)
    for line in told:
        digits = decimals_of(line.scatter or 0.0)
        scatter = "" if line.scatter is None else f"{line.scatter:.{digits}f}"
        yield TableRow((line.line.name, line.share_text, number_text(line.signed_sum, digits), scatter))


def _about_file(spectrum: Spectrum) -> tuple[str, str]:
    """Where the spectrum is from, and how good it is."""
    header, source = spectrum.header, spectrum.source
    snr = "  ".join(f"{band} {value:.0f}" for band, value in header.snr.known().items())
    obsid = "" if header.obsid is None else f"obsid {header.obsid}"
    instrument = "foreign spectrum" if spectrum.is_foreign else f"LAMOST {spectrum.instrument}"
    is_placed = header.ra_deg is not None and header.dec_deg is not None
    position = f"RA {header.ra_deg:.5f}°  Dec {header.dec_deg:+.5f}°" if is_placed else "position unknown"
    first = (f"{source.file_name} ({spectrum.exposure})", instrument, obsid)
    second = (position, f"S/N {snr}" if snr else "S/N unknown")
    return _SPACED.join(filter(None, first)), _SPACED.join(second)


def _about_star(inspection: Inspection) -> str:
    words, classified, subtype = [], inspection.classified, inspection.telling("subtype")
    best = None if classified is None else classified.best_class
    if best is not None:
        percent = 100 * best.probability
        words.append(f"class {best.name} {'> 99.9' if percent > 99.9 else f'{percent:.1f}'} %")
    if subtype is not None:
        mixture = subtype.labels["subtype"]
        words.append(f"MK {subtype_text(mixture.mean)} ± {10 * mixture.sigma:.1f} subtypes")
    if (velocity := inspection.spectrum.velocity) is not None:
        sigma = "" if velocity.sigma_km_s is None else f" ± {velocity.sigma_km_s:.1f}"
        doubt = "" if velocity.is_reliable else ", unreliable"
        words.append(f"RV {velocity.value_km_s:+.1f}{sigma} km/s ({velocity.source}{doubt})")
    else:
        words.append("RV unknown")
    if inspection.novelty is not None:
        words.append(f"novelty percentile {inspection.novelty.percentile:.1f}")
    header = inspection.spectrum.header
    if header.object_class:
        words.append(f"survey: {' '.join(filter(None, (header.object_class, header.subclass)))}")
    return _SPACED.join(words)
