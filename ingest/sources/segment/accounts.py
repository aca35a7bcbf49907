"""B2B events of the Segment spec in; accounts made and deleted, and the user signed up, out."""

from __future__ import annotations

import polars as pl

ACCOUNT_EVENTS = ("Account Created", "Account Deleted", "Signed Up")


def account_rows(said: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the rows of ``account`` and ``contact``.

    An account needs ``context.groupId`` and, unless it is deleted, its name; a contact a user id
    and an address or a name. Trials, invitations and sign-ins stay events: they describe no record.
    """
    is_deleted = pl.col("event_name") == "Account Deleted"
    is_created = (pl.col("event_name") == "Account Created") & pl.col(
        "p_account_name"
    ).is_not_null()
    accounts = said.filter(pl.col("group_id").is_not_null(), is_created | is_deleted)
    signed_up = said.filter(
        pl.col("event_name") == "Signed Up",
        pl.col("user_id").is_not_null(),
        pl.coalesce("p_email", "email", "p_last_name").is_not_null(),
    )
    return {
        "account": accounts.select(
            "position",
            "attributes",
            recorded_at=pl.coalesce("recorded_at", "event_at"),
            account_id="group_id",
            # the contract asks for a name, and one that is gone may be told of by its id alone
            name=pl.coalesce("p_account_name", "group_id"),
            created_at=pl.when(~is_deleted).then("event_at"),
            is_deleted=is_deleted,
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
