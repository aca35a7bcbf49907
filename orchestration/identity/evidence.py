"""``raw`` in, the evidence of who is who out: sightings, stated links and names."""

from __future__ import annotations

from collections.abc import Collection

import duckdb

from ingest.contracts import CONTRACTS
from ingest.from_contracts.schema import raw_table
from models_ml.identity import Evidence, Guards
from orchestration.identity.rows import Rows
from orchestration.identity.sightings import read_sightings
from orchestration.identity.statements import read_links, read_persons


def read_evidence(
    con: duckdb.DuckDBPyConnection,
    guards: Guards,
    rows: Rows = raw_table,
    entities: Collection[str] = tuple(CONTRACTS),
) -> Evidence:
    """Collect the evidence of every version of every record.

    Parameters
    ----------
    entities
        Those that have rows to read: to plan a statement over all of them takes a tenth of a
        second.
    """
    return Evidence(
        read_sightings(con, rows, entities, guards),
        read_links(con, rows, entities),
        read_persons(con, rows, entities),
    )
