"""Zendesk's users, their identities and organizations in; contacts, agents and accounts out."""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.table import Join, Part, Table, Target, changed_at, is_true
from ingest.sources.fivetran.zendesk_roles import AGENTS, user_join
from ingest.sources.zendesk.identities import IDENTITY_TYPES
from ingest.times.named_zones import iana_zone

_WORDS = pl.col("name").str.strip_chars().str.replace_all(r"\s+", " ")

USER = Table(
    joins=(
        Join(tables=("user_tag",), on="id", key="user_id", take={"$tags": "tag"}, is_list=True),
        Join(
            tables=("user_identity",),
            on="id",
            key="user_id",
            take={"$identities": "value"},
            is_list=True,
        ),
    ),
    derive={
        "$recorded_at": changed_at("updated_at"),
        # what Zendesk calls an inactive user is one that was deleted
        "$is_deleted": ~is_true("active") | is_true("_fivetran_deleted").fill_null(value=False),
        # of one name the last word is the family name, as for other sources
        "$first_name": _WORDS.str.replace(r" \S+$", ""),
        "$last_name": _WORDS.str.extract(r" (\S+)$"),
        "$is_agent": pl.col("role").is_in(AGENTS),
        # a number that Zendesk lets several users have names none of them
        "$phone": pl.when(
            pl.col("$is_agent").fill_null(value=False)
            | ~is_true("shared_phone_number").fill_null(value=False)
        ).then(pl.col("phone")),
        "phone": pl.when(pl.col("$phone").is_null()).then(pl.col("phone")),
        "$time_zone": iana_zone(pl.col("time_zone")),
    },
    targets=(
        Target(
            entity="contact",
            where=~pl.col("$is_agent").fill_null(value=False),
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            columns={
                "contact_id": "id",
                "first_name": "$first_name",
                "last_name": "$last_name",
                "email": "email",
                "phone": "$phone",
                "user_id": "external_id",
                "account_ref": "organization_id",
                "locale": "locale",
                "time_zone": "$time_zone",
                "created_at": "created_at",
                "last_activity_at": "last_login_at",
            },
            also=("$tags",),
        ),
        Target(
            entity="agent",
            where=pl.col("$is_agent"),
            recorded_at="$recorded_at",
            # who left stays the agent of what they did
            is_deleted="_fivetran_deleted",
            columns={
                "agent_id": "id",
                "name": "name",
                "email": "email",
                "phone": "$phone",
            },
            also=("$tags", "$identities"),
        ),
    ),
)

IDENTITY = Table(
    joins=(user_join("user_id", "$user_"),),
    derive={
        "$is_contact": ~pl.col("$user_role").is_in(AGENTS)
        & (pl.col("ownership") != "shared").fill_null(value=True),
        "$id_type": pl.col("type").replace_strict(IDENTITY_TYPES, default="social"),
        "$id_value": pl.when(pl.col("$id_type") == "social")
        .then(pl.concat_str("type", "value", separator=":"))
        .otherwise(pl.col("value")),
    },
    targets=(
        Target(
            entity="identifier",
            where=pl.col("$is_contact"),
            columns={
                "person_ref": {"from": "user_id", "as": "contact"},
                "id_type": "$id_type",
                "id_value": "$id_value",
                "first_seen_at": "created_at",
            },
        ),
    ),
    reason_code="no_contact",
    reason="its user is in no file of this folder or an agent, or shares it with others",
)

ORGANIZATION = Table(
    joins=(
        Join(
            tables=("organization_tag",),
            on="id",
            key="organization_id",
            take={"$tags": "tag"},
            is_list=True,
        ),
        Join(
            tables=("domain_name",),
            on="id",
            key="organization_id",
            take={"$domain": "domain_name"},
            order=("index",),
        ),
        Join(
            tables=("domain_name",),
            on="id",
            key="organization_id",
            take={"$domains": "domain_name"},
            is_list=True,
        ),
    ),
    derive={"$recorded_at": changed_at("updated_at")},
    targets=(
        Target(
            entity="account",
            recorded_at="$recorded_at",
            is_deleted="_fivetran_deleted",
            columns={
                "account_id": "id",
                "name": "name",
                "domain": "$domain",
                "created_at": "created_at",
            },
            also=("$tags", "$domains"),
        ),
    ),
)


def _of(table: str, column: str, what: str) -> Table:
    return Table(
        part=Part(on=column, tables={table: "id"}),
        reason_code="missing_parent",
        reason=f"its {table} is in no file of this folder; {what}",
    )


PEOPLE = {
    "user": USER,
    "user_identity": IDENTITY,
    "user_tag": _of("user", "user_id", "a tag of a user is kept with the user"),
    "organization": ORGANIZATION,
    "organization_tag": _of(
        "organization", "organization_id", "a tag of an organization is kept with it"
    ),
    "domain_name": _of(
        "organization", "organization_id", "a domain of an organization is kept with it"
    ),
}
