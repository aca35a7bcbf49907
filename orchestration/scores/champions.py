"""The models in use: ``models/<score>/champion`` names the version that scores."""

from __future__ import annotations

import os

from models_ml import store
from models_ml.store import Model, UnreadableModel
from orchestration.errors import Refused
from orchestration.home import Home


def champion(home: Home, score: str) -> Model | None:
    """Return the model in use, None before the first training.

    Raises
    ------
    Refused
        If the model that the pointer names cannot be read.
    """
    pointer = home.models / score / "champion"
    if not pointer.is_file():
        return None
    version = pointer.read_text(encoding="ascii").strip()
    try:
        return store.load(home.models, score, version)
    except UnreadableModel as error:
        raise Refused(
            f"The model in use for {score} cannot be read ({error}): restore it from the backup, "
            f"or delete {pointer} to train a new one."
        ) from error


def crown(home: Home, score: str, version: str) -> None:
    """Make a stored version the one in use."""
    pointer = home.models / score / "champion"
    pointer.parent.mkdir(parents=True, exist_ok=True)
    temporary = pointer.with_name(f".champion.{os.getpid()}.tmp")
    temporary.write_text(version, encoding="ascii")
    temporary.replace(pointer)
