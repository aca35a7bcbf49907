"""A Meta Ads Manager export (CSV) or insights of the Marketing API in; ``ad_spend`` rows out.

The currency stands in the header, ``Amount spent (EUR)``. The first line may be the total of the
report: it names no campaign. Clicks are those on links where the report has them, else all.
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
    platform="meta",
    columns={
        "day": ("Day",),
        "first_day": ("Reporting starts", "date_start"),
        "last_day": ("Reporting ends", "date_stop"),
        "ad_account_id": ("Account ID", "account_id"),
        "ad_campaign_id": ("Campaign ID", "campaign_id"),
        "campaign_name": ("Campaign name", "campaign_name"),
        "ad_group_id": ("Ad set ID", "adset_id"),
        "ad_id": ("Ad ID", "ad_id"),
        "country": ("Country",),
        "impressions": ("Impressions",),
        "clicks": ("Link clicks", "inline_link_clicks", "Clicks (all)", "clicks"),
        "spend": ("Amount spent", "spend"),
        "conversions": ("Purchases", "Website purchases"),
        "conversions_value": (
            "Purchases conversion value", "Purchase conversion value",
            "Website purchases conversion value",
        ),
        "currency": ("Currency", "account_currency"),
        "time_zone": ("timezone_name", "Time zone"),
        "final_url": ("Link (ad settings)", "Website URL", "URL parameters"),
    },
    day_formats=("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y"),
    has_blank_totals=True,
    by_day="export it with the breakdown By time, Day",
)  # fmt: skip


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the rows of ``path``."""
    return parse_report(path, source, REPORT)
