"""What was built against the generation that readers have now (attached as ``published``)."""

from __future__ import annotations

import json
from collections.abc import Iterator

import duckdb

from models_ml.score_contract import SCORE_TABLES
from orchestration.checks.check_results import CheckResult
from orchestration.gate.scores import PROBABILITY_SCORES
from orchestration.publishing.publish import relations
from orchestration.sql_text import quoted
from orchestration.sql_values import integer, value

LARGEST_SHRINKAGE = 0.5
"""A published table that loses more than this share of its rows is more likely a broken source
than a company that halved over night."""

SMALLEST_COMPARED = 20
"""Tables below this many rows may shrink: half of next to nothing is no sign of anything."""

LARGEST_SHIFT = 0.25
"""Population stability index above which a distribution counts as shifted (the usual limit in
credit scoring)."""


def is_standing(schema: str, name: str) -> bool:
    """Say whether a table lists what stands at the as_of: tasks, locks, firings.

    A quiet week halves it, and nothing is broken; a score is about everybody and does not shrink.
    """
    return schema == "crm" and name.removesuffix("_current") not in SCORE_TABLES


def shrinkage(con: duckdb.DuckDBPyConnection, *, may_shrink: bool) -> Iterator[CheckResult]:
    """Compare the rows of every published table.

    Parameters
    ----------
    may_shrink
        A person has looked and accepts it (``crm run --allow-shrink``): report, do not block.
    """
    before: dict[str, int] = json.loads(
        str(
            value(
                con,
                "select row_counts from published.meta.generation order by generation desc limit 1",
            )
        )
    )
    built = {f"{schema}.{name}" for schema, name, _ in relations(con)}
    for table in sorted(before):
        schema, name = table.split(".", 1)
        if schema == "meta":
            continue
        after = (
            integer(con, f"select count(*) from {quoted(schema)}.{quoted(name)}")  # noqa: S608
            if table in built
            else 0
        )
        lost = before[table] - after
        fell = before[table] >= SMALLEST_COMPARED and lost > LARGEST_SHRINKAGE * before[table]
        accepted = may_shrink or is_standing(schema, name)
        yield CheckResult(
            check_name="did_not_shrink",
            asset=f"{schema}/{name}",
            passed=not fell,
            blocking=not accepted,
            severity="warn" if accepted else "error",
            rows_failed=lost if fell else 0,
            message=f"{before[table]} rows published, {after} built"
            + ("; `crm run --allow-shrink` accepts that" if fell else ""),
        )


def no_older(con: duckdb.DuckDBPyConnection) -> Iterator[CheckResult]:
    """Check that the data does not end before the published data does."""
    published = value(
        con, "select data_cutoff from published.meta.generation order by generation desc limit 1"
    )
    built = value(con, "select cast(value as timestamp) from meta.settings where name = 'as_of'")
    older = published is not None and (built is None or str(built) < str(published))
    yield CheckResult(
        check_name="data_goes_forward",
        asset="meta/settings",
        passed=not older,
        severity="warn",
        blocking=False,
        message=f"data up to {built}, published up to {published}",
    )


def score_shift(con: duckdb.DuckDBPyConnection) -> Iterator[CheckResult]:
    """Compare each score's newest distribution with the published one, in deciles of the latter.

    A shift does not block: it may be the customers who changed, and then readers must know.
    """
    for score in PROBABILITY_SCORES:
        table = f"crm.{quoted(score)}"
        if not integer(
            con,
            "select count(*) from duckdb_tables() where database_name = 'published' "
            "and schema_name = 'crm' and table_name = ?",
            [score],
        ):
            continue
        newest = "select probability from {t} where as_of = (select max(as_of) from {t})"
        index = value(
            con,
            f"""
            with old as ({newest.format(t="published." + table)}),
            new as ({newest.format(t=table)}),
            cuts as (
                select quantile_cont(probability, [.1, .2, .3, .4, .5, .6, .7, .8, .9]) as cut
                from old
            ),
            shares as (
                select len(list_filter(cut, lambda c: c <= probability)) as bin,
                    (count(*) filter (is_old) + 0.5) / (select count(*) + 5 from old) as was,
                    (count(*) filter (not is_old) + 0.5) / (select count(*) + 5 from new) as now
                from (
                    select probability, true as is_old from old
                    union all select probability, false from new
                ), cuts
                group by bin
            )
            select sum((now - was) * ln(now / was)) from shares
            where (select count(*) from old) >= {SMALLEST_COMPARED}
                and (select count(*) from new) >= {SMALLEST_COMPARED}
            """,  # noqa: S608
        )
        if index is None:
            continue
        shifted = float(str(index)) > LARGEST_SHIFT
        yield CheckResult(
            check_name="distribution_did_not_shift",
            asset=f"crm/{score}",
            passed=not shifted,
            severity="warn",
            blocking=False,
            message=f"population stability index {float(str(index)):.3f} "
            f"(limit {LARGEST_SHIFT}) against the published scores",
        )
