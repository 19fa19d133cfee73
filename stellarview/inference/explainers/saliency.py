"""Saliency: how the output answers to a change of flux, in physical units (RRNet fig. 4)."""

from __future__ import annotations

from stellarview.inference.explanation import Explained, Member, Question


def flux_derivatives(member: Member, question: Question) -> Explained:
    """d(output)/d(flux), for a change by 1% of the continuum."""
    gradient_L = member.gradients(member.tensor(question.input_L)[None])[0]
    return Explained(gradient_L * member.tensor(question.per_cent_L))


def saliency_times_input(member: Member, question: Question) -> Explained:
    """What the departure from the baseline adds, were the network straight."""
    gradient_L = member.gradients(member.tensor(question.input_L)[None])[0]
    return Explained(gradient_L * member.tensor(question.input_L - question.start_L))
