"""B2B events of the Segment spec in; the account created and the user signed up out."""

from __future__ import annotations

import polars as pl

ACCOUNT_EVENTS = ("Account Created", "Signed Up")


def account_rows(said: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the rows of ``account`` and ``contact``.

    An account needs ``context.groupId`` and its name, a contact a user id and an address or a
    name. Trials, invitations and sign-ins stay events: they describe no record.
    """
    created = said.filter(
        pl.col("event_name") == "Account Created",
        pl.col("group_id").is_not_null(),
        pl.col("p_account_name").is_not_null(),
    )
    signed_up = said.filter(
        pl.col("event_name") == "Signed Up",
        pl.col("user_id").is_not_null(),
        pl.coalesce("p_email", "email", "p_last_name").is_not_null(),
    )
    return {
        "account": created.select(
            "position",
            "attributes",
            recorded_at=pl.coalesce("recorded_at", "event_at"),
            account_id="group_id",
            name="p_account_name",
            created_at="event_at",
        ),
        "contact": signed_up.select(
            "position",
            "user_id",
            "attributes",
            recorded_at=pl.coalesce("recorded_at", "event_at"),
            contact_id=pl.col("user_id").str.strip_prefix("user_id:"),
            first_name="p_first_name",
            last_name="p_last_name",
            email=pl.coalesce("p_email", "email"),
            phone=pl.coalesce("p_phone", "phone"),
            account_ref="group_id",
            lead_source="p_type",
            created_at="event_at",
        ),
    }
