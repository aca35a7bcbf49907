"""Identifiers in, the kind of evidence each of them is out: blocked, mailbox or its own type."""

from __future__ import annotations

from functools import cache

import polars as pl

from models_ml.identity.guards import PROBABILISTIC, Guards

TRUSTED = "record"
"""Kind of the identifiers of records, contact, lead and account: joined as the source says."""

BLOCKED = "blocked"
"""Kind of a value that names nobody."""


@cache
def kind_of(guards: Guards) -> pl.Expr:
    """Classify ``identifier`` (``<id_type>:<value>``) by the rules.

    Returns
    -------
    pl.Expr
        ``blocked``, ``mailbox``, ``record`` or the name of another kind, per identifier.
    """
    identifier = pl.col("identifier")
    id_type = identifier.str.extract(r"^([^:]*):", 1)
    address = identifier.str.slice(6).str.to_lowercase()
    # info+berlin@firm.de is the mailbox info@firm.de
    mailbox = address.str.extract(r"^([^@+]*)", 1)
    domain = address.str.extract(r"@([^@]*)$", 1)
    digits = identifier.str.slice(6).str.replace_all(r"\D", "")
    value = identifier.str.extract(r":([^:]*)$", 1).str.to_lowercase()
    known = [kind.name for kind in guards.kinds if kind.name not in ("mailbox", PROBABILISTIC)]
    return (
        pl.when(id_type == "email")
        .then(
            pl.when(address.str.contains(_any_of(guards.blocked_emails)))
            .then(pl.lit(BLOCKED))
            .when(
                mailbox.is_in(list(guards.role_addresses))
                | domain.is_in(list(guards.disposable_domains))
            )
            .then(pl.lit("mailbox"))
            .otherwise(pl.lit("email"))
        )
        .when(id_type == "phone")
        .then(
            pl.when(digits.str.contains(_any_of(guards.blocked_phones)))
            .then(pl.lit(BLOCKED))
            .otherwise(pl.lit("phone"))
        )
        .when(
            (id_type == "domain")
            & value.is_in([*guards.free_mail_domains, *guards.disposable_domains])
        )
        .then(pl.lit(BLOCKED))
        .when(id_type.is_in(known))
        .then(
            pl.when(value.str.contains(_any_of(guards.blocked_values)))
            .then(pl.lit(BLOCKED))
            .otherwise(id_type)
        )
        .otherwise(pl.lit(TRUSTED))
    )


def _any_of(patterns: tuple[str, ...]) -> str:
    """Return one expression that matches a whole value if any of the patterns does."""
    return "^(?:" + "|".join(f"(?:{pattern})" for pattern in patterns) + ")$" if patterns else "^.^"
