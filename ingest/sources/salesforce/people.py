"""Salesforce Lead, Contact, Account, User: what becomes of their fields."""

from __future__ import annotations

import polars as pl

from ingest.codes.countries import country
from ingest.sources.objects import NativeObject, ObjectMap
from ingest.sources.objects.expressions import full_name, is_false, lower
from ingest.sources.objects.other_identifiers import other_identifiers
from ingest.sources.salesforce.lineage import CHANGED, CURRENCY, STATE
from ingest.sources.salesforce.owner import OWNER
from ingest.sources.salesforce.person_account import (
    IS_PERSON,
    NO_CONTACT,
    OTHER_NUMBERS,
    PERSON_ACCOUNT,
)

LEAD = NativeObject(
    name="Lead",
    also_called=("Leads",),
    maps=(
        ObjectMap(
            "lead",
            {
                "lead_id": "Id",
                "first_name": "FirstName",
                "last_name": "LastName",
                "email": "Email",
                "phone": pl.coalesce("Phone", "MobilePhone"),
                "company": "Company",
                "title": "Title",
                "industry": "Industry",
                "number_of_employees": "NumberOfEmployees",
                "annual_revenue": "AnnualRevenue",
                "country_code": country("CountryCode", "Country"),
                "status": "Status",
                "rating": lower("Rating"),
                "lead_source": "LeadSource",
                "owner_ref": OWNER,
                "created_at": "CreatedDate",
                "converted_at": "ConvertedDate",
                "converted_contact_ref": "ConvertedContactId",
                "converted_account_ref": "ConvertedAccountId",
                "converted_opportunity_ref": "ConvertedOpportunityId",
                "is_unread_by_owner": "IsUnreadByOwner",
                "has_opted_out_of_email": "HasOptedOutOfEmail",
                "do_not_call": "DoNotCall",
                "currency": CURRENCY,
            },
            **STATE,
            merged_into="MasterRecordId",
            absorbed=("Phone", "Rating"),
        ),
        other_identifiers(
            "lead",
            "Id",
            pl.col("CreatedDate"),
            phones=("MobilePhone",),
            country=country("CountryCode", "Country"),
        ),
    ),
    evidence=(("IsConverted",), ("ConvertedOpportunityId",), ("LastName", "Company", "Status")),
)

CONTACT = NativeObject(
    name="Contact",
    also_called=("Contacts",),
    maps=(
        ObjectMap(
            "contact",
            {
                "contact_id": "Id",
                "first_name": "FirstName",
                "last_name": "LastName",
                "email": "Email",
                "phone": "Phone",
                "mobile": "MobilePhone",
                "title": "Title",
                "department": "Department",
                "account_ref": "AccountId",
                "owner_ref": OWNER,
                "reports_to_ref": "ReportsToId",
                "street": "MailingStreet",
                "city": "MailingCity",
                "state": "MailingState",
                "postal_code": "MailingPostalCode",
                "country_code": country("MailingCountryCode", "MailingCountry"),
                "birth_date": "Birthdate",
                "lead_source": "LeadSource",
                "created_at": "CreatedDate",
                "last_activity_at": "LastActivityDate",
                "has_opted_out_of_email": "HasOptedOutOfEmail",
                "do_not_call": "DoNotCall",
                "email_bounced_at": "EmailBouncedDate",
                "is_person_account": "IsPersonAccount",
            },
            **STATE,
            merged_into="MasterRecordId",
        ),
        other_identifiers(
            "contact",
            "Id",
            pl.col("CreatedDate"),
            phones=("HomePhone", "OtherPhone"),
            country=country("MailingCountryCode", "MailingCountry"),
        ),
    ),
    evidence=(("ReportsToId",), ("MailingCountry", "LastName"), ("AccountId", "LastName")),
)

ACCOUNT = NativeObject(
    name="Account",
    also_called=("Accounts",),
    maps=(
        ObjectMap(
            "account",
            {
                "account_id": "Id",
                "name": "Name",
                "website": "Website",
                "industry": "Industry",
                "type": lower("Type"),
                "annual_revenue": "AnnualRevenue",
                "number_of_employees": "NumberOfEmployees",
                "parent_ref": "ParentId",
                "owner_ref": OWNER,
                "billing_street": "BillingStreet",
                "billing_city": "BillingCity",
                "billing_state": "BillingState",
                "billing_postal_code": "BillingPostalCode",
                "billing_country": pl.coalesce("BillingCountryCode", "BillingCountry"),
                "shipping_street": "ShippingStreet",
                "shipping_city": "ShippingCity",
                "shipping_state": "ShippingState",
                "shipping_postal_code": "ShippingPostalCode",
                "shipping_country": pl.coalesce("ShippingCountryCode", "ShippingCountry"),
                "rating": lower("Rating"),
                "account_source": "AccountSource",
                "created_at": "CreatedDate",
                "currency": CURRENCY,
            },
            **STATE,
            merged_into="MasterRecordId",
            where=~IS_PERSON,
            absorbed=("Rating", "BillingCountry", "ShippingCountry"),
        ),
        PERSON_ACCOUNT,
        OTHER_NUMBERS,
    ),
    refusals=(NO_CONTACT,),
    evidence=(("AccountSource",), ("BillingCountry", "Name"), ("NumberOfEmployees", "Name")),
)

USER = NativeObject(
    name="User",
    also_called=("Users",),
    maps=(
        ObjectMap(
            "agent",
            {
                "agent_id": "Id",
                "name": pl.coalesce("Name", full_name("FirstName", "LastName")),
                "email": "Email",
                "phone": pl.coalesce("Phone", "Extension", "MobilePhone"),
                "team": pl.coalesce("Department", "Division"),
                "manager_ref": "ManagerId",
                "active_from": "CreatedDate",
                "active_to": pl.when(is_false("IsActive")).then(CHANGED),
            },
            **STATE,
            absorbed=("Name", "FirstName", "LastName", "Phone", "Department"),
        ),
    ),
    evidence=(("Username",), ("ProfileId",), ("IsActive", "Email")),
)
