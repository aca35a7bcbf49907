"""A Google Ads report, downloaded as CSV or from the API, in; ``ad_spend`` rows out.

A download has its title and dates above the table and lines that begin with ``Total:`` below.
"CSV (Excel)" is UTF-16 with tabs. The API writes costs in micros, millionths of the currency; so
did that of AdWords, under the names of the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.parsed import Parsed
from ingest.source import Source
from ingest.sources.ad_report.declaration import AdReport
from ingest.sources.ad_report.reading import OPTIONS as OPTIONS
from ingest.sources.ad_report.reading import parse_report

REPORT = AdReport(
    platform="google_ads",
    columns={
        "day": ("Day", "segments.date", "date"),
        "ad_account_id": ("Customer ID", "customer.id", "Account ID", "External customer ID"),
        "ad_campaign_id": ("Campaign ID", "campaign.id"),
        "campaign_name": ("Campaign", "campaign.name", "Campaign name"),
        "ad_group_id": ("Ad group ID", "ad_group.id"),
        "ad_id": ("Ad ID", "ad_group_ad.ad.id"),
        "keyword": ("Keyword", "Search keyword", "ad_group_criterion.keyword.text"),
        "country": ("Country", "country_code"),
        "impressions": ("Impr.", "Impressions", "metrics.impressions"),
        "clicks": ("Clicks", "metrics.clicks"),
        "spend": ("Cost",),
        "spend_micros": ("metrics.cost_micros", "cost_micros"),
        "conversions": ("Conversions", "metrics.conversions"),
        "conversions_value": (
            "Conv. value", "Conversions value", "Total conv. value", "metrics.conversions_value",
        ),
        "currency": ("Currency code", "Currency", "customer.currency_code"),
        "time_zone": ("customer.time_zone", "Time zone"),
        "final_url": ("Final URL", "Tracking template"),
    },
    day_formats=("%Y-%m-%d", "%b %d, %Y", "%B %d, %Y"),
    # programs put a number behind the name, for each report one of its own
    in_micros=r"[A-Z]+(?:_[A-Z]+)*_REPORT(?: #?[0-9]+)? \(",
    by_day="add the column Day (Segment, Time, Day) to the report and export again",
)  # fmt: skip


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the rows of ``path``."""
    return parse_report(path, source, REPORT)
