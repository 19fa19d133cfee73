"""The jobs about the user's own models: kept, renamed, deleted, passed on, and tried on the star that is open."""

from __future__ import annotations

from pathlib import Path

from stellarview.domain.errors import StellarViewError
from stellarview.domain.prediction import Prediction
from stellarview.domain.spectrum import Spectrum
from stellarview.engine.models import InstalledModel, installed_models
from stellarview.engine.pipe import Progress
from stellarview.engine.work import model_named
from stellarview.io import model_files, own_models
from stellarview.training.keep import promote
from stellarview.workflow import predict


def keep(progress: Progress, run_folder: str, name: str) -> InstalledModel:
    """Promote the model of a run."""
    return _installed(progress, promote(Path(run_folder), name))


def own(progress: Progress) -> tuple[InstalledModel, ...]:
    """Those that may be renamed and deleted."""
    folders = {str(folder) for folder in own_models.own_models()}
    return tuple(model for model in installed_models(progress) if model.folder in folders)


def rename(progress: Progress, name: str, new_name: str) -> Path:
    """The same model under another name."""
    return own_models.rename_model(name, new_name)


def delete(progress: Progress, name: str) -> Path:
    """Into the trash."""
    return own_models.delete_model(name)


def export(progress: Progress, name: str, path: Path) -> Path:
    """As one file."""
    return model_files.export_model(name, path)


def take(progress: Progress, path: Path, name: str = "") -> InstalledModel:
    """From one file, under its own name or another."""
    return _installed(progress, model_files.import_model(path, name))


def told_by(progress: Progress, spectrum: Spectrum, model: str) -> Prediction:
    """What one model says of one star."""
    (told,) = predict([spectrum], model_named(model), has_bounds=False)
    if isinstance(told, StellarViewError):
        raise told
    return told


def _installed(progress: Progress, folder: Path) -> InstalledModel:
    return next(model for model in installed_models(progress) if model.folder == str(folder))
