"""``meta.identity_quality``: counted again from the tables, and estimated from labels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.console import Console
from test_identity import KEY, LATER, add, company

from ingest.from_contracts.schema import create_schemas_and_tables
from orchestration.cli.identity.status import report_identity
from orchestration.errors import Refused
from orchestration.identity.labels import MalformedLabels, read_labels
from orchestration.identity.quality import measure, wilson
from orchestration.identity.resolve import resolve_identities


@pytest.fixture(scope="module")
def resolved() -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a warehouse of a dozen rows and three messages, resolved once."""
    with duckdb.connect(":memory:") as con:
        create_schemas_and_tables(con)
        company(con, list(range(12)))
        for key, sender, direction in (
            ("m1", "email:anna@firm.de", "inbound"),
            ("m2", "email:noreply@firm.de", "inbound"),
            ("m3", None, "inbound"),
            ("m4", None, "internal"),
        ):
            add(con, "interaction", key, from_ref=sender, direction=direction)
        resolve_identities(con, key=KEY, run_id="run 1", at=LATER)
        yield con


def quality(
    con: duckdb.DuckDBPyConnection, home: Path, labels: str | None = None
) -> dict[str, Any]:
    if labels is not None:
        (home / "identity_labels.csv").write_text(labels)
    measure(con, run_id="run 1", home=home)
    found = con.execute("from meta.identity_quality where run_id = 'run 1'")
    names = [column[0] for column in found.description]
    return dict(zip(names, found.fetchall()[0], strict=True))


def test_the_counts_are_those_of_the_tables(resolved, tmp_path):
    row = quality(resolved, tmp_path)

    sizes = [
        count
        for (count,) in resolved.execute(
            "select count(*) from identity.identifier_map where is_current group by customer_id"
        ).fetchall()
    ]
    events = [
        kind for (kind,) in resolved.execute("select event_type from identity.events").fetchall()
    ]
    assert row["customers"] == len(sizes)
    assert row["identifiers"] == sum(sizes)
    assert row["customers_of_1"] == sizes.count(1)
    assert row["customers_of_2_to_5"] == sum(2 <= size <= 5 for size in sizes)
    assert sum(row[name] for name in row if name.startswith("customers_of_")) == len(sizes)
    assert row["largest_identifier_counts"] == sorted(sizes, reverse=True)[:5]
    assert row["created_count"] == events.count("created")
    assert (row["merged_count"], row["split_count"]) == (0, 0)
    assert (row["interactions"], row["interactions_attributed"]) == (3, 1)
    assert row["attributed_share"] == pytest.approx(1 / 3)
    assert row["estimated_precision"] is None
    assert row["labels_message"] is None


def test_a_labelled_sample_gives_precision_and_recall(resolved, tmp_path):
    row = quality(
        resolved,
        tmp_path,
        "identifier_a,identifier_b,same,note\n"
        "contact:crm:1,user_id:shop:7,yes,one and found\n"
        "contact:crm:1,email:anna@new.de,no,joined but two\n"
        "contact:crm:2,contact:crm:3,Yes,one and missed\n"
        "contact:crm:1,contact:crm:3,no,two and apart\n"
        "contact:crm:1,email:nobody@x.de,yes,unknown\n",
    )

    assert (row["labelled_pairs"], row["labelled_pairs_unknown"]) == (5, 1)
    assert row["estimated_precision"] == 0.5
    assert row["estimated_recall"] == 0.5
    assert (row["precision_low"], row["precision_high"]) == pytest.approx(wilson(1, 2))


def test_a_file_without_labels_yet_has_none(resolved, tmp_path):
    row = quality(resolved, tmp_path, "identifier_a,identifier_b,same\n")

    assert (row["labelled_pairs"], row["labelled_pairs_unknown"]) == (0, 0)
    assert row["estimated_precision"] is None
    assert row["labels_message"] is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no column identifier_a, identifier_b, same"),
        ("identifier_a,identifier_b\na:1,b:1\n", "has no column same"),
        ("identifier_a;identifier_b;same\na:1;b:1;yes\n", "with commas between them"),
        ("identifier_a,identifier_b,same,same\na:1,b:1,yes,no\n", "has two columns same."),
        ("identifier_a,identifier_b,same\na:1,b:1,perhaps\n", "line 2: same must be yes or no"),
        ("identifier_a,identifier_b,same\na:1,b:1\n", "line 2: same must be yes or no"),
        ("identifier_a,identifier_b,same\na:1,,yes\n", "line 2 must name two different"),
        ("identifier_a,identifier_b,same\na:1,a:1,yes\n", "line 2 must name two different"),
        ("identifier_a,identifier_b,same\na:1,b:1,yes\nb:1,a:1,no\n", "line 3 says the opposite"),
    ],
)
def test_a_malformed_file_is_told_in_a_sentence_and_stops_nothing(resolved, tmp_path, text, says):
    row = quality(resolved, tmp_path, text)

    assert says in row["labels_message"]
    assert "a:1" not in row["labels_message"]
    assert row["estimated_precision"] is None
    assert row["customers"] > 0


def test_bytes_that_are_no_text_are_told(tmp_path):
    file = tmp_path / "identity_labels.csv"
    file.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(MalformedLabels, match="is no CSV in UTF-8"):
        read_labels(file)


def test_a_folder_in_place_of_the_file_stops_nothing(resolved, tmp_path):
    (tmp_path / "identity_labels.csv").mkdir()

    row = quality(resolved, tmp_path)

    assert row["labels_message"] == "identity_labels.csv cannot be read: Is a directory."
    assert row["customers"] > 0


def test_status_shows_the_figures_and_why_there_is_no_estimate(resolved, tmp_path):
    quality(resolved, tmp_path, "nothing")
    console = Console(record=True, width=160)

    report_identity(resolved, console)

    text = console.export_text()
    assert "33.3 %" in text
    assert "no estimate: identity_labels.csv has no column" in text


def test_ids_of_earlier_days_resolve_in_a_warehouse_made_anew(tmp_path):
    copy = tmp_path / "identity" / "customers.parquet"
    with duckdb.connect(":memory:") as con:
        create_schemas_and_tables(con)
        add(con, "web_event", "e1", day=2, user_id="user_id:shop:7")
        add(con, "contact", "crm:1", day=1, email="anna@firm.de")
        resolve_identities(con, key=KEY, run_id="run 1", ledger_copy=copy, at=LATER)
        before = set(con.execute("select customer_id from identity.customers").fetchall())

    for run in (2, 3):
        with duckdb.connect(":memory:") as con:
            create_schemas_and_tables(con)
            add(con, "web_event", "e1", day=2, user_id="user_id:shop:7")
            add(con, "web_event", "e2", day=3, user_id="user_id:shop:7", email="anna@firm.de")
            add(con, "contact", "crm:1", day=1, email="anna@firm.de")
            resolve_identities(con, key=KEY, run_id=f"run {run}", ledger_copy=copy, at=LATER)

            ids = con.execute("select customer_id from identity.customers").fetchall()
            assert set(ids) == before
            assert con.execute(
                "select status, count(*) from identity.customers group by 1 order by 1"
            ).fetchall() == [("active", 1), ("merged", 1)]


def test_ids_given_since_an_older_warehouse_was_saved_resolve_when_it_is_put_back(tmp_path):
    copy, file = tmp_path / "identity" / "customers.parquet", tmp_path / "warehouse.duckdb"
    days = [
        ("contact", "crm:1", {"email": "anna@firm.de"}),
        ("web_event", "e1", {"day": 2, "user_id": "user_id:shop:7"}),
        ("web_event", "e2", {"day": 3, "user_id": "user_id:shop:7", "email": "anna@firm.de"}),
    ]

    def runs(days: list[tuple[str, str, dict]], first: int) -> list[tuple]:
        with duckdb.connect(str(file)) as con:
            for run, (entity, key, values) in enumerate(days, first):
                add(con, entity, key, batch_id=f"b{run}", **values)
                resolve_identities(con, key=KEY, run_id=f"run {run}", ledger_copy=copy, at=LATER)
            return con.execute(
                "select customer_id, status, merged_into_customer_id from identity.customers "
                "order by status"
            ).fetchall()

    with duckdb.connect(str(file)) as con:
        create_schemas_and_tables(con)
    runs(days[:1], 1)
    saved = file.read_bytes()
    known = runs(days[1:], 2)
    file.write_bytes(saved)

    # Anna's visits arrive together with what makes them hers: the id of the login is given no more
    with duckdb.connect(str(file)) as con:
        add(con, "web_event", "e2", batch_id="b2", **days[2][2])
    found = runs(days[1:2], 4)

    assert [status for _, status, _ in known] == ["active", "merged"]
    assert found == known
    assert runs([], 9) == known


def test_a_damaged_copy_of_the_ids_is_told_before_anything_is_done(tmp_path):
    copy = tmp_path / "customers.parquet"
    with duckdb.connect(":memory:") as con:
        create_schemas_and_tables(con)
        add(con, "contact", "crm:1", email="anna@firm.de")
        resolve_identities(con, key=KEY, run_id="run 1", ledger_copy=copy, at=LATER)
        damaged = copy.read_bytes()[:-20]
        copy.write_bytes(damaged)
        add(con, "contact", "crm:2", batch_id="b2", email="otto@web.de")
        before = con.execute("from identity.customers").fetchall()

        with pytest.raises(Refused, match="restore it from the backup, or delete it"):
            resolve_identities(con, key=KEY, run_id="run 2", ledger_copy=copy, at=LATER)

        assert con.execute("from identity.customers").fetchall() == before
        assert copy.read_bytes() == damaged
