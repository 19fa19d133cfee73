"""The one error."""

from stellarview.domain.errors import StellarViewError


def test_that_an_error_says_what_why_and_what_to_do_in_three_lines() -> None:
    error = StellarViewError("It broke.", "It was old.", "Get a new one.")
    assert str(error).splitlines() == ["It broke.", "It was old.", "Get a new one."]
    assert error.as_dict() == {"what": "It broke.", "why": "It was old.", "what_to_do": "Get a new one."}
