"""How likely each customer is to order nothing for 90 days: features in, ``crm.churn_risk`` out."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from models_ml.probability_score.definition import Feature, RuleKey, ScoreDefinition
from models_ml.probability_score.fitted import FittedScore
from models_ml.probability_score.scoring import score_rows
from models_ml.probability_score.training import train_score
from models_ml.score_contract import CHURN_RISK

NAME = "churn_risk"
READS = "features.churn_features"
LABELS = "features.churn_labels"
HORIZON_DAYS = 90
NUMERIC = (
    Feature("tenure_days", "days since the first order"),
    Feature("orders_total", "orders so far"),
    Feature("orders_365d", "orders in the last year"),
    Feature("orders_90d", "orders in the last 90 days"),
    Feature("days_since_last_order", "days since the last order"),
    Feature("mean_days_between_orders", "mean days between orders"),
    Feature("recency_ratio", "days since the last order over the usual gap"),
    Feature("revenue_365d", "revenue in the last year"),
    Feature("revenue_90d", "revenue in the last 90 days"),
    Feature("mean_order_amount", "mean order amount"),
    Feature("return_rate_365d", "share of orders returned in the last year"),
    Feature("discount_share_365d", "share of discount in the last year"),
    Feature("tickets_90d", "tickets in the last 90 days"),
    Feature("tickets_open", "open tickets"),
    Feature("csat_mean_365d", "mean satisfaction in the last year"),
    Feature("csat_bad_90d", "bad ratings in the last 90 days"),
    Feature("interactions_90d", "interactions in the last 90 days"),
    Feature("inbound_30d", "messages and calls from the customer in the last 30 days"),
    Feature("web_sessions_30d", "web sessions in the last 30 days"),
    Feature("web_sessions_90d", "web sessions in the last 90 days"),
    Feature("email_clicks_90d", "clicks in campaign e-mails in the last 90 days"),
)
CATEGORICAL = (
    Feature("customer_type", "kind of customer"),
    Feature("country_code", "country"),
)
FEATURES = tuple(f.name for f in NUMERIC + CATEGORICAL)
DEFINITION = ScoreDefinition(
    table=CHURN_RISK,
    reads=READS,
    labels=LABELS,
    entity="customer_id",
    label="is_churned",
    horizon_days=HORIZON_DAYS,
    numeric=NUMERIC,
    categorical=CATEGORICAL,
    rule_keys=(RuleKey("customer_type"), RuleKey("days_since_last_order", (30.0, 90.0, 180.0))),
    limitations=(
        "Scores customers with an order in the 365 days before the date; others have no score.",
        "Churn is defined as no order within 90 days; a customer who orders once a year counts as "
        "churned most of the time.",
        "Effects are additive: no feature changes the effect of another.",
    ),
)


def train(
    features: pl.DataFrame,
    labels: pl.DataFrame,
    *,
    as_of: datetime,
    seed: int = 0,
    known: FittedScore | None = None,
) -> FittedScore:
    """Fit the score on every labelled date.

    Parameters
    ----------
    features, labels
        ``features.churn_features`` and ``features.churn_labels``.
    as_of
        Today as the warehouse knows it; every label window has ended by then.
    seed
        Unused: the fit has no chance in it. Here because every score has the same signature.
    known
        Returned as it is, and nothing is fitted, if it was made of the same data and settings.

    Raises
    ------
    UnusableTable
        If a column is missing or wrong, a key occurs twice, or a label window is not over.
    """
    return train_score(DEFINITION, features, labels, as_of, known)


def score(
    model: FittedScore,
    features: pl.DataFrame,
    *,
    run_id: str,
    previous: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return rows of ``crm.churn_risk``, one per row of ``features``.

    ``previous`` holds earlier rows of the table (customer_id, as_of, score) for ``prev_score``.
    """
    return score_rows(DEFINITION, model, features, run_id, previous)
