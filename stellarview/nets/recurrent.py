"""RRNet's recurrent module: sub-bands of a spectrum tell their neighbours what they see.

Elman's network h_t = tanh(W x_t + b + U h_(t-1) + c), as `torch.nn.RNN` has it, parameter for parameter. That one has
no batching rule (`vmap` refuses `aten::rnn_tanh.input`), so the recurrence is written out; a test holds both together.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class RecurrentModule(nn.Module):
    """Cuts a sequence into equal sub-bands and runs over them; as many hidden values as a sub-band has values."""

    def __init__(self, n_values: int, n_sub_bands: int) -> None:
        super().__init__()
        self.n_sub_bands = n_sub_bands
        size = n_values // n_sub_bands
        self.from_sub_band = nn.Linear(size, size)
        self.from_previous = nn.Linear(size, size)

    def forward(self, values_BV: Tensor) -> Tensor:
        """As many values as came in, each sub-band with the memory of those before it."""
        driven_BSH = self.from_sub_band(torch.unflatten(values_BV, 1, (self.n_sub_bands, -1)))
        hidden_BH = torch.zeros_like(driven_BSH[:, 0])
        all_hidden = []
        for driven_BH in driven_BSH.unbind(1):
            hidden_BH = torch.tanh(driven_BH + self.from_previous(hidden_BH))
            all_hidden.append(hidden_BH)
        return torch.cat(all_hidden, dim=1)
