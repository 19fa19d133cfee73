"""Class activation maps (Zhou et al. 2016): what each position of the last maps adds to the output."""

from __future__ import annotations

import torch
from torch import Tensor

from stellarview.inference.explanation import Explained, Member, Question
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
    n = values_W.shape[0]
    unit_WW = torch.eye(n, dtype=values_W.dtype, device=values_W.device)
    weight_WL = torch.nn.functional.interpolate(unit_WW[:, None], size=length, mode="linear")[:, 0]
    return values_W @ (weight_WL / weight_WL.sum(dim=1, keepdim=True))
