"""A row of the table of networks: what a network is called, how it is configured and built, and how it is explained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stellarview.domain.errors import StellarViewError
from stellarview.domain.typed_json import dataclass_from
from stellarview.nets.config import NetworkConfig
from stellarview.nets.heads import HeadKind
from stellarview.nets.network import Network


@dataclass(frozen=True)
class Architecture:
    """One published network. `explained_layer` gives feature maps (B, C, W) in the order of the input's pixels:
    those that are averaged globally where `has_gap`, otherwise those that Grad-CAM looks at."""

    name: str
    about: str
    config_class: type[NetworkConfig]
    network_class: Callable[[Any], Network]
    head: HeadKind
    explained_layer: str
    has_gap: bool

    def build(self, config: NetworkConfig) -> Network:
        """The network with fresh weights; whoever wants the same ones twice seeds torch before."""
        if type(config) is not self.config_class:
            raise StellarViewError(
                f"{self.name} cannot be built.",
                f"It needs a {self.config_class.__name__}, not a {type(config).__name__}.",
                "Make the configuration with the architecture that it is for.",
            )
        return self.network_class(config)

    def config_from(self, facts: Mapping[str, Any]) -> NetworkConfig:
        """The configuration that a model card or a user gives; what is left out is as the paper has it."""
        try:
            return dataclass_from(self.config_class, facts, self.name)
        except (TypeError, ValueError) as error:
            raise StellarViewError(
                f"{self.name} cannot be built.",
                f"Its configuration is broken: {error}.",
                "Correct the configuration, or use a model card that StellarView wrote.",
            ) from error
