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
    types = [kind.name for kind in guards.kinds if kind.name not in ("mailbox", PROBABILISTIC)]
    is_of = {
        name: identifier.str.starts_with(f"{name}:")
        for name in dict.fromkeys(("email", "phone", "domain", *types))
    }
    others = [name for name in types if name not in ("email", "phone")]

    def of(*names: str) -> pl.Expr:
        """Leave the others empty: all branches are computed for every row, mostly in vain."""
        wanted = pl.any_horizontal(is_of[name] for name in names)
        return pl.when(wanted).then(identifier).otherwise(pl.lit(""))

    address = of("email").str.slice(6).str.to_lowercase()
    # info+berlin@firm.de is the mailbox info@firm.de
    mailbox = address.str.extract(r"^([^@+]*)", 1)
    domain = address.str.extract(r"@([^@]*)$", 1)
    digits = of("phone").str.slice(6).str.replace_all(r"\D", "")
    value = of("domain", *others).str.extract(r":([^:]*)$", 1).str.to_lowercase()
    # null for all others, which costs less than another text to look at
    tax_number = pl.when(is_of["tax_number"]).then(value)
    own_type = pl.coalesce(pl.when(is_of[name]).then(pl.lit(name)) for name in others)
    return (
        pl.when(is_of["email"])
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
        .when(is_of["phone"])
        .then(
            pl.when(digits.str.contains(_any_of(guards.blocked_phones)))
            .then(pl.lit(BLOCKED))
            .otherwise(pl.lit("phone"))
        )
        .when(is_of["domain"] & is_of_many_companies(value, guards))
        .then(pl.lit(BLOCKED))
        .when(own_type.is_not_null())
        .then(
            pl.when(
                value.str.contains(_any_of(guards.blocked_values))
                | tax_number.str.contains(_any_of(guards.blocked_tax_numbers))
            )
            .then(pl.lit(BLOCKED))
            .otherwise(own_type)
        )
        .otherwise(pl.lit(TRUSTED))
    )


def is_of_many_companies(domain: pl.Expr, guards: Guards) -> pl.Expr:
    """Return whether a web domain is no single company's: free mail, a site with pages of many."""
    mail = [*guards.free_mail_domains, *guards.disposable_domains]
    site = domain.str.replace(r"^(?:m|[a-z]{2}(?:-[a-z]{2})?)\.", "")
    return (
        domain.is_in(mail) | domain.is_in(guards.shared_domains) | site.is_in(guards.shared_domains)
    )


def _any_of(patterns: tuple[str, ...]) -> str:
    """Return one expression that matches a whole value if any of the patterns does."""
    return "^(?:" + "|".join(f"(?:{pattern})" for pattern in patterns) + ")$" if patterns else "^.^"
