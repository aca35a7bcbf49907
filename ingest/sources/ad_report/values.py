"""The table of an advertising report in; its lines with ids, days and numbers out.

Each number comes twice, as it was written and, under ``read_<name>``, as a decimal; null there
means that it cannot be read.
"""

from __future__ import annotations

import polars as pl

from ingest.expressions.json_text import json_object, members
from ingest.sources.ad_report.declaration import AdReport
from ingest.sources.ad_report.header import ReportHeader
from ingest.sources.ad_report.numbers import LIMIT, NOTHING, decimal_sign, number
from ingest.sources.ad_report.settings import ReportSettings

IDS = ("ad_account_id", "ad_campaign_id", "ad_group_id", "ad_id")
NUMBERS = (
    "spend_micros", "spend", "impressions", "clicks", "conversions", "conversions_value",
)  # fmt: skip
_TEXTS = (
    *IDS, "campaign_name", "keyword", "country", "currency", "time_zone", "final_url", "day",
    "first_day", "last_day",
)  # fmt: skip
WHOLE = "is_whole_"
"""Begins the names of columns that say whether a line is about all parts of something."""
_ALL = ("All", "Alle", "Tous", "Toutes", "Todo", "Todos", "Todas", "Tutti", "Tutte")
_SLASHED = r"^\d{1,2}/\d{1,2}/\d{4}$"
_ORDERS = ("%m/%d/%Y", "%d/%m/%Y")
_DOTTED = "%d.%m.%Y"
"""In every language that writes days with dots, the day comes first."""
_CLOCK = r"(?:[ T]0{1,2}:00(?::00)?| 12:00:00 AM)?(?:\|\d{1,2})?$"


def report_values(
    table: pl.DataFrame, header: ReportHeader, settings: ReportSettings, report: AdReport
) -> pl.DataFrame:
    """Return the lines with what they mean, still with those that mean nothing."""
    given = table.select(
        pl.col("$position").alias("position"),
        *(_given(kind, header) for kind in (*_TEXTS, *NUMBERS)),
        payload=json_object([members({name: pl.col(name) for name in header.names})]),
        attributes=_attributes(header),
        **_wholes(table, header),
    )
    return _typed(given, header, settings, report)


def day_column(header: ReportHeader) -> str:
    """Return what holds the day of a line.

    Where there is a column for it, a line without is a total over days: the first day of its
    range is not its day.
    """
    return "day" if "day" in header.places else "first_day"


def _given(kind: str, header: ReportHeader) -> pl.Expr:
    if kind not in header.places:
        return pl.lit(None, pl.String).alias(kind)
    text = pl.col(header.places[kind]).str.strip_chars()
    is_said = ~text.is_in(NOTHING)
    if kind in IDS:
        # a subtotal says All, Alle or Tous in place of the id; every id has a digit
        is_said &= text.str.contains(r"\d")
    return pl.when(is_said).then(text).alias(kind)


def _attributes(header: ReportHeader) -> pl.Expr:
    """Return the columns without a place of their own; the campaign's name is one of them."""
    kept = {"campaign_name", "final_url", "country"}
    used = {name for kind, name in header.places.items() if kind not in kept}
    texts = {name: pl.col(name).str.strip_chars() for name in header.names if name not in used}
    if not texts:
        return pl.lit(None, pl.String)
    shown = {name: pl.when(~text.is_in(NOTHING)).then(text) for name, text in texts.items()}
    return json_object([members(shown)])


def _wholes(table: pl.DataFrame, header: ReportHeader) -> dict[str, pl.Expr]:
    """Say, for each column with a cell that reads All, which lines have it there."""
    kinds = {name: kind for kind, name in header.places.items()}
    names = [name for name in header.names if kinds.get(name) not in (*IDS, *NUMBERS)]
    is_all = {name: pl.col(name).str.strip_chars().is_in(_ALL) for name in names}
    found = table.select(**{name: is_any.any() for name, is_any in is_all.items()})
    return {
        f"{WHOLE}{n}": is_all[name].fill_null(value=False)
        for n, name in enumerate(name for name in names if found[name].item())
    }


def _typed(
    given: pl.DataFrame, header: ReportHeader, settings: ReportSettings, report: AdReport
) -> pl.DataFrame:
    sign = settings.decimal or decimal_sign([given[kind] for kind in NUMBERS])
    ids = {
        kind: pl.col(kind).str.replace(r"^(?:act_|urn:li:\w+:)", "").str.replace(r"^'", "")
        for kind in IDS
    }
    account = pl.coalesce(ids["ad_account_id"], pl.lit(settings.account_id, pl.String))
    # Google writes 877-953-6058 on its pages and 8779536058 in its API
    ids["ad_account_id"] = account.str.replace(r"^(\d{3})-(\d{3})-(\d{4})$", "${1}${2}${3}")
    formats = _day_formats(given, settings, report)
    last_day = _day(pl.col("last_day"), formats)
    return given.with_columns(
        **{
            f"read_{kind}": number(pl.col(kind), sign) for kind in NUMBERS if kind != "spend_micros"
        },
        read_spend_micros=number(pl.col("spend_micros"), sign, LIMIT * 1_000_000),
        **ids,
        spend_date=_day(pl.col(day_column(header)), formats),
        # with a column for the day, the other two are the range of the whole report
        last_date=pl.lit(None, pl.Date) if {"day", "first_day"} <= set(header.places) else last_day,
        currency=pl.coalesce(
            pl.col("currency").str.to_uppercase(), pl.lit(settings.currency, pl.String)
        ),
        time_zone=pl.coalesce("time_zone", pl.lit(settings.time_zone, pl.String)),
    )


def _day_formats(
    given: pl.DataFrame, settings: ReportSettings, report: AdReport
) -> tuple[str, ...]:
    """Return how the days of a file are written; ``9/1/2026`` is a day of which all others tell.

    A page writes them in the order of its language, and so does a spreadsheet that saved the file
    again. Where every day fits both orders, only an order that the platform declares alone counts.
    """
    if settings.date_format:
        return (settings.date_format,)
    formats = (*report.day_formats, _DOTTED)
    texts = pl.concat([given[kind] for kind in ("day", "first_day", "last_day")])
    bare = texts.str.replace(_CLOCK, "").drop_nulls().unique()
    slashed = bare.filter(bare.str.contains(_SLASHED))
    declared = [order for order in _ORDERS if order in report.day_formats]
    if slashed.is_empty() or not declared:
        return formats
    fitting = [
        order for order in _ORDERS if slashed.str.to_date(order, strict=False).null_count() == 0
    ]
    others = [format_ for format_ in formats if format_ not in _ORDERS]
    orders = fitting if len(fitting) == 1 else declared if len(declared) == 1 else []
    return (*others, *orders)


def _day(text: pl.Expr, formats: tuple[str, ...]) -> pl.Expr:
    bare = text.str.replace(_CLOCK, "")
    day = pl.coalesce(bare.str.to_date(format_, strict=False) for format_ in formats)
    return pl.when(day.dt.year().is_between(1995, 2100)).then(day)
