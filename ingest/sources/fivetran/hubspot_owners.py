"""HubSpot's owners, users and teams in; agents out."""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.table import (
    Join,
    Part,
    Table,
    Target,
    changed_at,
    is_deleted,
    is_true,
)  # fmt: skip

_TEAM = Join(tables=("team",), on="team_id", key="id", take={"$team_name": "name"})

_USER = Join(
    tables=("users", "user"),
    on="active_user_id",
    key="id",
    take={"$primary_team_id": "primary_team_id", "$role": "$role_name"},
    joins=(Join(tables=("role",), on="role_id", key="id", take={"$role_name": "name"}),),
)

OWNER = Table(
    joins=(
        Join(
            tables=("owner_team",),
            on="owner_id",
            key="owner_id",
            take={"$team": "$team_name"},
            where=is_true("is_team_primary"),
            joins=(_TEAM,),
        ),
        Join(
            tables=("owner_team",),
            on="owner_id",
            key="owner_id",
            take={"$teams": "$team_name"},
            is_list=True,
            joins=(_TEAM,),
        ),
        _USER,
        Join(tables=("team",), on="$primary_team_id", key="id", take={"$user_team": "name"}),
        Join(
            tables=("team_user",),
            on="active_user_id",
            key="user_id",
            take={"$user_teams": "$team_name"},
            is_list=True,
            joins=(_TEAM,),
        ),
    ),
    derive={
        "$recorded_at": changed_at("updated_at"),
        "$is_deleted": is_deleted("_fivetran_deleted", "is_deleted"),
        "$name": pl.concat_str("first_name", "last_name", separator=" ", ignore_nulls=True).replace(
            "", None
        ),
        "$agent_team": pl.coalesce("$team", "$user_team"),
    },
    targets=(
        Target(
            entity="agent",
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            columns={
                "agent_id": "owner_id",
                "name": "$name",
                "email": "email",
                "team": "$agent_team",
            },
            also=("$teams", "$user_teams", "$role"),
        ),
    ),
)


def _of_owner(on: str, key: str, what: str) -> Table:
    return Table(
        part=Part(on=on, tables={"owner": key}),
        reason_code="missing_parent",
        reason=f"its owner is in no file of this folder; {what}",
    )


OWNERS = {
    "owner": OWNER,
    "owner_team": _of_owner("owner_id", "owner_id", "a team membership is kept with the owner"),
    **dict.fromkeys(
        ("users", "user"),
        _of_owner("id", "active_user_id", "a user is kept with the owner it belongs to"),
    ),
    "team_user": _of_owner("user_id", "active_user_id", "a team membership is kept with the owner"),
    "team": Table(reason="a team has no entity; its name is kept as team of its owners"),
    "role": Table(reason="a role has no entity; its name is kept with the owners who have it"),
}
