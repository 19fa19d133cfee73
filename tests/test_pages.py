"""The pages that users read: links lead somewhere, pictures are on a page, Python finds what it imports."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)\s]*)?\)")
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


def linked(page: Path) -> set[Path]:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    return {(page.parent / link).resolve() for link in links if "://" not in link}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_that_what_a_page_links_and_imports_is_there(page: Path) -> None:
    assert [path for path in linked(page) if not path.exists()] == []
    for code in PYTHON.findall(page.read_text(encoding="utf-8")):
        for line in ast.walk(ast.parse(code)):
            if isinstance(line, ast.ImportFrom) and line.module is not None:
                module = import_module(line.module)
                missing = [one.name for one in line.names if not hasattr(module, one.name)]
                assert [name for name in missing if find_spec(f"{line.module}.{name}") is None] == []


def test_that_every_picture_is_on_a_page() -> None:
    seen = set().union(*map(linked, PAGES))
    folders = (ROOT / "docs" / "images", ROOT / "docs" / "screenshots")
    assert [path.name for folder in folders for path in folder.glob("*.png") if path.resolve() not in seen] == []
