"""Salesforce's accounts, contacts, leads and users in; the entities of these people out."""

from __future__ import annotations

import polars as pl

from ingest.codes.countries import country
from ingest.sources.fivetran.salesforce_times import CURRENCY, LINEAGE, OWNER
from ingest.sources.fivetran.table import Join, Table, Target, first_of
from ingest.sources.objects.expressions import is_false, is_true, lower

_IS_PERSON = is_true("is_person_account")
_HAS_CONTACT = _IS_PERSON & pl.col("person_contact_id").is_not_null()

_IS_MAILED = pl.any_horizontal(
    pl.col(f"person_mailing_{part}").is_not_null() for part in ("street", "city", "postal_code")
)


def _lives(part: str) -> pl.Expr:
    """Return a part of the mailing address, of the billing address where there is none."""
    mailed, billed = pl.col(f"person_mailing_{part}"), pl.col(f"billing_{part}")
    return pl.when(_IS_MAILED).then(mailed).otherwise(billed)


def _further_number(
    column: str, person: str = "id", where: pl.Expr | None = None, kind: str = "contact"
) -> Target:
    """Return the target of one more number, if it says of which country it is."""
    is_whole = pl.col(column).str.contains(r"^\s*\+[\d\s()./-]{8,}$")
    return Target(
        entity="identifier",
        where=is_whole if where is None else is_whole & where,
        columns={
            "person_ref": {"from": person, "as": kind},
            "id_type": {"value": "phone"},
            "id_value": column,
            "first_seen_at": "created_date",
        },
        attributes=(),
    )


ACCOUNT = Table(
    reason_code="missing_id",
    reason="a person account without person_contact_id",
    derive={
        **LINEAGE,
        **OWNER,
        "$type": lower("type"),
        "$rating": lower("rating"),
        "$billing_country": first_of("billing_country_code", "billing_country"),
        "$shipping_country": first_of("shipping_country_code", "shipping_country"),
        **{f"${part}": _lives(part) for part in ("street", "city", "state", "postal_code")},
        "$country": pl.when(_IS_MAILED)
        .then(country("person_mailing_country_code", "person_mailing_country"))
        .otherwise(country("billing_country_code", "billing_country")),
        "$lead_source": first_of("person_lead_source", "account_source"),
        **CURRENCY,
    },
    targets=(
        # a person whom Salesforce keeps as an account is the contact that it keeps beside it
        Target(
            entity="contact",
            where=_HAS_CONTACT,
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            columns={
                "contact_id": "person_contact_id",
                "first_name": "first_name",
                "last_name": "last_name",
                "email": "person_email",
                "phone": "phone",
                "mobile": "person_mobile_phone",
                "title": "person_title",
                "department": "person_department",
                "account_ref": "id",
                "owner_ref": "$owner",
                "street": "$street",
                "city": "$city",
                "state": "$state",
                "postal_code": "$postal_code",
                "country_code": "$country",
                "birth_date": "person_birthdate",
                "lead_source": "$lead_source",
                "created_at": "created_date",
                "last_activity_at": "last_activity_date",
                "has_opted_out_of_email": "person_has_opted_out_of_email",
                "do_not_call": "person_do_not_call",
                "email_bounced_at": "person_email_bounced_date",
                "is_person_account": "is_person_account",
            },
        ),
        _further_number("person_home_phone", "person_contact_id", _HAS_CONTACT),
        _further_number("person_other_phone", "person_contact_id", _HAS_CONTACT),
        Target(
            entity="account",
            where=~_IS_PERSON,
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            merged_into="master_record_id",
            columns={
                "account_id": "id",
                "name": "name",
                "website": "website",
                "industry": "industry",
                "type": "$type",
                "annual_revenue": "annual_revenue",
                "number_of_employees": "number_of_employees",
                "parent_ref": "parent_id",
                "owner_ref": "$owner",
                "billing_street": "billing_street",
                "billing_city": "billing_city",
                "billing_state": "billing_state",
                "billing_postal_code": "billing_postal_code",
                "billing_country": "$billing_country",
                "shipping_street": "shipping_street",
                "shipping_city": "shipping_city",
                "shipping_state": "shipping_state",
                "shipping_postal_code": "shipping_postal_code",
                "shipping_country": "$shipping_country",
                "rating": "$rating",
                "account_source": "account_source",
                "created_at": "created_date",
                "currency": "$currency",
            },
        ),
    ),
)


CONTACT = Table(
    derive={**LINEAGE, **OWNER, "$country": country("mailing_country_code", "mailing_country")},
    targets=(
        Target(
            entity="contact",
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            merged_into="master_record_id",
            columns={
                "contact_id": "id",
                "first_name": "first_name",
                "last_name": "last_name",
                "email": "email",
                "phone": "phone",
                "mobile": "mobile_phone",
                "title": "title",
                "department": "department",
                "account_ref": "account_id",
                "owner_ref": "$owner",
                "reports_to_ref": "reports_to_id",
                "street": "mailing_street",
                "city": "mailing_city",
                "state": "mailing_state",
                "postal_code": "mailing_postal_code",
                "country_code": "$country",
                "birth_date": "birthdate",
                "lead_source": "lead_source",
                "created_at": "created_date",
                "last_activity_at": "last_activity_date",
                "has_opted_out_of_email": "has_opted_out_of_email",
                "do_not_call": "do_not_call",
                "email_bounced_at": "email_bounced_date",
                "is_person_account": "is_person_account",
            },
        ),
        _further_number("home_phone"),
        _further_number("other_phone"),
    ),
)

LEAD = Table(
    derive={
        **LINEAGE,
        **CURRENCY,
        **OWNER,
        "$country": country("country_code", "country"),
        "$phone": first_of("phone", "mobile_phone"),
        "$rating": lower("rating"),
    },
    targets=(
        Target(
            entity="lead",
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            merged_into="master_record_id",
            columns={
                "lead_id": "id",
                "first_name": "first_name",
                "last_name": "last_name",
                "email": "email",
                "phone": "$phone",
                "company": "company",
                "title": "title",
                "industry": "industry",
                "number_of_employees": "number_of_employees",
                "annual_revenue": "annual_revenue",
                "country_code": "$country",
                "status": "status",
                "rating": "$rating",
                "lead_source": "lead_source",
                "owner_ref": "$owner",
                "created_at": "created_date",
                "converted_at": "converted_date",
                "converted_contact_ref": "converted_contact_id",
                "converted_account_ref": "converted_account_id",
                "converted_opportunity_ref": "converted_opportunity_id",
                "is_unread_by_owner": "is_unread_by_owner",
                "has_opted_out_of_email": "has_opted_out_of_email",
                "do_not_call": "do_not_call",
                "currency": "$currency",
            },
        ),
        _further_number("mobile_phone", kind="lead"),
    ),
)

USER = Table(
    joins=(Join(tables=("user_role",), on="user_role_id", key="id", take={"$team": "name"}),),
    derive={
        **LINEAGE,
        "$name": pl.coalesce(
            pl.col("name"),
            pl.concat_str("first_name", "last_name", separator=" ", ignore_nulls=True).replace(
                "", None
            ),
        ),
        "$phone": first_of("phone", "mobile_phone"),
        "$active_to": pl.when(is_false("is_active")).then("$recorded_at"),
    },
    targets=(
        Target(
            entity="agent",
            recorded_at="$recorded_at",
            is_deleted="$is_deleted",
            columns={
                "agent_id": "id",
                "name": "$name",
                "email": "email",
                "phone": "$phone",
                "team": "$team",
                "region": "division",
                "manager_ref": "manager_id",
                "active_from": "created_date",
                "active_to": "$active_to",
            },
        ),
    ),
)

PEOPLE = {
    **dict.fromkeys(("account", "account_history"), ACCOUNT),
    **dict.fromkeys(("contact", "contact_history"), CONTACT),
    **dict.fromkeys(("lead", "lead_history"), LEAD),
    "user": USER,
    "user_role": Table(reason="a role has no entity; its name is kept as team of its users"),
}
