"""The jobs by name: what they stand on is loaded by the child that runs one, and the window opens without it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

__all__ = ["export", "files", "isochrones", "models", "work"]


@dataclass(frozen=True)
class NamedJob:
    """A function that is found when it is called. It travels to a child as two names."""

    module: str
    name: str

    def __call__(self, *arguments: Any) -> Any:
        """What the function says."""
        return getattr(import_module(self.module), self.name)(*arguments)


@dataclass(frozen=True)
class _Jobs:
    """Stands for a module of jobs."""

    module: str

    def __getattr__(self, name: str) -> NamedJob:
        return NamedJob(self.module, name)


if TYPE_CHECKING:
    from stellarview.engine import export, files, isochrones, models, work
else:
    export, files, isochrones, models, work = (_Jobs(f"{__package__}.{name}") for name in __all__)
