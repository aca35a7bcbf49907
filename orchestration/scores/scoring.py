"""One score's rows: features of today and the model in use in, rows of ``crm.<score>`` out."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from models_ml import customer_segments
from models_ml.campaign_roi import COSTS, CREDITS, READS, campaign_roi
from models_ml.channel_removal_effects import channel_removal_effects
from models_ml.outcomes import realised_outcomes
from models_ml.score_contract import (
    CAMPAIGN_ROI,
    CHANNEL_REMOVAL_EFFECTS,
    CUSTOMER_SEGMENTS,
    ScoreTable,
)
from orchestration import warehouse
from orchestration.errors import Refused
from orchestration.frames import append
from orchestration.home import Home
from orchestration.scores import score_tables
from orchestration.scores.champions import champion
from orchestration.scores.training import PROBABILITY_MODULES, as_of, read

Descriptions = Mapping[str, str]

DELETED = "intermediate.int_customers__deleted"
"""Customers of whom no record is left: whoever acts on a score would act on nobody."""


def _model(home: Home, name: str) -> object:
    model = champion(home, name)
    if model is None:
        raise Refused(f"There is no model for {name} yet: materialise models/{name} first.")
    return model


def _without(deleted: pl.DataFrame, features: pl.DataFrame) -> pl.DataFrame:
    """Return the features of those who may be acted on; a lead that was deleted has none."""
    if "customer_id" not in features.columns:
        return features
    return features.join(deleted, on="customer_id", how="anti")


def score_probability(home: Home, name: str, run_id: str, descriptions: Descriptions) -> int:
    """Score everybody of today's population and write what became of earlier scores."""
    module = PROBABILITY_MODULES[name]
    definition, moment, model = module.DEFINITION, as_of(home), _model(home, name)
    features, labels, deleted = read(home, module.READS, module.LABELS, DELETED)
    table: ScoreTable = definition.table
    with warehouse.connect(home) as con:
        score_tables.create(con, table, descriptions)
        previous = score_tables.newest_before(con, table, moment)
    today = _without(deleted, features.filter(pl.col("as_of") == moment))
    rows = module.score(model, today, run_id=run_id, previous=previous)
    with warehouse.connect(home) as con:
        written = score_tables.replace_rows(con, table, rows, at=moment)
        outcomes = realised_outcomes(definition, con.table(f"crm.{name}").pl(), labels)
        con.execute("delete from meta.score_outcomes where score = ?", [name])
        append(con, "meta.score_outcomes", outcomes)
    return written


def score_segments(home: Home, run_id: str, descriptions: Descriptions) -> int:
    """Put every customer of today into a segment."""
    moment, model = as_of(home), _model(home, customer_segments.NAME)
    features, deleted = read(home, customer_segments.READS, DELETED)
    with warehouse.connect(home) as con:
        score_tables.create(con, CUSTOMER_SEGMENTS, descriptions)
        previous = score_tables.newest_before(con, CUSTOMER_SEGMENTS, moment)
    population = _without(deleted, features)
    # the date before only says who has moved; it may be the newest, where every order of today is
    # deleted
    if population.filter(pl.col("as_of") == moment).is_empty():
        population = population.clear()
    rows = customer_segments.score(model, population, run_id=run_id, previous=previous)  # type: ignore[arg-type]
    with warehouse.connect(home) as con:
        return score_tables.replace_rows(con, CUSTOMER_SEGMENTS, rows, at=moment)


def score_campaigns(home: Home, run_id: str, descriptions: Descriptions) -> int:
    """Credit every campaign with its conversions and revenue under each attribution model."""
    moment = as_of(home)
    paths, credit_rows, costs = read(home, READS, CREDITS, COSTS)
    rows = campaign_roi(paths, credit_rows, costs, run_id=run_id, data_cutoff=moment)
    with warehouse.connect(home) as con:
        score_tables.create(con, CAMPAIGN_ROI, descriptions)
        return score_tables.replace_rows(con, CAMPAIGN_ROI, rows, at=moment)


def score_channels(home: Home, run_id: str, descriptions: Descriptions) -> int:
    """Solve the Markov chains of all paths for what each channel's removal would cost."""
    moment = as_of(home)
    (paths,) = read(home, READS)
    rows = channel_removal_effects(paths, run_id=run_id, data_cutoff=moment)
    with warehouse.connect(home) as con:
        score_tables.create(con, CHANNEL_REMOVAL_EFFECTS, descriptions)
        return score_tables.replace_rows(con, CHANNEL_REMOVAL_EFFECTS, rows, at=moment)
