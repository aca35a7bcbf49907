"""What makes one probability score: its tables, its features, its words."""

from __future__ import annotations

from dataclasses import dataclass

from models_ml.score_contract import ScoreTable


@dataclass(frozen=True)
class Feature:
    """One column of the feature table and the words a reason uses for it."""

    name: str
    label: str


@dataclass(frozen=True)
class RuleKey:
    """A feature the rule score groups by; ``edges`` cut a numeric one into ranges."""

    name: str
    edges: tuple[float, ...] = ()


@dataclass(frozen=True)
class ScoreDefinition:
    """One score that predicts whether an event happens within ``horizon_days`` after ``as_of``.

    ``rule_keys`` are the one or two features whose base rates make the score while there is too
    little data to learn from the others.
    """

    table: ScoreTable
    reads: str
    labels: str
    entity: str
    label: str
    horizon_days: int
    numeric: tuple[Feature, ...]
    categorical: tuple[Feature, ...]
    rule_keys: tuple[RuleKey, ...]
    limitations: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name of the score and of its table."""
        return self.table.name

    @property
    def features(self) -> tuple[Feature, ...]:
        """All features, numeric ones first."""
        return self.numeric + self.categorical
