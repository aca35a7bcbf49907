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


def _members(of: str, ref: str, key: pl.Expr) -> Table:
    """Return how the members of lists of contacts or companies are read.

    Parameters
    ----------
    of
        ``contact`` or ``company``.
    ref
        Column of ``campaign_member`` that names the member.
    key
        What tells a member from the others of its list.
    """
    return Table(
        derive={
            "$list": pl.concat_str(pl.lit("list:"), pl.col(f"{of}_list_id")),
            "$id": pl.concat_str("$list", key, separator="|"),
        },
        targets=(
            Target(
                entity="campaign_member",
                recorded_at="_fivetran_synced",
                is_deleted="_fivetran_deleted",
                columns={
                    "campaign_member_id": "$id",
                    "campaign_ref": "$list",
                    ref: f"{of}_id",
                    "added_at": "added_at",
                },
            ),
        ),
    )


LIST_MEMBER = _members("contact", "contact_ref", pl.col("contact_id"))
COMPANY_LIST_MEMBER = _members(
    "company", "account_ref", pl.concat_str(pl.lit("company:"), pl.col("company_id"))
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
