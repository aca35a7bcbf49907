"""What a stored model says about itself, as data and as a page to read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class ModelCard:
    """Data, window, measures, features and limits of one fitted score.

    Holds no clock time: the same data give the same card to the last byte. ``measures`` come from
    the rows named in ``evaluated_on``, which the evaluated model had not seen; None where there
    were too few.
    """

    score: str
    model_version: str
    method: str
    method_reason: str
    as_of: str
    horizon_days: int | None
    trained_from: str | None
    trained_to: str | None
    n_rows: int
    n_entities: int
    n_train: int
    n_test: int
    positives: int
    evaluated_on: list[str]
    measures: dict[str, float | None]
    features: list[str]
    settings: Mapping[str, float | int | str]
    weights: dict[str, float] = field(default_factory=dict)
    single_feature_auc: dict[str, float] = field(default_factory=dict)
    suspicious_features: list[str] = field(default_factory=list)
    limitations: list[str] = field(default_factory=list)

    def to_json(self) -> str:
        """Return the card as JSON with sorted keys."""
        return json.dumps(asdict(self), indent=2, sort_keys=True, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> ModelCard:
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))

    def to_markdown(self) -> str:
        """Return the card as a page."""
        window = f"of {self.trained_from} to {self.trained_to}" if self.trained_from else "none"
        evaluated = ", ".join(self.evaluated_on) or "not evaluated: too few rows"
        lines = [
            f"# {self.score} {self.model_version}",
            "",
            f"Method: **{self.method}** ({self.method_reason}).",
            "",
            "## Data",
            "",
            f"- as of {self.as_of}; labelled rows {window}",
            f"- {self.n_rows} rows of {self.n_entities} entities, {self.positives} positive rows",
        ]
        if self.horizon_days is not None:
            lines.append(f"- horizon: {self.horizon_days} days")
        lines += ["", "## Measures", "", f"Evaluated on: {evaluated} ({self.n_test} rows).", ""]
        lines += _table("measure", "value", self.measures)
        lines += ["", "## Settings", "", *_table("setting", "value", self.settings)]
        lines += ["", "## Features", ""]
        lines += _table("feature", "mean absolute effect", self.weights)
        if not self.weights:
            lines += [f"- {name}" for name in self.features]
        if self.suspicious_features:
            lines += ["", "## Suspicious features", ""]
            lines += [
                f"- {name} alone reaches an AUC of {self.single_feature_auc[name]:.3f}: check "
                "whether it knows the future"
                for name in self.suspicious_features
            ]
        lines += ["", "## Limitations", "", *(f"- {text}" for text in self.limitations)]
        return "\n".join(lines) + "\n"


def _table(left: str, right: str, rows: Mapping[str, float | int | str | None]) -> list[str]:
    if not rows:
        return []
    text = [f"| {left} | {right} |", "|---|---|"]
    for name, value in rows.items():
        shown = (
            "unknown" if value is None else f"{value:.4g}" if isinstance(value, float) else value
        )
        text.append(f"| {name} | {shown} |")
    return text
