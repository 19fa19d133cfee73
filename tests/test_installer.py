"""The scripts that set a bare machine up: what they refuse, what they say, and that they do their work once."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ENTRIES = ["installer/run.sh", "installer/test.sh", ".ci/run"]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the scripts are for POSIX shells")

# Stands for Python, its venv module and pip; it writes each piece of work down in $LOG. What it installs as stellarview
# says what it was asked for, and where it would draw.
PYTHON = """#!/bin/sh
case "$0" in
    */stellarview) echo "stellarview $*${QT_QPA_PLATFORM:+ on $QT_QPA_PLATFORM}"
        [ $# -gt 0 ] || exit "${WINDOW_FAILS:-0}"; exit ;;
esac
case "$*" in
    *version_info*) echo "${VERSION:-3.12.1} $0" ;;
    "-c import ensurepip") [ -z "${NO_ENSUREPIP:-}" ] ;;
    "-m venv "*) echo venv >>"$LOG"; mkdir -p "$3/bin"
        cp "$0" "$3/bin/python"; cp "$0" "$3/bin/stellarview" ;;
    "-m pip "*) echo "pip $*" >>"$LOG"; if [ -n "${NO_NETWORK:-}" ]; then echo "no route to host" >&2; exit 1; fi ;;
    "-m pytest"*) echo "$*" ;;
esac
"""
DPKG_QUERY = """#!/bin/sh
case "$*" in *"${LACKING:-none}"*) exit 1 ;; *) printf 'ii ' ;; esac
"""
APT_CACHE = """#!/bin/sh
[ "$2" = libglib2.0-0t64 ]
"""
APT_GET = """#!/bin/sh
echo "apt-get $*" >>"$LOG"
"""
UNAME = """#!/bin/sh
echo "${SYSTEM:-Linux}"
"""
ID = """#!/bin/sh
echo "${USER_ID:-1000}"
"""


@dataclass(frozen=True)
class Machine:
    """A checkout and a PATH on which nothing real can be installed."""

    checkout: Path
    programs: Path

    def run(self, script: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.programs}{os.pathsep}{os.environ['PATH']}"
        no_screen = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
        ours = {"PATH": path, "PYTHON": "our python", "LOG": str(self.log)}
        environment = {**os.environ, **no_screen, **ours, **variables}
        return subprocess.run(
            ["sh", str(self.checkout / script), *arguments],
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    @property
    def log(self) -> Path:
        return self.checkout / "log"

    def work_done(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    checkout, programs = tmp_path / "天文 äö's checkout", tmp_path / "bin"
    for folder in ("installer", ".ci"):
        shutil.copytree(ROOT / folder, checkout / folder)
    (checkout / "stellarview").mkdir()
    (checkout / "resources" / "examples").mkdir(parents=True)
    (checkout / "resources" / "examples" / "sun.fits.gz").touch()
    for name in ("pyproject.toml", "stellarview/__init__.py"):
        shutil.copy(ROOT / name, checkout / name)
    programs.mkdir()
    shims = {
        "our python": PYTHON,
        "dpkg-query": DPKG_QUERY,
        "apt-cache": APT_CACHE,
        "apt-get": APT_GET,
        "id": ID,
        "uname": UNAME,
    }
    for name, text in shims.items():
        (programs / name).write_text(text, encoding="utf-8")
        (programs / name).chmod(0o755)
    return Machine(checkout, programs)


@pytest.mark.parametrize("script", [*ENTRIES, "installer/setup.sh"])
def test_that_a_script_is_shell(script: str) -> None:
    subprocess.run(["sh", "-n", str(ROOT / script)], check=True)


@pytest.mark.parametrize("script", ENTRIES)
def test_that_a_script_can_be_started_by_its_name(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)


@pytest.mark.parametrize("script", ENTRIES)
@pytest.mark.parametrize("python", [{"PYTHON": "no such python"}, {"VERSION": "3.10.13"}, {"VERSION": "3.14.0"}])
def test_that_an_unfit_python_is_refused_in_three_lines(machine: Machine, script: str, python: dict[str, str]) -> None:
    run = machine.run(script, **python)
    what, why, what_to_do = run.stderr.splitlines()
    assert run.returncode == 1
    assert "No Python from 3.11 to 3.13" in what
    assert ".venv" in why
    assert "sudo apt-get install python3 python3-venv" in what_to_do
    assert machine.work_done() == []


def test_that_an_environment_is_made_once_and_arguments_are_passed_on(machine: Machine) -> None:
    first = machine.run("installer/test.sh", "-k", "two words")
    second = machine.run("installer/test.sh", "-k", "two words")
    assert first.stdout == second.stdout == "-m pytest -n auto -k two words\n"
    assert machine.work_done() == ["venv", "pip -m pip install --quiet --disable-pip-version-check --editable .[test]"]
    assert second.stderr == "setup: pytest -k two words\n"


def test_that_only_what_changed_is_done_again(machine: Machine) -> None:
    machine.run("installer/test.sh")
    machine.run(".ci/run")  # asks for one extra more
    machine.run("installer/test.sh")
    assert [line.split()[-1] for line in machine.work_done()] == ["venv", ".[test]", ".[test,lint]"]
    with (machine.checkout / "pyproject.toml").open("a", encoding="utf-8") as stream:
        stream.write("# a new dependency\n")
    machine.run("installer/test.sh")
    assert [line.split()[-1] for line in machine.work_done()[3:]] == [".[test,lint]"]


def test_that_an_environment_is_made_anew_when_half_made_moved_or_of_another_python(machine: Machine) -> None:
    machine.run("installer/test.sh", NO_NETWORK="yes")
    machine.run("installer/test.sh")
    machine.run("installer/test.sh", VERSION="3.13.2")
    moved = Machine(machine.checkout.rename(machine.checkout.with_name("moved")), machine.programs)
    moved.run("installer/test.sh", VERSION="3.13.2")
    assert moved.work_done().count("venv") == 4


def test_that_pip_is_heard_only_when_it_fails(machine: Machine) -> None:
    run = machine.run("installer/test.sh", NO_NETWORK="yes")
    assert run.returncode == 1
    assert "no route to host" in run.stderr
    assert "pip could not install StellarView" in run.stderr


def test_that_a_missing_ensurepip_is_told_or_as_root_installed(machine: Machine) -> None:
    as_user = machine.run("installer/test.sh", NO_ENSUREPIP="yes")
    assert as_user.returncode == 1
    assert "sudo apt-get install python3.12-venv" in as_user.stderr.splitlines()[-1]
    assert machine.work_done() == []
    machine.run("installer/test.sh", NO_ENSUREPIP="yes", USER_ID="0")
    assert machine.work_done()[-1].split()[-1] == "python3.12-venv"


def test_that_missing_system_libraries_are_told_or_as_root_installed_under_their_newer_name(machine: Machine) -> None:
    as_user = machine.run("installer/test.sh", LACKING="libglib2.0-0")
    assert as_user.returncode == 0
    assert "sudo apt-get install libglib2.0-0t64" in as_user.stderr
    assert not any("apt-get" in line for line in machine.work_done())
    machine.run("installer/test.sh", LACKING="libglib2.0-0", USER_ID="0")
    assert [line.split()[-1] for line in machine.work_done()[-2:]] == ["-qq", "libglib2.0-0t64"]


DRAWN = [
    "stellarview inspect resources/examples/sun.fits.gz --figure out/sun.pdf",
    "stellarview --screenshot out/window.png on offscreen",
]


@pytest.mark.parametrize(
    ("variables", "done"),
    [
        ({}, DRAWN),
        ({"DISPLAY": ":0"}, ["stellarview "]),
        ({"WAYLAND_DISPLAY": "wayland-0"}, ["stellarview "]),
        ({"SYSTEM": "Darwin"}, ["stellarview "]),
        ({"DISPLAY": ":0", "WINDOW_FAILS": "1"}, ["stellarview ", *DRAWN]),
    ],
    ids=["no screen", "X11", "Wayland", "macOS", "a window that does not open"],
)
def test_that_a_run_ends_with_the_window_or_without_a_screen_with_pictures(
    machine: Machine, variables: dict[str, str], done: list[str]
) -> None:
    run = machine.run("installer/run.sh", **variables)
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines() == done


def test_that_arguments_go_to_the_program(machine: Machine) -> None:
    assert machine.run("installer/run.sh", "info", "a b.fits", DISPLAY=":0").stdout == "stellarview info a b.fits\n"
