"""Ids of Zendesk's users in; persons out."""

from __future__ import annotations

import polars as pl

from ingest.sources.fivetran.table import Join

AGENTS = ("agent", "admin")


def user_join(on: str, prefix: str) -> Join:
    """Return the join that finds the role and the address of a user."""
    take = {f"{prefix}role": "role", f"{prefix}email": "email"}
    return Join(tables=("user",), on=on, key="id", take=take)


def person(user: str, role: str, email: str) -> pl.Expr:
    """Return a user as a person; a colleague only by e-mail, as no contact exists."""
    return (
        pl.when(pl.col(role).is_in(AGENTS))
        .then(pl.concat_str(pl.lit("email:"), pl.col(email)))
        .otherwise(pl.concat_str(pl.lit("contact:"), pl.col(user)))
    )
