"""What a network is: features of a spectrum, and a head that reads labels off them."""

from __future__ import annotations

from torch import Tensor, nn

from stellarview.domain.errors import StellarViewError


class Network(nn.Module):
    """Fluxes in, the head's output out. It keeps no state between calls, so that members can be stacked (vmap)."""

    head: nn.Module

    def __init__(self, input_length: int) -> None:
        super().__init__()
        self.input_length = input_length

    def features(self, flux_BL: Tensor) -> Tensor:
        """What the head sees of each spectrum, (B, F)."""
        raise NotImplementedError

    def forward(self, flux_BL: Tensor) -> Tensor:
        """The head's output for each spectrum."""
        output: Tensor = self.head(self.features(flux_BL))
        return output

    def one_channel(self, flux_BL: Tensor) -> Tensor:
        """The fluxes as (B, 1, L), or an error that names the recipe: a wrong length is always a wrong recipe."""
        if flux_BL.ndim != 2 or flux_BL.shape[1] != self.input_length:
            raise StellarViewError(
                "These spectra do not fit the network.",
                f"It reads {self.input_length} pixels a spectrum, and was given an array {tuple(flux_BL.shape)}.",
                "Prepare the spectra with the recipe that the network's model card carries.",
            )
        return flux_BL.unsqueeze(1)
