"""A judgement and its points come back from the folder of their run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.domain.judgement import Evidence, Judged, Judgement, OutputJudgement
from stellarview.io.judgements import EVIDENCE_FILE, JUDGEMENT_FILE, read_judgement, write_judgement

ONE = np.array([[1.0], [np.nan]])
EVIDENCE = Evidence(("teff",), np.array([20.0, 30.0]), ONE, ONE + 1, ONE, ("teff",), ONE[:1], ONE[:1], np.array([True]))
FOUND = Judged(
    Judgement("child", "a" * 64, "test", (OutputJudgement("teff", 2, {"n": 1}),), "careful", ("Few.",)), EVIDENCE
)


def test_that_a_judgement_comes_back(tmp_path: Path) -> None:
    assert read_judgement(tmp_path) is None
    write_judgement(tmp_path, FOUND)
    found = read_judgement(tmp_path)
    assert found is not None
    assert found.judgement == FOUND.judgement
    assert found.evidence.keys == found.evidence.drift_keys == ("teff",)
    np.testing.assert_array_equal(found.evidence.after_BK, EVIDENCE.after_BK)
    assert found.evidence.near_C.dtype == bool


@pytest.mark.parametrize("name", [JUDGEMENT_FILE, EVIDENCE_FILE])
@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 100_000, b"\xff"], ids=["empty", "nothing", "deep", "no text"])
def test_that_a_damaged_judgement_is_refused_in_words(tmp_path: Path, name: str, content: bytes) -> None:
    write_judgement(tmp_path, FOUND)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(StellarViewError, match="Judge the run again"):
        read_judgement(tmp_path)
