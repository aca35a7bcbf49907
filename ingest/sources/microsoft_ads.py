"""A Microsoft Advertising report (CSV, TSV) in; ``ad_spend`` rows out.

Above the table stand lines such as ``Report Aggregation: Daily``, below it a line of copyright.
A report by hour is added up to days.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.parsed import Parsed, UnreadableFile
from ingest.source import Source
from ingest.sources.ad_report.declaration import AdReport
from ingest.sources.ad_report.header import ReportHeader
from ingest.sources.ad_report.reading import OPTIONS as OPTIONS
from ingest.sources.ad_report.reading import parse_report

_BY_DAY = "request it with the aggregation Daily"


def _check(header: ReportHeader) -> tuple[str, ...]:
    """Refuse weeks and months, whose rows carry their first day, and note unfinished days."""
    aggregation = header.said("Report Aggregation")
    if aggregation is not None and aggregation.lower() not in {"daily", "hourly"}:
        raise UnreadableFile(f"its aggregation is {aggregation}; {_BY_DAY}")
    if (header.said("Potential Incomplete Data") or "").lower() == "true":
        return ("its last day may be incomplete, as it says itself; export that day again later",)
    return ()


REPORT = AdReport(
    platform="microsoft_ads",
    columns={
        "day": ("TimePeriod", "GregorianDate", "Gregorian date", "Time period", "Day", "Date"),
        "ad_account_id": ("AccountId", "Account ID", "AccountNumber", "Account number"),
        "ad_campaign_id": ("CampaignId", "Campaign ID"),
        "campaign_name": ("CampaignName", "Campaign name", "Campaign"),
        "ad_group_id": ("AdGroupId", "Ad group ID"),
        "ad_id": ("AdId", "Ad ID"),
        "keyword": ("Keyword",),
        "country": ("CountryCode", "Country", "CountryOrRegion"),
        "impressions": ("Impressions", "Impr."),
        "clicks": ("Clicks",),
        "spend": ("Spend", "Cost"),
        "conversions": ("ConversionsQualified", "Conversions", "Conv."),
        "conversions_value": ("Revenue",),
        "currency": ("CurrencyCode", "Currency code", "Currency"),
        "final_url": ("FinalUrl", "Final URL", "DestinationUrl", "Destination URL"),
    },
    day_formats=("%m/%d/%Y", "%Y-%m-%d"),
    no_records=r"^(?:Totals?(?:\s*:.*)?|.{0,6}\d{4} Microsoft Corporation\..*)$",
    by_day=_BY_DAY,
    check=_check,
)


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the rows of ``path``."""
    return parse_report(path, source, REPORT)
