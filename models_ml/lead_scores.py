"""How likely each open lead is to convert within 90 days: features in, ``crm.lead_scores`` out."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from models_ml.probability_score.definition import Feature, RuleKey, ScoreDefinition
from models_ml.probability_score.fitted import FittedScore
from models_ml.probability_score.scoring import score_rows
from models_ml.probability_score.training import train_score
from models_ml.score_contract import LEAD_SCORES

NAME = "lead_scores"
READS = "features.lead_features"
LABELS = "features.lead_labels"
HORIZON_DAYS = 90
NUMERIC = (
    Feature("age_days", "days since the lead was created"),
    Feature("number_of_employees", "employees of the company"),
    Feature("has_phone", "phone number known (1 yes, 0 no)"),
    Feature("has_business_email", "business e-mail address (1 yes, 0 no)"),
    Feature("web_sessions_total", "web sessions"),
    Feature("web_sessions_30d", "web sessions in the last 30 days"),
    Feature("pricing_page_views_total", "views of the pricing page"),
    Feature("emails_inbound_total", "e-mails received from the lead"),
    Feature("emails_outbound_total", "e-mails sent to the lead"),
    Feature("email_opens_total", "campaign e-mails opened"),
    Feature("email_clicks_total", "clicks in campaign e-mails"),
    Feature("calls_answered_total", "answered calls"),
    Feature("campaign_touches_total", "campaign touches"),
    Feature("days_to_first_response", "days until our first response"),
    Feature("days_since_last_activity", "days since the last activity"),
)
CATEGORICAL = (
    Feature("lead_source", "lead source"),
    Feature("industry", "industry"),
    Feature("country_code", "country"),
    Feature("title_level", "level of the job title"),
)
FEATURES = tuple(f.name for f in NUMERIC + CATEGORICAL)
DEFINITION = ScoreDefinition(
    table=LEAD_SCORES,
    reads=READS,
    labels=LABELS,
    entity="lead_id",
    label="is_converted",
    horizon_days=HORIZON_DAYS,
    numeric=NUMERIC,
    categorical=CATEGORICAL,
    rule_keys=(RuleKey("lead_source"), RuleKey("title_level")),
    limitations=(
        "Scores open leads created in the 90 days before the date; others have no score.",
        "Predicts what happened to leads as they were worked then; it is not the effect of "
        "working a lead.",
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
        ``features.lead_features`` and ``features.lead_labels``.
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
    """Return rows of ``crm.lead_scores``, one per row of ``features``.

    ``previous`` holds earlier rows of the table (lead_id, as_of, score) for ``prev_score``.
    """
    return score_rows(DEFINITION, model, features, run_id, previous)
