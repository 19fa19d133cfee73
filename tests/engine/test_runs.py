"""What a run's folder tells, whoever wrote it, and what was left of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from training_sets import toy_config

from stellarview.domain.errors import StellarViewError
from stellarview.engine.pipe import Progress
from stellarview.engine.runs import look_at_runs, queue_run, read_details, send_word, write_list
from stellarview.training.config_file import write_config
from stellarview.training.status import Status, heard, write_status

LOG = "epoch,member,train_loss,validation_loss,rate,seconds,mae_teff\n"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir()
    write_config(folder / "config.toml", toy_config(Path("toy.h5")))
    return folder


def test_that_curves_have_gaps_where_a_member_stopped(run: Path) -> None:
    (run / "log.csv").write_text(f"{LOG}1,0,3,2,0.1,1,9\n1,1,4,3,0.1,1,8\n2,0,1,1,0.1,1,7\n", encoding="utf-8")
    (run / "predictions.csv").write_text("name,teff,teff_told\na,5000,5100\nb,,5200\n", encoding="utf-8")
    details = read_details(Progress(), str(run))
    assert details.curves is not None
    assert np.array_equal(details.curves.validation_ME, [[2, 1], [3, np.nan]], equal_nan=True)
    assert np.array_equal(details.curves.error_ME["teff"], [[9, 7], [8, np.nan]], equal_nan=True)
    assert details.told is not None
    assert np.array_equal(details.told.labels["teff"][0], [5000, np.nan], equal_nan=True)
    assert details.settings["loop"]["epochs"] == 1


@pytest.mark.parametrize("log", ["", "epoch,member\n1,x\n", f"{LOG}1,0,a,b,c,d,e\n", "\x00\n1\n"])
def test_that_a_log_that_somebody_edited_tells_nothing(run: Path, log: str) -> None:
    (run / "log.csv").write_text(log, encoding="utf-8")
    (run / "run.err").write_bytes(b"last \xff words\n")
    details = read_details(Progress(), str(run))
    assert details.curves is None
    assert details.last_words.endswith("words")


def test_that_a_run_is_what_it_says_of_itself(run: Path) -> None:
    (seen,) = look_at_runs(Progress(), run.parent)
    assert (seen.state, seen.is_alive, seen.has_model, seen.can_go_on) == ("not started", False, False, True)
    write_status(run, Status(state="queued", queued_at=1.0))
    (seen,) = look_at_runs(Progress(), run.parent)
    assert (seen.state, seen.can_go_on) == ("queued", False)
    assert send_word(Progress(), str(run), "cancel")
    (seen,) = look_at_runs(Progress(), run.parent)
    assert (seen.state, seen.can_go_on) == ("cancelled", True)
    assert not send_word(Progress(), str(run), "pause")  # nobody is there
    assert heard(run) is None


def test_that_no_run_is_started_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(StellarViewError, match="nothing to train"):
        queue_run(Progress(), tmp_path)


def test_that_a_list_is_written_as_csv(tmp_path: Path) -> None:
    path = write_list(Progress(), tmp_path / "list.csv", [("star", "why"), ("a", "b, c")])
    assert path.read_text(encoding="utf-8") == 'star,why\na,"b, c"\n'
