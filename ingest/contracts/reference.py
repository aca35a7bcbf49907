"""What everything is measured against: exchange rates, calendars, outside factors."""

from __future__ import annotations

from ingest.contracts.contract import Contract
from ingest.contracts.declare import count, day, flag, key, number, text

FX_RATE = Contract(
    name="fx_rate",
    plural="fx_rates",
    grain="one exchange rate on one day",
    kind="state",
    columns=(
        day("rate_date", "Day of the rate.", key=True, required=True),
        key("from_currency", "ISO 4217 code.", codes="currency"),
        key("to_currency", "ISO 4217 code.", codes="currency"),
        number("rate", "Units of to_currency for one unit of from_currency.", required=True,
               minimum=0),
    ),
)  # fmt: skip

CALENDAR = Contract(
    name="calendar",
    plural="calendar_days",
    grain="one day of the company's own calendar",
    kind="state",
    columns=(
        day("calendar_date", "Day.", key=True, required=True),
        text("region", "Region it holds for; null means all.", key=True),
        flag("is_holiday", "Public or company holiday."),
        text("holiday_name", "Name of the holiday."),
        count("fiscal_year", "Fiscal year."),
        count("fiscal_quarter", "Fiscal quarter, 1 to 4.", maximum=4),
        count("fiscal_month", "Fiscal month, 1 to 12.", maximum=12),
    ),
)

EXTERNAL_FACTOR = Contract(
    name="external_factor",
    plural="external_factors",
    grain="one outside figure on one day in one region",
    kind="state",
    columns=(
        day("factor_date", "Day.", key=True, required=True),
        text("region", "Region; null means all.", key=True),
        key("factor_name", "weather, price index, event."),
        number("factor_value", "Value."),
    ),
)

CONTRACTS = (FX_RATE, CALENDAR, EXTERNAL_FACTOR)
