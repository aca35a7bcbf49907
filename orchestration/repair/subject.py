"""What somebody types, a customer id, an identifier, an address, a number  ->  who is meant."""

from __future__ import annotations

import re
from dataclasses import dataclass

import duckdb
import polars as pl

from ingest.identifiers import ID_TYPES, normalize_emails, normalize_phones
from ingest.source import Company
from models_ml.identity.organizations import mail_domain
from orchestration.errors import WrongUse
from orchestration.identity.tax_numbers import one_spelling

_CUSTOMER_ID = re.compile(r"c_[0-9a-f]{16}")
_NUMBER = re.compile(r"[+0(][0-9 ()./-]{5,}")
_TYPES = (*ID_TYPES, "account", "tax_number", "domain")
_HOW = (
    "write a customer id (c_…), an e-mail address, a phone number, or <type>:<value> as "
    "identity.identifier_map holds it, like contact:crm:1."
)


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is meant.

    Parameters
    ----------
    given
        What was typed.
    identifier
        The identifier it stands for; of a customer id its founder, which is what the id means.
    customer_id
        The customer that has the identifier now; None if it names nobody.
    """

    given: str
    identifier: str
    customer_id: str | None


def find_subject(con: duckdb.DuckDBPyConnection, company: Company, given: str) -> Subject:
    """Look up what was typed.

    Raises
    ------
    WrongUse
        If nobody and nothing in ``identity`` is called so.
    """
    text = given.strip()
    if not text:
        raise WrongUse(f"An empty text names nobody: {_HOW}")
    if _CUSTOMER_ID.fullmatch(text):
        row = con.execute(
            "select founder_identifier from identity.customers where customer_id = ?", [text]
        ).fetchone()
        if row is None:
            raise WrongUse(
                f"{text} was never given to a customer: look ids up in marts.dim_customers, or "
                "name the customer by an e-mail address, a phone number or an identifier."
            )
        return Subject(given, row[0], _customer_of(con, row[0]) or _heir_of(con, text))
    # what is held in this very spelling is meant: 00000000 is held as a number that, read once
    # more as somebody would write it, is another one
    identifier = text if _is_known(con, text) else _typed(con, text, company)
    if not _is_known(con, identifier):
        raise WrongUse(
            f"{identifier} is no identifier of anybody: no source states it, or it is a "
            f"colleague's or a browser on which nobody logged in; {_HOW}"
        )
    return subject_of(con, identifier, given)


def _is_known(con: duckdb.DuckDBPyConnection, identifier: str) -> bool:
    known = con.execute(
        "select 1 from identity.identifier_map where identifier = $it "
        "union all select 1 from identity.edges where $it in (identifier_a, identifier_b) limit 1",
        {"it": identifier},
    ).fetchone()
    return known is not None


def subject_of(con: duckdb.DuckDBPyConnection, identifier: str, given: str = "") -> Subject:
    """Return the subject of an identifier that is known to be one."""
    return Subject(given or identifier, identifier, _customer_of(con, identifier))


def are_together(one: Subject, other: Subject) -> bool:
    """Return whether two are one customer now."""
    return one.customer_id is not None and one.customer_id == other.customer_id


def _customer_of(con: duckdb.DuckDBPyConnection, identifier: str) -> str | None:
    row = con.execute(
        "select customer_id from identity.identifier_map where identifier = ? and is_current",
        [identifier],
    ).fetchone()
    return row[0] if row else None


def _heir_of(con: duckdb.DuckDBPyConnection, customer_id: str) -> str | None:
    """Return who took the place of an id whose founder names nobody any more."""
    row = con.execute(
        "select merged_into_customer_id from identity.customers where customer_id = ?",
        [customer_id],
    ).fetchone()
    return row[0] if row else None


def _typed(con: duckdb.DuckDBPyConnection, text: str, company: Company) -> str:
    """Return the identifier in the spelling that ``identity`` holds."""
    id_type, colon, value = text.partition(":")
    if not colon or id_type not in _TYPES:
        value = text
        id_type = "email" if "@" in text else "phone" if _NUMBER.fullmatch(text) else ""
    if id_type == "email":
        spelled = normalize_emails(pl.Series([value]), company.email_provider_rules)[0]
    elif id_type == "phone":
        spelled = normalize_phones(pl.Series([value]), company.default_region)[0]
    elif id_type == "tax_number":
        found = con.execute(f"select {one_spelling('$it')}", {"it": value}).fetchone()
        spelled = found[0] if found else None
    elif id_type == "domain":
        spelled = pl.select(mail_domain(pl.lit(value))).item()
    else:
        return text
    return f"{id_type}:{spelled or value}"


def identifiers_of(con: duckdb.DuckDBPyConnection, subject: Subject) -> set[str]:
    """Return everything the customer of a subject has now, at least the identifier itself."""
    rows = con.execute(
        "select identifier from identity.identifier_map where customer_id = ? and is_current",
        [subject.customer_id],
    ).fetchall()
    return {subject.identifier, *(row[0] for row in rows)}
