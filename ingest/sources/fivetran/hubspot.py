"""One table file of Fivetran's HubSpot schema in; the CRM's and the marketing's entities out.

See ``docs/sources/fivetran.md`` for what becomes of each table.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.parsed import Parsed
from ingest.source import Source
from ingest.sources.fivetran.hubspot_deals import DEALS
from ingest.sources.fivetran.hubspot_emails import EMAILS
from ingest.sources.fivetran.hubspot_engagements import ENGAGEMENTS
from ingest.sources.fivetran.hubspot_owners import OWNERS
from ingest.sources.fivetran.hubspot_people import PEOPLE
from ingest.sources.fivetran.hubspot_refusals import REFUSALS
from ingest.sources.fivetran.hubspot_tickets import TICKETS
from ingest.sources.fivetran.parsing import OPTIONS, parse_table
from ingest.sources.fivetran.table import Table

__all__ = ["OPTIONS", "TABLES", "parse"]

TABLES = {
    **PEOPLE,
    **OWNERS,
    **DEALS,
    **EMAILS,
    **REFUSALS,
    **ENGAGEMENTS,
    **TICKETS,
    **dict.fromkeys(
        ("property", "property_option"),
        Table(
            reason="a definition of a property has no entity; its values come with the objects "
            "that have the property"
        ),
    ),
}


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the rows of one table file."""
    return parse_table(path, source, TABLES)
