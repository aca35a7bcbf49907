"""``raw`` in, ``identity.*`` out: who is who, with ids that stay, in one transaction."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from ingest.contracts import CONTRACTS
from models_ml.identity import Evidence, Guards, advance, load_guards, resolve
from models_ml.identity.matching.scoring_sql import MODELS, scoring_sql
from orchestration.identity.changes import Changes, changes
from orchestration.identity.decisions import NOTHING_DECIDED, in_force
from orchestration.identity.evidence import read_evidence
from orchestration.identity.increment import read_increment
from orchestration.identity.kept import forget, keep, ledger_of, rows_of_reached, write_reached
from orchestration.identity.key import identity_key
from orchestration.identity.matching import find_matches, read_profiles
from orchestration.identity.person_accounts import write_person_accounts
from orchestration.identity.tables import (
    count,
    knows_fewer_ids,
    read_as,
    read_ledger,
    replace_all,
    write,
    write_copy,
)
from orchestration.identity.threads import (
    OF_A_DAY,
    ROW_GROUP,
    as_many_threads_as_it_can_use,
    table_sizes,
)

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
    guards: Guards | None = None,
    decisions: pl.DataFrame = NOTHING_DECIDED,
    ledger_copy: Path | None = None,
    at: datetime | None = None,
) -> IdentitySummary:
    """Resolve all identifiers in ``raw`` to customers and bring the ledger up to date.

    Over the same evidence and decisions a second run writes nothing.

    Parameters
    ----------
    con
        A warehouse with all its tables.
    guards
        By default those of the product; other ones than in the last run resolve everybody anew.
    decisions
        Rows of ``identity.decisions``, from ``orchestration.identity.decisions.table``.
    ledger_copy
        A Parquet file beside the warehouse with every id ever given: written where that changed,
        read where the warehouse knows fewer of them, made anew or an older one put back, so that
        they resolve there too.
    at
        Time of the run (naive UTC), by default now; it marks rows of the ledger.
    """
    started = time.perf_counter()
    at = at or datetime.now(UTC).replace(tzinfo=None)
    guards = guards or load_guards()
    texts = [scoring_sql(record_type) for record_type in MODELS]
    sizes = table_sizes(con)
    # streamed, the fourteen lazy queries of a day take as long as its 360 others together
    with (
        pl.Config(set_engine_affinity="in-memory"),
        as_many_threads_as_it_can_use(con, OF_A_DAY, sizes),
    ):
        changed = changes(con, sizes, guards, key, decisions.rows(), texts)
        if ledger_copy is not None and knows_fewer_ids(con, ledger_copy):
            # who reads what was published asks for these ids, too
            changed = replace(changed, batches=None)
        if _resolve_increment(con, changed, guards, key, decisions, run_id, at):
            _write_what_follows(con, ledger_copy)
            return _summary(con, run_id, started)
    with as_many_threads_as_it_can_use(con, ROW_GROUP, sizes):
        _resolve_all(con, changed, guards, key, decisions, run_id, at, ledger_copy)
        _write_what_follows(con, ledger_copy)
        return _summary(con, run_id, started)


def _write_what_follows(con: duckdb.DuckDBPyConnection, ledger_copy: Path | None) -> None:
    write_person_accounts(con)
    if ledger_copy is not None:
        write_copy(con, ledger_copy)


def _resolve_all(
    con: duckdb.DuckDBPyConnection,
    changed: Changes,
    guards: Guards,
    key: bytes,
    decisions: pl.DataFrame,
    run_id: str,
    at: datetime,
    ledger_copy: Path | None,
) -> None:
    """Resolve everybody, and keep what was computed for the next run.

    Evidence is kept as soon as it is made, so that it need not be held until the end.
    """
    forget(con)
    entities = set(changed.fingerprints["entity"]) & set(CONTRACTS)
    resolution = resolve(_whole_evidence(con, entities, guards), guards, key, in_force(decisions))
    previous = read_ledger(con, ledger_copy)
    ledger = advance(
        previous,
        resolution.assignment,
        resolution.edges,
        run_id=run_id,
        at=at,
        events_before=count(con, "select count(*) from identity.events"),
    )
    other = {
        table: now
        for table, before, now in (
            # not previous.customers, some of which a copy may have given
            ("customers", read_as(con, "customers", ledger.customers), ledger.customers),
            ("identifier_map", previous.identifier_map, ledger.identifier_map),
            ("edges", read_as(con, "edges", resolution.edges), resolution.edges),
            ("decisions", read_as(con, "decisions", decisions), decisions),
        )
        if not now.equals(before)
    }
    write(con, other, ledger.events, resolution.review, at)
    keep(con, changed.fingerprints, resolution.reach)


def _whole_evidence(con: duckdb.DuckDBPyConnection, entities: set[str], guards: Guards) -> Evidence:
    matches = find_matches(con, read_profiles(con, guards, entities=entities), guards)
    evidence = read_evidence(con, guards, entities=sorted(entities))
    replace_all(con, "sightings", evidence.sightings)
    return replace(evidence, matches=matches)


def _resolve_increment(
    con: duckdb.DuckDBPyConnection,
    changed: Changes,
    guards: Guards,
    key: bytes,
    decisions: pl.DataFrame,
    run_id: str,
    at: datetime,
) -> bool:
    """Resolve those whom new rows reach; return False if everybody has to be."""
    if changed.batches is None:
        return False
    if not changed.batches:
        return True
    decided = in_force(decisions)
    con.begin()
    try:
        entities = set(changed.fingerprints["entity"])
        evidence = read_increment(con, guards, changed.batches, entities, decided)
        if evidence is None:
            con.rollback()
            return False
        resolution = resolve(evidence, guards, key, decided)
        before = rows_of_reached(con)
        ledger = advance(
            ledger_of(before),
            resolution.assignment,
            resolution.edges,
            run_id=run_id,
            at=at,
            events_before=count(con, "select count(*) from identity.events"),
        )
        write_reached(con, before, ledger, resolution, changed.fingerprints, at)
    except BaseException:
        con.rollback()
        raise
    con.commit()
    return True


def _summary(con: duckdb.DuckDBPyConnection, run_id: str, started: float) -> IdentitySummary:
    (customers, identifiers, used, stopped, questions) = con.execute(
        """
        select
            (select count(*) from identity.customers where status = 'active'),
            (select count(*) from identity.identifier_map where is_current),
            (select count(*) from identity.edges where status = 'used'),
            (select count(*) from identity.edges where status = 'stopped'),
            (select count(*) from identity.review_queue where status = 'open')
        """
    ).fetchone() or (0, 0, 0, 0, 0)
    summary = IdentitySummary(
        customers=customers,
        identifiers=identifiers,
        edges_used=used,
        edges_stopped=stopped,
        questions_open=questions,
        events=dict(
            con.execute(
                "select event_type, count(*) from identity.events where run_id = ? "
                "group by all order by all",
                [run_id],
            ).fetchall()
        ),
        seconds=round(time.perf_counter() - started, 3),
    )
    log.info("%s", summary)
    return summary
