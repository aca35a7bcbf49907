"""Keep fitted models: a model into a folder, and back. Never pickle.

``<folder>/<score>/<version>/`` holds ``model.skops`` (arrays and estimators), ``card.json`` and
``card.md``. A skops file is loaded only if every type in it is on the list below, so a file from
elsewhere runs no code here.
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import skops.io

from models_ml.model_card import ModelCard
from models_ml.probability_score.fitted import FittedScore, Predictor
from models_ml.segmentation.fitted import FittedSegments

TRUSTED = (
    "models_ml.estimators.additive_logistic.AdditiveLogistic",
    "models_ml.estimators.category_levels.CategoryLevels",
    "models_ml.estimators.log_scaler.LogScaler",
    "models_ml.estimators.piecewise_linear.PiecewiseLinear",
    "models_ml.estimators.platt_scaling.PlattScaling",
    "models_ml.estimators.quantile_score.QuantileScore",
    "models_ml.estimators.shrunk_base_rates.ShrunkBaseRates",
)
Model = FittedScore | FittedSegments


class UnreadableModel(ValueError):
    """A stored model is missing, damaged, or holds types that are not trusted."""


def save(model: Model, folder: Path) -> Path:
    """Write the model under ``folder`` and return its own folder; an equal version is rewritten."""
    place = folder / model.card.score / model.version
    place.mkdir(parents=True, exist_ok=True)
    skops.io.dump(_parts(model), place / "model.skops")
    (place / "card.md").write_text(model.card.to_markdown(), encoding="utf-8")
    # last, because a folder with a card is a whole model
    (place / "card.json").write_text(model.card.to_json(), encoding="utf-8")
    return place


def load(folder: Path, score: str, version: str) -> Model:
    """Read a model that `save` wrote.

    Raises
    ------
    UnreadableModel
        If there is none, or its file holds a type that is not trusted.
    """
    place = folder / score / version
    if not (place / "card.json").is_file():
        raise UnreadableModel(
            f"no model {score} {version} in {folder}; stored are: "
            f"{', '.join(versions(folder, score)) or 'none'}"
        )
    file = place / "model.skops"
    foreign = sorted(set(skops.io.get_untrusted_types(file=file)) - set(TRUSTED))
    if foreign:
        raise UnreadableModel(f"{file} holds types that are not trusted: {', '.join(foreign)}")
    card = ModelCard.from_json((place / "card.json").read_text(encoding="utf-8"))
    parts = skops.io.load(file, trusted=list(TRUSTED))
    if "predictor" not in parts:
        return FittedSegments(card=card, **{**parts, "names": tuple(parts["names"])})
    for name in ("predictor", "evaluated"):
        parts[name] = Predictor(**parts[name]) if parts[name] is not None else None
    return FittedScore(card=card, **parts)


def versions(folder: Path, score: str) -> list[str]:
    """Return the stored versions of a score, ascending; the date is their first part."""
    return sorted(path.parent.name for path in (folder / score).glob("*/card.json"))


def _parts(model: Model) -> dict[str, object]:
    parts = {f.name: getattr(model, f.name) for f in fields(model) if f.name != "card"}
    for name, part in parts.items():
        if isinstance(part, Predictor):
            parts[name] = {"estimator": part.estimator, "scaling": part.scaling}
    return parts
