"""Gaussian processes over blocks of pixels: every block has kernels of its own, for every line its own elements.

k(x, x') = 1 + sum_j a_j^2 exp(-1/2 sum_d s_jd^2 (x_d - x'_d)^2): a label that a block does not feel gets s = 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from stellarview.domain.arrays import FloatArray, IntArray
from stellarview.synthesis.features import feature_derivatives, features

Tensors = dict[str, FloatArray]
JITTER = 1e-8


@dataclass(frozen=True, eq=False)
class Expert:
    """The processes of all blocks, trained on the stars of one range of Teff.

    `inputs_ND` are standardised features of the training stars; `inverse_scale_CJD` and `amplitude_CJ` the kernels;
    component q belongs to block `block_Q[q]`, has the weights `alpha_NQ` and adds `basis_QK` to its block's pixels.
    `has_tio_1` says whether the expert shall show TiO.
    """

    has_tio_1: FloatArray
    mean_D: FloatArray
    std_D: FloatArray
    inputs_ND: FloatArray
    inverse_scale_CJD: FloatArray
    amplitude_CJ: FloatArray
    alpha_NQ: FloatArray
    basis_QK: FloatArray
    block_Q: IntArray
    start_C: IntArray
    mean_flux_P: FloatArray

    @classmethod
    def from_tensors(cls, tensors: Tensors, name: str) -> Self:
        """The expert of that name among a model's tensors; ValueError where they do not fit together."""
        parts = {field: tensors[f"{name}.{field}"] for field in cls.__dataclass_fields__}
        made = {key: np.asarray(v, int if key in ("block_Q", "start_C") else float) for key, v in parts.items()}
        expert = cls(**made)
        expert._check()
        return expert

    def _check(self) -> None:
        n, d = self.inputs_ND.shape
        c, j = self.amplitude_CJ.shape
        q, k = self.basis_QK.shape
        shapes = [self.inverse_scale_CJD.shape, self.alpha_NQ.shape, self.mean_D.shape, self.start_C.shape]
        if shapes != [(c, j, d), (n, q), (d,), (c,)] or self.block_Q.shape != (q,) or self.std_D.shape != (d,):
            raise ValueError(f"shapes {shapes} do not belong together")
        ends = self.start_C[self.block_Q] + k
        if self.block_Q.min() < 0 or self.block_Q.max() >= c or self.start_C.min() < 0 or not (self.std_D > 0).all():
            raise ValueError("blocks are not numbered as they are stored")
        if ends.max() > self.mean_flux_P.size + k:
            raise ValueError("blocks reach beyond the pixels")

    def flux(self, labels_L: FloatArray) -> FloatArray:
        """The normalised flux of all pixels."""
        kernel_NCJ, _ = self._kernels(labels_L)
        weights_NC = 1.0 + kernel_NCJ.sum(axis=2)
        return self.mean_flux_P + self._spread(np.einsum("nq,nq->q", weights_NC[:, self.block_Q], self.alpha_NQ))

    def flux_and_derivatives(self, labels_L: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The flux, and d(flux)/d(label) in flux per unit of each label, P x L."""
        kernel_NCJ, offset_ND = self._kernels(labels_L)
        value_Q = np.zeros(self.block_Q.size) + self.alpha_NQ.sum(axis=0)
        slope_QD = np.zeros((self.block_Q.size, offset_ND.shape[1]))
        for j in range(kernel_NCJ.shape[2]):
            weighted_NQ = kernel_NCJ[:, self.block_Q, j] * self.alpha_NQ
            value_Q += weighted_NQ.sum(axis=0)
            slope_QD -= (weighted_NQ.T @ offset_ND) * self.inverse_scale_CJD[self.block_Q, j] ** 2
        slope_QL = (slope_QD / self.std_D) @ feature_derivatives(labels_L)
        return self.mean_flux_P + self._spread(value_Q), self._spread(slope_QL)

    def _kernels(self, labels_L: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Kernel values between the star and every training star, and the offsets x - x_n."""
        offset_ND = (features(labels_L[None], self.has_tio_1)[0] - self.mean_D) / self.std_D - self.inputs_ND
        c, j, d = self.inverse_scale_CJD.shape
        distance = offset_ND**2 @ (self.inverse_scale_CJD.reshape(c * j, d) ** 2).T
        return self.amplitude_CJ**2 * np.exp(-0.5 * distance).reshape(-1, c, j), offset_ND

    def _spread(self, component: FloatArray) -> FloatArray:
        """Components (Q, or Q x L) to pixels: every block adds its own."""
        k = self.basis_QK.shape[1]
        # The last block of an arm may be shorter than the others.
        flux = np.zeros((self.mean_flux_P.size + k, *component.shape[1:]))
        for start, own in zip(self.start_C, self._components_of_blocks, strict=True):
            flux[start : start + k] += self.basis_QK[own].T @ component[own]
        return flux[: self.mean_flux_P.size]

    @cached_property
    def _components_of_blocks(self) -> list[IntArray]:
        return [np.flatnonzero(self.block_Q == block) for block in range(self.start_C.size)]


def kernel(first_ND: FloatArray, second_MD: FloatArray, inverse_scale_JD: FloatArray, a_J: FloatArray) -> FloatArray:
    """k of one block between two sets of inputs, N x M."""
    return np.asarray(1.0 + sum(kernel_terms(first_ND, second_MD, inverse_scale_JD, a_J)))


def kernel_terms(
    first_ND: FloatArray, second_MD: FloatArray, inverse_scale_JD: FloatArray, a_J: FloatArray
) -> list[FloatArray]:
    """The summands of k that depend on the inputs."""
    terms = []
    for inverse_scale_D, amplitude in zip(inverse_scale_JD, a_J, strict=True):
        a, b = first_ND * inverse_scale_D, second_MD * inverse_scale_D
        squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None, :] - 2.0 * a @ b.T
        terms.append(np.asarray(amplitude**2 * np.exp(-0.5 * np.maximum(squares, 0.0))))
    return terms
