"""The program's own files."""

from __future__ import annotations

import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.io.resources import resource_path


@pytest.mark.parametrize("name", ["lines.ecsv", "rv_templates.h5", "examples"])
def test_that_bundled_files_are_found(name: str) -> None:
    assert resource_path(name).exists()


def test_that_a_missing_one_says_how_to_mend_it() -> None:
    with pytest.raises(StellarViewError, match="Install StellarView again"):
        resource_path("unicorn.fits")
