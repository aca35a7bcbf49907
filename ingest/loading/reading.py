"""One pending file in; its parsed chunks out, with a record in place of what cannot be read."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator

import duckdb
import polars as pl

from ingest.loading.pending import PendingFile
from ingest.loading.tally import FileTally
from ingest.parsed import REJECTED_SCHEMA, Parsed, UnreadableFile
from ingest.source import Source
from ingest.sources import FORMATS

logger = logging.getLogger(__name__)

FILE_FAULTS = (
    OSError, EOFError, zlib.error, ValueError, ArithmeticError, LookupError, TypeError,
    AttributeError, RuntimeError, pl.exceptions.PolarsError, pl.exceptions.PanicException,
    duckdb.Error,
)  # fmt: skip
"""What a parser raises over a file nobody foresaw. One such file must not stop its source: it
is quarantined and the traceback logged."""


def read_chunks(file: PendingFile, source: Source, tally: FileTally) -> Iterator[Parsed]:
    """Yield the chunks of a file, counted in ``tally``.

    A file that cannot be read at all is one rejected record at position 0; of one that breaks
    off, the rest is one rejected record after those that could be read.
    """
    reason = code = None
    try:
        if file.landed.refusal is not None:
            raise UnreadableFile(file.landed.refusal)
        for parsed in FORMATS[source.format](file.landed.location, source):
            tally.add(parsed)
            yield parsed
    except UnreadableFile as unreadable:
        code, reason = "unreadable_file", str(unreadable)
    except FILE_FAULTS as fault:
        code, reason = "parser_error", f"{type(fault).__name__}: {str(fault)[:500]}"
        logger.exception("%s: the parser of %s failed", file.name, source.format)
    if reason is not None:
        tally.is_unreadable = tally.records_read == 0
        tally.notes[reason] = None
        position = 0 if tally.is_unreadable else _next_position(tally)
        row = (position, source.entity, code, reason, None)
        rest = Parsed(read=1, rejected=pl.DataFrame([row], schema=REJECTED_SCHEMA, orient="row"))
        tally.add(rest)
        yield rest


def _next_position(tally: FileTally) -> int:
    highest = [series.max() for series in tally.positions]
    return max((int(value) for value in highest if isinstance(value, int)), default=0) + 1
