"""The options of an advertising report in; what holds for each of its rows out."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.parsed import UnreadableFile
from ingest.source import Source
from ingest.sources.ad_report.declaration import AdReport
from ingest.sources.ad_report.header import ReportHeader

_KINDS = {"spend_date": "day", "country_code": "country", "account_time_zone": "time_zone"}
"""What a report calls otherwise than ``ad_spend``."""

CAMPAIGN_PARTS = ("ad_campaign_id", "campaign_name", "utm_campaign")


@dataclass(slots=True, kw_only=True)
class ReportSettings:
    """What the source says of rows that do not say it themselves.

    Parameters
    ----------
    campaigns
        Id of our campaign by id or name of the platform's.
    campaign_part
        The part of a row that is the id of our campaign.
    columns
        Title of a column of the report, which is in another language, by the column of ours.
    """

    account_id: str | None = None
    currency: str | None = None
    time_zone: str | None = None
    decimal: str | None = None
    date_format: str | None = None
    campaigns: dict[str, str] = field(default_factory=dict)
    campaign_part: str | None = None
    columns: dict[str, str] = field(default_factory=dict)

    def columns_of(self, report: AdReport) -> dict[str, tuple[str, ...]]:
        """Return the titles that a report may have, those of the source's options first.

        Raises
        ------
        UnreadableFile
            If the options name a column that a report does not fill.
        """
        titles = dict(report.columns)
        ours = {kind: column for column, kind in _KINDS.items()}
        for column, title in self.columns.items():
            kind = _KINDS.get(column, column)
            if kind not in titles or column in ours:
                known = ", ".join(ours.get(kind, kind) for kind in titles)
                raise UnreadableFile(f"options.columns has {column!r}; it may have {known}")
            titles[kind] = (title, *titles[kind])
        return titles

    def complete(self, header: ReportHeader, report: AdReport) -> None:
        """Take from the header what the options leave open, and require what every row needs."""
        self.currency = header.currency_of("spend") or self.currency
        if "utc" in header.places.get("day", "").lower():
            self.time_zone = "UTC"
        if not {"day", "first_day"} & set(header.places):
            name = report.columns["day"][0]
            raise UnreadableFile(f"has no column {name!r}; {report.by_day}")
        given = {"ad_account_id": self.account_id, "currency": self.currency}
        options = {"ad_account_id": "account_id", "currency": "currency"}
        for kind in ("ad_campaign_id", "ad_account_id", "spend", "currency"):
            if kind in header.places or given.get(kind):
                continue
            if kind == "spend" and "spend_micros" in header.places:
                continue
            remedy = f", or set options.{options[kind]} of the source" if kind in options else ""
            name = report.columns[kind][0]
            raise UnreadableFile(
                f"has no column {name!r}; add it to the report's columns and export again{remedy}"
            )


def read_settings(source: Source) -> ReportSettings:
    """Return the options of a source."""
    options = source.options
    texts = {
        key: str(options[key])
        for key in ("account_id", "currency", "time_zone", "decimal", "date_format")
        if options.get(key) not in (None, "")
    }
    if "time_zone" not in texts and source.time_zone != "UTC":
        texts["time_zone"] = source.time_zone
    campaigns = options.get("campaigns") or {}
    return ReportSettings(
        **texts,
        campaigns={str(theirs): str(ours) for theirs, ours in campaigns.items()},
        campaign_part=options.get("campaign_ref"),
        columns={str(ours): str(title) for ours, title in (options.get("columns") or {}).items()},
    )
