"""CRM exports of what is set up: campaigns, their members, colleagues, targets."""

from __future__ import annotations

import io
from datetime import datetime

import polars as pl
import xlsxwriter

from demo.company import marketing
from demo.company.contacts import standing
from demo.company.world import World
from demo.files.dirt import DUPLICATE_ROW, CellDirt
from demo.files.export_columns import campaign_ids, stamped
from demo.files.landing import Landing
from demo.files.tables import export_csv, export_once
from demo.timeline import LAST_MOMENT, MONTHS, iso, month_end


def write_campaigns(landing: Landing, world: World) -> None:
    """Write campaigns as planned and, with their cost, as completed."""
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


def write_campaign_members(landing: Landing, world: World) -> None:
    """Write who was added to webinars and trade shows."""
    joined = marketing.members(
        world.seed, world.leads.table, standing(world.contacts), world.campaigns
    ).filter(pl.col("recorded") < LAST_MOMENT)
    frame = stamped(
        joined.sort("recorded", "campaign_member_id"),
        added_at="added", responded_at="responded", modified_at="recorded",
    )  # fmt: skip
    rows = frame.select(
        Id="campaign_member_id",
        CampaignId=campaign_ids(world),
        LeadId="lead_id",
        ContactId="contact_id",
        Status="status",
        HasResponded=pl.col("responded").is_not_null(),
        FirstRespondedDate=iso("responded_at"),
        CreatedDate=iso("added_at"),
        SystemModstamp=iso("modified_at"),
    )
    dirt = (DUPLICATE_ROW, CellDirt("missing_required", "quarantined", 0.004, "CampaignId", None))
    export_csv(
        landing, "crm/{day}/campaign_members.csv", rows, frame["recorded"],
        kind="campaign_members", dirt=dirt,
    )  # fmt: skip


def write_users(landing: Landing, world: World) -> None:
    """Write the colleagues, once."""
    export_once(
        landing,
        "crm/{day}/users.csv",
        world.agents.select(
            Id="agent_id", Name="name", Email="email", Phone="extension", Team="team",
            Region="region", ManagerId="manager_id", Role="role", Skills="skills",
            CostPerHour="cost_per_hour", CurrencyIsoCode=pl.lit("EUR"),
            SystemModstamp=iso("modified_at"),
        ),
        kind="users",
    )  # fmt: skip


def write_quotas(landing: Landing, world: World) -> None:
    """Write the targets of a year as a workbook."""
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
