"""Identifiers as sources write them in; one spelling per identifier out.

Columnar: every distinct value is normalised once, and what cannot be normalised becomes null.
"""

from __future__ import annotations

from ingest.identifiers.distinct import map_distinct
from ingest.identifiers.email import PROVIDER_RULES, normalize_emails
from ingest.identifiers.person import (
    ID_TYPES,
    IdentifierRules,
    normalize_identifiers,
    normalize_persons,
    person_type,
)
from ingest.identifiers.phone import normalize_phones, normalize_phones_by_country
from ingest.identifiers.qualify import qualify

__all__ = [
    "ID_TYPES",
    "PROVIDER_RULES",
    "IdentifierRules",
    "map_distinct",
    "normalize_emails",
    "normalize_identifiers",
    "normalize_persons",
    "normalize_phones",
    "normalize_phones_by_country",
    "person_type",
    "qualify",
]
