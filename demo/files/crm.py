"""CRM exports: contacts, accounts, leads, campaigns, deals, colleagues, targets."""

from __future__ import annotations

import io
from datetime import datetime

import numpy as np
import polars as pl
import xlsxwriter

from demo.company import crm_records, marketing
from demo.company.opportunities import STAGES, WON
from demo.company.people import FIRST_ACCOUNT_ID
from demo.company.world import World
from demo.files.dirt import DUPLICATE_ROW, RAGGED_ROW, CellDirt
from demo.files.landing import Landing
from demo.files.tables import export_csv, monthly
from demo.timeline import LAST_MOMENT, MONTHS, START, iso, local, month_end, timestamps

GERMAN_TIME = "%d.%m.%Y %H:%M:%S"


def stamped(frame: pl.DataFrame, **columns: str) -> pl.DataFrame:
    """Return ``frame`` with timestamp columns made of columns of days."""
    return frame.with_columns(
        timestamps(frame[days].fill_null(np.nan).to_numpy(), name) for name, days in columns.items()
    )


def agent_ids(world: World, column: str) -> pl.Expr:
    """Return the CRM user id of a column of agent numbers."""
    ids = dict(zip(world.agents["agent"], world.agents["agent_id"], strict=True))
    return pl.col(column).replace_strict(ids, default=None, return_dtype=pl.String)


def campaign_ids(world: World, column: str = "campaign") -> pl.Expr:
    """Return the CRM campaign id of a column of campaign numbers; -1 means none."""
    ids = dict(zip(world.campaigns["campaign"], world.campaigns["campaign_id"], strict=True))
    return pl.col(column).replace_strict(ids, default=None, return_dtype=pl.String)


def account_ids() -> pl.Expr:
    """Return the CRM account id of the column ``account``; -1 means none."""
    return pl.when(pl.col("account") >= 0).then(
        pl.format("A{}", pl.col("account") + FIRST_ACCOUNT_ID)
    )


def _decimal_comma(column: str) -> pl.Expr:
    return pl.col(column).round(2).cast(pl.String).str.replace(".", ",", literal=True)


def write_crm(landing: Landing, world: World) -> None:
    """Write everything the CRM exports."""
    _contacts(landing, world)
    _accounts(landing, world)
    _leads(landing, world)
    _campaigns(landing, world)
    _deals(landing, world)
    _colleagues(landing, world)


def _contacts(landing: Landing, world: World) -> None:
    versions = crm_records.contact_versions(world.contacts)
    frame = stamped(versions, created_at="created", modified_at="recorded")
    rows = frame.select(
        Id="contact_id",
        FirstName="first",
        LastName="last",
        Email="email",
        Phone=pl.coalesce("landline", "phone"),
        MobilePhone="phone",
        Title="title",
        AccountId=account_ids(),
        OwnerId=agent_ids(world, "owner"),
        MailingStreet="street",
        MailingCity="city",
        MailingPostalCode="postal_code",
        MailingCountry="country",
        Birthdate=pl.col("birth_date").dt.strftime("%d.%m.%Y"),
        Gender="gender",
        LifecycleStage="lifecycle",
        HasOptedOutOfEmail=pl.lit("false"),
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


def _accounts(landing: Landing, world: World) -> None:
    versions = crm_records.account_versions(
        world.seed, world.accounts, world.leads.table, world.customers.table
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
        BillingCity="city",
        BillingCountry="country",
        OwnerId=agent_ids(world, "owner"),
        CreditScore="credit_score",
        CreatedDate=local("created_at", GERMAN_TIME),
        SystemModstamp=local("modified_at", GERMAN_TIME),
    )  # fmt: skip
    dirt = (
        DUPLICATE_ROW,
        CellDirt("missing_required", "quarantined", 0.002, "Name", None),
        CellDirt("amount_not_numeric", "quarantined", 0.002, "AnnualRevenue", "viel"),
    )
    export_csv(
        landing, "crm/{day}/accounts.csv", rows, frame["recorded"],
        kind="accounts", dirt=dirt, separator=";",
    )  # fmt: skip


def _leads(landing: Landing, world: World) -> None:
    versions = crm_records.lead_versions(world.leads.table)
    contacts = world.contacts.filter(~pl.col("duplicate")).select("person", "contact_id")
    deals = world.opportunities.filter(pl.col("lead") >= 0).select("lead", "opportunity_id")
    firms = world.accounts.select("account", "name", "industry", "employees")
    frame = stamped(
        versions.join(contacts, on="person", how="left", maintain_order="left")
        .join(deals, on="lead", how="left", maintain_order="left")
        .join(firms, on="account", how="left", maintain_order="left"),
        created_at="created", modified_at="recorded", responded_at="responded_seen",
        qualified_at="qualified_seen", converted_at="converted_seen",
    )  # fmt: skip
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
        OwnerId=agent_ids(world, "rep"),
        CreatedDate=iso("created_at"),
        FirstRespondedDate=iso("responded_at"),
        QualifiedDate=iso("qualified_at"),
        ConvertedDate=iso("converted_at"),
        ConvertedContactId=pl.when(converted).then("contact_id"),
        ConvertedAccountId=pl.when(converted).then(account_ids()),
        ConvertedOpportunityId=pl.when(converted).then("opportunity_id"),
        SystemModstamp=iso("modified_at"),
    )  # fmt: skip
    dirt: tuple[CellDirt, ...] = (
        DUPLICATE_ROW,
        RAGGED_ROW,
        CellDirt("missing_key", "quarantined", 0.002, "Id", None),
        CellDirt("number_not_numeric", "quarantined", 0.002, "NumberOfEmployees", "ca. fünfzig"),
    )
    export_csv(landing, "crm/{day}/leads.csv", rows, frame["recorded"], kind="leads", dirt=dirt)
    joined = marketing.members(world.seed, world.leads.table).filter(pl.col("added") < LAST_MOMENT)
    frame = stamped(joined, added_at="added", responded_at="responded")
    rows = frame.select(
        Id="campaign_member_id",
        CampaignId=campaign_ids(world),
        LeadId="lead_id",
        Status=pl.when("attended").then(pl.lit("Attended")).otherwise(pl.lit("Registered")),
        HasResponded=pl.lit("true"),
        FirstRespondedDate=iso("responded_at"),
        CreatedDate=iso("added_at"),
        SystemModstamp=iso("added_at"),
    )
    dirt = (DUPLICATE_ROW, CellDirt("missing_required", "quarantined", 0.004, "CampaignId", None))
    export_csv(
        landing, "crm/{day}/campaign_members.csv", rows, frame["added"],
        kind="campaign_members", dirt=dirt,
    )  # fmt: skip


def _campaigns(landing: Landing, world: World) -> None:
    planned = world.campaigns.with_columns(
        recorded=(pl.col("start_day") - 10.0).clip(0.001),
        state=pl.lit("active"),
        cost=pl.lit(None, pl.Float64),
    )
    done = world.campaigns.with_columns(
        recorded=pl.col("end_day") + 1.5, state=pl.lit("completed"), cost="actual_cost"
    ).filter(pl.col("recorded") < LAST_MOMENT)
    frame = pl.concat([planned, done]).sort("recorded", "campaign")
    frame = stamped(frame, modified_at="recorded")
    rows = frame.select(
        Id="campaign_id",
        Name="name",
        Type="type",
        Channel="channel",
        Status="state",
        StartDate="start_date",
        EndDate="end_date",
        BudgetedCost="budgeted_cost",
        ActualCost="cost",
        CurrencyIsoCode=pl.lit("EUR"),
        UtmCampaign="utm_campaign",
        UtmSource="utm_source",
        UtmMedium="utm_medium",
        SystemModstamp=iso("modified_at"),
    )
    export_csv(landing, "crm/{day}/campaigns.csv", rows, frame["recorded"], kind="campaigns")


def _deals(landing: Landing, world: World) -> None:
    deals = world.opportunities
    names = dict(zip(world.accounts["account"], world.accounts["name"], strict=True))
    contacts = world.contacts.filter(~pl.col("duplicate")).select("person", "contact_id")
    labels = [stage[0] for stage in STAGES]
    history = world.stages.join(
        deals.with_columns(pl.col("opportunity").cast(pl.Int64)),
        on="opportunity",
        maintain_order="left",
    ).join(contacts, on="person", how="left", maintain_order="left")
    closed = pl.col("stage") >= WON
    frame = stamped(
        history.with_columns(
            planned=pl.when(closed).then("day").otherwise("planned_close"),
            closed_day=pl.when(closed).then("day"),
        ),
        modified_at="day", created_at="created", close_at="planned", closed_at="closed_day",
    )  # fmt: skip
    stage_name = pl.col("stage").replace_strict(dict(enumerate(labels)), return_dtype=pl.String)
    chance = pl.col("stage").replace_strict(
        {i: stage[1] for i, stage in enumerate(STAGES)}, return_dtype=pl.Float64
    )
    forecast = pl.col("stage").replace_strict(
        {i: stage[2] for i, stage in enumerate(STAGES)}, return_dtype=pl.String
    )
    rows = frame.select(
        Id="opportunity_id",
        AccountId=account_ids(),
        ContactId="contact_id",
        CampaignId=campaign_ids(world),
        Name=pl.format(
            "{} {}",
            pl.col("account").replace_strict(names, default="Private", return_dtype=pl.String),
            pl.col("type").str.replace("_", " "),
        ),
        Type="type",
        LeadSource="lead_source",
        StageName=stage_name,
        Amount="amount",
        CurrencyIsoCode=pl.lit("EUR"),
        Probability=chance,
        ExpectedRevenue=pl.col("amount") * chance,
        CloseDate=pl.col("close_at").dt.date(),
        ForecastCategory=forecast,
        IsClosed=closed,
        IsWon=pl.col("stage") == WON,
        LossReason=pl.when(pl.col("stage") > WON).then("loss_reason"),
        OwnerId=agent_ids(world, "rep"),
        CreatedDate="created_at",
        ClosedDate="closed_at",
        SystemModstamp="modified_at",
    )
    files = monthly(
        landing, "crm/{day}/opportunities.parquet", rows, frame["day"],
        kind="opportunities", dirt=(DUPLICATE_ROW,),
    )  # fmt: skip
    for _, name, part in files:
        buffer = io.BytesIO()
        part.write_parquet(buffer)
        landing.write(name, buffer.getvalue(), "opportunities", len(part))
    changes = frame.select(
        OpportunityId="opportunity_id",
        Field=pl.lit("stage"),
        OldValue=pl.col("old_stage").replace_strict(
            dict(enumerate(labels)), default=None, return_dtype=pl.String
        ),
        NewValue=stage_name,
        CreatedDate=iso("modified_at"),
        CreatedById=agent_ids(world, "rep"),
    )
    spoilt = (
        DUPLICATE_ROW,
        CellDirt("value_not_allowed", "quarantined", 0.004, "Field", "mood"),
        CellDirt("unreadable_time", "quarantined", 0.002, "CreatedDate", "soon"),
    )
    export_csv(
        landing, "crm/{day}/opportunity_history.csv", changes, frame["day"],
        kind="opportunity_history", dirt=spoilt,
    )  # fmt: skip
    stages = pl.DataFrame(
        {
            "stage": labels,
            "display_order": range(1, len(labels) + 1),
            "probability": [stage[1] for stage in STAGES],
            "is_closed": [i >= WON for i in range(len(labels))],
            "is_won": [i == WON for i in range(len(labels))],
            "forecast_category": [stage[2] for stage in STAGES],
            "modified_at": [f"{START:%Y-%m-%dT%H:%M:%S}Z"] * len(labels),
        }
    )
    _once(landing, "pipeline_stages", stages)


def _once(landing: Landing, kind: str, rows: pl.DataFrame) -> None:
    export_csv(landing, f"crm/{{day}}/{kind}.csv", rows, pl.Series(np.zeros(len(rows))), kind=kind)


def _colleagues(landing: Landing, world: World) -> None:
    _once(
        landing,
        "users",
        world.agents.select(
            Id="agent_id", Name="name", Email="email", Phone="extension", Team="team",
            Region="region", ManagerId="manager_id", Role="role", Skills="skills",
            CostPerHour="cost_per_hour", CurrencyIsoCode=pl.lit("EUR"),
            SystemModstamp=iso("modified_at"),
        ),
    )  # fmt: skip
    for year in ("2024", "2025", "2026"):
        quotas = world.quotas.filter(pl.col("period_start").str.starts_with(year))
        name = f"crm/{month_end(_announced(year))}/quotas.xlsx"
        landing.write(name, _workbook(quotas), "quotas", len(quotas))


def _announced(year: str) -> str:
    # targets of a year are set in the December before, the first ones when the company starts
    earlier = f"{int(year) - 1}-12"
    return earlier if earlier in MONTHS else MONTHS[0]


def _workbook(quotas: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": datetime(2024, 7, 1)})  # noqa: DTZ001 - fixed for equal bytes
    sheet = book.add_worksheet("Quotas")
    sheet.write_row(0, 0, quotas.columns)
    for number, row in enumerate(quotas.iter_rows(), start=1):
        sheet.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()
