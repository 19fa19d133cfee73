"""A reference is read for the weights that it was made for, and for no others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save

from stellarview.domain.errors import StellarViewError
from stellarview.io.references import REFERENCE_FILE, parse_reference, read_reference, write_reference

SHA = "a" * 64
INPUT = np.linspace(-2, 2, 40, dtype=np.float32).reshape(4, 10)


def test_that_a_reference_comes_back_for_its_own_weights_alone(tmp_path: Path) -> None:
    assert read_reference(tmp_path, SHA) is None
    write_reference(tmp_path, SHA, INPUT)
    found = read_reference(tmp_path, SHA)
    assert found is not None
    np.testing.assert_allclose(found, INPUT, atol=1e-3)
    assert read_reference(tmp_path, "b" * 64) is None


@pytest.mark.parametrize("array", [np.full((2, 2), np.nan, np.float32), np.zeros(3, np.float32), np.ones((2, 2), int)])
def test_that_what_is_no_set_of_spectra_is_refused(array: np.ndarray) -> None:
    with pytest.raises(StellarViewError, match="holds no spectra"):
        parse_reference(save({"input": array}), SHA, "a file")


def test_that_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / REFERENCE_FILE).open("wb") as file:
        file.truncate(5 << 20)
    with pytest.raises(StellarViewError, match="larger than 4 MB"):
        read_reference(tmp_path, SHA)


@given(st.binary(max_size=200))
def test_that_any_bytes_are_refused_in_words(data: bytes) -> None:
    with pytest.raises(StellarViewError, match="is refused"):
        parse_reference(data, SHA, "a file")
