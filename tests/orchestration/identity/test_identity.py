"""From raw rows to customers: what counts as evidence, and that a run can be repeated."""

from __future__ import annotations

import json
import random
import shutil
import stat
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest.contracts import CONTRACTS
from ingest.from_contracts.schema import create_schemas_and_tables
from orchestration.errors import Refused
from orchestration.identity import tables as identity_tables
from orchestration.identity.resolve import identity_key, resolve_identities

KEY = bytes(range(32))
ROOT = Path(__file__).resolve().parents[3]
START = datetime.fromisoformat("2025-01-01")
LATER = datetime.fromisoformat("2026-01-01")

Open = Callable[[], duckdb.DuckDBPyConnection]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a warehouse file with empty tables; making them takes longer than most tests."""
    file = tmp_path_factory.mktemp("identity") / "empty.duckdb"
    with duckdb.connect(str(file)) as con:
        create_schemas_and_tables(con)
    return file


@pytest.fixture
def warehouse(template: Path, tmp_path: Path) -> Iterator[Open]:
    """Return a function that opens another warehouse with empty tables."""
    opened = []

    def open_another() -> duckdb.DuckDBPyConnection:
        file = tmp_path / f"{len(opened)}.duckdb"
        shutil.copy(template, file)
        opened.append(duckdb.connect(str(file)))
        return opened[-1]

    yield open_another
    for con in opened:
        con.close()


@pytest.fixture
def raw(warehouse: Open) -> duckdb.DuckDBPyConnection:
    """Return an open warehouse with empty tables."""
    return warehouse()


def add(con: duckdb.DuckDBPyConnection, entity: str, key: str, day: int = 0, **values: Any) -> None:
    """Insert a row; columns that must be there and are not given get a value of their type."""
    moment = START + timedelta(days=day)
    lineage = {
        "record_key": key,
        "source": "test",
        "source_record_id": key,
        "record_hash": json.dumps(values, default=str) + str(day),
        "file": f"{entity}.csv",
        "position": 1,
        "batch_id": "b1",
        "occurred_at": moment,
        "known_at": moment,
        "ingested_at": LATER,
        "is_deleted": False,
    }
    filled = {
        column.name: (
            column.allowed[0]
            if column.allowed
            else {"text": "x", "timestamp": moment, "date": moment.date()}.get(column.type, 1)
        )
        for column in CONTRACTS[entity].columns
        if column.required
    }
    row = {**filled, **lineage, **values}
    names = ", ".join(f'"{name}"' for name in row)
    places = ", ".join("?" for _ in row)
    con.execute(f'insert into raw."{entity}" ({names}) values ({places})', list(row.values()))


def resolve(con: duckdb.DuckDBPyConnection, run: int = 1) -> None:
    resolve_identities(con, key=KEY, run_id=f"run {run}", at=LATER + timedelta(days=run))


def people(con: duckdb.DuckDBPyConnection) -> set[frozenset[str]]:
    rows = con.execute(
        "select list(identifier) from identity.identifier_map where is_current group by customer_id"
    ).fetchall()
    return {frozenset(row[0]) for row in rows}


def tables(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple]]:
    names = ("customers", "identifier_map", "edges", "events", "review_queue")
    return {name: con.execute(f"from identity.{name} order by all").fetchall() for name in names}


def test_records_visits_and_orders_of_one_person_become_one_customer(raw):
    add(raw, "contact", "crm:1", first_name="Anna", last_name="Berg", email="anna@firm.de")
    add(raw, "lead", "crm:9", email="a.berg@web.de", converted_contact_ref="crm:1")
    add(raw, "web_event", "e1", anonymous_id="anonymous_id:web:1", email="a.berg@web.de")
    add(raw, "web_event", "e2", anonymous_id="anonymous_id:web:1", user_id="user_id:shop:7")
    add(raw, "order", "shop:1", customer_ref="user_id:shop:7", account_ref="crm:A")
    add(raw, "account", "crm:A", name="Firm")

    resolve(raw)

    assert people(raw) == {
        frozenset(
            {
                "contact:crm:1",
                "lead:crm:9",
                "email:anna@firm.de",
                "email:a.berg@web.de",
                "anonymous_id:web:1",
                "user_id:shop:7",
            }
        ),
        frozenset({"account:crm:A"}),
    }
    types = raw.execute("select customer_type from identity.customers order by 1").fetchall()
    assert types == [("organization",), ("person",)]


def test_a_record_merged_by_its_source_is_merged_here(raw):
    add(raw, "contact", "crm:1", email="anna@firm.de")
    add(raw, "contact", "crm:2", email="a@web.de", merged_into_ref="crm:1")
    add(raw, "account", "crm:A")
    add(raw, "account", "crm:B", merged_into_ref="crm:A")

    resolve(raw)

    assert sorted(map(len, people(raw))) == [2, 4]


def test_an_address_of_an_earlier_version_is_still_evidence(raw):
    add(raw, "contact", "crm:1", email="old@firm.de", recorded_at=START)
    add(raw, "contact", "crm:1", email="new@firm.de", recorded_at=START + timedelta(days=9))

    resolve(raw)

    assert people(raw) == {frozenset({"contact:crm:1", "email:old@firm.de", "email:new@firm.de"})}


def test_a_link_that_its_source_took_back_is_gone(raw):
    add(raw, "lead", "crm:9", converted_contact_ref="crm:1", recorded_at=START)
    add(raw, "lead", "crm:9", recorded_at=START + timedelta(days=9))

    resolve(raw)

    assert people(raw) == {frozenset({"lead:crm:9"}), frozenset({"contact:crm:1"})}


def test_colleagues_are_no_customers(raw):
    raw.execute("""insert into meta.settings values ('company_domains', '["ours.de"]')""")
    add(raw, "agent", "crm:R", email="Rep@Private.de", phone="+49 30 555-0199")
    add(raw, "lead", "crm:9", email="rep@private.de")
    add(raw, "order", "shop:1", customer_ref="email:someone@ours.de")
    add(raw, "order", "shop:2", customer_ref="email:robot@mail.ours.de")
    add(raw, "order", "shop:3", customer_ref="phone:+49305550199")
    add(raw, "ticket", "desk:1", submitter_ref="user_id:crm:R")
    add(raw, "order", "shop:4", customer_ref="email:someone@notours.de")

    resolve(raw)

    assert people(raw) == {frozenset({"lead:crm:9"}), frozenset({"email:someone@notours.de"})}


def test_only_the_customers_side_of_a_message_is_a_customer(raw):
    sides = {"from_ref": "email:from@x.de", "to_refs": ["email:to@x.de"]}
    for direction in ("inbound", "outbound", "internal"):
        row = {key: json.loads(json.dumps(value).replace("@", f"@{direction}.")) for key, value in
               sides.items()}  # fmt: skip
        add(raw, "interaction", direction, direction=direction, **row)

    resolve(raw)

    assert people(raw) == {
        frozenset({"email:from@inbound.x.de"}),
        frozenset({"email:to@outbound.x.de"}),
    }


def test_what_writers_of_mail_call_themselves_is_no_evidence(raw):
    said = json.dumps({"from_name": "Anneliese Bergmann-Thorvaldsen"})
    for key in ("one", "other"):
        add(
            raw, "interaction", key, channel="email", direction="inbound",
            from_ref=f"email:{key}@x.de", attributes=said,
        )  # fmt: skip

    resolve(raw)

    assert people(raw) == {frozenset({"email:one@x.de"}), frozenset({"email:other@x.de"})}
    assert raw.execute("select count(*) from identity.review_queue").fetchall() == [(0,)]


def test_bots_and_visitors_nobody_knows_are_no_customers(raw):
    add(raw, "web_event", "e1", anonymous_id="anonymous_id:web:1")
    add(raw, "web_event", "e2", email="bot@x.de", is_bot=True)
    add(raw, "interaction", "i1", customer_ref="email:machine@x.de", is_bot=True)
    add(raw, "campaign_touch", "t1", person_ref="anonymous_id:web:2")

    resolve(raw)

    assert people(raw) == set()


def test_the_first_visit_of_a_customer_is_the_first_of_the_browser(raw):
    add(raw, "web_event", "e1", day=0, anonymous_id="anonymous_id:web:1")
    add(raw, "web_event", "e2", day=5, anonymous_id="anonymous_id:web:1", email="a@x.de")

    resolve(raw)

    assert raw.execute(
        "select founder_identifier, first_seen_at, last_seen_at from identity.customers"
    ).fetchall() == [("email:a@x.de", START, START + timedelta(days=5))]


def test_what_a_source_says_of_two_identifiers_joins_them(raw):
    add(raw, "identifier", "s:1", person_ref="user_id:s:1", id_type="anonymous_id",
        id_value="anonymous_id:s:9")  # fmt: skip
    add(raw, "identifier", "s:2", person_ref="user_id:s:1", id_type="email", id_value="a@x.de")

    resolve(raw)

    assert people(raw) == {frozenset({"user_id:s:1", "anonymous_id:s:9", "email:a@x.de"})}


def test_every_reference_to_a_person_leads_to_a_customer(raw):
    wanted = set()
    for contract in CONTRACTS.values():
        for column in contract.columns:
            name = f"{contract.name}-{column.name}"
            if column.ref == "person":
                wanted.add(value := f"email:{name}@x.de")
            elif column.ref in ("contact", "lead", "account"):
                value = f"crm:{name}"
                wanted.add(f"{column.ref}:{value}")
            else:
                continue
            direction = {"direction": "outbound"} if column.name == "to_refs" else {}
            plain = [value] if column.type == "text[]" else value
            add(raw, contract.name, name, **{column.name: plain}, **direction)

    resolve(raw)

    assert len(wanted) > 25
    assert wanted <= set().union(*people(raw))


def test_accounts_of_two_systems_are_one_company_by_domain_or_tax_number(raw):
    add(raw, "account", "crm:A", name="Berg GmbH", website="https://www.Berg.de/start")
    add(raw, "account", "shop:7", name="Berg", domain="berg.de", tax_number="DE 123.456.789")
    add(raw, "account", "erp:3", name="Berg Holding", tax_number="DE123456789")
    add(raw, "account", "erp:4", name="Berg", domain="berg.de", tax_number="DE9")

    resolve(raw)

    # the domain is shared by two tax numbers: it is nobody's, and joins no third
    assert people(raw) == {
        frozenset({"account:crm:A"}),
        frozenset({"account:shop:7", "account:erp:3", "tax_number:DE123456789"}),
        frozenset({"account:erp:4", "tax_number:DE9"}),
        frozenset({"domain:berg.de"}),
    }


def test_a_person_is_at_a_company_from_when_to_when(raw):
    add(raw, "account", "crm:A", name="Berg", domain="berg.de")
    add(raw, "account", "crm:B", name="Wolf", domain="wolf.de")
    add(raw, "account", "crm:G", name="Mail", domain="gmail.com")
    for day, account in ((0, "crm:A"), (10, "crm:A"), (20, None), (30, "crm:B")):
        add(raw, "contact", "crm:1", first_name="Anna", email="anna@wolf.de", account_ref=account,
            recorded_at=START + timedelta(days=day))  # fmt: skip
    add(raw, "contact", "crm:2", first_name="Otto", email="otto@gmail.com")

    resolve(raw)
    resolve(raw, 2)

    at = lambda day: START + timedelta(days=day)  # noqa: E731
    found = raw.execute(
        "select company.founder_identifier, basis, valid_from, valid_to, evidence "
        "from identity.person_accounts join identity.customers as company "
        "on account_customer_id = customer_id order by valid_from, basis"
    ).fetchall()
    assert [(basis, start, end, proof) for _, basis, start, end, proof in found] == [
        ("account_ref", at(0), at(20), "contact:crm:1"),
        ("email_domain", at(0), None, "email:anna@wolf.de"),
        ("account_ref", at(30), None, "contact:crm:1"),
    ]


@pytest.mark.parametrize("created", [START, None])
@pytest.mark.parametrize("order", [("Berg", "Wolf"), ("Wolf", "Berg")])
def test_of_versions_without_times_the_last_file_says_where_a_person_is(raw, created, order):
    accounts = {"Berg": "crm:A", "Wolf": "crm:B"}
    for name, key in accounts.items():
        add(raw, "account", key, name=name)
    for place, name in enumerate(order, 1):
        add(raw, "contact", "crm:1", last_name="Stein", account_ref=accounts[name],
            occurred_at=created, file=f"{place}.csv")  # fmt: skip

    resolve(raw)

    holding = raw.execute(
        "select founder_identifier, valid_from from identity.person_accounts "
        "join identity.customers on account_customer_id = customer_id where valid_to is null"
    ).fetchall()
    assert holding == [(f"account:{accounts[order[-1]]}", created)]


def test_a_warehouse_without_any_row_has_no_customers(con):
    create_schemas_and_tables(con)

    summary = resolve_identities(con, key=KEY, run_id="run 1")

    assert (summary.customers, summary.identifiers, summary.events) == (0, 0, {})


def company(con: duckdb.DuckDBPyConnection, rows: list[int]) -> None:
    """Add some of a dozen rows that hang together."""
    person = {"first_name": "Anna", "last_name": "Berg"}
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("contact", "crm:1", {**person, "email": "anna@firm.de", "recorded_at": START}),
        ("contact", "crm:1", {**person, "email": "anna@new.de", "recorded_at": LATER}),
        ("contact", "crm:2", {**person, "phone": "+49301112223", "email": "anna@new.de"}),
        ("contact", "crm:3", {"first_name": "Otto", "last_name": "Wolf", "phone": "+49301112223"}),
        ("lead", "crm:9", {"email": "anna@firm.de", "day": 3}),
        ("lead", "crm:8", {"phone": "+49301112223", "day": 4}),
        ("web_event", "e1", {"anonymous_id": "anonymous_id:web:1", "email": "anna@new.de"}),
        ("web_event", "e2", {"anonymous_id": "anonymous_id:web:1", "day": 1}),
        ("web_event", "e3", {"anonymous_id": "anonymous_id:web:1", "user_id": "user_id:shop:7"}),
        ("order", "shop:1", {"customer_ref": "user_id:shop:7", "day": 2}),
        ("order", "shop:2", {"customer_ref": "email:rep@ours.de"}),
        ("agent", "crm:R", {"email": "rep@ours.de"}),
    ]
    for row in rows:
        entity, key, values = calls[row]
        add(con, entity, key, **values)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_arrival_does_not_change_who_is_who(raw, warehouse, seed):
    rows = list(range(12))
    company(raw, rows)
    resolve(raw)
    other = warehouse()
    random.Random(seed).shuffle(rows)

    for run, part in enumerate((rows[:4], rows[4:8], rows[8:])):
        company(other, part)
        resolve(other, run)

    query = (
        "select identifier, m.customer_id, m.first_seen_at, m.last_seen_at, customers.* "
        "from identity.identifier_map as m join identity.customers using (customer_id) "
        "where is_current order by all"
    )
    assert other.execute(query).fetchall() == raw.execute(query).fetchall()
    edges = "from identity.edges order by all"
    assert other.execute(edges).fetchall() == raw.execute(edges).fetchall()


def test_when_it_was_loaded_does_not_change_who_is_who(raw):
    company(raw, list(range(12)))
    resolve(raw)
    before = tables(raw)

    for entity in ("contact", "lead", "web_event", "order"):
        raw.execute(f"update raw.\"{entity}\" set ingested_at = now()::timestamp, batch_id = 'b9'")
    resolve(raw, 2)

    assert tables(raw) == before


def test_a_second_run_writes_nothing(raw):
    company(raw, list(range(12)))
    resolve(raw, 1)
    before = tables(raw)

    resolve(raw, 2)

    assert tables(raw) == before


def test_a_colleague_known_later_is_retired_from_the_customers(raw):
    company(raw, [10])
    resolve(raw, 1)
    company(raw, [11])

    resolve(raw, 2)

    assert raw.execute("select status from identity.customers").fetchall() == [("retired",)]
    assert people(raw) == set()


def test_a_question_whose_reason_is_gone_is_closed_and_comes_back_with_it(raw):
    company(raw, [2, 3])
    resolve(raw, 1)
    status = "select status, raised_at from identity.review_queue"

    raw.execute("update raw.contact set phone = null where record_key = 'crm:3'")
    resolve(raw, 2)
    assert raw.execute(status).fetchall() == [("obsolete", LATER + timedelta(days=1))]

    raw.execute("update raw.contact set phone = '+49301112223' where record_key = 'crm:3'")
    resolve(raw, 3)
    assert raw.execute(status).fetchall() == [("open", LATER + timedelta(days=1))]


def test_a_run_that_fails_while_writing_leaves_everything_as_it_was(raw, monkeypatch):
    company(raw, [0, 3])
    resolve(raw, 1)
    before = tables(raw)
    company(raw, [1, 2])

    def fail(*_: object) -> None:
        raise duckdb.IOException("disk full")

    monkeypatch.setattr(identity_tables, "raise_questions", fail)
    with pytest.raises(duckdb.IOException, match="disk full"):
        resolve(raw, 2)

    assert tables(raw) == before


class TestIdentityKey:
    @pytest.fixture(autouse=True)
    def no_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("CRM_IDENTITY_KEY", raising=False)

    def test_it_is_made_once_and_only_its_owner_can_read_it(self, tmp_path: Path):
        key = identity_key(tmp_path / "home")

        file = tmp_path / "home" / "identity.key"
        assert identity_key(tmp_path / "home") == key == bytes.fromhex(file.read_text())
        assert len(key) == 32
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert [entry.name for entry in file.parent.iterdir()] == ["identity.key"]

    def test_the_environment_comes_first(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("CRM_IDENTITY_KEY", KEY.hex())

        assert identity_key(tmp_path) == KEY
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("text", ["", "secret", "abcd"])
    def test_what_is_no_key_is_refused(self, tmp_path: Path, text: str):
        (tmp_path / "identity.key").write_text(text)

        with pytest.raises(Refused, match="is no key: it must be at least 32 hexadecimal digits"):
            identity_key(tmp_path)


def test_pages_on_a_site_of_many_make_no_company_one(raw):
    for key, name, website in (
        ("crm:1", "Berg Blumen", "https://www.facebook.com/bergblumen"),
        ("crm:2", "Berg Auto", "https://de-de.facebook.com/bergauto"),
        ("crm:3", "Nova Design", "https://www.facebook.com/nova"),
        ("crm:4", "Nova Design GmbH", "https://nova.myshopify.com/"),
        ("crm:5", "Nova Shop", "nova.myshopify.com"),
    ):
        add(raw, "account", key, name=name, website=website)
    resolve(raw)

    assert people(raw) == {
        frozenset({"account:crm:1"}),
        frozenset({"account:crm:2"}),
        frozenset({"account:crm:3"}),
        frozenset({"account:crm:4", "account:crm:5", "domain:nova.myshopify.com"}),
    }
