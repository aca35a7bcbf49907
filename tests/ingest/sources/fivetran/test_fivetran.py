"""Folders of tables that Fivetran writes: naming, joining, and the same from CSV and Parquet."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.loading.load_source import load_source
from ingest.source import Company, Source
from ingest.sources.fivetran import hubspot, salesforce, zendesk
from ingest.sources.fivetran.folder import table_name

VENDORS = {"hubspot": hubspot, "salesforce": salesforce, "zendesk": zendesk}

DEALS = (
    "deal_id,is_deleted,deal_pipeline_id,deal_pipeline_stage_id,owner_id,property_amount,"
    "property_createdate,_fivetran_synced\n"
    "1,false,default,won,7,100.50,2024-01-01 10:00:00,2024-02-01 00:00:00\n"
    "2,false,default,won,7,9,2024-01-02 10:00:00,2024-02-01 00:00:00\n"
)
COMPANIES = "deal_id,company_id,_fivetran_synced\n1,77,2024-02-01 00:00:00\n"


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("deal.parquet", "deal"),
        ("deal_data.csv", "deal"),
        ("DEAL.CSV", "deal"),
        ("hubspot_deal.csv.gz", "deal"),
        ("deal-000001.csv", "deal"),
        ("deal.2024-01-01.csv.zst", "deal"),
        ("deal_company_data.csv", "deal_company"),
        ("dealings.csv", "dealings"),
    ],
)
def test_a_file_is_named_after_its_table(name: str, table: str) -> None:
    assert table_name(Path(name), hubspot.TABLES) == table


def test_a_number_at_the_end_of_a_table_is_no_part_number() -> None:
    assert table_name(Path("sf_product_2_data.csv"), salesforce.TABLES) == "product_2"


def test_csv_and_parquet_give_the_same_rows(read: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "csv").mkdir()
    (tmp_path / "parquet").mkdir()
    (tmp_path / "csv" / "deal.csv").write_text(DEALS)
    (tmp_path / "csv" / "deal_company.csv").write_text(COMPANIES)
    pl.DataFrame(
        {
            "DEAL_ID": [1, 2],
            "IS_DELETED": [False, False],
            "DEAL_PIPELINE_ID": ["default", "default"],
            "DEAL_PIPELINE_STAGE_ID": ["won", "won"],
            "OWNER_ID": [7.0, 7.0],
            "PROPERTY_AMOUNT": [100.50, 9.0],
            "PROPERTY_CREATEDATE": ["2024-01-01 10:00:00", "2024-01-02 10:00:00"],
            "_FIVETRAN_SYNCED": ["2024-02-01 00:00:00", "2024-02-01 00:00:00"],
        }
    ).with_columns(
        pl.col("PROPERTY_CREATEDATE").str.to_datetime().dt.replace_time_zone("UTC")
    ).write_parquet(tmp_path / "parquet" / "deal.parquet")
    pl.DataFrame({"deal_id": [1], "company_id": [77]}).write_parquet(
        tmp_path / "parquet" / "deal_company.parquet"
    )

    csv = read("fivetran.hubspot", tmp_path / "csv" / "deal.csv").rows["opportunity"]
    parquet = read("fivetran.hubspot", tmp_path / "parquet" / "deal.parquet").rows["opportunity"]

    def said(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        numbers = {name: float(row[name]) for row in rows for name in ("amount",)}
        assert numbers
        return [{**row, "amount": float(row["amount"]), "attributes": None} for row in rows]

    assert said(csv) == said(parquet)
    assert [row["account_ref"] for row in csv] == ["77", None]


def test_a_row_that_is_part_of_another_comes_out_as_the_whole(
    read: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "deal.csv").write_text(DEALS)
    (tmp_path / "deal_company.csv").write_text(COMPANIES + "3,78,2024-02-01 00:00:00\n")

    deals = read("fivetran.hubspot", tmp_path / "deal.csv").rows["opportunity"]
    parts = read("fivetran.hubspot", tmp_path / "deal_company.csv")

    assert parts.rows["opportunity"] == [deals[0]]
    assert parts.reasons() == {2: "missing_parent"}


def test_deleted_associations_do_not_count(read: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "deal.csv").write_text(DEALS)
    (tmp_path / "deal_company.csv").write_text("deal_id,company_id,_fivetran_deleted\n1,77,TRUE\n")

    deals = read("fivetran.hubspot", tmp_path / "deal.csv").rows["opportunity"]

    assert deals[0]["account_ref"] is None


def test_a_table_nobody_knows_is_rejected_with_the_remedy(
    read: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "feedback_submission.csv").write_text("id\n1\n")

    outcome = read("fivetran.hubspot", tmp_path / "feedback_submission.csv")

    assert outcome.reasons() == {1: "unknown_table"}
    assert "options.ignore_tables" in outcome.rejected[0]["reason"]


@pytest.mark.parametrize(
    ("ignored", "records"), [(["property"], 0), ("property", 0), ("property_option", 1)]
)
def test_an_ignored_table_gives_nothing(
    read: Callable[..., Any], tmp_path: Path, ignored: str | list[str], records: int
) -> None:
    (tmp_path / "property.csv").write_text("id\n1\n")

    outcome = read("fivetran.hubspot", tmp_path / "property.csv", ignore_tables=ignored)

    assert outcome.read == records


def test_amounts_without_currency_are_in_the_currency_of_the_options(
    read: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "deal.csv").write_text(DEALS)

    by_company = read("fivetran.hubspot", tmp_path / "deal.csv").rows["opportunity"]
    by_option = read("fivetran.hubspot", tmp_path / "deal.csv", currency="USD")

    assert {row["currency"] for row in by_company} == {"EUR"}
    assert {row["currency"] for row in by_option.rows["opportunity"]} == {"USD"}


def _load(con: duckdb.DuckDBPyConnection, landing: Path, *, replay: bool = False) -> None:
    source = Source(
        name="hubspot",
        format="fivetran.hubspot",
        path="hubspot/*.csv",
        namespace="hs",
        company=Company(),
    )
    result = load_source(con, source, landing, quarantine_limit=1.0, replay=replay)
    assert result.status in {"loaded", "unchanged"}, result.message


def _opportunities(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return con.execute(
        "select opportunity_id, account_ref, record_hash, recorded_at, file, position "
        "from raw.opportunity order by all"
    ).fetchall()


def test_a_table_that_arrives_late_says_the_same_once_the_folder_is_read_again(
    warehouse: duckdb.DuckDBPyConnection, landing: Path, put: Callable[[str, str], Path]
) -> None:
    put("hubspot/deal.csv", DEALS)
    _load(warehouse, landing)
    put("hubspot/deal_company.csv", COMPANIES)
    _load(warehouse, landing, replay=True)
    late = _opportunities(warehouse)

    warehouse.execute("delete from raw.opportunity; delete from meta.ingest_files")
    _load(warehouse, landing)

    assert _opportunities(warehouse) == late
    assert [row[:2] for row in late] == [("1", "hs:77"), ("2", None)]


_TABLES = sorted((vendor, table) for vendor, module in VENDORS.items() for table in module.TABLES)
_WORDS = st.sampled_from(
    ["1", "2", "", "true", "2024-01-01 10:00:00", "x@example.com", "status", "CLICK", "[1,2]", "é"]
)


@settings(max_examples=30)
@given(
    vendor_and_table=st.sampled_from(_TABLES),
    header=st.lists(
        st.sampled_from(
            ["id", "deal_id", "ticket_id", "engagement_id", "type", "created", "updated", "value",
             "field_name", "start_time", "end_time", "start_date", "end_date", "user_id", "name",
             "_fivetran_start", "property_hs_merged_object_ids", "is_deleted", "ID", "$id"]
        ),
        min_size=1,
        max_size=6,
    ),
    rows=st.lists(st.lists(_WORDS, min_size=1, max_size=6), max_size=5),
)  # fmt: skip
def test_every_row_of_any_table_comes_out_exactly_once(
    read_any: Callable[..., Any],
    vendor_and_table: tuple[str, str],
    header: list[str],
    rows: list[list[str]],
) -> None:
    vendor, table = vendor_and_table
    text = "\n".join(",".join(f'"{cell}"' for cell in line) for line in [header, *rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{table}.csv"
        path.write_text(text)
        for other in ("deal", "ticket", "engagement_call", "contact", "user", "email_event"):
            if other != table:
                (Path(folder) / f"{other}.csv").write_text(text)
        read_any(f"fivetran.{vendor}", path)


@settings(max_examples=25)
@given(content=st.binary(max_size=400), vendor=st.sampled_from(sorted(VENDORS)))
def test_no_bytes_raise_anything_but_unreadable_file(
    read_any: Callable[..., Any], content: bytes, vendor: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ticket.csv"
        path.write_bytes(content)
        read_any(f"fivetran.{vendor}", path)


@pytest.fixture(scope="module")
def read_any() -> Callable[..., None]:
    from ingest.parsed import UnreadableFile
    from ingest.sources import FORMATS

    def run(format_: str, path: Path) -> None:
        source = Source(name="s", format=format_, path="*", namespace="ns", company=Company())
        positions: list[int] = []
        read = 0
        try:
            for chunk in FORMATS[format_](path, source):
                of_chunk = set(chunk.rejected["position"])
                for frame in chunk.rows.values():
                    of_chunk |= set(frame["position"])
                assert len(of_chunk) == chunk.read
                positions += of_chunk
                read += chunk.read
        except UnreadableFile:
            return
        assert sorted(positions) == list(range(1, read + 1))

    return run
