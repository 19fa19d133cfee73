"""Posteriors of age, mass, radius, luminosity and phase: a star's label PDF against every model of a grid near it.

The integral over age, [Fe/H] and evolutionary point is a sum over nodes: the grid's own points along a curve, midpoints
between its ages, as many as the label's sigmas ask for, and nodes in [Fe/H] one sigma apart at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from stellarview.domain.arrays import FloatArray, IntArray
from stellarview.domain.label_pdf import LabelPdf
from stellarview.domain.placement import Placement
from stellarview.isochrones.cells import Cells
from stellarview.isochrones.posterior import Nodes, far_from_everything, summarise

# No label is known better than the models and their grid are: K, dex, dex.
SIGMA_FLOOR = np.array([20.0, 0.02, 0.02])
# Farther from the only metallicity of a grid, it is the grid that is to blame.
_FEH_SIGMAS = 2.5
_FLOOR_NOTE = "Sigmas below {:g} K, {:g} dex and {:g} dex were taken as these.".format(*SIGMA_FLOOR)
_REACH_SIGMAS = 4.5
_FEH_REACH_SIGMAS = 4.0
_MOST_FEH_NODES, _MOST_AGE_NODES = 64, 6
_NEGLIGIBLE = 1e-6
_LN_10 = np.float32(np.log(10.0))


def place(cells: Cells, star: LabelPdf, samples: int = 0, seed: int = 0) -> Placement:
    """The posterior of one star; `samples` asks for draws from it."""
    placed = _placed(cells, star, samples, seed)
    return placed if placed.is_on_grid else replace(placed, shortfall=_shortfall(cells, star.with_floor(SIGMA_FLOOR)))


def _shortfall(cells: Cells, pdf: LabelPdf) -> str:
    """What a grid of one metallicity lacks for a star of another."""
    feh, sigma, fehs = float(pdf.mean[2]), float(pdf.sigma[2]), cells.grid.feh_F
    if len(fehs) > 1 or abs(feh - fehs[0]) < _FEH_SIGMAS * sigma:
        return ""
    own, its = (f"{value:+.2f}".replace("-", "\N{MINUS SIGN}") for value in (float(fehs[0]), feh))
    return (
        f"the isochrones {cells.grid.name} are of [Fe/H] {own} alone, and the star has {its} ± {sigma:.2f}. "
        "`stellarview isochrones fetch` brings 15 metallicities."
    )


def _placed(cells: Cells, star: LabelPdf, samples: int, seed: int) -> Placement:
    pdf = star.with_floor(SIGMA_FLOOR)
    is_raised = bool((pdf.covariance_M33 != star.covariance_M33).any())
    notes = (*([_FLOOR_NOTE] if is_raised else []), *cells.cautions)
    low, high = pdf.reach(_REACH_SIGMAS)
    near = []
    for j, feh_K in _feh_nodes(cells, pdf):
        i, e = cells.near(j, *_log_box(low, high))
        if i.size:
            near.append(_Near(j, feh_K, i, e))
    if not near:
        return far_from_everything(cells, notes)
    age_nodes = _age_nodes(cells, near, pdf)
    edges = _age_edges(cells, age_nodes)
    parts = [_weighted(cells, one, edges, age_nodes, pdf) for one in near]
    return summarise(cells, parts, edges, notes, samples=samples, seed=seed)


def place_all(cells: Cells, stars: Sequence[LabelPdf], samples: int = 0) -> Iterator[Placement]:
    """One star after the other, as they are asked for: a million need the memory of one."""
    return (place(cells, star, samples, seed) for seed, star in enumerate(stars))


@dataclass(frozen=True, eq=False)
class _Near:
    """What lies near a star in one metallicity interval: K nodes in [Fe/H], N cells by age interval and point."""

    j: int
    feh_K: FloatArray
    i_N: IntArray
    e_N: IntArray


def _feh_nodes(cells: Cells, pdf: LabelPdf) -> Iterator[tuple[int, FloatArray]]:
    """Midpoints, one sigma apart at most and one in the middle, over what the star and the grid have in common."""
    fehs = cells.grid.feh_F
    low, high = (float(v[2]) for v in pdf.reach(_FEH_REACH_SIGMAS))
    low, high = (float(np.clip(v, fehs[0], fehs[-1])) for v in (low, high))
    count = int(np.clip(np.ceil((high - low) / pdf.sigma_M3[:, 2].min()), 1, _MOST_FEH_NODES)) | 1
    nodes = low + (high - low) * (np.arange(count) + 0.5) / count
    j_K = np.clip(np.searchsorted(fehs, nodes, side="right") - 1, 0, len(cells.lower_feh_J) - 1)
    for j in np.unique(j_K):
        yield int(j), nodes[j_K == j]


def _log_box(low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Teff is compared by its logarithm, as grids have it; below 1 K there is nothing."""
    return np.array([np.log10(max(low[0], 1.0)), low[1]]), np.array([np.log10(max(high[0], 1.0)), high[1]])


def _age_nodes(cells: Cells, near: Sequence[_Near], pdf: LabelPdf) -> int:
    """Nodes in each age interval, so many that neighbours are a sigma apart at most in nine cells of ten."""
    if not cells.next_age:
        return 1
    sigma_teff, sigma_logg = pdf.sigma_M3[:, :2].min(axis=0)
    steps = []
    for one in near:
        f = cells.lower_feh_J[one.j]
        young, old = (f, one.i_N, one.e_N), (f, one.i_N + 1, one.e_N)
        teff = np.abs(cells.log10_teff_FAE[old] - cells.log10_teff_FAE[young]) * (_LN_10 * pdf.mean[0] / sigma_teff)
        steps.append(np.maximum(teff, np.abs(cells.logg_FAE[old] - cells.logg_FAE[young]) / sigma_logg))
    return int(np.clip(np.ceil(np.percentile(np.concatenate(steps), 90)), 1, _MOST_AGE_NODES))


def _weighted(cells: Cells, near: _Near, edges_gyr: FloatArray, age_nodes: int, pdf: LabelPdf) -> Nodes:
    """Likelihood times prior at all nodes of one metallicity interval; those that matter."""
    f0 = int(cells.lower_feh_J[near.j])
    width = float(cells.grid.feh_F[f0 + cells.next_feh] - cells.grid.feh_F[f0])
    up_K = ((near.feh_K - cells.grid.feh_F[f0]) / width if width else near.feh_K * 0.0).astype(np.float32)
    at = _Blend(f0, cells.next_feh, cells.next_age, near.i_N, near.e_N, up_K, age_nodes)
    teff, logg = np.exp(_LN_10 * at.everywhere(cells.log10_teff_FAE)), at.everywhere(cells.logg_FAE)
    likelihood = _pdf_at(pdf, teff, logg, near.feh_K)
    age_weight_IQ = cells.prior.age_weight(edges_gyr).reshape(-1, age_nodes) if cells.next_age else np.ones((1, 1))
    prior = at.everywhere(cells.weight_FAE) * age_weight_IQ.T[:, near.i_N].astype(np.float32)
    weight = likelihood * prior
    k, q, n = np.nonzero(weight > _NEGLIGIBLE * weight.max(initial=0.0))
    return Nodes(
        weight=weight[k, q, n].astype(np.float64),
        best=float(np.where(prior > 0, likelihood, 0.0).max(initial=0.0) / _peak(pdf)),
        age_bin=near.i_N[n] * age_nodes + q,
        mass=at.chosen(cells.mass_FAE, k, q, n),
        log10_luminosity=at.chosen(cells.log10_luminosity_FAE, k, q, n),
        logg=at.chosen(cells.logg_FAE, k, q, n),
        log10_teff=at.chosen(cells.log10_teff_FAE, k, q, n),
        phase=cells.grid.phase_AFE[near.i_N[n], f0, near.e_N[n]],
        feh=near.feh_K[k],
    )


def _age_edges(cells: Cells, age_nodes: int) -> FloatArray:
    """Edges (Gyr) of the stretches that age nodes stand for, equal in the logarithm within an interval."""
    ages = cells.grid.log10_age_yr_A
    parts = np.linspace(ages[:-1], ages[1:], age_nodes, endpoint=False, axis=1).ravel() if cells.next_age else ages
    return np.minimum(10.0 ** (np.append(parts, ages[-1]) - 9.0), cells.prior.oldest_gyr)


@dataclass(frozen=True, eq=False)
class _Blend:
    """Bilinear blending of four corners: to K metallicities, Q ages in an interval, N cells."""

    f0: int
    next_feh: int
    next_age: int
    i_N: IntArray
    e_N: IntArray
    up_K: FloatArray
    age_nodes: int

    @property
    def older_Q(self) -> FloatArray:
        """How far towards the older age the nodes lie."""
        return np.asarray((np.arange(self.age_nodes) + 0.5) / self.age_nodes, dtype=np.float32)

    def everywhere(self, values_FAE: FloatArray) -> FloatArray:
        """At all nodes (K, Q, N)."""
        young, old = (self._row(values_FAE, i)[:, None, :] for i in (self.i_N, self.i_N + self.next_age))
        return np.asarray(young + self.older_Q[None, :, None] * (old - young))

    def _row(self, values_FAE: FloatArray, i_N: IntArray) -> FloatArray:
        low, high = values_FAE[self.f0, i_N, self.e_N], values_FAE[self.f0 + self.next_feh, i_N, self.e_N]
        return np.asarray(low + self.up_K[:, None] * (high - low))

    def chosen(self, values_FAE: FloatArray, k: IntArray, q: IntArray, n: IntArray) -> FloatArray:
        """At some nodes."""
        i, e, up, older = self.i_N[n], self.e_N[n], self.up_K[k], self.older_Q[q]
        low, high = self.f0, self.f0 + self.next_feh
        young = (1 - up) * values_FAE[low, i, e] + up * values_FAE[high, i, e]
        i = i + self.next_age
        old = (1 - up) * values_FAE[low, i, e] + up * values_FAE[high, i, e]
        return np.asarray((1 - older) * young + older * old, dtype=np.float64)


def _pdf_at(pdf: LabelPdf, teff: FloatArray, logg: FloatArray, feh_K: FloatArray) -> FloatArray:
    """The density of the mixture; for each [Fe/H] node a member is a Gaussian in the other two, given that [Fe/H]."""
    density = np.zeros_like(teff)
    for mean, covariance in zip(pdf.mean_M3, pdf.covariance_M33, strict=True):
        slope = covariance[:2, 2] / covariance[2, 2]
        given = covariance[:2, :2] - np.outer(slope, covariance[2, :2])
        whiten = np.linalg.inv(np.linalg.cholesky(given)).astype(np.float32)
        feh_z = (feh_K - mean[2]) / np.sqrt(covariance[2, 2])
        scale = np.exp(-0.5 * feh_z**2) / np.sqrt((2 * np.pi) ** 3 * np.linalg.det(covariance))
        centre = (mean[:2] + slope * (feh_K - mean[2])[:, None]).astype(np.float32)
        x = teff - centre[:, 0, None, None]
        y = logg - centre[:, 1, None, None]
        y *= whiten[1, 1]
        if whiten[1, 0]:
            y += whiten[1, 0] * x
        x *= whiten[0, 0]
        x *= x
        y *= y
        x += y
        x *= np.float32(-0.5)
        np.exp(x, out=x)
        x *= scale.astype(np.float32)[:, None, None]
        density += x
    return np.asarray(density / np.float32(len(pdf.mean_M3)))


def _peak(pdf: LabelPdf) -> float:
    """The greatest density of the mixture, looked for at its members' means."""
    values = [_pdf_at(pdf, m[0].reshape(1, 1, 1), m[1].reshape(1, 1, 1), m[2:3]) for m in pdf.mean_M3]
    return float(np.max(values))
