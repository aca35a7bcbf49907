"""``identity.*`` after a run in, one row of ``meta.identity_quality`` out."""

from __future__ import annotations

import logging
import math
from pathlib import Path

import duckdb
import polars as pl

from orchestration.frames import registered
from orchestration.identity.labels import Label, MalformedLabels, labels_file, read_labels
from orchestration.runs.stages import now

log = logging.getLogger(__name__)

_LARGEST = 5
_LABELS = {"identifier_a": pl.String, "identifier_b": pl.String, "same": pl.Boolean}
_Z = 1.959964
"""Standard deviations of a 95 % interval."""


def measure(con: duckdb.DuckDBPyConnection, *, run_id: str, home: Path) -> None:
    """Write down how well this run's customers hold together.

    A labels file that cannot be read stops nothing: its estimates are null and the row says why.
    """
    con.execute("delete from meta.identity_quality where run_id = ?", [run_id])
    con.execute(_COUNTS, {"run": run_id, "at": now(), "largest": _LARGEST})
    file = labels_file(home)
    try:
        labels = read_labels(file)
    except MalformedLabels as error:
        log.warning("%s", error)
        con.execute(
            "update meta.identity_quality set labels_message = ? where run_id = ?",
            [str(error), run_id],
        )
        return
    if labels or file.exists():
        _estimate(con, run_id, labels)


def _estimate(con: duckdb.DuckDBPyConnection, run_id: str, labels: list[Label]) -> None:
    """Compare a labelled sample with the customers of the run."""
    # as a parameter of the query a hundred thousand of them take nine seconds
    frame = pl.DataFrame(labels, schema=_LABELS)
    with registered(con, "labels", frame):
        rows = con.execute(
            """
            with
            held as (select identifier, customer_id from identity.identifier_map where is_current)
            select
                count(*) filter (one.customer_id is null or other.customer_id is null),
                count(*) filter (one.customer_id = other.customer_id and same),
                count(*) filter (one.customer_id = other.customer_id and not same),
                count(*) filter (one.customer_id <> other.customer_id and same)
            from labels
            left join held as one on labels.identifier_a = one.identifier
            left join held as other on labels.identifier_b = other.identifier
            """
        ).fetchone()
    unknown, right, wrong, missed = rows or (0, 0, 0, 0)
    low, high = wilson(right, right + wrong)
    con.execute(
        "update meta.identity_quality set labelled_pairs = ?, labelled_pairs_unknown = ?, "
        "estimated_precision = ?, precision_low = ?, precision_high = ?, estimated_recall = ? "
        "where run_id = ?",
        [
            len(labels),
            unknown,
            right / (right + wrong) if right + wrong else None,
            low,
            high,
            right / (right + missed) if right + missed else None,
            run_id,
        ],
    )


def wilson(hits: int, trials: int) -> tuple[float | None, float | None]:
    """Return the 95 % interval of a share; nothing of no trials.

    References
    ----------
    .. [1] E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
       Journal of the American Statistical Association 22 (1927), 209-212.

    Examples
    --------
    >>> [round(bound, 4) for bound in wilson(8, 10)]
    [0.4902, 0.9433]
    """
    if not trials:
        return None, None
    share, spread = hits / trials, _Z**2 / trials
    middle = share + spread / 2
    half = _Z * math.sqrt(share * (1 - share) / trials + spread / (4 * trials))
    return (middle - half) / (1 + spread), (middle + half) / (1 + spread)


_COUNTS = """
insert into meta.identity_quality by name
with sizes as (
    select customer_id, customer_type, identifier_count
    from identity.customers
    where status = 'active'
),
largest as (
    from sizes order by identifier_count desc, customer_id limit $largest
),
versions as (
    select
        record_key,
        coalesce(
            customer_ref,
            case direction when 'inbound' then from_ref when 'outbound' then to_refs[1] end
        ) as customer_side_ref
    from raw.interaction
    where is_bot is distinct from true and direction <> 'internal'
),
attributed as (
    select
        count(distinct record_key) as interactions,
        count(distinct record_key) filter (held.identifier is not null) as interactions_attributed
    from versions
    left join identity.identifier_map as held
        on versions.customer_side_ref = held.identifier and held.is_current
),
happened as (
    select
        count(*) filter (event_type = 'created') as created_count,
        count(*) filter (event_type = 'merged') as merged_count,
        count(*) filter (event_type = 'split') as split_count,
        count(*) filter (event_type = 'retired') as retired_count
    from identity.events
    where run_id = $run
),
counted as (
    select
        count(*) as customers,
        count(*) filter (customer_type = 'organization') as organizations,
        coalesce(sum(identifier_count), 0)::bigint as identifiers,
        count(*) filter (identifier_count = 1) as customers_of_1,
        count(*) filter (identifier_count between 2 and 5) as customers_of_2_to_5,
        count(*) filter (identifier_count between 6 and 10) as customers_of_6_to_10,
        count(*) filter (identifier_count between 11 and 30) as customers_of_11_to_30,
        count(*) filter (identifier_count > 30) as customers_of_over_30
    from sizes
)
select
    $run as run_id,
    $at::timestamp as measured_at,
    counted.*,
    (select list(customer_id order by identifier_count desc, customer_id) from largest)
        as largest_customer_ids,
    (select list(identifier_count order by identifier_count desc, customer_id) from largest)
        as largest_identifier_counts,
    happened.*,
    (select count(*) from identity.decisions where revoked_by is null) as decisions_in_force,
    (select count(*) from identity.review_queue where status = 'open') as questions_open,
    attributed.interactions,
    attributed.interactions_attributed,
    attributed.interactions_attributed / nullif(attributed.interactions, 0) as attributed_share
from counted, happened, attributed
"""
