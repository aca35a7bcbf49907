"""The published figures of real data sets come out of the marts."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest
import yaml

from tests.acceptance.warehouse import Warehouse
from tests.made_once import made_once

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.pipeline, pytest.mark.real_data]


@pytest.fixture
def example(tmp_path: Path) -> Callable[[str], Warehouse]:
    """Return a maker of homes with an example's ``sources.yml``."""

    def make(name: str) -> Warehouse:
        home = tmp_path / name
        (home / "landing").mkdir(parents=True)
        shutil.copy2(ROOT / "examples" / name / "sources.yml", home / "sources.yml")
        return Warehouse(home)

    return make


def put(warehouse: Warehouse, folder: str, files: list[Path]) -> None:
    target = warehouse.home / "landing" / folder
    target.mkdir(parents=True, exist_ok=True)
    for file in files:
        shutil.copyfile(file, target / file.name)


TOGETHER = (
    "crm_sales_opportunities", "email", "phone_asterisk_cdr", "phone_twilio_api",
    "web_segment_spec",
)  # fmt: skip
"""Examples of companies that have nothing to do with each other; their records do not meet."""


@pytest.fixture(scope="module")
def together(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Return the warehouse of a company that has the sources of five examples, after one run."""

    def make(home: Path) -> None:
        warehouse = Warehouse(home)
        (home / "landing").mkdir(parents=True)
        entries = [
            yaml.safe_load((ROOT / "examples" / name / "sources.yml").read_text())
            for name in TOGETHER
        ]
        merged = {
            **entries[0],
            "quarantine_limit": 1.0,
            "sources": {name: one for entry in entries for name, one in entry["sources"].items()},
        }
        assert len(merged["sources"]) == sum(len(entry["sources"]) for entry in entries)
        (home / "sources.yml").write_text(yaml.safe_dump(merged))
        crm = real_data / "crm_sales_opportunities"
        names = ("accounts", "products", "sales_teams", "sales_pipeline")
        put(warehouse, "crm", [crm / f"{name}.csv" for name in names])
        put(warehouse, "crm", [ROOT / "examples" / "crm_sales_opportunities" / "stages.csv"])
        shutil.copytree(
            real_data / "email", home / "landing" / "mail", copy_function=shutil.copyfile
        )
        put(warehouse, "phone", sorted((real_data / "phone_asterisk_cdr").glob("*.csv")))
        put(warehouse, "phone", sorted((real_data / "phone_twilio_api").glob("*.json")))
        put(warehouse, "web", [])
        lines = (real_data / "web_segment_spec" / "segment_spec_examples.jsonl").read_text()
        payloads = [json.dumps(json.loads(line)["payload"]) for line in lines.splitlines()]
        (home / "landing" / "web" / "examples.jsonl").write_text("\n".join(payloads) + "\n")
        warehouse.run()

    return Warehouse(made_once(tmp_path_factory, "together", make))


def test_crm_sales_opportunities(real_data: Path, together: Warehouse) -> None:
    folder, warehouse = real_data / "crm_sales_opportunities", together
    assert dict(
        warehouse.query("select stage_name, count(*) from marts.fct_opportunities group by all")
    ) == {"Won": 4238, "Lost": 2473, "Engaging": 1589, "Prospecting": 500}
    assert warehouse.query(
        "select sum(amount), sum(amount_base) from marts.fct_opportunities where is_won"
    ) == [(10_005_534, 10_005_534)]
    assert warehouse.query(
        "select count(*) from marts.fct_opportunities where account_id is null"
    ) == [(1425,)]
    assert warehouse.query(
        "select count(*) from marts.fct_opportunities as o "
        "left join marts.dim_products as p using (product_id) where p.product_id is null"
    ) == [(0,)]
    peer = duckdb.connect(":memory:")
    peer.execute(
        "create table pipeline as select * replace (replace(product, 'GTXPro', 'GTX Pro') "
        "as product), coalesce(close_value, 0) as value, deal_stage = 'Won' as won, "
        "deal_stage = 'Lost' as lost, date_trunc('quarter', close_date)::date as quarter "
        "from read_csv(?)",
        [str(folder / "sales_pipeline.csv")],
    )
    peer.execute("create table teams as from read_csv(?)", [str(folder / "sales_teams.csv")])
    figures = "count(*) filter (won), count(*) filter (lost), coalesce(sum(value) filter (won), 0)"
    assert peer.execute(f"select {figures} from pipeline").fetchall() == [(4238, 2473, 10_005_534)]
    ours = "sum(won_count)::int, sum(lost_count)::int, sum(won_value_base)::int"
    assert warehouse.query(
        f"select {ours}, sum(won_count) / sum(won_count + lost_count) from marts.rep_performance"
    ) == [(4238, 2473, 10_005_534, 4238 / 6711)]
    for told, counted in (
        (
            f"select owner_name, {ours} from marts.rep_performance "
            "where won_count + lost_count + created_count > 0",
            f"select sales_agent, {figures} from pipeline where deal_stage <> 'Prospecting'",
        ),
        (
            "select owner_name, date_trunc('quarter', period_start)::date, "
            f"{ours} from marts.rep_performance where won_count + lost_count > 0",
            f"select sales_agent, quarter, {figures} from pipeline where won or lost",
        ),
        (
            f"select team, {ours} from marts.team_performance",
            f"select manager, {figures} from pipeline join teams using (sales_agent)",
        ),
        (
            "select team, date_trunc('quarter', period_start)::date, "
            f"{ours} from marts.team_performance where won_count + lost_count > 0",
            f"select manager, quarter, {figures} from pipeline join teams using (sales_agent) "
            "where won or lost",
        ),
        (
            f"select product_id[5:], {ours}, sum(open_count)::int from marts.product_performance",
            f"select product, {figures}, count(*) filter (not won and not lost) from pipeline",
        ),
        (
            "select product_name, owner_name, stage_name, sum(entered_count)::int, "
            "sum(value_base)::int from marts.sales_funnel where stage_name in ('Won', 'Lost')",
            "select product, sales_agent, deal_stage, count(*), sum(value) from pipeline "
            "where won or lost",
        ),
        (
            "select owner_name, sum(lost_count)::int, sum(lost_value_base)::int "
            "from marts.stage_rejections",
            "select sales_agent, count(*), sum(value) from pipeline where lost",
        ),
    ):
        expected = peer.execute(counted + " group by all order by all").fetchall()
        assert len(expected) > 5
        assert warehouse.query(told + " group by all order by all") == expected, told


def test_online_retail_day_by_day(real_data: Path, example: Callable[[str], Warehouse]) -> None:
    days = sorted((real_data / "online_retail" / "by-day").glob("*.csv.gz"))
    warehouse = example("online_retail")
    put(warehouse, "shop", days[:100])
    warehouse.load()
    put(warehouse, "shop", days[200:])
    warehouse.load()
    put(warehouse, "shop", days[100:200])

    warehouse.run()

    peer = duckdb.connect(":memory:")
    peer.execute(
        "create table lines as select distinct * from read_csv(?, all_varchar = true)",
        [[str(day) for day in days]],
    )
    lines, units, value = peer.execute(
        "select count(*), sum(Quantity::bigint), "
        "sum(Quantity::bigint * UnitPrice::decimal(18, 4)) from lines"
    ).fetchall()[0]
    assert lines == 541_909 - 5_268
    assert warehouse.query(
        "select count(*), sum(quantity)::bigint, sum(quantity::bigint * unit_price) "
        "from marts.fct_order_lines"
    ) == [(lines, units, value)]
    assert warehouse.query(
        "select count(distinct customer_id) from marts.fct_orders where customer_id is not null"
    ) == [(4372,)]
    assert warehouse.query("select count(*) from marts.dim_customers") == [(4372,)]
    assert warehouse.query(
        "select min(placed_at)::date, max(placed_at)::date from marts.fct_order_lines"
    ) == [(date(2010, 12, 1), date(2011, 12, 9))]
    assert warehouse.query("select sum(total) from marts.fct_orders")[0][0] == value
    assert warehouse.query_build(
        "select sum(records_read), sum(rows_duplicate), sum(rows_quarantined) "
        "from meta.ingest_files where source = 'order_lines'"
    ) == [(541_909, 5_268, 0)]
    assert_months_are_those_of_the_files(warehouse, peer)
    # 38 names, of which these are no country's
    assert dict(
        warehouse.query(
            "select country_code, count(*) from marts.fct_orders "
            "where not regexp_full_match(country_code, '[A-Z]{2}') group by all"
        )
    ).keys() == {"Channel Islands", "European Community", "Unspecified"}


def assert_months_are_those_of_the_files(
    warehouse: Warehouse, peer: duckdb.DuckDBPyConnection
) -> None:
    """Compare sales, returns and customers of every month with a query of the files alone."""
    peer.execute(
        "create table sold as select date_trunc('month', InvoiceDate::timestamp)::date as month, "
        "InvoiceNo as invoice, nullif(CustomerID, '') as customer, "
        "starts_with(InvoiceNo, 'C') as is_return, "
        "Quantity::bigint * UnitPrice::decimal(18, 4) as value from lines"
    )
    for is_return in (False, True):
        months = peer.execute(
            "select month, count(distinct invoice), sum(value) from sold where is_return = ? "
            "group by month order by month",
            [is_return],
        ).fetchall()
        assert len(months) == 13
        assert (
            warehouse.query(
                "select date_trunc('month', placed_at)::date, count(*), sum(revenue_base) "
                f"from marts.fct_orders where is_cancelled = {is_return} group by 1 order by 1"
            )
            == months
        )
    # who comes back is counted by the cohort of the first purchase; all cohorts are the month
    assert warehouse.query(
        "select activity_month, sum(retained_customer_count)::bigint, sum(order_count)::bigint, "
        "sum(revenue_base) from marts.retention_cohorts group by 1 order by 1"
    ) == (
        peer.execute(
            "select month, count(distinct customer), count(distinct invoice), sum(value) "
            "from sold where not is_return and customer is not null group by 1 order by 1"
        ).fetchall()
    )
    first = peer.execute(
        "select month, count(*) from (select customer, min(month) as month from sold "
        "where not is_return and customer is not null group by 1) group by 1 order by 1"
    ).fetchall()
    assert (
        warehouse.query(
            "select cohort_month, customer_count from marts.retention_cohorts "
            "where months_since = 0 order by 1"
        )
        == first
    )


def test_web_access_logs(real_data: Path, example: Callable[[str], Warehouse]) -> None:
    warehouse = example("web_access_logs")
    put(warehouse, "web_log", [real_data / "web_access_logs" / "elastic_apache_logs.gz"])

    warehouse.run()

    assert warehouse.query_build(
        "select sum(records_read), sum(rows_loaded), sum(rows_quarantined) from meta.ingest_files"
    ) == [(10_000, 9_999, 1)]
    assert warehouse.query_build(
        "select count(distinct ip), count(*) filter (where status = 200) from raw.web_event"
    ) == [(1753, 9125)]
    assert warehouse.query("select count(*) from marts.fct_web_events") == [(9999,)]
    assert warehouse.query("select count(*) from marts.dim_customers") == [(0,)]


def counted(warehouse: Warehouse, *sources: str) -> tuple[int, ...]:
    """Return files, records read, and rows loaded, duplicate and in quarantine of some sources."""
    return warehouse.query_build(
        "select count(*), sum(records_read), sum(rows_loaded), sum(rows_duplicate), "
        "sum(rows_quarantined) from meta.ingest_files where list_contains(?, source)",
        list(sources),
    )[0]


def test_email(together: Warehouse) -> None:
    messages, _, loaded, duplicates, quarantined = counted(together, "mail")
    assert messages == 201
    assert (
        together.query("select count(*) from marts.fct_interactions where channel = 'email'")[0][0]
        > 80
    )
    assert loaded + duplicates + quarantined >= 201
    # what the example allows, and a company of many sources allows more
    assert quarantined <= 0.9 * (loaded + duplicates + quarantined)
    assert together.query_build("select count(*) from meta.quarantine where reason is null") == [
        (0,)
    ]


CALLS = (
    "select count(*) from marts.fct_interactions "
    "where channel = 'phone' and split_part(interaction_id, ':', 1) {}"
)


def test_phone_asterisk_cdr(together: Warehouse) -> None:
    _, read, *_, quarantined = counted(together, "pbx_csv", "pbx_custom")
    assert (read, quarantined) == (25, 0)
    assert together.query(CALLS.format("in ('pbx1', 'pbx2')")) == [(25,)]


def test_phone_twilio_api(real_data: Path, together: Warehouse) -> None:
    calls = set()
    for file in (real_data / "phone_twilio_api").glob("*.json"):
        content = json.loads(file.read_text())
        calls |= {
            item["sid"]
            for item in content.get("calls", [content])
            if "from_formatted" in item and item.get("sid")
        }

    assert len(calls) > 0
    assert together.query(CALLS.format("not in ('pbx1', 'pbx2')")) == [(len(calls),)]


def test_web_segment_spec(together: Warehouse) -> None:
    _, read, loaded, duplicates, quarantined = counted(together, "web")
    assert read == 34
    assert together.query("select count(*) from marts.fct_web_events")[0][0] > 0
    assert loaded + duplicates + quarantined >= 34


def test_the_retail_files_are_what_the_example_says(real_data: Path) -> None:
    days = sorted((real_data / "online_retail" / "by-day").glob("*.csv.gz"))

    without_customer = cancelled = lines = 0
    for day in days:
        with gzip.open(day, "rt", newline="") as file:
            for row in csv.DictReader(file):
                lines += 1
                without_customer += not row["CustomerID"]
                cancelled += row["InvoiceNo"].startswith("C")

    assert (len(days), lines, without_customer, cancelled) == (305, 541_909, 135_080, 9_288)
