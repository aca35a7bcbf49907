"""HubSpot's lists and forms in; campaigns, their members and interactions out."""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.table import Join, Table, Target, changed_at, first_of, is_deleted

LIST = Table(
    derive={
        "$id": pl.concat_str(pl.lit("list:"), pl.col("id")),
        "$recorded_at": changed_at("updated_at"),
        "$is_deleted": is_deleted("_fivetran_deleted", "deleted"),
    },
    targets=(
        Target(
            entity="campaign",
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            columns={
                "campaign_id": "$id",
                "name": "name",
                "type": {"value": "list"},
                "created_at": "created_at",
            },
        ),
    ),
)

LIST_MEMBER = Table(
    derive={
        "$list": pl.concat_str(pl.lit("list:"), pl.col("contact_list_id")),
        "$id": pl.concat_str("$list", "contact_id", separator="|"),
    },
    targets=(
        Target(
            entity="campaign_member",
            recorded_at="_fivetran_synced",
            is_deleted="_fivetran_deleted",
            columns={
                "campaign_member_id": "$id",
                "campaign_ref": "$list",
                "contact_ref": "contact_id",
                "added_at": "added_at",
            },
        ),
    ),
)

COMPANY_LIST_MEMBER = Table(
    derive={
        "$list": pl.concat_str(pl.lit("list:"), pl.col("company_list_id")),
        "$id": pl.concat_str(pl.col("$list"), pl.lit("|company:"), pl.col("company_id")),
    },
    targets=(
        Target(
            entity="campaign_member",
            recorded_at="_fivetran_synced",
            is_deleted="_fivetran_deleted",
            columns={
                "campaign_member_id": "$id",
                "campaign_ref": "$list",
                "account_ref": "company_id",
                "added_at": "added_at",
            },
        ),
    ),
)

FORM_SUBMISSION = Table(
    joins=(
        Join(
            tables=("form",), on="form_id", key="guid", take={"$form": "name", "$kind": "form_type"}
        ),
    ),
    derive={
        "$id": pl.concat_str("form_id", "contact_id", "timestamp", separator="|"),
        "$conversation": pl.concat_str(
            pl.lit("form"), "form_id", "contact_id", "timestamp", separator="|"
        ),
        "$subject": first_of("$form", "title"),
    },
    targets=(
        Target(
            entity="interaction",
            columns={
                "interaction_id": "$id",
                "conversation_ref": "$conversation",
                "channel": {"value": "web"},
                "sub_channel": {"value": "hubspot_form"},
                "direction": {"value": "inbound"},
                "interaction_type": {"value": "form_submission"},
                "subject": "$subject",
                "customer_ref": {"from": "contact_id", "as": "contact"},
                "from_ref": {"from": "contact_id", "as": "contact"},
                "started_at": "timestamp",
            },
            also=("$kind",),
        ),
    ),
)
