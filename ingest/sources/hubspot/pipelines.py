"""HubSpot deal pipelines and goals: what becomes of them."""

from __future__ import annotations

import polars as pl

from ingest.sources.hubspot.lineage import STATE
from ingest.sources.hubspot.records import STAGES, STAGES_TYPE
from ingest.sources.objects import NativeObject, ObjectMap, Refusal
from ingest.sources.objects.expressions import is_true


def _stages(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a line per stage; HubSpot counts their order from 0."""
    stage = pl.col(STAGES).struct
    order = stage.field("order").cast(pl.Int64, strict=False)
    is_closed = stage.field("is_closed") == "true"
    chance = stage.field("probability").cast(pl.Float64, strict=False)
    return (
        frame.filter(pl.col(STAGES).list.len() > 0)
        .explode(STAGES)
        .select(
            "$position",
            pl.coalesce("id", "pipelineId").alias("pipeline"),
            "updatedAt",
            stage.field("id").alias("stage"),
            stage.field("label").alias("label"),
            (order + 1).cast(pl.String).alias("order"),
            chance.cast(pl.String).alias("probability"),
            is_closed.cast(pl.String).alias("closed"),
            (is_closed & (chance == 1)).cast(pl.String).alias("won"),
            pl.when(is_true("archived"))
            .then(pl.lit("true"))
            .otherwise(stage.field("is_archived"))
            .alias("gone"),
        )
    )


PIPELINES = NativeObject(
    name="pipelines",
    also_called=("pipeline", "deal_pipelines", "deals_pipelines", "pipelines_deals"),
    maps=(
        ObjectMap(
            "pipeline_stage",
            {
                "pipeline": "pipeline",
                "stage_id": "stage",
                "label": "label",
                "display_order": "order",
                "probability": "probability",
                "is_closed": "closed",
                "is_won": "won",
            },
            recorded_at="updatedAt",
            is_deleted="gone",
            rows=_stages,
            fields=("id", "pipelineId", "updatedAt", "archived", STAGES),
            keep_rest=False,
        ),
    ),
    evidence=((STAGES,),),
    refusals=(
        Refusal(
            pl.col("is_of_tickets") == "true",
            "no_place",
            "a pipeline of tickets; the warehouse knows the stages of deals only",
        ),
    ),
    without_rows="a pipeline without stages",
    nested={STAGES: STAGES_TYPE},
)

_PERIODS = {"(?i)month": "month", "(?i)quarter": "quarter", "(?i)year|annual": "year"}

_IS_MONEY = pl.col("hs_goal_type").str.contains("(?i)quota|revenue").fill_null(value=True)
"""Goals also count calls, meetings or tickets."""

_ONE_OWNER = pl.when(pl.col("hs_owner_ids_of_all_owners").str.contains(r"^\d+$")).then(
    pl.col("hs_owner_ids_of_all_owners")
)
_OWNER = pl.coalesce("hubspot_owner_id", _ONE_OWNER)
"""Goals of before 2024 name whose they are by a user, and the owner whom that user is beside it."""

GOALS = NativeObject(
    name="goals",
    also_called=("goal_targets", "goal_target", "goal", "quotas", "quota"),
    maps=(
        ObjectMap(
            "quota",
            {
                "quota_id": "hs_object_id",
                "owner_ref": _OWNER,
                "period_start": "hs_start_datetime",
                "period_type": {"from": "hs_milestone", "patterns": _PERIODS, "else": None},
                "quota_amount": pl.when(_IS_MONEY).then(pl.col("hs_target_amount")),
                "quota_quantity": pl.when(~_IS_MONEY).then(pl.col("hs_target_amount")),
                "currency": pl.coalesce(
                    "hs_goal_target_currency_code", "hs_currency_code", "$currency"
                ),
            },
            **STATE,
        ),
    ),
    refusals=(
        Refusal(
            _OWNER.is_null() & pl.col("hs_assignee_team_id").is_not_null(),
            "no_place",
            "a goal of a whole team; a quota is one owner's",
        ),
    ),
    evidence=(("hs_target_amount",),),
)
