"""One table file of Fivetran's Zendesk Support schema in; tickets, their events and people out.

See ``docs/sources/fivetran.md`` for what becomes of each table.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.parsed import Parsed
from ingest.source import Source
from ingest.sources.fivetran.parsing import OPTIONS, parse_table
from ingest.sources.fivetran.zendesk_people import PEOPLE
from ingest.sources.fivetran.zendesk_ratings import RATINGS
from ingest.sources.fivetran.zendesk_settings import SETTINGS
from ingest.sources.fivetran.zendesk_talk import TALK
from ingest.sources.fivetran.zendesk_tickets import TICKETS

__all__ = ["OPTIONS", "TABLES", "parse"]

TABLES = {**PEOPLE, **TICKETS, **TALK, **RATINGS, **SETTINGS}


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the rows of one table file."""
    return parse_table(path, source, TABLES)
