"""Relations of two records in, whether they tell enough to be one at all; a sum of bits does not.

A household shares a family name, an address and a phone, colleagues share a company, its
address and its switchboard: however many bits that makes, it says nothing of who of them it is.
"""

from __future__ import annotations

import polars as pl

OTHER = "other"


def tells_person() -> pl.Expr:
    """Return whether two records can be one person.

    - Both names agree, and so does something else, for many share a name. Birth dates decades
      apart are father and son, unless they live in one place: a date that is plainly wrong is
      more common than two of one name in one place.
    - Something that is a person's own agrees, the birth date or the e-mail address, and one of
      the names does or is not stated.
    - One name agrees, the other is not stated and the address is the same. Who of a household
      that is shows later, for it joins no two of its members (``people``).
    - Neither name agrees, but birth date and address do: names in the wrong columns.
    """
    first, last = pl.col("first_name_relation"), pl.col("last_name_relation")
    first_agrees, last_agrees = _agrees(first), _agrees(last)
    home = _is(pl.col("address_relation"), "same", "same street")
    place = home | _is(pl.col("address_relation"), "same postal code")
    born = pl.col("birth_date_relation")
    apart = _is(born, OTHER) & ~place
    own = _is(born, "same", "slip") | _is(pl.col("email_relation"), "same", "slip", "same mailbox")
    else_agrees = pl.any_horizontal(
        _agrees(pl.col(f"{column}_relation"))
        for column in ("birth_date", "email", "phone", "company", "address")
    )
    strangers = _is(first, OTHER) & _is(last, OTHER)
    return (
        (first_agrees & last_agrees & else_agrees & ~apart)
        | (own & ~strangers)
        | (((first_agrees & last.is_null()) | (last_agrees & first.is_null())) & home)
        | (strangers & home & _is(born, "same"))
    )


def tells_account() -> pl.Expr:
    """Return whether two records can be one company: the name agrees, or the domain is one."""
    return _agrees(pl.col("company_relation")) | _is(pl.col("domain_relation"), "same")


def _agrees(relation: pl.Expr) -> pl.Expr:
    return (relation != OTHER).fill_null(False)


def _is(relation: pl.Expr, *labels: str) -> pl.Expr:
    return relation.is_in(list(labels)).fill_null(False)
