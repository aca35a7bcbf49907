"""``raw`` in, ``identity.*`` out: who is who, with ids that stay, in one transaction."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import duckdb
import polars as pl

from ingest.schema import create_schemas_and_tables
from models_ml.identity import advance, load_guards, resolve
from orchestration.decisions import NOTHING_DECIDED, in_force
from orchestration.identity_evidence import read_evidence
from orchestration.identity_key import identity_key
from orchestration.identity_matching import find_matches, read_profiles
from orchestration.identity_person_accounts import write_person_accounts
from orchestration.identity_tables import count, read_as, read_ledger, write

__all__ = ["IdentitySummary", "identity_key", "resolve_identities"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class IdentitySummary:
    """What a run of identity resolution found.

    Parameters
    ----------
    customers
        Customers in use.
    identifiers
        Identifiers that belong to one of them.
    events
        New rows of ``identity.events`` by type.
    """

    customers: int
    identifiers: int
    edges_used: int
    edges_stopped: int
    questions_open: int
    events: dict[str, int]
    seconds: float


def resolve_identities(
    con: duckdb.DuckDBPyConnection,
    *,
    key: bytes,
    run_id: str,
    decisions: pl.DataFrame = NOTHING_DECIDED,
    at: datetime | None = None,
) -> IdentitySummary:
    """Resolve all identifiers in ``raw`` to customers and bring the ledger up to date.

    Over the same evidence and decisions a second run writes nothing.

    Parameters
    ----------
    decisions
        Rows of ``identity.decisions``, from ``orchestration.decisions.table``.
    at
        Time of the run (naive UTC), by default now; it marks rows of the ledger.
    """
    started = time.perf_counter()
    at = at or datetime.now(UTC).replace(tzinfo=None)
    create_schemas_and_tables(con)
    guards = load_guards()
    evidence = read_evidence(con)
    matches = find_matches(read_profiles(con, guards), guards)
    resolution = resolve(replace(evidence, matches=matches), guards, key, in_force(decisions))
    previous = read_ledger(con)
    ledger = advance(
        previous,
        resolution.assignment,
        resolution.edges,
        run_id=run_id,
        at=at,
        events_before=count(con, "select count(*) from identity.events"),
    )
    changed = {
        table: now
        for table, before, now in (
            ("customers", previous.customers, ledger.customers),
            ("identifier_map", previous.identifier_map, ledger.identifier_map),
            ("edges", read_as(con, "edges", resolution.edges), resolution.edges),
            ("decisions", read_as(con, "decisions", decisions), decisions),
        )
        if not now.equals(before)
    }
    write(con, changed, ledger.events, resolution.review, at)
    write_person_accounts(con)
    status = dict(resolution.edges.group_by("status").len().iter_rows())
    summary = IdentitySummary(
        customers=ledger.customers.filter(pl.col("status") == "active").height,
        identifiers=resolution.assignment.height,
        edges_used=status.get("used", 0),
        edges_stopped=status.get("stopped", 0),
        questions_open=count(
            con, "select count(*) from identity.review_queue where status = 'open'"
        ),
        events=dict(ledger.events.group_by("event_type").len().sort("event_type").iter_rows()),
        seconds=round(time.perf_counter() - started, 3),
    )
    log.info("%s", summary)
    return summary
