"""The command line as its user types it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import h5py
import pytest

import stellarview.cli
from stellarview.cli import COMMANDS, main


def test_that_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            main([command.name, "--help"])
        assert ended.value.code == 0
        assert command.about in capsys.readouterr().out


def test_that_every_file_of_a_command_has_its_row() -> None:
    files = (path for path in Path(stellarview.cli.__file__).parent.glob("*.py") if path.stem != "__init__")
    runs = {path.stem for path in files if "\ndef run(" in path.read_text(encoding="utf-8")}
    assert runs == {command.name for command in COMMANDS}


def test_that_a_command_loads_no_other() -> None:
    names = [command.name for command in COMMANDS]
    code = f"""import sys
from stellarview.cli import main
main(["isochrones", "list"])
print([name for name in {names} if f"stellarview.cli.{{name}}" in sys.modules])"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "['isochrones']"


def test_that_info_tells_every_file_and_a_bad_one_does_not_stop_it(
    capsys: pytest.CaptureFixture[str], example_lrs: Path, example_mrs: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "天文 ä.fits"
    bad.write_bytes(b"\x1f\x8bnothing")
    assert main(["info", "--json", str(example_lrs), str(bad), str(example_mrs)]) == 1
    lrs, error, mrs = json.loads(capsys.readouterr().out)
    assert (lrs["layout"], lrs["medium"], lrs["rv"]["source"]) == ("lrs-table", "vacuum", "header")
    assert lrs["snr"]["g"] == pytest.approx(52, abs=3)
    assert set(error["error"]) == {"what", "why", "what_to_do"}
    assert mrs["exposures"] == ["coadd", "80000000", "80000030", "80000060"]
    assert mrs["rv"]["km_s"] == pytest.approx(-23.4, abs=0.6)
    assert mrs["class"] is None


def test_that_info_for_the_eye_shows_units(capsys: pytest.CaptureFixture[str], example_lrs: Path) -> None:
    assert main(["info", str(example_lrs)]) == 0
    text = capsys.readouterr().out
    assert "+36.00 +- 6.00 km/s, from header" in text
    assert "3699.99 to 9099.13 A (vacuum), 3909 pixels" in text


def test_that_inspect_draws_the_figure_and_prints_the_facts(
    capsys: pytest.CaptureFixture[str], example_mrs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "star.svg"
    assert main(["inspect", str(example_mrs), "--exposure", "80000030", "--figure", str(out)]) == 0
    assert "exposure 80000030" in out.read_text(encoding="utf-8")
    assert str(out) in capsys.readouterr().out


def test_that_the_users_velocity_is_used_and_named(capsys: pytest.CaptureFixture[str], example_lrs: Path) -> None:
    assert main(["inspect", str(example_lrs), "--rv", "-5.5", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["rv"]["km_s"], facts["rv"]["source"]) == (-5.5, "user")


def test_that_prepare_writes_a_set_with_its_recipe(
    capsys: pytest.CaptureFixture[str], example_lrs: Path, example_mrs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "set.h5"
    assert main(["prepare", str(example_mrs), str(example_lrs), "--recipe", "rrnet", "--out", str(out)]) == 0
    assert "2 spectra prepared, 0 files failed" in capsys.readouterr().out
    with h5py.File(out) as file:
        assert json.loads(file.attrs["recipe"])["name"] == "rrnet"
        assert file["arms/B/flux"].shape == (2, 3600)


def test_that_prepare_reports_what_failed_and_keeps_the_rest(
    capsys: pytest.CaptureFixture[str], example_lrs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "set.h5"
    command = ["prepare", str(tmp_path / "no.fits"), str(example_lrs), "--recipe", "rdn", "--out", str(out), "--json"]
    assert main(command) == 1
    outcome = json.loads(capsys.readouterr().out)
    assert (outcome["spectra"], len(outcome["failed"])) == (1, 1)


def test_that_errors_go_to_standard_error_in_three_lines(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["inspect", str(tmp_path / "no.fits")]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.strip().splitlines()) == 3


def test_that_errors_are_json_where_json_was_asked_for(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["inspect", str(tmp_path / "no.fits"), "--json"]) == 1
    assert set(json.loads(capsys.readouterr().out)["error"]) == {"what", "why", "what_to_do"}


def test_that_doctor_finds_this_installation_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    findings = {finding["name"]: finding for finding in json.loads(capsys.readouterr().out)}
    assert int(findings["lines"]["says"]) >= 250
    assert all(finding["is_well"] for finding in findings.values())


def test_that_doctor_names_what_is_missing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from stellarview.domain.errors import StellarViewError

    def gone(name: str) -> Path:
        raise StellarViewError("Gone.", "It is gone.", "Install again.")

    monkeypatch.setattr("stellarview.cli.doctor.read_lines", lambda: gone("lines.ecsv"))
    assert main(["doctor"]) == 1
    assert "BAD  lines" in capsys.readouterr().out


def test_that_a_reader_who_has_seen_enough_is_no_error(example_lrs: Path) -> None:
    command = f"{sys.executable} -m stellarview info {example_lrs} {example_lrs} | head -n 1"
    run = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert run.stderr == ""


def test_that_a_terminal_without_the_letters_shows_escapes(example_lrs: Path, tmp_path: Path) -> None:
    path = tmp_path / "天文.fits.gz"
    path.write_bytes(example_lrs.read_bytes())
    environment = {"PYTHONIOENCODING": "ascii", "PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "stellarview", "info", str(path)]
    run = subprocess.run(command, capture_output=True, check=False, env=environment)
    assert run.returncode == 0
    assert b"\\u5929\\u6587" in run.stdout


def test_that_output_that_cannot_be_written_is_an_error_in_three_lines(example_lrs: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    command = f"{sys.executable} -m stellarview info {example_lrs} > /dev/full"
    run = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert len(run.stderr.strip().splitlines()) == 3


def test_that_a_header_velocity_that_the_spectrum_contradicts_is_called_doubtful(
    capsys: pytest.CaptureFixture[str], example_lrs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["info", str(example_lrs)]) == 0
    assert "DOUBTFUL" not in capsys.readouterr().out
    from stellarview.cli import info
    from stellarview.workflow import with_velocity

    monkeypatch.setattr(info, "with_velocity", lambda one, rv: with_velocity(one, 0.0 if rv is None else rv))
    assert main(["info", str(example_lrs), "--rv=-90"]) == 0
    assert "DOUBTFUL: we measure +" in capsys.readouterr().out
