"""A published generation and the file of deliveries in; the rows of the outbox as of now out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.errors import NothingPublished, Refused, WrongUse
from orchestration.frames import registered
from orchestration.home import Home
from orchestration.outbox.declarations import load
from orchestration.outbox.deliveries import STATE, Ranges, read_events
from orchestration.publishing import generations
from orchestration.sql_text import literal
from orchestration.sql_values import integer

PENDING = "ack_at is null and not is_dead"
DEAD = "is_dead"

_AS_OF_NOW = f"""
create temp view outbox_now as
with known as (
    select
        log.* exclude (attempt, ack_at, error),
        -- the generation remembers where the file of deliveries is lost
        case when state.outbox_id is null then log.attempt else state.attempt end as attempt,
        case when state.outbox_id is null then log.ack_at else state.ack_at end as ack_at,
        case when state.outbox_id is null then log.error else state.error end as error
    from published.crm.outbox as log
    left join ({STATE.format(log="published.crm.outbox")}) as state
        on log.outbox_id = state.outbox_id
)
select *, ack_at is null and attempt >= {{attempts}} as is_dead from known
"""  # noqa: S608


@contextmanager
def outbox_of_readers(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give ``outbox_now``: what the generation that readers have tells, for deliveries.

    After a rollback the rows of the withdrawn generation are not in it: they wait.
    """
    if generations.current(home) is None:
        raise NothingPublished(
            f"Nothing is published in {home.published_folder}: `crm run` publishes."
        )
    with _opened(home, home.published.resolve()) as con:
        yield con


@contextmanager
def whole_outbox(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give ``outbox_now``: all that was ever told, for news of deliveries.

    Who was given a row before a rollback may say what became of it after.
    """
    kept = generations.on_disk(home)
    if not kept:
        raise NothingPublished(
            f"Nothing is published in {home.published_folder}: `crm run` publishes."
        )
    with _opened(home, generations.path_of(home, kept[-1])) as con:
        yield con


@contextmanager
def _opened(home: Home, file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as con:
        try:
            con.execute(f"attach {literal(str(file))} as published (read_only)")
        except duckdb.Error as error:
            raise Refused(
                f"{file} cannot be read ({str(error).splitlines()[0]}): go back to the generation "
                "before with `crm rollback`, or delete the file and run again."
            ) from error
        if not integer(
            con,
            "select count(*) from duckdb_tables() where database_name = 'published' "
            "and schema_name = 'crm' and table_name = 'outbox'",
        ):
            raise NothingPublished(
                f"{file} is from before there was an outbox: `crm run` publishes one."
            )
        with registered(con, "outbox_events", read_events(home)):
            con.execute(_AS_OF_NOW.format(attempts=load().attempts))
            yield con


def require_positions(con: duckdb.DuckDBPyConnection, ids: Sequence[int]) -> None:
    """Check that there is a row at each position.

    Raises
    ------
    WrongUse
        If there is none; the message names the first that is missing and those there are.
    """
    absent = con.execute(
        "select id from (select unnest($ids) as id) "
        "where id not in (select outbox_id from outbox_now) order by id limit 1",
        {"ids": list(ids)},
    ).fetchone()
    if absent:
        first, last = con.execute(
            "select min(outbox_id), max(outbox_id) from outbox_now"
        ).fetchall()[0]
        there = (
            f"positions are {first} to {last}, but for what was removed"
            if last
            else "it has no rows yet"
        )
        raise WrongUse(
            f"There is no row {absent[0]} in the outbox, {there}: `crm outbox show` lists them."
        )


def ranges(con: duckdb.DuckDBPyConnection, condition: str, values: dict[str, object]) -> Ranges:
    """Return the positions of the rows that meet a condition, neighbours as one pair."""
    return con.execute(
        f"""
        select min(outbox_id), max(outbox_id)
        from (
            select outbox_id, outbox_id - row_number() over (order by outbox_id) as island
            from outbox_now where {condition}
        )
        group by island order by 1
        """,  # noqa: S608
        values,
    ).fetchall()


def size(found: Ranges) -> int:
    """Return how many positions there are in ranges."""
    return sum(last - first + 1 for first, last in found)
