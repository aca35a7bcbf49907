"""An entry is about the rows of a table that its ``where`` says, and leaves the others alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from ingest.config import Config, read_config
from ingest.errors import ConfigError
from ingest.loading.check import check_sources
from ingest.loading.load import load_source
from ingest.loading.verdict import mapping_hash
from ingest.mapping.conditions import read_where
from ingest.parsed import UnreadableFile
from ingest.source import Company, Source
from ingest.sources.tabular import map_table, parse

Con = duckdb.DuckDBPyConnection
Put = Callable[[str, str | bytes], Path]
Make = Callable[..., Source]

PAGE = Path(__file__).resolve().parents[3] / "docs" / "sources" / "csv.md"

TYPES = pl.DataFrame(
    {
        "Id": ["1", "2", "3", "4"],
        "Type": ["charge", "refund", None, "payout fee"],
        "Live": ["yes", "no", "yes", None],
    }
)


def source(where: dict[str, Any] | None, format_: str = "csv", **given: Any) -> Source:
    settings: dict[str, Any] = {
        "name": "orders",
        "format": format_,
        "path": "*",
        "namespace": "shop",
        "entity": "order",
        "columns": {"order_id": "Id", "placed_at": {"value": "2026-01-01"}},
        "where": where,
        "company": Company(),
    }
    return Source(**(settings | given))


def written(folder: Path, format_: str, frame: pl.DataFrame = TYPES) -> Path:
    file = folder / f"a.{format_}"
    if format_ == "csv":
        frame.write_csv(file)
    elif format_ == "tsv":
        frame.write_csv(file, separator="\t")
    elif format_ == "json":
        frame.write_json(file)
    elif format_ == "jsonl":
        frame.write_ndjson(file)
    elif format_ == "parquet":
        frame.write_parquet(file)
    else:
        with xlsxwriter.Workbook(str(file)) as book:
            frame.write_excel(book)
    return file


def chosen(file: Path, one: Source) -> tuple[list[str], int]:
    """Return the ids of the rows that are read, and how many others there are."""
    ids: list[str] = []
    left_out = 0
    for parsed in parse(file, one):
        assert parsed.table is not None
        assert parsed.read == parsed.table.height
        table = parsed.table.with_columns(pl.lit("a").alias("$path"))
        ids += map_table(table, one, is_tidy=parsed.is_tidy).rows["order_id"].to_list()
        left_out += parsed.left_out
    return ids, left_out


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ({"Type": "charge"}, ["1"]),
        ({"Type": ["charge", "refund"]}, ["1", "2"]),
        ({"Type": {"is": "refund"}}, ["2"]),
        ({"Type": {"not": "charge"}}, ["2", "3", "4"]),
        ({"Type": {"not": ["charge"], "empty": "false"}}, ["2", "4"]),
        ({"Type": {"empty": "true"}}, ["3"]),
        ({"Type": {"empty": "false"}, "Live": "yes"}, ["1"]),
        ({"Type": {"pattern": "^pay|^ref"}}, ["2", "4"]),
        ({"Live": {"not": "yes"}}, ["2", "4"]),
        ({"Type": "Charge"}, []),
    ],
)
@pytest.mark.parametrize("format_", ["csv", "tsv", "json", "jsonl", "parquet", "xlsx"])
def test_the_rows_of_an_entry_are_those_of_which_everything_holds(
    where: dict[str, Any], ids: list[str], format_: str, tmp_path: Path
) -> None:
    assert chosen(written(tmp_path, format_), source(where, format_)) == (ids, 4 - len(ids))


def test_numbers_and_truth_values_are_compared_as_they_are_written(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"Id": ["1", "2", "3"], "n": [10.0, 0.25, None], "i": [1, 2, 1], "b": [True, False, None]}
    )
    file = written(tmp_path, "parquet", frame)

    def ids(where: dict[str, Any]) -> list[str]:
        return chosen(file, source(where, "parquet"))[0]

    assert ids({"n": ["10", "0.25"]}) == ["1", "2"]
    assert ids({"i": "1"}) == ["1", "3"]
    assert ids({"b": "true"}) == ["1"]
    assert ids({"b": {"not": "true"}}) == ["2", "3"]


def test_what_the_source_writes_for_nothing_is_empty(put: Put) -> None:
    file = put("a.csv", 'Id,Type\n1,\n2,  \n3,""\n4,NULL\n5, charge \n')
    options = {"null_values": ("", "NULL")}

    assert chosen(file, source({"Type": {"empty": "true"}}, options=options))[0] == list("1234")
    assert chosen(file, source({"Type": "charge"}, options=options))[0] == ["5"]


def test_a_column_that_is_only_asked_stays_in_attributes(put: Put) -> None:
    file = put("a.csv", "Id,Type\n1,charge\n2,fee\n")
    (parsed,) = parse(file, asked := source({"Type": "charge"}))
    assert parsed.table is not None
    table = parsed.table.with_columns(pl.lit("a").alias("$path"))

    assert map_table(table, asked).rows["attributes"].to_list() == ['{"Type":"charge"}']


def test_a_file_without_the_column_is_refused(put: Put) -> None:
    file = put("a.csv", "Id,Tpye\n1,charge\n")

    with pytest.raises(UnreadableFile, match=r"has no column 'Type'; did you mean Tpye\?"):
        list(parse(file, source({"Type": "charge"})))


def test_lists_can_only_be_empty_or_not(tmp_path: Path) -> None:
    frame = pl.DataFrame({"Id": ["1", "2"], "Tags": [["a"], None]})
    file = written(tmp_path, "parquet", frame)

    assert chosen(file, source({"Tags": {"empty": "false"}}, "parquet"))[0] == ["1"]
    with pytest.raises(UnreadableFile, match="lists or objects in the column 'Tags'"):
        list(parse(file, source({"Tags": "a"}, "parquet")))


@given(
    st.lists(st.sampled_from(["", "a", "b", "ab", " a", "ä"]), max_size=30),
    st.sampled_from(["a", ["a", "b"], {"not": ["a"]}, {"empty": "true"}, {"pattern": "b$"}]),
)
def test_each_row_is_of_the_entry_or_left_out_as_plain_python_says(
    texts: list[str], asked: Any
) -> None:
    (condition,) = read_where({"t": asked})
    column = pl.Series("t", [text.strip() or None for text in texts], dtype=pl.String)
    held = pl.DataFrame(column).select(condition.holds(pl.String())).to_series().to_list()

    def expected(text: str) -> bool:
        if isinstance(asked, str):
            return text == asked
        if isinstance(asked, list):
            return text in asked
        if "not" in asked:
            return text not in asked["not"]
        return not text if "empty" in asked else bool(re.search("b$", text))

    assert held == [expected(text.strip()) for text in texts]


SHOPIFY = """Name,Email,Financial Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,\
Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Shipping Country,\
Cancelled at,Refunded Amount
#1001,ada@example.com,paid,EUR,40.00,5.00,6.39,45.00,0.00,2026-05-01 10:00:00 +0200,1,\
Cup,30.00,C1,DE,,0.00
#1001,ada@example.com,,,,,,,,2026-05-01 10:00:00 +0200,2,Spoon,5.00,S1,,,
#1002,bob@example.com,refunded,EUR,5.00,5.00,1.60,10.00,0.00,2026-05-02 09:30:00 +0200,1,\
Spoon,5.00,S1,AT,2026-05-03 09:30:00 +0200,10.00
""".replace("\\\n", "")


@pytest.fixture
def shop(tmp_path: Path) -> dict[str, Source]:
    """Return the entries of the page by name, as the product reads them."""
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (block,) = [block for block in blocks if "where:" in block]
    file = tmp_path / "sources.yml"
    file.write_text(block)
    return {one.name: one for one in read_config(file).sources}


def test_an_export_of_orders_with_a_row_for_each_article_keeps_its_totals(
    warehouse: Con, landing: Path, put: Put, shop: dict[str, Source]
) -> None:
    put("shopify/orders_export_1.csv", SHOPIFY)

    orders = load_source(warehouse, shop["shopify_orders"], landing)
    lines = load_source(warehouse, shop["shopify_order_lines"], landing)

    assert (orders.rows_loaded, orders.rows_quarantined) == (2, 0)
    assert orders.message == "left out by where: 1"
    assert (lines.rows_loaded, lines.rows_quarantined, lines.message) == (3, 0, None)
    assert warehouse.execute(
        "select record_key, total, subtotal, status, placed_at::date, country_code, "
        "refunded_amount, cancelled_at::date "
        "from raw.order order by all"
    ).fetchall() == [
        (
            "shop:#1001", Decimal(45), Decimal(40), "completed", date(2026, 5, 1), "DE", Decimal(0),
            None,
        ),
        (
            "shop:#1002", Decimal(10), Decimal(5), "refunded", date(2026, 5, 2), "AT", Decimal(10),
            date(2026, 5, 3),
        ),
    ]  # fmt: skip
    assert warehouse.execute(
        "select order_ref, product_name, quantity * unit_price from raw.order_line order by all"
    ).fetchall() == [
        ("shop:#1001", "Cup", 30.0),
        ("shop:#1001", "Spoon", 10.0),
        ("shop:#1002", "Spoon", 5.0),
    ]
    messages = warehouse.execute(
        "select source, records_read, message from meta.ingest_files order by source"
    ).fetchall()
    assert messages == [
        ("shopify_order_lines", 3, None),
        ("shopify_orders", 2, "left out by where: 1"),
    ]


def test_a_check_counts_what_is_left_out(tmp_path: Path, put: Put, contacts: Make) -> None:
    put("a.csv", "Id,Email,Phone,Kind\n1,a@x.com,,person\n2,b@x.com,,robot\n")
    one = contacts(where={"Kind": "person"})

    (check,) = check_sources(Config(company=Company(), sources=(one,)), tmp_path)

    assert (check.rows, check.left_out, check.problems) == ({"contact": 1}, 1, [])


def test_an_entry_that_gains_a_where_has_changed(contacts: Make) -> None:
    assert mapping_hash(contacts()) != mapping_hash(contacts(where={"Id": "1"}))
    assert mapping_hash(contacts()) == mapping_hash(contacts(where=None))


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("[Type]", "where: must be a mapping of source columns to what a row has in them"),
        ("{Type: {}}", "where.Type: must be a text, a list of texts, or a mapping with is, not"),
        ("{Type: []}", "where.Type: must be a text, a list of texts"),
        ("{Type: }", "where.Type: must be a text, a list of texts"),
        ("{Type: {equals: a}}", "where.Type.equals: unknown key 'equals'"),
        ("{Type: {empty: maybe}}", "where.Type.empty: is 'maybe', must be true or false"),
        ("{Type: ''}", "where.Type: is an empty text; {empty: true} asks for nothing"),
        ("{Type: {not: [a, [b]]}}", "where.Type.not: must be a text"),
        ("{Type: {pattern: '('}}", "where.Type.pattern: '(' is no regular expression"),
        ("{$file: a.csv}", "where.$file: is no column of the table; path says which files"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_place(tmp_path: Path, where: str, said: str) -> None:
    file = tmp_path / "sources.yml"
    file.write_text(
        "sources:\n  shop:\n    format: csv\n    path: a.csv\n    entity: order\n"
        f"    columns: {{order_id: Id, placed_at: At}}\n    where: {where}\n"
    )

    with pytest.raises(ConfigError) as caught:
        read_config(file)

    assert said in str(caught.value)
    assert "sources.yml, line 7: " in str(caught.value)


def test_a_native_format_has_its_own_rows(tmp_path: Path) -> None:
    file = tmp_path / "sources.yml"
    file.write_text("sources:\n  mail: {format: email, path: '*', where: {a: b}}\n")

    with pytest.raises(ConfigError, match="own entities and columns; remove where"):
        read_config(file)
