"""A LinkedIn Campaign Manager export (CSV) in; ``ad_spend`` rows out.

Above the table stand its title and dates. Days are UTC. LinkedIn's campaign is the campaign,
its campaign group goes to ``attributes``, its ad (creative) is the ad.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from ingest.parsed import Parsed
from ingest.source import Source
from ingest.sources.ad_report.declaration import AdReport
from ingest.sources.ad_report.header import ReportHeader
from ingest.sources.ad_report.reading import OPTIONS as OPTIONS
from ingest.sources.ad_report.reading import parse_report

_BY_DAY = "export it with the time breakdown Daily"
_DATES = {
    r"\d{1,2}/\d{1,2}/\d{4}": "%m/%d/%Y",
    r"[A-Z][a-z]+ \d{1,2}, \d{4}": "%B %d, %Y",
    r"\d{4}-\d{2}-\d{2}": "%Y-%m-%d",
}


def _covers(header: ReportHeader) -> tuple[date, date] | None:
    first, last = _date(header.said("Report Start")), _date(header.said("Report End"))
    return (first, last) if first is not None and last is not None else None


def _date(text: str | None) -> date | None:
    """Return the first date of a text."""
    for pattern, format_ in _DATES.items():
        if found := re.search(pattern, text or ""):
            try:
                return datetime.strptime(found.group(), format_).replace(tzinfo=UTC).date()
            except ValueError:
                return None
    return None


REPORT = AdReport(
    platform="linkedin",
    columns={
        "day": ("Start Date (in UTC)", "Start Date", "Date", "Day"),
        "last_day": ("End Date (in UTC)", "End Date"),
        "ad_account_id": ("Account ID", "account_id"),
        "ad_campaign_id": ("Campaign ID", "campaign_id"),
        "campaign_name": ("Campaign Name", "campaign_name"),
        "ad_id": ("Ad ID", "Creative ID", "creative_id"),
        "country": ("Country",),
        "impressions": ("Impressions",),
        "clicks": ("Clicks",),
        "spend": ("Total Spent", "Spent", "costInLocalCurrency", "cost_in_local_currency"),
        "conversions": ("Conversions", "externalWebsiteConversions"),
        "conversions_value": (
            "Total Conversion Value", "Conversion Value", "conversionValueInLocalCurrency",
        ),
        "currency": ("Currency", "Account Currency"),
        "final_url": ("Click URL", "Landing Page", "Destination URL"),
    },
    day_formats=("%m/%d/%Y", "%Y-%m-%d", "%b %d, %Y"),
    by_day=_BY_DAY,
    covers=_covers,
)  # fmt: skip


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the rows of ``path``."""
    return parse_report(path, source, REPORT)
