"""Tables in six formats become canonical rows by their mapping."""
# ruff: noqa: DTZ001 - times in the warehouse are UTC without zone

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from ingest.parsed import UnreadableFile
from ingest.readers import limited
from ingest.source import Company, Source
from ingest.sources.tabular import map_table, parse

Put = Callable[[str, str | bytes], Path]


def orders(
    columns: dict[str, Any] | None = None, whole: dict[str, Any] | None = None, **given: Any
) -> Source:
    """Return a source of orders with some more columns, or with ``whole`` as its mapping."""
    settings: dict[str, Any] = {
        "name": "orders",
        "format": "csv",
        "path": "*",
        "namespace": "shop",
        "entity": "order",
        "columns": {"order_id": "id", "placed_at": "at"} | (columns or {}),
        "company": Company(),
    }
    if whole is not None:
        settings["columns"] = whole
    return Source(**(settings | given))


def mapped(file: Path, source: Source) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the canonical rows of a file, and what was rejected of it."""
    rows, rejected = [], []
    for parsed in parse(file, source):
        assert parsed.table is not None
        path = pl.lit(f"{file.parent.name}/{file.name}")
        table = parsed.table.with_columns(path.alias("$path"))
        done = map_table(table, source, is_tidy=parsed.is_tidy)
        rows.append(done.rows)
        rejected += [parsed.rejected, done.rejected]
    return pl.concat(rows), pl.concat(rejected)


def rows(file: Path, source: Source) -> list[dict[str, Any]]:
    return mapped(file, source)[0].to_dicts()


def rejected(file: Path, source: Source) -> list[tuple[int, str, str]]:
    frame = mapped(file, source)[1]
    return list(frame.select("position", "reason_code", "reason").iter_rows())


TABLE = pl.DataFrame(
    {"id": ["1", "2"], "at": ["2024-06-01 10:00:00", "2024-06-02"], "total": ["1.50", None]}
)


def write_json(file: Path) -> None:
    file.write_text(json.dumps(TABLE.to_dicts()))


WRITERS: dict[str, Callable[[Path], Any]] = {
    "csv": TABLE.write_csv,
    "tsv": lambda file: TABLE.write_csv(file, separator="\t"),
    "parquet": TABLE.write_parquet,
    "json": write_json,
    "jsonl": TABLE.write_ndjson,
    "xlsx": TABLE.write_excel,
}


@pytest.mark.parametrize("format_", WRITERS)
def test_every_format_gives_the_same_rows(format_: str, tmp_path: Path) -> None:
    file = tmp_path / f"orders.{format_}"
    WRITERS[format_](file)

    found = rows(file, orders({"total": "total"}, format=format_))

    assert [(row["position"], row["order_id"], row["placed_at"]) for row in found] == [
        (1, "1", datetime(2024, 6, 1, 10)),
        (2, "2", datetime(2024, 6, 2)),
    ]
    assert found[0]["total"] == "1.50"
    assert found[1]["total"] is None


def test_typed_columns_of_parquet_are_taken_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "orders.parquet"
    pl.DataFrame(
        {"id": [7], "at": [date(2024, 6, 1)], "total": [Decimal("1.5")], "x": [{"y": [1]}]}
    ).write_parquet(file)

    (row,) = rows(file, orders({"total": "total"}, format="parquet", time_zone="Europe/Berlin"))

    assert row["placed_at"] == datetime(2024, 5, 31, 22)
    assert row["total"] == Decimal("1.5")
    assert json.loads(row["attributes"]) == {"x": {"y": [1]}}


def test_a_number_may_be_the_same_in_every_row(put: Put) -> None:
    file = put("orders.csv", "id,at\n1,2024-06-01\n2,2024-06-02\n3,2024-06-03\n")

    found = rows(file, orders({"total": {"value": 4.5}, "discount": {"value": "1"}}))

    assert [(row["total"], row["discount"]) for row in found] == [("4.5", "1")] * 3


def test_bytes_and_wide_decimals_of_parquet_cost_no_file(tmp_path: Path) -> None:
    file = tmp_path / "orders.parquet"
    columns = {
        "id": pa.array([b"a1", "ü2".encode()]),  # as writers leave texts that name no encoding
        "at": pa.array([datetime(2024, 6, 1), datetime(2024, 6, 2)]),
        "total": pa.array([Decimal("12.345"), None], pa.decimal256(60, 3)),
        "key": pa.array([bytes(15) + b"5", None], pa.binary(16)),
        "hash": pa.array([b"\xff\x00", b"plain"]),
    }
    pq.write_table(pa.table(columns), file)

    first, second = rows(file, orders({"total": "total"}, format="parquet"))

    assert (first["order_id"], second["order_id"]) == ("a1", "ü2")
    assert first["total"] == "12.345"
    assert json.loads(first["attributes"]) == {"key": "00" * 15 + "35", "hash": "ff00"}
    assert json.loads(second["attributes"]) == {"hash": "plain"}


def test_bytes_and_wide_decimals_within_lists_and_objects_are_texts(tmp_path: Path) -> None:
    file = tmp_path / "orders.parquet"
    columns = {
        "id": pa.array(["a1", "a2"]),
        "at": pa.array([datetime(2024, 6, 1), datetime(2024, 6, 2)]),
        "tags": pa.array([[b"a", b"\xff", None], None], pa.list_(pa.binary())),
        "keys": pa.array([[bytes(15) + b"5"], []], pa.large_list(pa.binary(16))),
        "item": pa.array([{"n": 1, "raw": b"x", "p": [Decimal(10) ** 40]}, None], pa.struct(
            {"n": pa.int64(), "raw": pa.large_binary(), "p": pa.list_(pa.decimal256(50, 0))}
        )),
    }  # fmt: skip
    pq.write_table(pa.table(columns), file)

    first, second = rows(file, orders(format="parquet"))

    assert json.loads(first["attributes"]) == {
        "tags": ["a", "ff", None],
        "keys": ["00" * 15 + "35"],
        "item": {"n": 1, "raw": "x", "p": ["1" + "0" * 40]},
    }
    assert second["order_id"] == "a2"


@pytest.mark.parametrize(
    "setting", ["key", {"from": ["key"]}, {"from": "key", "values": {"7": "7"}, "else": "keep"}]
)
def test_a_key_is_the_same_with_and_without_a_missing_one_beside_it(
    setting: Any, tmp_path: Path
) -> None:
    file = tmp_path / "orders.parquet"
    at = ["2024-06-01"] * 3
    pl.DataFrame({"id": at, "at": at, "key": [7.0, 1e16, None]}).write_parquet(file)
    whole = {"order_id": {"from": ["id", "key"]}, "placed_at": "at", "account_ref": setting}

    found = rows(file, orders(whole=whole, format="parquet"))

    assert [row["account_ref"] for row in found] == ["7", "10000000000000000", None]
    assert found[0]["order_id"] == "2024-06-01|7"


def test_texts_of_parquet_that_are_no_utf_8_are_read_as_windows_1252(tmp_path: Path) -> None:
    file = tmp_path / "orders.parquet"
    names = pa.array([b"M\xfcller", "Füße".encode(), None]).view(pa.string())
    lists = pa.array([[b"\xff"], [b"a"], None]).cast(pa.list_(pa.binary()))
    offsets, values = lists.offsets, lists.values.view(pa.string())
    nested = pa.ListArray.from_arrays(offsets, values, mask=lists.is_null())
    pq.write_table(
        pa.table({"id": ["1"] * 3, "at": ["x"] * 3, "name": names, "tags": nested}), file
    )

    (chunk,) = parse(file, orders(format="parquet"))

    assert chunk.table is not None
    assert chunk.table["name"].to_list() == ["Müller", "Füße", None]
    assert chunk.table["tags"].to_list() == [["ff"], ["a"], None]
    assert chunk.notes == ("has texts that are no UTF-8; they were read as Windows-1252",)


def test_columns_of_parquet_with_one_name_or_with_ours_are_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "orders.parquet"
    values = [pa.array([text]) for text in ("1", "2024-06-01", "x", "y", "z")]
    pq.write_table(pa.table(values, names=["id", "at", "n", "n", "$position"]), file)

    (row,) = rows(file, orders(format="parquet"))

    assert json.loads(row["attributes"]) == {"n": "x", "n_2": "y", "$position_2": "z"}


def test_json_may_be_nested_and_wrapped(put: Put) -> None:
    record = {"id": 9007199254740993, "when": {"at": "2024-06-01", "zone": "x"}, "n": None, "k": 1}
    file = put("a.json", json.dumps({"page": 1, "results": [record]}))
    source = orders({"placed_at": "when.at"}, format="json")

    (row,) = rows(file, source)

    assert row["order_id"] == "9007199254740993"
    assert json.loads(row["attributes"]) == {"when": {"zone": "x"}, "n": None, "k": 1}


def test_a_malformed_json_line_costs_one_line(put: Put) -> None:
    good = '{"id": 1, "at": "2024-06-01"}\n'
    file = put("a.jsonl", good + "{oops\n[1]\n" + good)
    source = orders(format="jsonl")

    assert [row["position"] for row in rows(file, source)] == [1, 4]
    assert [(p, c) for p, c, _ in rejected(file, source)] == [
        (2, "malformed_json"),
        (3, "malformed_json"),
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp850", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("block", [5, 1 << 20])
def test_json_lines_are_read_in_the_encoding_that_is_stated(
    encoding: str, block: int, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limited, "BLOCK_BYTES", block)
    line = '{"id": "ü%d", "at": "2024-06-01"}'
    text = f"{line % 1}\r\n\r\n{line % 2}\n{line % 3}\r\n\r\n"
    file = put("a.jsonl", text.encode(encoding))
    source = orders(format="jsonl", options={"encoding": encoding})

    assert [(row["position"], row["order_id"]) for row in rows(file, source)] == [
        (1, "ü1"), (3, "ü2"), (4, "ü3"),
    ]  # fmt: skip
    assert rejected(file, source) == [(2, "empty_line", "blank line")]


HALVES = r'{"id": "a \ud83d", "at": "2024-06-01", "n": "\\ud83d \ud83d\ude00 \ude00"}'


@pytest.mark.parametrize(("format_", "text"), [("json", f"[{HALVES}]"), ("jsonl", HALVES)])
def test_half_of_an_emoji_costs_neither_file_nor_line(format_: str, text: str, put: Put) -> None:
    (row,) = rows(put(f"a.{format_}", text), orders(format=format_))

    assert row["order_id"] == "a ?"
    assert json.loads(row["attributes"])["n"] == r"\ud83d 😀 ?"


def test_a_null_among_records_is_no_object(put: Put) -> None:
    file = put("a.json", '[{"id": 1, "at": "2024-06-01"}, null]')

    assert rejected(file, orders(format="json")) == [(2, "malformed_json", "is no JSON object")]


def test_a_json_document_that_is_none_is_unreadable(put: Put) -> None:
    with pytest.raises(UnreadableFile, match="jsonl"):
        rows(put("a.json", '{"id": 1}\n{"id": 2}\n'), orders(format="json"))


def test_json_arrays_become_lists(put: Put) -> None:
    file = put("a.jsonl", '{"id":1,"at":"2024-06-01","s":"open","t":["a","b c"]}\n')
    source = orders(
        entity="ticket",
        whole={"ticket_id": "id", "created_at": "at", "status": "s", "tags": "t"},
        format="jsonl",
    )

    (row,) = rows(file, source)

    assert row["tags"] == ["a", "b c"]


def test_unmapped_columns_go_to_attributes_unless_dropped(put: Put) -> None:
    file = put("a.csv", "id,at,zz,aa\n1,2024-06-01,z,\n")

    assert rows(file, orders())[0]["attributes"] == '{"zz":"z"}'
    assert "attributes" not in rows(file, orders(unmapped="drop"))[0]


def test_names_that_are_patterns_to_others_are_names(put: Put) -> None:
    file = put("a.csv", "id,at,*,^.*$\n1,2024-06-01,b, c\n2,2024-06-02,,\n3,x,d,e\n")

    found = rows(file, orders({"affiliation": "*", "coupon": {"from": ["id", "^.*$"]}}))

    assert [(row["affiliation"], row["coupon"]) for row in found] == [("b", "1|c"), (None, "2|")]
    assert [json.loads(row["attributes"]) for row in rows(file, orders()) if row["attributes"]] == [
        {"*": "b", "^.*$": "c"}
    ]
    ((position, code, _),) = rejected(file, orders())
    assert (position, code) == (3, "bad_timestamp")


def test_values_patterns_and_else_translate(put: Put) -> None:
    file = put("a.csv", "id,at,s\n1,2024-06-01,Open\n2,2024-06-01,C99\n3,2024-06-01,zz\n")
    setting = {"from": "s", "values": {"Open": "new"}, "patterns": {"^C": "cancelled"}}

    def statuses(**more: Any) -> list[Any]:
        return [row["status"] for row in rows(file, orders({"status": {**setting, **more}}))]

    assert statuses() == ["new", "cancelled", "zz"]
    assert statuses(**{"else": "null"}) == ["new", "cancelled", None]
    assert statuses(**{"else": {"value": "other"}}) == ["new", "cancelled", "other"]
    assert statuses(**{"else": "reject"}) == ["new", "cancelled"]
    assert rejected(file, orders({"status": {**setting, "else": "reject"}})) == [
        (3, "unmapped_value", "status: there is no translation of 'zz'")
    ]


def test_constants_joins_hashes_and_replacements_make_values(put: Put) -> None:
    file = put("a.csv", "id,at,a,b\n1,2024-06-01,x,17.0\n2,2024-06-01,,\n")
    source = orders(
        {
            "order_id": {"from": ["a", "b"], "join": "-"},
            "coupon": {"from": ["a", "b"], "hash": "true"},
            "currency": {"value": "EUR"},
            "customer_ref": {"from": "b", "replace": {r"\.0$": ""}, "as": "user_id"},
        }
    )

    first, second = rows(file, source)

    assert (first["order_id"], first["currency"], first["customer_ref"]) == (
        "x-17.0", "EUR", "user_id:17",
    )  # fmt: skip
    assert len(first["coupon"]) == 32
    assert first["coupon"] != second["coupon"]
    assert (second["order_id"], second["currency"], second["customer_ref"]) == (None, "EUR", None)


def test_rows_without_ids_can_be_named_by_their_place(put: Put) -> None:
    file = put("day/a.csv", "at\n2024-06-01\n")
    source = orders({"order_id": {"from": ["$file", "$position"]}})

    assert rows(file, source)[0]["order_id"] == "day/a.csv|1"


@pytest.mark.parametrize(
    ("text", "sign", "expected"),
    [
        ("1234.5", ".", "1234.5"),
        ("1,234.50", ".", "1234.50"),
        ("12,34,567.89", ".", "1234567.89"),
        ("\u2212₹12.50", ".", "-12.50"),
        ("\u200f-12,50\u00a0€", ",", "-12.50"),
        ("12€50", ",", "12€50"),
        ("€ 1.234,50", ",", "1234.50"),
        ("1 234,5", ",", "1234.5"),
        ("(12.00)", ".", "-12.00"),
        ("12.00-", ".", "-12.00"),
        ("1,5", ".", "1,5"),
        ("12 apples", ".", "12 apples"),
        ("1.234,-", ",", "1234"),
        ("12,– €", ",", "12"),
        ("CHF 1'234.-", ".", "1234"),
        ("-12,-", ",", "-12"),
        ("1.234,-", ".", "1.234,-"),
        ("12.-", ",", "12.-"),
        ("5 MIO", ".", "5 MIO"),
        ("0.123", ",", "0.123"),
        ("0,123", ".", "0,123"),
        ("EUR 1.234,56", ",", "1234.56"),
        ("12.50 USD", ".", "12.50"),
        ("(USD 12.50)", ".", "-12.50"),
        ("-US$12.50", ".", "-12.50"),
        ("R$ 1.234,56", ",", "1234.56"),
        ("1 234,50 kr", ",", "1234.50"),
        ("12,50 zł", ",", "12.50"),
        ("12k", ".", "12k"),
        ("١٬٢٣٤٫٥٦", ".", "1234.56"),
        ("１２３", ".", "123"),
        ("\ufeff12\u200b", ".", "12"),
    ],
)
def test_numbers_are_read_as_people_write_them(
    text: str, sign: str, expected: str, put: Put
) -> None:
    file = put("a.csv", f'id,at,n\n1,2024-06-01,"{text}"\n')

    (row,) = rows(file, orders({"total": "n"}, options={"decimal": sign}))

    assert row["total"] == expected


CALLS = {
    "interaction_id": "id", "conversation_ref": "id", "channel": {"value": "phone"},
    "direction": {"value": "inbound"}, "interaction_type": {"value": "call"}, "started_at": "at",
    "talk_s": "n",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0:02:50", "170.0"), ("25:00:00.5", "90000.5"), ("170", "170"), ("1,170.5", "1170.5")],
)
def test_seconds_are_read_as_clocks_show_them(text: str, expected: str, put: Put) -> None:
    file = put("a.csv", f'id,at,n\n1,2024-06-01,"{text}"\n')

    (row,) = rows(file, orders(entity="interaction", whole=CALLS))

    assert row["talk_s"] == expected


def test_what_may_be_minutes_or_hours_says_how_to_tell(put: Put) -> None:
    file = put("a.csv", "id,at,n\n1,2024-06-01,2:50\n")
    said = {**CALLS, "talk_s": {"from": "n", "replace": {r"^(\d+:\d\d)$": "0:${1}"}}}

    ((position, code, reason),) = rejected(file, orders(entity="interaction", whole=CALLS))
    (row,) = rows(file, orders(entity="interaction", whole=said))

    assert (position, code) == (1, "bad_type")
    assert r"replace: {'^(\d+:\d\d)$': '0:${1}'}" in reason
    assert row["talk_s"] == "170.0"


def test_a_clock_is_no_amount(put: Put) -> None:
    file = put("a.csv", "id,at,n\n1,2024-06-01,0:02:50\n")

    assert rows(file, orders({"total": "n"}))[0]["total"] == "0:02:50"


def test_one_number_with_a_separator_changes_no_other(put: Put) -> None:
    file = put("a.csv", 'id,at,n\n1,2024-06-01,12.50\n2,2024-06-01,"1,234.5"\n3,2024-06-01,\n')

    assert [row["total"] for row in rows(file, orders({"total": "n"}))] == ["12.50", "1234.5", None]


def test_scaling_is_exact(put: Put) -> None:
    file = put("a.csv", "id,at,n\n1,2024-06-01,1100.04\n2,2024-06-01,x\n")

    first, second = rows(file, orders({"total": {"from": "n", "scale": "1000000"}}))

    assert Decimal(first["total"]) == Decimal(1_100_040_000)
    assert second["total"] == "x"


def test_days_stay_days_of_their_own_calendar(put: Put) -> None:
    file = put("a.csv", "id,s,d\n1,Won,2024-06-01\n2,Won,2024-06-01T22:30:00Z\n")
    source = orders(
        entity="opportunity",
        whole={"opportunity_id": "id", "stage_name": "s", "close_date": "d"},
        time_zone="Europe/Berlin",
    )

    assert [row["close_date"] for row in rows(file, source)] == [
        date(2024, 6, 1), date(2024, 6, 2),
    ]  # fmt: skip


def test_a_time_nobody_can_read_is_rejected_with_its_text(put: Put) -> None:
    file = put("a.csv", "id,at\n1,yesterday\n2,2024-06-01\n")

    assert rejected(file, orders()) == [
        (1, "bad_timestamp", "placed_at is 'yesterday', no time that can be read without format")
    ]


def test_untyped_persons_get_the_type_they_look_like(put: Put) -> None:
    file = put("a.csv", "id,at,who\n1,2024-06-01,a@b.de\n2,2024-06-01,17\n3,2024-06-01,lead:4\n")

    found = rows(file, orders({"customer_ref": "who"}))

    assert [row["customer_ref"] for row in found] == ["email:a@b.de", "user_id:17", "lead:4"]


def test_null_values_are_null(put: Put) -> None:
    file = put("a.csv", "id,at,c\n1,2024-06-01, NULL \n2,2024-06-01,-\n")

    found = rows(file, orders({"coupon": "c"}, options={"null_values": ("NULL", "-")}))

    assert [row["coupon"] for row in found] == [None, None]


def test_a_missing_column_is_noted_or_makes_the_file_unreadable(put: Put) -> None:
    file = put("a.csv", "id,at\n1,2024-06-01\n")

    (parsed,) = parse(file, orders({"coupon": "cupon"}))
    assert parsed.notes == ("has no column cupon",)
    with pytest.raises(UnreadableFile, match="has no column 'idd'; did you mean id"):
        rows(file, orders({"order_id": "idd"}))


def test_deletions_merges_and_versions_are_mapped(put: Put) -> None:
    file = put("a.csv", "id,at,gone,into,changed\n1,2024-06-01,true,2,2024-06-03\n")
    source = orders(is_deleted="gone", merged_into="into", recorded_at="changed")

    (row,) = rows(file, source)

    assert (row["is_deleted"], row["merged_into_ref"], row["recorded_at"]) == (
        "true", "2", datetime(2024, 6, 3),
    )  # fmt: skip


def test_workbooks_name_their_sheets_and_bombs_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    TABLE.write_excel(file, worksheet="Orders")

    assert len(rows(file, orders(format="xlsx", options={"sheet": "Orders"}))) == 2
    with pytest.raises(UnreadableFile, match="did you mean Orders"):
        rows(file, orders(format="xlsx", options={"sheet": "Order"}))
    with pytest.raises(UnreadableFile, match="decompressed"):
        rows(file, orders(format="xlsx", options={"max_bytes": 100}))
    file.write_bytes(b"no workbook")
    with pytest.raises(UnreadableFile, match="no xlsx"):
        rows(file, orders(format="xlsx"))


@pytest.mark.parametrize("format_", ["parquet", "json", "jsonl", "csv", "xlsx"])
def test_a_file_of_noise_is_unreadable_or_rejected_never_an_error(format_: str, put: Put) -> None:
    file = put("noise", bytes(range(256)) * 4)

    try:
        read = sum(parsed.read for parsed in parse(file, orders(format=format_)))
        canonical, refused = mapped(file, orders(format=format_))
    except UnreadableFile:
        return
    assert (canonical.height, refused.height) == (0, read)


def workbook(file: Path, *rows_: list[Any], **formats: str | int) -> Path:
    """Write a workbook; ``formats`` are those of columns by their letters."""
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for column, format_ in formats.items():
            sheet.set_column(f"{column}:{column}", None, book.add_format({"num_format": format_}))
        for number, row in enumerate(rows_):
            sheet.write_row(number, 0, row)
            if not row:  # cells that have a look but no value
                sheet.write_blank(number, 0, None, book.add_format({"bold": True}))
    return file


@pytest.mark.parametrize("number", [27, 36, 50, 58, 71])
def test_dates_in_the_styles_of_east_asia_are_dates(number: int, tmp_path: Path) -> None:
    file = workbook(tmp_path / "o.xlsx", ["id", "at", "total"], ["a", 45810.5, 45810.5], B=number)

    (row,) = rows(file, orders({"total": "total"}, format="xlsx"))

    assert (row["placed_at"], row["total"]) == (datetime(2025, 6, 2, 12), "45810.5")


def test_a_pattern_of_the_workbooks_own_counts_more_than_its_number(tmp_path: Path) -> None:
    file = workbook(tmp_path / "o.xlsx", ["id", "at", "total"], ["a", 45810.5, 7.5], B=27, C=28)
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    pattern = b'<numFmts count="1"><numFmt numFmtId="28" formatCode="0.00"/></numFmts><fonts'
    parts["xl/styles.xml"] = parts["xl/styles.xml"].replace(b"<fonts", pattern)
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)

    (row,) = rows(file, orders({"total": "total"}, format="xlsx"))

    assert (row["placed_at"], row["total"]) == (datetime(2025, 6, 2, 12), "7.5")


def test_a_workbook_with_a_password_on_its_entries_is_refused(tmp_path: Path) -> None:
    file = workbook(tmp_path / "o.xlsx", ["id", "at", "total"], ["a", 45810.5, 7.5])
    content = bytearray(file.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + flags] |= 1
            at = content.find(mark, at + 1)
    file.write_bytes(content)

    with pytest.raises(UnreadableFile, match="password"):
        list(parse(file, orders(format="xlsx")))


def test_rows_of_a_workbook_without_a_value_are_no_records(tmp_path: Path) -> None:
    file = workbook(
        tmp_path / "a.xlsx", [], [], ["id", "at"], ["1", "2024-06-01"], [], ["2", "2024-06-02"], []
    )

    found = rows(file, orders(format="xlsx"))

    assert [(row["position"], row["order_id"]) for row in found] == [(1, "1"), (3, "2")]
    assert rejected(file, orders(format="xlsx")) == []


def test_a_time_in_a_workbook_has_no_day_and_a_day_has(tmp_path: Path) -> None:
    file = workbook(
        tmp_path / "a.xlsx", ["id", "at", "t"], ["1", 45444.5, 0.375], B="dd.mm.yyyy", C="hh:mm"
    )

    (row,) = rows(file, orders(format="xlsx"))

    assert row["placed_at"] == datetime(2024, 6, 1, 12)
    assert json.loads(row["attributes"]) == {"t": "09:00:00"}


@pytest.mark.parametrize(
    ("key", "is_noted"),
    [(123456789012345678, True), ("123456789012345678", False), (4915112345678, False)],
)
def test_keys_that_a_workbook_has_rounded_are_noted(
    key: int | str, is_noted: bool, tmp_path: Path
) -> None:
    file = workbook(tmp_path / "a.xlsx", ["id", "at"], [key, "2024-06-01"])

    notes = [note for parsed in parse(file, orders(format="xlsx")) for note in parsed.notes]

    assert ["15 digits in 'id'" in note for note in notes] == [True] * is_noted
