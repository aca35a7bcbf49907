"""How it sells: opportunities, their lines, people and history, stages, quotas."""

from __future__ import annotations

from ingest.contracts.contract import Contract
from ingest.contracts.declare import (
    at,
    count,
    currency,
    day,
    flag,
    key,
    money,
    number,
    ref,
    text,
)  # fmt: skip

OPPORTUNITY = Contract(
    name="opportunity",
    plural="opportunities",
    grain="one opportunity (deal)",
    kind="state",
    occurred_at="created_at",
    columns=(
        key("opportunity_id", "Id of the opportunity in its source."),
        ref("account_ref", "account", "Company that may buy."),
        ref("primary_contact_ref", "contact", "Person at that company."),
        ref("campaign_ref", "campaign", "Campaign credited by the source."),
        ref("product_ref", "product", "Main product, where there is one."),
        text("name", "Name of the opportunity."),
        text("type", "new_business, upsell, renewal."),
        text("lead_source", "Where it came from."),
        text("pipeline", "Pipeline it runs in; default where the source has one only."),
        text("stage_name", "Stage it is in.", required=True),
        money("amount", "Value in currency."),
        currency(),
        number("probability", "0 to 1, as the source states it.", minimum=0, maximum=1),
        money("expected_revenue", "amount times probability, as the source states it."),
        day("close_date", "Expected or actual day of closing."),
        text("forecast_category", "pipeline, best_case, most_likely, commit, closed, omitted."),
        flag("is_closed", "Won or lost."),
        flag("is_won", "Won."),
        text("loss_reason", "Why it was lost."),
        text("next_step", "What the owner plans.", sensitivity="special"),
        ref("owner_ref", "agent", "Rep who owns it."),
        at("created_at", "When it was created."),
        at("closed_at", "When it was won or lost."),
    ),
)

OPPORTUNITY_LINE = Contract(
    name="opportunity_line",
    plural="opportunity_lines",
    grain="one product offered in one opportunity",
    kind="state",
    occurred_at="created_at",
    columns=(
        key("opportunity_line_id", "Id of the line in its source."),
        ref("opportunity_ref", "opportunity", "The opportunity.", required=True),
        ref("product_ref", "product", "Product."),
        text("sku", "Stock-keeping unit."),
        text("product_name", "Name at the time."),
        number("quantity", "Units."),
        money("unit_price", "Price of one unit, in currency."),
        money("list_price", "Price before discount, in currency."),
        money("discount", "Discount of the whole line, in currency."),
        money("amount", "Value of the line after discount, in currency."),
        currency(),
        day("service_date", "Day of delivery or start."),
        at("created_at", "When it was added."),
    ),
)

OPPORTUNITY_CONTACT = Contract(
    name="opportunity_contact",
    plural="opportunity_contacts",
    grain="one person's part in one opportunity",
    kind="state",
    occurred_at="created_at",
    columns=(
        key("opportunity_contact_id", "Id of the part in its source."),
        ref("opportunity_ref", "opportunity", "The opportunity.", required=True),
        ref("contact_ref", "contact", "The person.", required=True),
        text("role", "Part the person has, in the source's words: Decision Maker, Evaluator."),
        flag("is_primary", "The person whom the opportunity is with."),
        at("created_at", "When the person was added."),
    ),
)

OPPORTUNITY_HISTORY = Contract(
    name="opportunity_history",
    plural="opportunity_history",
    grain="one change of one field of one opportunity",
    kind="event",
    occurred_at="changed_at",
    columns=(
        key("opportunity_ref", "The opportunity.", ref="opportunity"),
        key("field", "Field that changed.",
            allowed=("stage", "amount", "close_date", "owner", "forecast_category",
                     "probability")),
        text("old_value", "Value before; null when the opportunity was created."),
        text("new_value", "Value after."),
        at("changed_at", "When.", key=True, required=True),
        ref("changed_by_ref", "agent", "Who."),
    ),
)  # fmt: skip

PIPELINE_STAGE = Contract(
    name="pipeline_stage",
    plural="pipeline_stages",
    grain="one stage of one pipeline",
    kind="state",
    columns=(
        key("pipeline", "Pipeline; default where the source has one only."),
        key("stage_id", "Stage as opportunities name it."),
        text("label", "What people call it."),
        count("display_order", "Order of the stages, from 1."),
        number("probability", "0 to 1.", minimum=0, maximum=1),
        flag("is_closed", "Won or lost."),
        flag("is_won", "Won."),
        text("forecast_category", "pipeline, best_case, most_likely, commit, closed, omitted."),
        day("valid_from", "First day of this definition."),
        day("valid_to", "Last day of this definition."),
    ),
)

QUOTA = Contract(
    name="quota",
    plural="quotas",
    grain="one rep's target for one period",
    kind="state",
    columns=(
        key("quota_id", "Id of the quota, or owner and period."),
        ref("owner_ref", "agent", "Rep.", required=True),
        day("period_start", "First day of the period.", required=True),
        text("period_type", "month, quarter or year.", allowed=("month", "quarter", "year")),
        text("product_family", "Product family; null means all."),
        text("territory", "Territory; null means all."),
        money("quota_amount", "Target in currency."),
        number("quota_quantity", "Target in units."),
        currency(),
    ),
)

CONTRACTS = (
    OPPORTUNITY,
    OPPORTUNITY_LINE,
    OPPORTUNITY_CONTACT,
    OPPORTUNITY_HISTORY,
    PIPELINE_STAGE,
    QUOTA,
)
