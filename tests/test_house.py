"""The house keeps its rules: imports point down, files stay small, names mean something, nothing slow at start-up."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "stellarview"
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

SOURCES = sorted(path for folder in ("stellarview", "resources", "tests") for path in (ROOT / folder).rglob("*.py"))
MODULES = sorted(PACKAGE.rglob("*.py"))

LAYERS = "Imports point down"
QT = "Only ui and app know Qt"
NO_WINDOW = "The command line needs no Qt"
TORCH = "Only nets, inference and training know torch"
THREADS = "Only ui.tasks, app and inference.cores own threads and event loops"
ASTROPY = "Only io knows astropy and specutils"
PYVO = "Only samp.hub_link knows pyvo"
SAMP = "Samp knows io and domain alone"
MATPLOTLIB = "Only scene knows matplotlib"
NUMPY = "Domain, recipes, isochrones and measurement know numpy alone"

# (the contract that must break; the lines planted, by file)
VIOLATIONS = [
    (LAYERS, {"domain/planted.py": "import stellarview.io"}),
    (LAYERS, {"io/planted.py": "import stellarview.recipes"}),
    (LAYERS, {"recipes/planted.py": "import stellarview.io"}),
    (LAYERS, {"scene/planted.py": "import stellarview.workflow"}),
    (LAYERS, {"synthesis/planted.py": "import stellarview.inference"}),
    (LAYERS, {"physics.py": "import stellarview.workflow"}),
    (LAYERS, {"inference/planted.py": "import stellarview.physics"}),
    (LAYERS, {"what_if.py": "import stellarview.workflow"}),
    (LAYERS, {"measurement/planted.py": "import stellarview.what_if"}),
    (LAYERS, {"workflow.py": "import stellarview.cli"}),
    (LAYERS, {"training/planted.py": "import stellarview.samp"}),
    (LAYERS, {"intake.py": "import stellarview.inspection"}),
    (LAYERS, {"newcomer/__init__.py": ""}),
    (QT, {"scene/planted.py": "from PySide6.QtCore import QObject"}),
    (QT, {"newcomer.py": "import pyqtgraph"}),
    (NO_WINDOW, {"cli.py": "import stellarview.ui.panel", "ui/__init__.py": "", "ui/panel.py": "import PySide6.QtGui"}),
    (TORCH, {"scene/planted.py": "def late() -> None:\n    import torch.nn"}),
    (TORCH, {"synthesis/planted.py": "import torch"}),
    (TORCH, {"__init__.py": "import torch"}),
    (TORCH, {"newcomer/__init__.py": "import torch"}),
    (THREADS, {"io/planted.py": "from concurrent.futures import ThreadPoolExecutor"}),
    (THREADS, {"scene/planted.py": "import threading"}),
    (THREADS, {"ui/__init__.py": "", "ui/panel.py": "import asyncio"}),
    (ASTROPY, {"scene/planted.py": "from astropy.io import fits"}),
    (ASTROPY, {"workflow.py": "import specutils"}),
    (PYVO, {"samp/client.py": "import pyvo.samp"}),
    (PYVO, {"io/planted.py": "def late() -> None:\n    from pyvo import samp"}),
    (SAMP, {"samp/planted.py": "import stellarview.workflow"}),
    (SAMP, {"samp/planted.py": "from stellarview.scene import marks"}),
    (MATPLOTLIB, {"io/planted.py": "import matplotlib.pyplot"}),
    (NUMPY, {"domain/planted.py": "import scipy.signal"}),
    (NUMPY, {"recipes/planted.py": "import h5py"}),
    (NUMPY, {"isochrones/planted.py": "from stellarview.io.isochrones import grid_file"}),
    (NUMPY, {"measurement/planted.py": "from scipy.special import wofz"}),
]

# Folders that tools make; git does not track them and they follow no rule of ours.
NOT_OURS = re.compile(r"\.git|\.venv.*|\.\w+_cache|__pycache__|\.hypothesis|.*\.egg-info|dist|build|out")

# A path that only one machine has.
FOREIGN_PATH = re.compile(r"(?<![\w.])/(work|shared|root)/")


def lint_imports(folder: Path) -> tuple[int, set[str], str]:
    """The exit code, the broken contracts and all that was said of the package in this folder, and of no other."""
    plain = {name: value for name, value in os.environ.items() if name not in {"FORCE_COLOR", "CLICOLOR_FORCE"}}
    run = subprocess.run(
        [LINT_IMPORTS, "--no-cache"],
        cwd=folder,
        env={**plain, "PYTHONPATH": str(folder), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    said = re.sub(r"\x1b\[[0-9;]*m", "", run.stdout + run.stderr)  # some versions colour even a pipe
    return run.returncode, set(re.findall(r"^(.+) BROKEN", said, re.MULTILINE)), said


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package and its contracts in a folder where they may be broken."""
    shutil.copytree(PACKAGE, tmp_path / "stellarview", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_that_the_house_as_it_stands_keeps_every_contract(copy: Path) -> None:
    code, broken, said = lint_imports(copy)
    assert (code, broken) == (0, set()), said


@pytest.mark.parametrize(
    ("contract", "planted"), VIOLATIONS, ids=[f"{contract}: {', '.join(planted)}" for contract, planted in VIOLATIONS]
)
def test_that_a_planted_import_breaks_its_contract(copy: Path, contract: str, planted: dict[str, str]) -> None:
    for name, line in planted.items():
        file = copy / "stellarview" / name
        file.parent.mkdir(exist_ok=True)
        with file.open("a", encoding="utf-8") as stream:
            stream.write(f"\n{line}\n")
    code, broken, said = lint_imports(copy)
    assert code == 1, said
    assert contract in broken, said


def test_that_every_contract_is_broken_by_some_row_above() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert {contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]} == {
        contract for contract, _ in VIOLATIONS
    }


def test_that_no_module_has_a_name_that_says_nothing() -> None:
    empty_words = {"util", "utils", "helper", "helpers", "manager", "base", "misc", "common"}
    assert [path for path in SOURCES if empty_words & {*path.relative_to(ROOT).parts, path.stem}] == []


def test_that_every_module_says_why_it_exists() -> None:
    assert [path for path in MODULES if not ast.get_docstring(ast.parse(path.read_bytes()))] == []


def test_that_no_file_is_longer_than_350_lines() -> None:
    assert [path for path in SOURCES if len(path.read_bytes().splitlines()) > 350] == []


def test_that_no_function_is_longer_than_50_lines() -> None:
    assert [f"{path}:{node.name}" for path in SOURCES for node in functions(path) if length(node) > 50] == []


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def our_texts(folder: Path = ROOT) -> Iterator[Path]:
    """Every text file of the checkout. Walked, not asked of git: a bare machine may have none."""
    for path in folder.iterdir():
        if NOT_OURS.fullmatch(path.name) or path.is_symlink():
            continue
        if path.is_dir():
            yield from our_texts(path)
        elif not is_binary(path):
            yield path


def is_binary(path: Path) -> bool:
    with path.open("rb") as stream:
        return b"\0" in stream.read(8192)


def test_that_no_file_names_a_path_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in our_texts()
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if FOREIGN_PATH.search(line)
    ]
    assert found == []


def run_python(*arguments: str) -> str:
    run = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def test_that_the_command_line_starts_without_the_slow_libraries() -> None:
    slow = ("torch", "PySide6", "specutils")
    code = "import sys; from stellarview.cli import COMMANDS; [command.module for command in COMMANDS];"
    assert run_python("-c", f"{code} print(*[m for m in {slow} if m in sys.modules])") == ""


def test_that_the_package_runs_as_a_module() -> None:
    version = re.search(r'__version__ = "(.+)"', (PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    assert version is not None
    assert version[1] in run_python("-m", "stellarview", "--version")
