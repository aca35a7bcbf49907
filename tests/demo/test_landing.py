"""The files hold what their formats say, and the dirt is where the ledger says."""

from __future__ import annotations

import csv
import gzip
import io
import json
import mailbox
from collections.abc import Callable
from pathlib import Path

import phonenumbers
import polars as pl
import pytest


def _records(path: Path) -> list[str]:
    """Return the raw records of a file, in the order that positions count."""
    raw = path.read_bytes()
    if path.suffix == ".gz":
        raw = gzip.decompress(raw)
    if path.suffix == ".parquet":
        return [repr(row) for row in pl.read_parquet(io.BytesIO(raw)).iter_rows()]
    text = raw.decode("cp1252" if "crm/2025-04-30/contacts.csv" in path.as_posix() else "utf-8")
    if path.suffix == ".mbox":
        return text.split("From MAILER Mon Jul  1 00:00:00 2024\n")[1:]
    if path.suffix == ".json":
        if path.name.startswith("conversations"):
            text = text[text.index("[") : text.rindex("]") + 1]
        return [json.dumps(record) for record in json.loads(text)]
    lines = text.splitlines()
    is_table = path.suffix == ".csv" and not path.name.startswith("cdr")
    return lines[1:] if is_table else lines


def test_every_planted_record_is_where_the_ledger_says(home: Path, dirt: pl.DataFrame) -> None:
    cache: dict[str, list[str]] = {}
    for file, position, kind, _ in dirt.iter_rows():
        if position == 0:
            assert (home / "landing" / file).is_file()
            continue
        records = cache.setdefault(file, _records(home / "landing" / file))
        record = records[position - 1]
        checks: dict[str, Callable[[], bool]] = {
            "duplicate_row": lambda r=record, p=position, rs=records: r == rs[p - 2],
            "duplicate_record": lambda r=record, p=position, rs=records: r == rs[p - 2],
            "ragged_row": lambda r=record: r.endswith("surplus"),
            "truncated_line": lambda r=record, p=position, rs=records: rs[p - 2].startswith(r),
            "not_an_object": lambda r=record: r in ("[]", "null"),
            "type_not_allowed": lambda r=record: "teleport" in r,
            "unknown_charset": lambda r=record: "x-nordic-9" in r,
            "missing_date": lambda r=record: "\nDate:" not in r,
        }
        if kind in checks:
            assert checks[kind](), (file, position, kind, record)


def test_dirt_is_between_half_a_percent_and_two_percent(home: Path, dirt: pl.DataFrame) -> None:
    total = sum(
        len(_records(path))
        for path in (home / "landing").rglob("*")
        if path.is_file() and path.suffix != ".xlsx"
    )
    assert 0.005 < len(dirt) / total < 0.02
    assert set(dirt["expected"].unique()) <= {"quarantined", "duplicate", "loaded"}


def test_mailboxes_open_and_replies_name_a_message_that_was_written(home: Path) -> None:
    written, answered = set(), set()
    for path in (home / "landing" / "mail").glob("*.mbox"):
        for message in mailbox.mbox(path):
            written.add(message["Message-ID"])
            if message["In-Reply-To"]:
                answered.add(message["In-Reply-To"])
    singles = [path.read_text() for path in (home / "landing" / "mail").glob("*.eml")]
    written |= {text.split("\n", 1)[0].removeprefix("Message-ID: ") for text in singles}
    assert answered
    assert answered <= written


def test_phone_numbers_are_valid_and_belong_to_nobody(home: Path) -> None:
    truth = pl.read_parquet(home / "truth" / "identity.parquet")
    numbers = truth.filter(pl.col("identifier").str.starts_with("phone:"))["identifier"]
    assert len(numbers) > 100
    for number in numbers:
        parsed = phonenumbers.parse(number.removeprefix("phone:"))
        assert phonenumbers.is_valid_number(parsed), number


def test_mail_addresses_end_in_example(home: Path) -> None:
    truth = pl.read_parquet(home / "truth" / "identity.parquet")
    mails = truth.filter(pl.col("identifier").str.starts_with("email:"))["identifier"]
    assert mails.str.ends_with(".example").all()


def test_order_amounts_add_up_to_the_cent(home: Path) -> None:
    for path in (home / "landing" / "shop").glob("*/orders.csv"):
        with path.open() as file:
            for row in csv.DictReader(file):
                if row["total"] == "n/a EUR":
                    continue
                cents = {
                    name: round(float(row[name]) * 100)
                    for name in ("subtotal", "discount", "revenue", "shipping", "tax", "total")
                }
                assert cents["revenue"] == cents["subtotal"] - cents["discount"]
                assert cents["total"] == cents["revenue"] + cents["shipping"] + cents["tax"]


@pytest.mark.parametrize(
    ("pattern", "column"),
    [("crm/*/leads.csv", "SystemModstamp"), ("shop/*/orders.csv", "modified_at")],
)
def test_nothing_is_recorded_after_the_last_day(home: Path, pattern: str, column: str) -> None:
    for path in (home / "landing").glob(pattern):
        with path.open() as file:
            assert all(row[column] < "2026-07-01" for row in csv.DictReader(file))
