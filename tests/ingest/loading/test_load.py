"""Files become rows once, in one transaction, and every record is accounted for."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest.config import Config
from ingest.errors import UnknownSource
from ingest.from_contracts.schema import create_schemas_and_tables
from ingest.loading import load_source as loading
from ingest.loading.batch import Batch
from ingest.loading.load import BatchResult, load_all, load_source
from ingest.readers import limited
from ingest.source import Company, Source

Con = duckdb.DuckDBPyConnection
Put = Callable[[str, str | bytes], Path]
Make = Callable[..., Source]

HEAD = "Id,Email,Phone\n"


def counts(result: BatchResult) -> tuple[str, int, int, int, int]:
    return (
        result.status,
        result.records_read,
        result.rows_loaded,
        result.rows_duplicate,
        result.rows_quarantined,
    )


def stored(con: Con, entity: str) -> list[tuple[Any, ...]]:
    """Return what is stored and does not depend on the time of loading."""
    return con.execute(
        f'select record_key, record_hash, file, position, recorded_at from raw."{entity}" '
        "order by all"
    ).fetchall()


def current(con: Con, entity: str, column: str) -> dict[str, Any]:
    """Return a column of the current version of every record, by the rule of staging."""
    return dict(
        con.execute(
            f'select record_key, {column} from raw."{entity}" qualify row_number() over '
            "(partition by record_key order by recorded_at desc nulls last, file desc, "
            "position desc, record_hash desc) = 1"
        ).fetchall()
    )


def test_rows_are_normalised_qualified_and_carry_their_lineage(
    warehouse: Con, landing: Path, put: Put, contacts: Make
) -> None:
    put("a/c.csv", HEAD + "1,JANE@x.com,030 1234567\n")

    result = load_source(warehouse, contacts(), landing)

    assert counts(result) == ("loaded", 1, 1, 0, 0)
    row = warehouse.execute("from raw.contact").pl().row(0, named=True)
    assert (row["email"], row["phone"]) == ("jane@x.com", "+49301234567")
    assert (row["record_key"], row["source"], row["file"]) == ("crm:1", "contacts", "a/c.csv")
    assert row["batch_id"] == result.batch_id
    assert row["known_at"] == row["ingested_at"] == result.started_at
    assert row["is_deleted"] is False


def test_a_second_load_does_nothing(
    warehouse: Con, landing: Path, put: Put, contacts: Make
) -> None:
    put("c.csv", HEAD + "1,a@x.com,\n")
    load_source(warehouse, contacts(), landing)

    assert load_source(warehouse, contacts(), landing).status == "unchanged"
    os.utime(landing / "c.csv", (1, 1))
    assert load_source(warehouse, contacts(), landing).status == "unchanged"
    assert warehouse.execute("select count(*) from meta.ingest_batches").fetchone() == (1,)


def test_an_unreadable_phone_is_kept_and_costs_no_row(
    warehouse: Con, landing: Path, put: Put, contacts: Make
) -> None:
    put("c.csv", HEAD + "1,a@x.com,call me\n")

    load_source(warehouse, contacts(), landing)

    assert warehouse.execute("select phone, attributes from raw.contact").fetchone() == (
        None,
        '{"unreadable":{"phone":"call me"}}',
    )


def test_a_birth_date_that_cannot_be_is_kept_and_costs_no_contact(
    warehouse: Con, landing: Path, put: Put, contacts: Make
) -> None:
    put("a.csv", "Id,Phone,Born\n1,none,19371233\n2,,19371203\n3,,\n")
    born = {"from": "Born", "format": "%Y%m%d"}
    source = contacts(columns={"contact_id": "Id", "phone": "Phone", "birth_date": born})

    assert counts(load_source(warehouse, source, landing)) == ("loaded", 3, 3, 0, 0)
    assert warehouse.execute(
        "select birth_date, attributes from raw.contact order by record_key"
    ).fetchall() == [
        (None, '{"unreadable":{"birth_date":"19371233","phone":"none"}}'),
        (date(1937, 12, 3), None),
        (None, None),
    ]


def test_every_broken_row_is_quarantined_with_reason_and_payload(
    warehouse: Con, landing: Path, put: Put, web_events: Make
) -> None:
    put(
        "w.csv",
        "id,type,at\ne1,page,2024-06-01\n,page,2024-06-01\ne3,visit,2024-06-01\ne4,page,soon\n"
        "e5,page\ne1,page,2024-06-01\n",
    )

    result = load_source(warehouse, web_events(), landing, quarantine_limit=1)

    assert counts(result) == ("loaded", 6, 1, 1, 4)
    found = warehouse.execute(
        "select position, reason_code, payload from meta.quarantine order by position"
    ).fetchall()
    assert [(position, code) for position, code, _ in found] == [
        (2, "missing_required"), (3, "not_allowed"), (4, "bad_timestamp"), (5, "malformed_line"),
    ]  # fmt: skip
    assert '"visit"' in found[1][2]
    assert found[3][2] == "e5,page"


def test_above_the_limit_the_source_fails_and_its_old_data_stays(
    warehouse: Con, landing: Path, put: Put, web_events: Make
) -> None:
    put("a.csv", "id,type,at\ne1,page,2024-06-01\n")
    load_source(warehouse, web_events(), landing)
    before = stored(warehouse, "web_event")
    put("b.csv", "id,type,at\ne2,page,2024-06-01\ne3,fax,2024-06-01\n")

    result = load_source(warehouse, web_events(), landing)

    assert counts(result) == ("failed", 0, 0, 0, 0)
    assert "1 of 2 rows (50%)" in (result.message or "")
    assert "not_allowed 1" in (result.message or "")
    assert stored(warehouse, "web_event") == before
    assert warehouse.execute("select count(*) from meta.quarantine").fetchone() == (0,)
    assert warehouse.execute(
        "select status from meta.ingest_batches order by started_at"
    ).fetchall() == [("loaded",), ("failed",)]
    assert load_source(warehouse, web_events(), landing, quarantine_limit=0.5).status == "loaded"


def test_one_unreadable_file_does_not_stop_the_others(
    warehouse: Con, landing: Path, put: Put, contacts: Make
) -> None:
    put("a.csv", "Nope,Email\n1,a@x.com\n")
    put("b.csv", HEAD + "1,a@x.com,\n2,b@x.com,\n")

    result = load_source(warehouse, contacts(), landing, quarantine_limit=0.5)

    assert counts(result) == ("loaded", 3, 2, 0, 1)
    assert warehouse.execute(
        "select file, position, reason_code from meta.quarantine"
    ).fetchall() == [("a.csv", 0, "unreadable_file")]
    assert load_source(warehouse, contacts(), landing).status == "unchanged"


def test_a_file_that_breaks_off_keeps_what_came_before(
    warehouse: Con, landing: Path, put: Put, contacts: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limited, "BLOCK_BYTES", 1_000)
    lines = "".join(f"{n},u{n * 7919 % 10_007}@x.com,\n" for n in range(2_000))
    whole = gzip.compress((HEAD + lines).encode(), 1)
    put("c.csv.gz", whole[: len(whole) * 9 // 10])

    result = load_source(warehouse, contacts(path="*.csv.gz"), landing)

    assert result.rows_quarantined == 1
    assert 1_000 < result.rows_loaded < 2_000
    (position,) = warehouse.execute("select position from meta.quarantine").fetchone() or ()
    assert position == result.rows_loaded + 1


def test_versions_of_a_state_are_kept_when_it_changes_and_returns(
    warehouse: Con, landing: Path, put: Put, contacts: Make
) -> None:
    for day, email in enumerate(["a@x.com", "a@x.com", "b@x.com", "a@x.com"]):
        put(f"{day}.csv", HEAD + f"1,{email},\n")

    result = load_source(warehouse, contacts(), landing)

    assert counts(result) == ("loaded", 4, 3, 1, 0)
    assert current(warehouse, "contact", "email") == {"crm:1": "a@x.com"}


def test_an_event_is_stored_once_however_often_it_comes(
    warehouse: Con, landing: Path, put: Put, web_events: Make
) -> None:
    line = "e1,page,2024-06-01\n"
    put("a.csv", "id,type,at\n" + line * 2)
    put("b.csv", "id,type,at\n" + line)

    assert counts(load_source(warehouse, web_events(), landing))[2:4] == (1, 2)
    put("c.csv", "id,type,at\n" + line)
    assert counts(load_source(warehouse, web_events(), landing))[2:4] == (0, 1)


def test_a_file_overwritten_day_by_day_keeps_its_history_in_order(
    warehouse: Con, landing: Path, put: Put, contacts: Make
) -> None:
    for day, email in enumerate(["z@x.com", "a@x.com", "z@x.com"]):
        put("c.csv", HEAD + f"1,{email},\n")
        os.utime(landing / "c.csv", (day, day))
        load_source(warehouse, contacts(), landing)

    names = sorted(file for _, _, file, *_ in stored(warehouse, "contact"))
    assert names == ["c.csv", "c.csv#000002", "c.csv#000003"]
    assert current(warehouse, "contact", "email") == {"crm:1": "z@x.com"}


@pytest.mark.parametrize("is_dated", [False, True])
def test_a_payment_that_is_again_what_it_was_is_so_too(
    is_dated: bool, warehouse: Con, landing: Path, put: Put, payments: Make
) -> None:
    source = payments(**({"recorded_at": "changed"} if is_dated else {}))
    for day, status in enumerate(["paid", "paid", "refunded", "paid", "paid"], start=1):
        head, line = "id,amount,at,status,changed\n", f"1,9.90,2024-05-31,{status},2024-06-0{day}\n"
        put(f"{day}.csv", head + line)
        load_source(warehouse, source, landing)

    assert current(warehouse, "payment", "status") == {"shop:1": "paid"}
    assert len(stored(warehouse, "payment")) == (5 if is_dated else 3)


@pytest.mark.parametrize("kind", ["state", "dated", "revised", "revised and dated", "event"])
def test_any_order_of_arrival_ends_with_the_same_rows(
    kind: str,
    warehouse: Con,
    put: Put,
    landing: Path,
    contacts: Make,
    web_events: Make,
    payments: Make,
) -> None:
    if kind.startswith("revised"):
        dated = {"recorded_at": "changed"} if "dated" in kind else {}
        source, entity = payments(**dated), "payment"
        head, line = "id,amount,at,status,changed\n", "1,9.90,2024-05-31,{},2024-06-0{}\n"
        changes = zip(("paid", "refunded", "paid", "paid"), (1, 2, 3, 3), strict=True)
        files = [head + line.format(status, day) for status, day in changes]
    elif kind == "event":
        source, entity = web_events(), "web_event"
        types = ("page", "track", "page", "page")
        files = [f"id,type,at\ne1,{type_},2024-06-01\n" for type_ in types]
    else:
        entity = "contact"
        columns = {"contact_id": "Id", "email": "Email"}
        dated = {"recorded_at": "Changed"} if kind == "dated" else {}
        source = contacts(columns=columns, unmapped="drop", **dated)
        changes = zip("abaa", ("2024-01-01", "2024-01-02", "2024-01-03", "2024-01-03"), strict=True)
        files = [f"Id,Email,Changed\n1,{name}@x.com,{day}\n" for name, day in changes]

    def after(order: tuple[int, ...]) -> list[tuple[Any, ...]]:
        for table in (f"raw.{entity}", "meta.ingest_files"):
            warehouse.execute(f"delete from {table}")
        for file in landing.iterdir():
            file.unlink()
        for number in order:
            put(f"{number}.csv", files[number])
            assert load_source(warehouse, source, landing).status == "loaded"
        return stored(warehouse, entity)

    orders = list(permutations(range(4)))
    expected = after(orders[0])
    different = [order for order in orders[1::3] if after(order) != expected]

    assert different == []
    last = 1 if kind == "event" else 2
    assert {row[2] for row in expected} == {f"{number}.csv" for number in range(last + 1)}


def test_a_killed_load_leaves_nothing_and_the_next_one_everything(
    tmp_path: Path, landing: Path, put: Put, contacts: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("a.csv", HEAD + "1,a@x.com,\n")
    put("b.csv", HEAD + "2,b@x.com,\n")
    con = duckdb.connect(str(tmp_path / "w.duckdb"))
    create_schemas_and_tables(con)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(loading, "write_files", killed)
        with pytest.raises(KeyboardInterrupt):
            load_source(con, contacts(), landing)
    assert stored(con, "contact") == []

    assert counts(load_source(con, contacts(), landing)) == ("loaded", 2, 2, 0, 0)
    con.close()


KILLED = """
import os, signal, sys
from pathlib import Path
import duckdb
from ingest.loading import load, load_source
from ingest.config import read_config
load_source.write_files = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
home = Path(sys.argv[1])
con = duckdb.connect(str(home / "warehouse.duckdb"))
load.load_all(con, read_config(home / "sources.yml"), home)
"""


def test_a_process_killed_in_the_middle_leaves_a_warehouse_that_can_be_loaded(
    tmp_path: Path, put: Put, contacts: Make
) -> None:
    put("a.csv", HEAD + "1,a@x.com,\n2,b@x.com,\n")
    (tmp_path / "sources.yml").write_text(
        "sources: {contacts: {format: csv, path: '*.csv', entity: contact, namespace: crm, "
        "columns: {contact_id: Id, email: Email, phone: Phone}}}"
    )

    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)

    assert done.returncode == -signal.SIGKILL
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as con:
        assert stored(con, "contact") == []
        result = load_source(con, contacts(), tmp_path / "landing")
        assert counts(result) == ("loaded", 2, 2, 0, 0)


def test_a_changed_mapping_is_said_with_the_remedy(
    warehouse: Con, landing: Path, put: Put, contacts: Make
) -> None:
    put("a.csv", HEAD + "1,a@x.com,\n")
    load_source(warehouse, contacts(columns={"contact_id": "Id"}), landing)
    put("b.csv", HEAD + "2,b@x.com,\n")

    result = load_source(warehouse, contacts(), landing)

    remedy = "`crm ingest --replay --source contacts`"
    assert remedy in (result.message or "")


def test_a_changed_mapping_is_said_without_a_new_file_too(
    warehouse: Con, landing: Path, put: Put, contacts: Make
) -> None:
    put("a.csv", HEAD + "1,a@x.com,\n")
    load_source(warehouse, contacts(columns={"contact_id": "Id"}), landing)

    result = load_source(warehouse, contacts(), landing)

    assert result.status == "unchanged"
    assert "`crm ingest --replay --source contacts`" in (result.message or "")
    load_source(warehouse, contacts(), landing, replay=True)
    assert load_source(warehouse, contacts(), landing).message is None


def test_a_file_being_written_is_left_for_the_next_run(
    warehouse: Con, landing: Path, put: Put, contacts: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("a.csv", HEAD + "1,a@x.com,\n")
    growing = put("b.csv", HEAD + "2,b@x.com,\n")
    original = Batch.conformed

    def write_meanwhile(self: Batch, files: Any, done: Any) -> Any:
        if any(file.name == "b.csv" for file in files):
            with growing.open("a") as file:
                file.write("3,c@x.com,\n")
        return original(self, files, done)

    with monkeypatch.context() as patch:
        patch.setattr(Batch, "conformed", write_meanwhile)
        result = load_source(warehouse, contacts(), landing)

    assert counts(result) == ("loaded", 1, 1, 0, 0)
    assert "b.csv was being written" in (result.message or "")
    assert counts(load_source(warehouse, contacts(), landing)) == ("loaded", 2, 2, 0, 0)


def test_links_out_of_the_landing_folder_and_pipes_are_refused(
    warehouse: Con, tmp_path: Path, landing: Path, put: Put, contacts: Make
) -> None:
    (tmp_path / "secret.csv").write_text(HEAD + "1,a@x.com,\n")
    (landing / "link.csv").symlink_to(tmp_path / "secret.csv")
    (landing / "nowhere.csv").symlink_to(landing / "gone")
    os.mkfifo(landing / "pipe.csv")
    put("good.csv", HEAD + "2,b@x.com,\n")
    put(".hidden.csv", HEAD + "3,c@x.com,\n")
    put("half.csv.part", HEAD + "4,d@x.com,\n")

    result = load_source(warehouse, contacts(path="*"), landing, quarantine_limit=1)

    assert counts(result) == ("loaded", 4, 1, 0, 3)
    reasons = dict(warehouse.execute("select file, reason from meta.quarantine").fetchall())
    assert "out of landing" in reasons["link.csv"]
    assert "regular" in reasons["pipe.csv"]
    assert "nowhere" in reasons["nowhere.csv"]
    assert load_source(warehouse, contacts(path="*"), landing).status == "unchanged"


def test_a_linked_folder_outside_is_refused_without_listing_it(
    warehouse: Con, tmp_path: Path, landing: Path, put: Put, contacts: Make
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    for name in ("private.csv", "secret.csv"):
        (outside / name).write_text(HEAD + "1,a@x.com,\n")
    (landing / "linked").symlink_to(outside)
    put("crm/good.csv", HEAD + "2,b@x.com,\n")

    result = load_source(warehouse, contacts(path="*/*.csv"), landing, quarantine_limit=1)

    assert counts(result) == ("loaded", 2, 1, 0, 1)
    assert warehouse.execute("select file, reason from meta.quarantine").fetchall() == [
        ("linked", "a link that leads out of landing/")
    ]
    assert load_source(warehouse, contacts(path="*/*.csv"), landing).status == "unchanged"


def test_replay_applies_a_new_mapping_to_old_files(
    warehouse: Con, landing: Path, put: Put, contacts: Make
) -> None:
    put("a.csv", HEAD + "1,a@x.com,\n")
    put("b.csv", HEAD + "2,b@x.com,\n")
    first = load_source(warehouse, contacts(columns={"contact_id": "Id"}), landing)
    (landing / "b.csv").unlink()

    result = load_source(warehouse, contacts(), landing, replay=True)

    assert counts(result) == ("loaded", 1, 1, 0, 0)
    assert current(warehouse, "contact", "email") == {"crm:1": "a@x.com", "crm:2": None}
    assert warehouse.execute("select distinct ingested_at from raw.contact").fetchall() == [
        (first.started_at,)
    ]


def test_a_source_that_fails_does_not_stop_the_others(
    con: Con, tmp_path: Path, put: Put, contacts: Make, web_events: Make
) -> None:
    put("w/a.csv", "id,type,at\ne1,fax,2024-06-01\n")
    put("c/a.csv", HEAD + "1,a@x.com,\n")
    config = Config(company=Company(), sources=(web_events(path="w/*"), contacts(path="c/*")))

    results = load_all(con, config, tmp_path)

    assert [result.status for result in results] == ["failed", "loaded"]


def test_an_unknown_source_is_named_with_the_nearest(
    con: Con, tmp_path: Path, contacts: Make
) -> None:
    config = Config(company=Company(), sources=(contacts(),))

    with pytest.raises(UnknownSource, match="did you mean contacts"):
        load_all(con, config, tmp_path, only=["contcts"])


def test_a_source_without_files_says_so(warehouse: Con, landing: Path, contacts: Make) -> None:
    result = load_source(warehouse, contacts(path="crm/*.csv"), landing)

    assert (result.status, result.message) == ("unchanged", "no file in landing/ matches crm/*.csv")


def test_as_of_is_the_day_after_the_newest_event_that_is_not_in_the_future(
    con: Con, tmp_path: Path, put: Put, web_events: Make
) -> None:
    put("w.csv", "id,type,at\ne1,page,2024-06-01 23:59:59\ne2,page,2199-01-01\n")
    config = Config(company=Company(name="N", domains=("n.de",)), sources=(web_events(),))

    load_all(con, config, tmp_path)

    found = dict(con.execute("from meta.settings").fetchall())
    assert found["as_of"] == "2024-06-02"
    assert found["company_domains"] == '["n.de"]'


def test_as_of_may_be_fixed_and_an_empty_warehouse_has_one(con: Con, tmp_path: Path) -> None:
    load_all(con, Config(company=Company(), sources=(), as_of=date(2026, 6, 30)), tmp_path)
    assert ("as_of", "2026-06-30") in con.execute("from meta.settings").fetchall()

    load_all(con, Config(company=Company(), sources=()), tmp_path)
    found = dict(con.execute("from meta.settings").fetchall())
    assert abs(date.fromisoformat(found["as_of"]) - datetime.now().date()).days <= 1  # noqa: DTZ005


def test_progress_is_told_file_by_file(con: Con, tmp_path: Path, put: Put, contacts: Make) -> None:
    put("a.csv", HEAD + "1,a@x.com,\n")
    put("b.csv", HEAD + "2,a@x.com,\n3,a@x.com,\n")
    seen: list[tuple[int, int, int]] = []
    config = Config(company=Company(), sources=(contacts(),))

    load_all(
        con, config, tmp_path, progress=lambda p: seen.append((p.files_done, p.files_total, p.rows))
    )

    assert seen == [(1, 2, 1), (2, 2, 3)]


def test_long_payloads_are_cut_with_a_note(
    warehouse: Con, landing: Path, put: Put, contacts: Make
) -> None:
    put("a.csv", HEAD + "1,2,3," + "x" * 100_000 + "\n")

    load_source(warehouse, contacts(), landing, quarantine_limit=1)

    (payload,) = warehouse.execute("select payload from meta.quarantine").fetchone() or ()
    assert len(payload) < 66_000


def test_messages_of_a_channel_that_was_renamed_are_loaded_once(con: Con, tmp_path: Path) -> None:
    source = Source(name="slack", format="slack", path="slack/**/*.json", namespace="slack")
    create_schemas_and_tables(con)
    for name, channel, said in (("06", "ext-acme", 1), ("09", "ext-acme-corp", 2)):
        export = tmp_path / "slack" / name
        (export / channel).mkdir(parents=True)
        (export / "users.json").write_text('[{"id": "U1", "profile": {"real_name": "Eve"}}]')
        (export / "channels.json").write_text(f'[{{"id": "C1", "name": "{channel}"}}]')
        messages = [
            f'{{"user": "U1", "text": "hello", "ts": "1767603600.00000{n}"}}' for n in range(said)
        ]
        (export / channel / "2026-01-05.json").write_text(f"[{','.join(messages)}]")
        load_source(con, source, tmp_path)

    assert current(con, "interaction", "queue") == {
        "slack:ext-acme|1767603600.000000": "ext-acme-corp",
        "slack:ext-acme|1767603600.000001": "ext-acme-corp",
    }


def test_slack_messages_wait_for_the_people_of_their_export(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    export = tmp_path / "slack"
    (export / "ext-acme").mkdir(parents=True)
    (export / "ext-acme" / "2026-01-05.json").write_text(
        '[{"type": "message", "user": "U1", "text": "hello", "ts": "1767603600.000100"}]'
    )
    source = Source(name="slack", format="slack", path="slack/**/*.json", namespace="slack")
    create_schemas_and_tables(con)

    early = load_source(con, source, tmp_path)
    (export / "users.json").write_text(
        '[{"id": "U1", "profile": {"email": "eve@acme.example", "real_name": "Eve Acme"}}]'
    )
    late = load_source(con, source, tmp_path)

    assert early.rows_loaded == 0
    assert "users.json" in (early.message or "")
    assert late.rows_loaded == 2
    assert con.execute("select from_ref from raw.interaction").fetchall() == [
        ("email:eve@acme.example",)
    ]
