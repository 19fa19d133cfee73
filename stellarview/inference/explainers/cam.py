"""Class activation maps (Zhou et al. 2016): what each position of the last maps adds to the output."""

from __future__ import annotations

import torch
from torch import Tensor

from stellarview.inference.explanation import Explained, Member, Question, recorded
from stellarview.nets.heads import Head


def class_activation_map(member: Member, question: Question) -> Explained:
    """The head's weights times the maps, summed over the channels; the sum over pixels, plus bias, is the output."""
    head = member.network.head
    assert isinstance(head, Head)
    with torch.no_grad(), member.watched() as maps:
        member.network(member.tensor(question.input_L)[None])
    maps_CW = maps[0][0]
    added_W = member.scale * head.weight_KF[member.column].detach() @ maps_CW / maps_CW.shape[1]
    return Explained(spread(added_W, question.input_L.size))


def spread(values_W: Tensor, length: int) -> Tensor:
    """Each position's value shared among the pixels around it, linearly, without loss: the sum stays the same.

    Plain linear interpolation keeps the sum only where the length is a multiple of the positions.
    """
    with recorded() as ready:
        ones_W = ready(torch.ones_like(values_W))
        # The slope of the sum over all pixels is how many pixels' worth a position gets.
        weight_W = torch.autograd.grad(_interpolated(ones_W, length).sum(), ones_W)[0]
        return _interpolated(values_W / weight_W, length)


def _interpolated(values_W: Tensor, length: int) -> Tensor:
    return torch.nn.functional.interpolate(values_W[None, None], size=length, mode="linear")[0, 0]
