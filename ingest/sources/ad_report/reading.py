"""A report of an advertising platform (CSV) in; ``ad_spend`` rows out.

What the platforms differ in is declared in an ``AdReport``: names of columns, formats of days,
lines around the table that are no records. A position is the place of a record among the records
of the file, without those lines.

``options``: ``account_id``, ``currency``, ``time_zone`` of the account where no column says so;
``decimal`` ``.`` or ``,`` where the file leaves it open; ``date_format`` (strptime) of other days;
``encoding``; ``campaigns`` from id or name in the platform to the id of our campaign;
``campaign_ref`` the part of a row that is the id of our campaign, one of ``ad_campaign_id``,
``campaign_name``, ``utm_campaign``; ``columns`` from columns of ours to those of a report in
another language.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from ingest.options import Options
from ingest.parsed import Parsed, UnreadableFile
from ingest.readers import TableRequest
from ingest.readers.delimited import read_delimited
from ingest.source import Source
from ingest.sources.ad_report.declaration import AdReport
from ingest.sources.ad_report.header import ReportHeader, find_header
from ingest.sources.ad_report.rows import report_rows
from ingest.sources.ad_report.settings import CAMPAIGN_PARTS, ReportSettings, read_settings

OPTIONS: Options = {
    "account_id": "text",
    "currency": "currency",
    "time_zone": "time zone",
    "decimal": "decimal",
    "date_format": "text",
    "encoding": "encoding",
    "campaigns": "mapping",
    "campaign_ref": CAMPAIGN_PARTS,
    "columns": "mapping",
}

MAX_BYTES = 64 << 20
"""Default limit of a report's decompressed size, about half a million rows: it is read whole,
because the lines of one ad on one day may stand anywhere in it."""


def parse_report(path: Path, source: Source, report: AdReport) -> Iterator[Parsed]:
    """Yield the rows of a report, in one chunk.

    Raises
    ------
    UnreadableFile
        If there is no table in the file, or it lacks what every row needs.
    """
    settings = read_settings(source)
    header = find_header(path, source.options, settings.columns_of(report))
    if report.in_micros and "spend" in header.places and header.is_titled(report.in_micros):
        header.places["spend_micros"] = header.places.pop("spend")
    settings.complete(header, report)
    frames: list[pl.DataFrame] = []
    rejected: list[pl.DataFrame] = []
    notes: dict[str, None] = dict.fromkeys(header.notes + report.check(header))
    read, damage = 0, None
    try:
        for chunk in read_delimited(path, _request(source, header), header.delimiter):
            frames.append(chunk.frame)
            rejected.append(chunk.rejected)
            notes |= dict.fromkeys(chunk.notes)
            read += chunk.read
    except UnreadableFile as broken:
        if read == 0:
            raise
        damage = broken
    if frames:
        yield _parsed(frames, rejected, read, tuple(notes), header, settings, report)
    if damage is not None:
        raise damage


def _request(source: Source, header: ReportHeader) -> TableRequest:
    options = {key: source.options[key] for key in ("encoding",) if key in source.options}
    limits = {key: source.options[key] for key in ("max_line_bytes",) if key in source.options}
    return TableRequest(
        entity="ad_spend",
        used=(),
        options={
            **options,
            **limits,
            "max_bytes": int(source.options.get("max_bytes", MAX_BYTES)),
            "skip_lines": header.line,
            "delimiter": header.delimiter,
        },
    )


def _parsed(
    frames: list[pl.DataFrame],
    rejected: list[pl.DataFrame],
    read: int,
    notes: tuple[str, ...],
    header: ReportHeader,
    settings: ReportSettings,
    report: AdReport,
) -> Parsed:
    table, broken = pl.concat(frames), pl.concat(rejected)
    is_record = ~_is_no_record(table, header, report)
    is_broken_record = ~broken["payload"].str.strip_chars('" ,;\t\r\n').str.contains(
        report.no_records
    )
    read -= int((~is_record).sum()) + int((~is_broken_record).sum())
    table, broken = table.filter(is_record), broken.filter(is_broken_record)
    places = pl.concat([table["$position"], broken["position"]]).sort()
    table = table.with_columns(_renumbered(table["$position"], places))
    broken = broken.with_columns(_renumbered(broken["position"], places))
    rows, misfits = report_rows(table, header, settings, report)
    return Parsed(
        read=read,
        rows={"ad_spend": rows},
        rejected=pl.concat([broken, misfits]),
        notes=notes,
    )


def _is_no_record(table: pl.DataFrame, header: ReportHeader, report: AdReport) -> pl.Series:
    """Say which lines of the table's width are totals.

    A line that names its day is none, however its campaign is called; one that names neither day
    nor campaign is one in whatever language.
    """
    cells = [pl.col(name).str.strip_chars().replace("", None) for name in header.names]
    is_total = pl.coalesce(cells).str.contains(report.no_records).fill_null(value=True)
    if "day" in header.places:
        day = pl.col(header.places["day"]).str.strip_chars()
        is_dated = day.str.contains(r"\d") & ~day.str.contains(report.no_records)
        if "ad_campaign_id" in header.places:
            campaign = pl.col(header.places["ad_campaign_id"])
            is_total |= ~campaign.str.contains(r"\d").fill_null(value=False)
        is_total &= ~is_dated.fill_null(value=False)
    if report.has_blank_totals:
        kinds = ("ad_campaign_id", "campaign_name", "ad_group_id", "ad_id")
        named = [pl.col(header.places[k]).str.strip_chars() for k in kinds if k in header.places]
        is_total |= pl.all_horizontal((name == "").fill_null(value=True) for name in named)
    return table.select(is_total.alias("is_total")).to_series()


def _renumbered(positions: pl.Series, places: pl.Series) -> pl.Series:
    """Return the rank of each position among those of the records."""
    return (places.search_sorted(positions) + 1).cast(pl.Int64).alias(positions.name)
