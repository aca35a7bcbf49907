"""Salesforce's person accounts: what becomes of an Account that is a person.

Salesforce keeps such a person twice, as an Account and as a Contact beside it
(``PersonContactId``). Here the person is that contact, whichever of the two was exported, and no
company; who refers to the Account means the person (``is_person_account``).
"""

from __future__ import annotations

import polars as pl

from ingest.codes.countries import country
from ingest.sources.objects import ObjectMap, Refusal
from ingest.sources.objects.expressions import is_true
from ingest.sources.objects.other_identifiers import other_identifiers
from ingest.sources.salesforce.lineage import STATE
from ingest.sources.salesforce.owner import OWNER

IS_PERSON = is_true("IsPersonAccount")

NO_CONTACT = Refusal(
    IS_PERSON & pl.col("PersonContactId").is_null(),
    "missing_id",
    "a person account without PersonContactId; select that field too",
)

_IS_MAILED = pl.any_horizontal(
    pl.col(f"PersonMailing{part}").is_not_null() for part in ("Street", "City", "PostalCode")
)


def _lives(part: str) -> pl.Expr:
    """Return a part of the mailing address, of the billing address where there is none."""
    return pl.when(_IS_MAILED).then(f"PersonMailing{part}").otherwise(f"Billing{part}")


_PERSON_COUNTRY = (
    pl.when(_IS_MAILED)
    .then(country("PersonMailingCountryCode", "PersonMailingCountry"))
    .otherwise(country("BillingCountryCode", "BillingCountry"))
)

PERSON_ACCOUNT = ObjectMap(
    "contact",
    {
        "contact_id": "PersonContactId",
        "first_name": "FirstName",
        "last_name": "LastName",
        "email": "PersonEmail",
        "phone": "Phone",
        "mobile": "PersonMobilePhone",
        "title": "PersonTitle",
        "department": "PersonDepartment",
        "account_ref": "Id",
        "owner_ref": OWNER,
        "street": _lives("Street"),
        "city": _lives("City"),
        "state": _lives("State"),
        "postal_code": _lives("PostalCode"),
        "country_code": _PERSON_COUNTRY,
        "birth_date": "PersonBirthdate",
        "lead_source": pl.coalesce("PersonLeadSource", "AccountSource"),
        "created_at": "CreatedDate",
        "last_activity_at": "LastActivityDate",
        "has_opted_out_of_email": "PersonHasOptedOutOfEmail",
        "do_not_call": "PersonDoNotCall",
        "email_bounced_at": "PersonEmailBouncedDate",
        "is_person_account": "IsPersonAccount",
    },
    **STATE,
    where=IS_PERSON,
)

OTHER_NUMBERS = other_identifiers(
    "contact",
    "PersonContactId",
    pl.col("CreatedDate"),
    phones=("PersonHomePhone", "PersonOtherPhone"),
    country=_PERSON_COUNTRY,
)
