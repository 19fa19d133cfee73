"""The one error that users see: what happened, why, and what to do about it."""

from __future__ import annotations


class StellarViewError(Exception):
    """Something went wrong that a user can understand and act on.

    Everything below the user interface raises this and nothing else for bad input; a traceback is a bug.
    """

    def __init__(self, what: str, why: str, what_to_do: str) -> None:
        super().__init__(what, why, what_to_do)
        self.what = what
        self.why = why
        self.what_to_do = what_to_do

    def __str__(self) -> str:
        return f"{self.what}\n{self.why}\n{self.what_to_do}"

    def as_dict(self) -> dict[str, str]:
        """The error as JSON-ready facts, for `--json` and for the error bar."""
        return {"what": self.what, "why": self.why, "what_to_do": self.what_to_do}
