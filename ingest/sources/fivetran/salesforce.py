"""One table file of Fivetran's Salesforce schema in; the CRM's entities out.

See ``docs/sources/fivetran.md`` for what becomes of each table.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.parsed import Parsed
from ingest.source import Source
from ingest.sources.fivetran.field_names import field_names
from ingest.sources.fivetran.parsing import OPTIONS, parse_table
from ingest.sources.fivetran.salesforce_activities import ACTIVITIES
from ingest.sources.fivetran.salesforce_campaigns import CAMPAIGNS
from ingest.sources.fivetran.salesforce_opportunities import OPPORTUNITIES
from ingest.sources.fivetran.salesforce_orders import ORDERS
from ingest.sources.fivetran.salesforce_people import PEOPLE

__all__ = ["OPTIONS", "TABLES", "parse"]

TABLES = {**PEOPLE, **OPPORTUNITIES, **ORDERS, **ACTIVITIES, **CAMPAIGNS}

_FIELDS = field_names(TABLES)


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the rows of one table file."""
    return parse_table(path, source, TABLES, _FIELDS)
