"""Salesforce Opportunity, its people and stages, ForecastingQuota: what becomes of their fields."""

from __future__ import annotations

import polars as pl

from ingest.sources.objects import NativeObject, ObjectMap
from ingest.sources.salesforce.lineage import CURRENCY, STATE
from ingest.sources.salesforce.owner import OWNER

FORECAST_CATEGORIES = {
    "Pipeline": "pipeline", "BestCase": "best_case", "Best Case": "best_case",
    "MostLikely": "most_likely", "Most Likely": "most_likely", "Forecast": "commit",
    "Commit": "commit", "Closed": "closed", "Omitted": "omitted",
}  # fmt: skip

_TYPES = {
    "(?i)renew": "renewal",
    "(?i)^new": "new_business",
    "(?i)existing|upgrade|upsell": "upsell",
}

OPPORTUNITY = NativeObject(
    name="Opportunity",
    also_called=("Opportunities",),
    maps=(
        ObjectMap(
            "opportunity",
            {
                "opportunity_id": "Id",
                "account_ref": "AccountId",
                "primary_contact_ref": "ContactId",
                "campaign_ref": "CampaignId",
                "name": "Name",
                "type": {"from": "Type", "patterns": _TYPES},
                "lead_source": "LeadSource",
                "pipeline": {"value": "default"},
                "stage_name": "StageName",
                "amount": "Amount",
                "currency": CURRENCY,
                "probability": {"from": "Probability", "scale": "0.01"},
                "expected_revenue": "ExpectedRevenue",
                "close_date": "CloseDate",
                "forecast_category": {
                    "from": pl.coalesce("ForecastCategory", "ForecastCategoryName"),
                    "values": FORECAST_CATEGORIES,
                },
                "is_closed": "IsClosed",
                "is_won": "IsWon",
                "next_step": "NextStep",
                "owner_ref": OWNER,
                "created_at": "CreatedDate",
            },
            **STATE,
        ),
    ),
    evidence=(("StageName", "CloseDate", "Name"),),
)

OPPORTUNITY_CONTACT_ROLE = NativeObject(
    name="OpportunityContactRole",
    also_called=("OpportunityContactRoles",),
    maps=(
        ObjectMap(
            "opportunity_contact",
            {
                "opportunity_contact_id": "Id",
                "opportunity_ref": "OpportunityId",
                "contact_ref": "ContactId",
                "role": "Role",
                "is_primary": "IsPrimary",
                "created_at": "CreatedDate",
            },
            **STATE,
        ),
    ),
    evidence=(("OpportunityId", "ContactId", "IsPrimary"),),
)

OPPORTUNITY_STAGE = NativeObject(
    name="OpportunityStage",
    maps=(
        ObjectMap(
            "pipeline_stage",
            {
                "pipeline": {"value": "default"},
                "stage_id": pl.coalesce("ApiName", "MasterLabel"),
                "label": "MasterLabel",
                "display_order": "SortOrder",
                "probability": {"from": "DefaultProbability", "scale": "0.01"},
                "is_closed": "IsClosed",
                "is_won": "IsWon",
                "forecast_category": {
                    "from": pl.coalesce("ForecastCategory", "ForecastCategoryName"),
                    "values": FORECAST_CATEGORIES,
                },
            },
            recorded_at=pl.coalesce("SystemModstamp", "LastModifiedDate"),
        ),
    ),
    evidence=(("DefaultProbability", "MasterLabel"),),
)

FORECASTING_QUOTA = NativeObject(
    name="ForecastingQuota",
    maps=(
        ObjectMap(
            "quota",
            {
                "quota_id": "Id",
                "owner_ref": "QuotaOwnerId",
                "period_start": "StartDate",
                "period_type": {
                    "from": "Period.Type",
                    "values": {"Month": "month", "Quarter": "quarter", "Year": "year"},
                    "else": None,
                },
                "product_family": "ProductFamily",
                "territory": "Territory2Id",
                "quota_amount": "QuotaAmount",
                "quota_quantity": "QuotaQuantity",
                "currency": CURRENCY,
            },
            **STATE,
        ),
    ),
    evidence=(("QuotaOwnerId",),),
)
