"""The table of an advertising report in; rows of ``ad_spend`` and its misfits out.

A report that is split further than an ad (by device, network, keyword, hour) has several lines
for one row of ``ad_spend``. They are added up: each line becomes a version of the row that holds
the sum so far, and the last one, which is the current version, the whole. What the lines do not
have in common is left out.
"""

from __future__ import annotations

from urllib.parse import unquote_plus

import polars as pl

from ingest.codes.countries import country
from ingest.expressions.json_text import json_object, members
from ingest.identifiers.distinct import map_distinct
from ingest.sources.ad_report.declaration import AdReport
from ingest.sources.ad_report.header import ReportHeader
from ingest.sources.ad_report.reasons import COUNTS, KEY, misfits
from ingest.sources.ad_report.settings import ReportSettings
from ingest.sources.ad_report.values import report_values

_SUMS = (*COUNTS, "spend", "conversions", "conversions_value")


def report_rows(
    table: pl.DataFrame, header: ReportHeader, settings: ReportSettings, report: AdReport
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows and the rejected lines of a table."""
    values = report_values(table, header, settings, report)
    rejected = misfits(values, header, report)
    sound = values.join(rejected.select("position"), on="position", how="anti")
    return _rows(_added_up(sound), settings, report), rejected


def _added_up(rows: pl.DataFrame) -> pl.DataFrame:
    """Bring the amounts into their types, added up over the lines of one row."""
    micros = (pl.col("read_spend_micros") / 1_000_000).cast(pl.Decimal(38, 8))
    rows = rows.sort("position").with_columns(
        read_spend=pl.coalesce("read_spend", micros),
        lines=pl.len().over(KEY),
    )
    if (rows["lines"] == 1).all():
        return rows
    is_one = pl.col("lines") == 1
    sums = {
        f"read_{kind}": pl.when(pl.col(f"read_{kind}").is_not_null().cum_sum().over(KEY) > 0).then(
            pl.col(f"read_{kind}").fill_null(0).cum_sum().over(KEY)
        )
        for kind in _SUMS
    }
    common = {
        kind: pl.when(pl.col(kind).n_unique().over(KEY) == 1).then(kind)
        for kind in ("keyword", "country", "final_url", "campaign_name", "time_zone")
    }
    names = members({"campaign_name": pl.col("campaign_name"), "lines": pl.col("lines")})
    return rows.with_columns(**sums, **common).with_columns(
        attributes=pl.when(is_one).then("attributes").otherwise(json_object([names]))
    )


def _rows(rows: pl.DataFrame, settings: ReportSettings, report: AdReport) -> pl.DataFrame:
    return rows.select(
        "position",
        *KEY,
        "keyword",
        "currency",
        "attributes",
        platform=pl.lit(report.platform),
        campaign_ref=_campaign(settings),
        country_code=country("country"),
        **{kind: pl.col(f"read_{kind}").cast(pl.Int64, strict=False) for kind in COUNTS},
        spend=pl.col("read_spend").cast(pl.Decimal(18, 4), strict=False),
        conversions=pl.col("read_conversions").cast(pl.Float64),
        conversions_value=pl.col("read_conversions_value").cast(pl.Decimal(18, 4), strict=False),
        account_time_zone=pl.col("time_zone"),
    )


def _campaign(settings: ReportSettings) -> pl.Expr:
    """Return the id of our campaign where an option says which it is, else null."""
    found: list[pl.Expr] = []
    if settings.campaigns:
        theirs, ours = list(settings.campaigns), list(settings.campaigns.values())
        found += [
            pl.col(kind).replace_strict(theirs, ours, default=None, return_dtype=pl.String)
            for kind in ("ad_campaign_id", "campaign_name")
        ]
    if settings.campaign_part == "utm_campaign":
        found.append(
            pl.col("final_url")
            .str.extract(r"[?&]utm_campaign=([^&#]+)")
            .map_batches(_decoded, return_dtype=pl.String)
        )
    elif settings.campaign_part is not None:
        found.append(pl.col(settings.campaign_part))
    return pl.coalesce(*found, pl.lit(None, pl.String))


def _decoded(values: pl.Series) -> pl.Series:
    """Undo the encoding of addresses."""
    return map_distinct(
        values, lambda texts: pl.Series([unquote_plus(text) for text in texts], dtype=pl.String)
    )
