"""What a run made of the landing files, read from what it published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration.cli.batches import LoadedSource, batch_table
from orchestration.home import Home
from orchestration.publishing.published import attached


@dataclass(frozen=True, slots=True)
class Top:
    """A list of the five that a score puts first."""

    title: str
    columns: tuple[str, ...]
    sql: str


TOPS = (
    Top(
        "Leads most likely to convert (crm.lead_scores_current)",
        ("lead", "score", "grade", "because"),
        "select lead_id, round(score)::int, grade, list_extract(reasons_pos, 1) "
        "from crm.lead_scores_current order by probability desc, lead_id limit 5",
    ),
    Top(
        "Customers most likely to be lost (crm.churn_risk_current)",
        ("customer", "score", "grade", "because"),
        "select customer_id, round(score)::int, grade, list_extract(reasons_pos, 1) "
        "from crm.churn_risk_current order by probability desc, customer_id limit 5",
    ),
    Top(
        "Customer segments (crm.customer_segments_current)",
        ("segment", "customers", "share"),
        "select segment_name, count(*), round(100 * count(*) / sum(count(*)) over (), 1) || ' %' "
        "from crm.customer_segments_current group by 1 order by 2 desc, 1 limit 5",
    ),
    Top(
        "Campaigns that earned most (crm.campaign_roi_current, Markov attribution)",
        ("campaign", "conversions", "revenue", "cost", "ROI"),
        "select coalesce(c.name, r.campaign_id), round(r.conversions, 1), "
        "r.revenue_base::decimal(18, 0), r.cost_base::decimal(18, 0), round(r.roi, 2) "
        "from crm.campaign_roi_current as r left join marts.dim_campaigns as c using (campaign_id) "
        "where r.attribution_model = 'markov' and r.campaign_id <> 'direct' "
        "order by r.revenue_base desc, r.campaign_id limit 5",
    ),
)


def summarize(home: Home, console: Console) -> None:
    """Print what was loaded, who the customers are, the funnel, the scores and the seconds."""
    with duckdb.connect(":memory:") as con, attached(con, home, use=True):
        console.print(batch_table(_loaded(con)))
        console.print(
            _table(
                "Customers",
                ("type", "customers", "with an order"),
                con.execute(
                    "select customer_type, count(*), count(*) filter (exists ("
                    "from marts.fct_orders as o where o.customer_id = c.customer_id)) "
                    "from marts.dim_customers as c group by 1 order by 1"
                ).fetchall(),
            )
        )
        console.print(
            _table(
                "Sales funnel (marts.sales_funnel)",
                ("record", "pipeline", "stage", "entered", "went on"),
                con.execute(
                    "select record_type, pipeline, stage_name, sum(entered_count)::bigint, "
                    "round(100 * sum(converted_count) / nullif(sum(entered_count), 0), 1) || ' %' "
                    "from marts.sales_funnel group by record_type, pipeline, stage_name "
                    "order by record_type, pipeline, min(stage_order), stage_name"
                ).fetchall(),
            )
        )
        for top in TOPS:
            console.print(_table(top.title, top.columns, con.execute(top.sql).fetchall()))
        console.print(
            _table(
                "Seconds",
                ("stage", "s", "rows", "peak memory"),
                con.execute(
                    "select stage, round(seconds, 1), rows, "
                    "(peak_memory_bytes // 1048576) || ' MiB' from meta.stage_times "
                    "where run_id = (select run_id from meta.runs order by started_at desc limit 1)"
                ).fetchall(),
            )
        )


def _loaded(con: duckdb.DuckDBPyConnection) -> list[LoadedSource]:
    return [
        LoadedSource(*row)
        for row in con.execute(
            "select source, records_read, rows_loaded, rows_duplicate, rows_quarantined, status "
            "from meta.ingest_batches qualify row_number() over "
            "(partition by source order by started_at desc, batch_id) = 1 order by source"
        ).fetchall()
    ]


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    table = Table(title=title, title_justify="left")
    for name, sample in zip(columns, rows[0] if rows else columns, strict=True):
        table.add_column(name, justify="left" if isinstance(sample, str) else "right")
    for row in rows:
        table.add_row(
            *(f"{x:,}" if isinstance(x, int) else str(x if x is not None else "") for x in row)
        )
    return table
