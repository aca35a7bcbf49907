"""CRM exports of people and companies: contacts, accounts, leads."""

from __future__ import annotations

import polars as pl

from demo.company import crm_records
from demo.company.contacts import contact_versions, standing
from demo.company.territories import is_unowned, queued_leads
from demo.company.world import World
from demo.files.dirt import DUPLICATE_ROW, RAGGED_ROW, CellDirt
from demo.files.export_columns import account_ids, agent_ids, campaign_ids, stamped
from demo.files.landing import Landing
from demo.files.tables import export_csv
from demo.timeline import iso, local

GERMAN_TIME = "%d.%m.%Y %H:%M:%S"


def write_contacts(landing: Landing, world: World) -> None:
    """Write the contacts as created, changed, deleted and merged."""
    versions = contact_versions(world.contacts)
    frame = stamped(versions, created_at="created", modified_at="recorded")
    rows = frame.select(
        Id="contact_id",
        FirstName="first",
        LastName="last",
        Email="email",
        Phone=pl.coalesce("landline", "phone"),
        MobilePhone="phone",
        Title="title",
        AccountId=pl.coalesce("second_account", account_ids()),
        OwnerId=agent_ids(world, "owner"),
        MailingStreet="street",
        MailingCity="city",
        MailingPostalCode="postal_code",
        MailingCountry="country",
        Birthdate=pl.col("birth_date").dt.strftime("%d.%m.%Y"),
        Gender="gender",
        LifecycleStage="lifecycle",
        HasOptedOutOfEmail=pl.lit("false"),
        IsDeleted="deleted",
        MasterRecordId=pl.when("deleted").then("merged_into"),
        CreatedDate=local("created_at", GERMAN_TIME),
        SystemModstamp=local("modified_at", GERMAN_TIME),
    )
    dirt = (
        DUPLICATE_ROW,
        RAGGED_ROW,
        CellDirt("missing_key", "quarantined", 0.002, "Id", None),
        CellDirt("unreadable_time", "quarantined", 0.002, "CreatedDate", "31.02.2025 25:61:00"),
        CellDirt("unreadable_phone", "loaded", 0.003, "MobilePhone", "call me"),
    )
    export_csv(
        landing, "crm/{day}/contacts.csv", rows, frame["recorded"],
        kind="contacts", dirt=dirt, separator=";", latin=9,
    )  # fmt: skip


def write_accounts(landing: Landing, world: World) -> None:
    """Write the accounts, semicolons and decimal commas."""
    versions = crm_records.account_versions(
        world.accounts, world.account_copies, world.leads.table, world.customers.table
    )
    frame = stamped(versions, created_at="created", modified_at="recorded")
    rows = frame.select(
        Id="account_id",
        Name="name",
        Domain="domain",
        Website=pl.format("https://www.{}", "domain"),
        Industry="industry",
        Type=pl.col("type").str.to_titlecase(),
        AnnualRevenue=_decimal_comma("annual_revenue"),
        NumberOfEmployees="employees",
        BillingStreet="street",
        BillingPostalCode="postal_code",
        BillingCity="city",
        BillingCountry="country",
        OwnerId=agent_ids(world, "owner"),
        CreditScore="credit_score",
        IsDeleted="deleted",
        MasterRecordId=pl.when("deleted").then("merged_into"),
        CreatedDate=local("created_at", GERMAN_TIME),
        SystemModstamp=local("modified_at", GERMAN_TIME),
    )  # fmt: skip
    dirt = (
        DUPLICATE_ROW,
        CellDirt("missing_required", "quarantined", 0.002, "Name", None),
        CellDirt("unreadable_time", "quarantined", 0.002, "CreatedDate", "irgendwann"),
    )
    export_csv(
        landing, "crm/{day}/accounts.csv", rows, frame["recorded"],
        kind="accounts", dirt=dirt, separator=";",
    )  # fmt: skip


def _decimal_comma(column: str) -> pl.Expr:
    return pl.col(column).round(2).cast(pl.String).str.replace(".", ",", literal=True)


def write_leads(landing: Landing, world: World) -> None:
    """Write every state of every lead."""
    versions = crm_records.lead_versions(world.seed, world.leads.table)
    contacts = standing(world.contacts).select("person", "contact_id")
    deals = world.opportunities.filter(pl.col("lead") >= 0).select("lead", "opportunity_id")
    firms = world.accounts.select("account", "name", "industry", "employees")
    frame = stamped(
        versions.join(contacts, on="person", how="left", maintain_order="left")
        .join(deals, on="lead", how="left", maintain_order="left")
        .join(firms, on="account", how="left", maintain_order="left"),
        created_at="created", modified_at="recorded", responded_at="responded_seen",
        qualified_at="qualified_seen", converted_at="converted_seen",
    )  # fmt: skip
    queued = queued_leads(world.seed, world.leads.table)
    converted = pl.col("status") == "converted"
    rows = frame.select(
        Id="lead_id",
        FirstName="first",
        LastName="last",
        Email="email",
        Phone=pl.when("with_phone").then("phone"),
        Company="name",
        Title="title",
        Industry="industry",
        NumberOfEmployees="employees",
        Country="country",
        Status=pl.col("status").replace_strict(
            {"new": "Open - Not Contacted", "working": "Working", "qualified": "Qualified",
             "converted": "Closed - Converted", "unqualified": "Closed - Not Converted"}
        ),
        LeadSource="lead_source",
        CampaignId=campaign_ids(world),
        OwnerId=pl.when(~is_unowned(queued)).then(agent_ids(world, "rep")),
        CreatedDate=iso("created_at"),
        FirstRespondedDate=iso("responded_at"),
        QualifiedDate=iso("qualified_at"),
        ConvertedDate=iso("converted_at"),
        ConvertedContactId=pl.when(converted).then("contact_id"),
        ConvertedAccountId=pl.when(converted).then(account_ids()),
        ConvertedOpportunityId=pl.when(converted).then("opportunity_id"),
        IsDeleted="deleted",
        MasterRecordId=pl.when("deleted").then("merged_into"),
        SystemModstamp=iso("modified_at"),
    )  # fmt: skip
    dirt: tuple[CellDirt, ...] = (
        DUPLICATE_ROW,
        RAGGED_ROW,
        CellDirt("missing_key", "quarantined", 0.002, "Id", None),
        CellDirt("unreadable_time", "quarantined", 0.002, "CreatedDate", "soon"),
    )
    export_csv(landing, "crm/{day}/leads.csv", rows, frame["recorded"], kind="leads", dirt=dirt)
