"""Ids that trackers send in; ids of somebody, and the one that names an event's person, out."""

from __future__ import annotations

import polars as pl

NOBODY = (
    "", "null", "undefined", "none", "nil", "nan", "false", "{}", "[]", "[object object]",
    "(null)", "(not set)",
    "00000000-0000-0000-0000-000000000000",
)  # fmt: skip
"""What programs send for an absent id. Kept, each would join all its visitors into one."""

_ADDRESS = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"


def somebody(person_id: pl.Expr) -> pl.Expr:
    """Trim an id; null for what programs send where nobody is known."""
    trimmed = person_id.str.strip_chars()
    return pl.when(~trimmed.str.to_lowercase().is_in(NOBODY)).then(trimmed)


def typed(id_type: str, person_id: pl.Expr) -> pl.Expr:
    """Return ``<id_type>:<id>``, null for nobody."""
    return pl.lit(f"{id_type}:") + somebody(person_id)


def address_in(user_id: pl.Expr) -> pl.Expr:
    """Return the e-mail address that a user id is, null where it is another id."""
    return pl.when(user_id.str.contains(_ADDRESS)).then(user_id)


def email_ref() -> pl.Expr:
    """Return ``email:<address>`` of an event's ``email``."""
    return pl.lit("email:") + pl.col("email")


def customer_ref() -> pl.Expr:
    """Return who did it: after login by user id, else by e-mail, else by device.

    The event itself says which of them belong together; any of them leads to the person.
    """
    return pl.coalesce("user_id", email_ref(), "anonymous_id")
