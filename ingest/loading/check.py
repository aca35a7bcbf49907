"""Sources in; what a load would make of their files out, without writing anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from ingest.clock import utc_now
from ingest.config import Config
from ingest.conform import Origin
from ingest.engine import scratch
from ingest.errors import IngestError
from ingest.loading.buffer import Buffer
from ingest.loading.landing import LandedFile, landed_files
from ingest.loading.load import chosen_sources
from ingest.loading.pending import PendingFile
from ingest.loading.reading import read_chunks
from ingest.loading.tally import FileTally
from ingest.parsed import no_rejects
from ingest.source import Source

MAX_ROWS = 20_000
"""Rows read of each source: enough to see how its mapping works, read in a second."""


@dataclass(slots=True)
class SourceCheck:
    """What was found of one source.

    Parameters
    ----------
    files
        Files that match, relative to ``landing/``; ``refused`` of them with the reason.
    files_read, rows, left_out
        How much was read: ``rows`` by entity, and the records that ``where`` leaves out.
    preview
        First rows by entity, as raw would hold them.
    rejected
        Records that would be quarantined.
    unmapped
        Names that go to ``attributes``.
    problems
        Sentences about what to put right.
    """

    source: Source
    files: list[str]
    refused: dict[str, str]
    files_read: int = 0
    records_read: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    left_out: int = 0
    preview: dict[str, pl.DataFrame] = field(default_factory=dict)
    rejected: pl.DataFrame = field(default_factory=no_rejects)
    unmapped: tuple[str, ...] = ()
    problems: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """All files were read."""
        return self.files_read == len(self.files) - len(self.refused)


def check_sources(
    config: Config,
    home: Path,
    *,
    only: Sequence[str] | None = None,
    preview_rows: int = 5,
    max_rows: int = MAX_ROWS,
) -> list[SourceCheck]:
    """Check every source, or those of ``only``.

    Parameters
    ----------
    max_rows
        Rows to read of each source; 0 lists the files and reads none.
    """
    checks = []
    for source in chosen_sources(config, only):
        check = check_source(source, home / "landing", preview_rows, max_rows)
        rows = sum(check.rows.values()) + check.rejected.height
        if rows and check.rejected.height / rows > config.quarantine_limit:
            share = check.rejected.height / rows
            check.problems.append(
                f"{share:.0%} of the rows would be quarantined, more than quarantine_limit "
                f"{config.quarantine_limit:g}: the source would fail"
            )
        checks.append(check)
    return checks


def check_source(
    source: Source, landing: Path, preview_rows: int = 5, max_rows: int = MAX_ROWS
) -> SourceCheck:
    """Read the newest files of one source, up to ``max_rows`` rows, and conform their rows."""
    landed = landed_files(landing, source)
    refused = {file.path: file.refusal for file in landed if file.refusal is not None}
    check = SourceCheck(source, [file.path for file in landed], refused)
    # what is collected or received lands after the check that its entry works
    if not landed and source.collect is None and not source.is_received:
        check.problems.append(f"no file in {landing} matches {source.path}")
    check.problems += [f"{path}: {reason}" for path, reason in refused.items()]
    rejected: list[pl.DataFrame] = []
    keys: set[str] = set()
    for file in reversed(landed):
        if sum(check.rows.values()) >= max_rows:
            break
        if file.refusal is None:
            _read(file, check, rejected, keys, preview_rows, max_rows)
    frames = [frame for frame in rejected if not frame.is_empty()]
    if frames:
        check.rejected = pl.concat(frames, how="diagonal_relaxed")
    check.unmapped = tuple(sorted(keys))
    return check


def _read(
    file: LandedFile,
    check: SourceCheck,
    rejected: list[pl.DataFrame],
    keys: set[str],
    preview_rows: int,
    max_rows: int,
) -> None:
    """Read one file into ``check``."""
    tally = FileTally(PendingFile(file, file.path, ""))
    ingested_at = pl.lit(utc_now(), dtype=pl.Datetime("us"))
    origin = Origin(source=check.source, batch_id="check")
    for parsed in read_chunks(file=tally.file, source=check.source, tally=tally):
        check.records_read += parsed.read
        buffer = Buffer(origin)
        buffer.add(parsed, tally.file, ingested_at)
        try:
            conformed = buffer.conform()
        except IngestError as error:
            check.problems.append(f"{file.path}: {error}")
            return
        for entity, rows in conformed.rows.items():
            check.rows[entity] = check.rows.get(entity, 0) + rows.height
            shown = check.preview.get(entity, rows.clear())
            check.preview[entity] = pl.concat([shown, rows.head(preview_rows)]).head(preview_rows)
            keys |= _attribute_names(rows)
        if conformed.rejected is not None:
            rejected.append(conformed.rejected)
        if sum(check.rows.values()) >= max_rows:
            break
    check.files_read += 1
    check.left_out += tally.left_out
    check.problems += [f"{file.path}: {note}" for note in tally.notes]


def _attribute_names(rows: pl.DataFrame) -> set[str]:
    attributes = rows.select("attributes").drop_nulls()
    if attributes.is_empty():
        return set()
    with scratch() as con:
        con.register("attributes_of_rows", attributes)
        names = con.execute(
            "select distinct unnest(json_keys(attributes)) from attributes_of_rows"
        ).fetchall()
    return {name for (name,) in names}
