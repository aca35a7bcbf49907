"""What is known of an advertising platform's reports in; what reads any of them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from ingest.sources.ad_report.header import ReportHeader


@dataclass(frozen=True, slots=True, kw_only=True)
class AdReport:
    """What the reports of one platform look like.

    Parameters
    ----------
    columns
        Names of columns by what they hold, in order of preference, as the platform's pages and
        its API write them. Case, blanks and punctuation do not count.
    day_formats
        strptime formats of days, tried in order; of ``%m/%d/%Y`` and ``%d/%m/%Y`` a file keeps to
        one.
    no_records
        Pattern of lines that are neither header nor record: totals and footers.
    has_blank_totals
        Whether a row without campaign, ad group and ad is a total.
    in_micros
        Pattern of a title above the table under which costs are millionths of the currency.
    by_day
        What to do for a report of one row a day, for the reasons shown to people.
    covers
        Reads the first and last day of the report from the lines above the table.
    check
        Reads the lines above the table; returns notes, or raises ``UnreadableFile``.
    """

    platform: str
    columns: Mapping[str, tuple[str, ...]]
    day_formats: tuple[str, ...]
    no_records: str = r"^Totals?(?:\s*:.*)?$"
    has_blank_totals: bool = False
    in_micros: str | None = None
    by_day: str
    covers: Callable[[ReportHeader], tuple[date, date] | None] = lambda header: None
    check: Callable[[ReportHeader], tuple[str, ...]] = lambda header: ()
