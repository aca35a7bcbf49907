"""Lines of an advertising report in; those that are no spend, each with the reason, out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import polars as pl

from ingest.parsed import no_rejects
from ingest.sources.ad_report.declaration import AdReport
from ingest.sources.ad_report.header import ReportHeader
from ingest.sources.ad_report.values import IDS, NUMBERS, WHOLE, day_column
from ingest.sources.rejects import PAYLOAD_CHARACTERS

KEY = ("ad_account_id", "ad_campaign_id", "spend_date", "ad_group_id", "ad_id")
"""What names a row of ``ad_spend`` within its platform."""
COUNTS = ("impressions", "clicks")

_LONGEST_MONTH = timedelta(days=31)
_CENT = Decimal("0.01")
_ROUNDED = r"^\d(?:[.,]\d+)?[eE]\+?\d+$"


def misfits(values: pl.DataFrame, header: ReportHeader, report: AdReport) -> pl.DataFrame:
    """Return the rejected lines."""
    wholes = [name for name in values.columns if name.startswith(WHOLE)]
    judged = values.select("position", "payload", **_reason(header, report, wholes))
    return _rejected(judged.filter(pl.col("reason").is_not_null()))


def _reason(header: ReportHeader, report: AdReport, wholes: Sequence[str]) -> dict[str, pl.Expr]:
    """Return code and sentence of the first thing that is wrong with a line; null if none is."""
    checks: list[tuple[str, pl.Expr, pl.Expr]] = []

    def check(code: str, rows: pl.Expr, reason: pl.Expr | str) -> None:
        checks.append((code, rows, pl.lit(reason) if isinstance(reason, str) else reason))

    day = pl.col(day_column(header))
    check("missing_date", day.is_null(), f"there is no day; {report.by_day}")
    no_day = pl.format("'{}' is no day; set options.date_format", day.str.slice(0, 40))
    check("missing_date", pl.col("spend_date").is_null(), no_day)
    span = pl.format(f"covers {{}} to {{}}; {report.by_day}", day, "last_day")
    check("range_longer_than_a_day", pl.col("spend_date") != pl.col("last_date"), span)
    if (range_ := report.covers(header)) is not None and range_[0] < range_[1]:
        # a report without a breakdown by day has the first day of its range on every line
        is_undivided = (pl.col("spend_date") == range_[0]).all()
        whole = f"covers {range_[0]} to {range_[1]} with one day on every line; {report.by_day}"
        check("range_longer_than_a_day", is_undivided, whole)
        if range_[1] - range_[0] > _LONGEST_MONTH:
            begins = (pl.col("spend_date") == range_[0]) | (pl.col("spend_date").dt.day() == 1)
            is_by_month = begins.all() & (pl.col("spend_date").n_unique() > 1)
            check("range_longer_than_a_day", is_by_month, f"has one line a month; {report.by_day}")
    for kind in IDS:
        name = pl.lit(header.places.get(kind, kind))
        rounded = pl.format(
            "{} {} was rounded by a spreadsheet; land the file as it was exported", name, kind
        )
        check("rounded_id", pl.col(kind).str.contains(_ROUNDED), rounded)
    for kind in ("ad_campaign_id", "ad_account_id"):
        check("missing_id", pl.col(kind).is_null(), f"{header.places.get(kind, kind)} is empty")
    for kind in (kind for kind in NUMBERS if kind in header.places):
        value, noun = pl.col(f"read_{kind}"), "no amount"
        is_bad = pl.col(kind).is_not_null() & value.is_null()
        if kind in (*COUNTS, "spend_micros"):
            noun = "no whole number"
            is_bad |= value != value.round(0)
        shown = pl.col(kind).str.slice(0, 40)
        name = pl.lit(header.places[kind])
        check("bad_type", is_bad, pl.format(f"{{}} is '{{}}', {noun}", name, shown))
    check("missing_amount", pl.col("spend").is_null() & pl.col("spend_micros").is_null(),
          "there is no cost; reports leave it out where they do not know it")  # fmt: skip
    check("missing_currency", pl.col("currency").is_null(), "there is no currency")
    several = pl.col("currency").drop_nulls().n_unique().over(KEY) > 1
    check("several_currencies", several, "this ad and day has lines in several currencies")
    whole = "is the sum of other lines of its day, of its ad groups or ads; export one level alone"
    check("sum_of_other_lines", _is_sum(), whole)
    parts = "is the sum of other lines of its day, where it reads All; export it without totals"
    for kind in wholes:
        check("sum_of_other_lines", _is_sum_of_parts(pl.col(kind)), parts)
    none = pl.lit(None, pl.String)
    return {
        "reason_code": pl.coalesce(*(pl.when(rows).then(pl.lit(c)) for c, rows, _ in checks), none),
        "reason": pl.coalesce(*(pl.when(rows).then(text) for _, rows, text in checks), none),
    }


def _is_sum() -> pl.Expr:
    """Say which lines are of a campaign or ad group whose ad groups or ads have lines, too.

    Meta's tables have them as subtotals, or where an export holds several levels.
    """
    group, ad = pl.col("ad_group_id"), pl.col("ad_id")
    is_paid = pl.col("read_spend").is_not_null() | pl.col("read_spend_micros").is_not_null()
    campaign = ("ad_account_id", "ad_campaign_id", "spend_date")
    has_parts = ((group.is_not_null() | ad.is_not_null()) & is_paid).any().over(campaign)
    has_ads = (ad.is_not_null() & is_paid).any().over(*campaign, "ad_group_id")
    return ad.is_null() & pl.when(group.is_null()).then(has_parts).otherwise(has_ads)


def _is_sum_of_parts(is_whole: pl.Expr) -> pl.Expr:
    """Say which lines that read All, for age or placement, cost what the others of the row do."""
    spend = pl.col("read_spend")
    of_parts = pl.when(~is_whole).then(spend)
    difference = (spend - of_parts.sum().over(KEY)).abs()
    return is_whole & (of_parts.count().over(KEY) > 0) & (difference <= _CENT)


def _rejected(misfit: pl.DataFrame) -> pl.DataFrame:
    if misfit.is_empty():
        return no_rejects()
    return misfit.select(
        "position",
        pl.lit("ad_spend").alias("entity"),
        "reason_code",
        "reason",
        pl.col("payload").fill_null("{}").str.slice(0, PAYLOAD_CHARACTERS),
    )
