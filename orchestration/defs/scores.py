"""models/<score>: the fitted models. crm/<score>: their rows for today, with reasons."""

from collections.abc import Callable, Mapping

import dagster as dg

from models_ml import (
    campaign_roi,
    channel_removal_effects,
    churn_risk,
    customer_segments,
    lead_scores,
)
from models_ml.score_contract import SCORE_TABLES
from orchestration.defs.models import MANIFEST
from orchestration.defs.owners import OWNERS
from orchestration.defs.resources import Build
from orchestration.home import Home
from orchestration.scores import scoring, training
from orchestration.scores.training import Trained

READS: dict[str, tuple[str, ...]] = {
    "lead_scores": (lead_scores.READS, lead_scores.LABELS),
    "churn_risk": (churn_risk.READS, churn_risk.LABELS),
    "customer_segments": (customer_segments.READS,),
    "campaign_roi": (campaign_roi.READS, campaign_roi.CREDITS, campaign_roi.COSTS),
    "channel_removal_effects": (channel_removal_effects.READS,),
}
"""Feature tables by score."""

TRAIN: dict[str, Callable[[Home, str], Trained]] = {
    "lead_scores": lambda home, run: training.train_probability(home, "lead_scores", run),
    "churn_risk": lambda home, run: training.train_probability(home, "churn_risk", run),
    "customer_segments": training.train_segments,
}

SCORE: dict[str, Callable[[Home, str, Mapping[str, str]], int]] = {
    "lead_scores": lambda home, run, d: scoring.score_probability(home, "lead_scores", run, d),
    "churn_risk": lambda home, run, d: scoring.score_probability(home, "churn_risk", run, d),
    "customer_segments": scoring.score_segments,
    "campaign_roi": scoring.score_campaigns,
    "channel_removal_effects": scoring.score_channels,
}

UNTRAINED = tuple(name for name in SCORE if name not in TRAIN)

SCORE_KEYS = [dg.AssetKey(["crm", name]) for name in SCORE]


def descriptions(score: str) -> dict[str, str]:
    """Return the comment of each column, and under the key ``""`` the table's, from dbt's YAML."""
    for source in MANIFEST["sources"].values():
        if source["source_name"] == "crm" and source["name"] == score:
            columns = {name: column["description"] for name, column in source["columns"].items()}
            return {"": source["description"], **columns}
    return {}


def model_asset(name: str) -> dg.AssetsDefinition:
    """Make the asset that trains one score."""

    @dg.asset(
        key=["models", name],
        deps=[dg.AssetKey(table.split(".")) for table in READS[name]],
        group_name="scores",
        kinds={"python", "scikit-learn"},
        owners=OWNERS,
        description=f"Model for crm/{name}: the challenger replaces the champion if it is as good.",
    )
    def _train(context: dg.AssetExecutionContext, build: Build) -> dg.MaterializeResult:
        with build.stage(context.run.run_id, f"models/{name}") as stage:
            trained = TRAIN[name](build.home, context.run.run_id)
            stage.rows = trained.card.n_rows
            stage.note = f"{trained.card.method}: {trained.reason}"
        return dg.MaterializeResult(
            metadata={
                "seconds": stage.seconds,
                "promoted": trained.promoted,
                "reason": trained.reason,
                "card": dg.MetadataValue.md(trained.card.to_markdown()),
            }
        )

    return _train


def _read_to_score(name: str) -> tuple[str, ...]:
    """Return the tables that scoring reads."""
    return (*READS[name], scoring.DELETED) if name in TRAIN else READS[name]


def score_asset(name: str) -> dg.AssetsDefinition:
    """Make the asset that writes one score table.

    A score without a model waits for the others' models: Dagster starts dbt again for every
    distance from the features at which a score stands, at some seconds a start.
    """
    model = [dg.AssetKey(["models", trained]) for trained in TRAIN if name in (trained, *UNTRAINED)]

    @dg.asset(
        key=["crm", name],
        deps=[*model, *(dg.AssetKey(table.split(".")) for table in _read_to_score(name))],
        group_name="scores",
        kinds={"python", "duckdb"},
        owners=OWNERS,
        description=descriptions(name).get("")
        or f"One row per {', '.join(SCORE_TABLES[name].key)}.",
    )
    def _score(context: dg.AssetExecutionContext, build: Build) -> dg.MaterializeResult:
        with build.stage(context.run.run_id, f"crm/{name}") as stage:
            stage.rows = SCORE[name](build.home, context.run.run_id, descriptions(name))
        return dg.MaterializeResult(
            metadata={"dagster/row_count": stage.rows, "seconds": stage.seconds}
        )

    return _score


model_assets = [model_asset(name) for name in TRAIN]
score_assets = [score_asset(name) for name in SCORE]
