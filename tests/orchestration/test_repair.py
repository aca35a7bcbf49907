"""Asking why two are one and deciding that they are, or are not, on the command line."""

from __future__ import annotations

import fcntl
import json
import os
import shlex
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import duckdb
import polars as pl
import pytest
from test_identity import LATER, add, company
from typer.testing import CliRunner, Result

from ingest.schema import create_schemas_and_tables
from orchestration import decisions, warehouse
from orchestration.cli.app import app
from orchestration.errors import Refused, WarehouseLocked
from orchestration.home import ROOT, Home
from orchestration.identity import resolve_identities

KEY = bytes(range(32))
SOURCES = """\
sources:
  orders:
    format: csv
    entity: order
    path: shop/*.csv
    columns: {order_id: Id, placed_at: At}
"""
PHONE = "+49301112223"


@pytest.fixture(scope="module")
def resolved_company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home in which a dozen rows are resolved to customers."""
    folder = tmp_path_factory.mktemp("repair")
    (folder / "sources.yml").write_text(SOURCES)
    home = Home(folder)
    with warehouse.connect(home) as con:
        create_schemas_and_tables(con)
        company(con, list(range(12)))
    run(home)
    return folder


@pytest.fixture
def home(resolved_company: Path, tmp_path: Path) -> Home:
    """Return a copy of it."""
    found = Home(tmp_path / "home")
    found.folder.mkdir()
    for name in ("sources.yml", "warehouse.duckdb"):
        (found.folder / name).write_bytes((resolved_company / name).read_bytes())
    return found


def run(home: Home, number: int = 1) -> None:
    rows = decisions.table(decisions.read_decisions(home))
    with warehouse.connect(home) as con:
        at = LATER.replace(day=number + 1)
        resolve_identities(con, key=KEY, run_id=f"run {number}", decisions=rows, at=at)


def crm(home: Home, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["identity", *arguments, "--home", str(home.folder)])


def query(home: Home, sql: str, *values: object) -> list[tuple]:
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        return con.execute(sql, list(values)).fetchall()


def customer(home: Home, identifier: str) -> str | None:
    rows = query(
        home,
        "select customer_id from identity.identifier_map where identifier = ? and is_current",
        identifier,
    )
    return rows[0][0] if rows else None


def everything(home: Home) -> list[object]:
    tables = ("customers", "identifier_map", "edges", "events", "review_queue", "decisions")
    file = decisions.decisions_file(home)
    return [
        file.read_bytes() if file.exists() else None,
        *(query(home, f"from identity.{table} order by all") for table in tables),
    ]


class TestExplain:
    def test_it_shows_the_path_of_evidence(self, home: Home):
        result = crm(home, "explain", " Anna@Firm.de ", "user_id:shop:7")

        assert result.exit_code == 0, result.output
        assert f"One customer, {customer(home, 'user_id:shop:7')}, because:" in result.output
        for edge in ("email:anna@firm.de", "contact:crm:1", "email:anna@new.de"):
            assert edge in result.output
        assert "contact" in result.output
        assert "stopped" not in result.output

    def test_it_shows_the_guard_that_keeps_two_apart_and_the_case(self, home: Home):
        result = crm(home, "explain", "contact:crm:2", "contact:crm:3")

        assert result.exit_code == 0, result.output
        assert "Not one customer." in result.output
        assert "stopped: different_people" in result.output
        assert "r_" in result.output
        assert "phone:+49301112223 is shared by people who are not one" in result.output

    def test_a_number_is_read_as_the_company_writes_it(self, home: Home):
        result = crm(home, "explain", "030 1112223", "contact:crm:3")

        assert f"phone:{PHONE}" in result.output

    def test_a_decision_that_keeps_two_apart_is_told_with_its_reason(self, home: Home):
        crm(home, "split", "lead:crm:9", "contact:crm:1", "--reason", "two sisters")
        run(home, 2)

        result = crm(home, "explain", "lead:crm:9", "contact:crm:1")

        assert "that lead:crm:9 and contact:crm:1 are two: two sisters (d_0001)" in result.output
        assert "stopped: decision" in result.output

    def test_two_that_nothing_connects(self, home: Home):
        with warehouse.connect(home) as con:
            add(con, "contact", "crm:50", email="else@where.de")
        run(home, 2)

        result = crm(home, "explain", "else@where.de", "contact:crm:1")

        assert "No evidence, not even stopped evidence" in result.output

    def test_each_column_of_a_probable_edge_is_told(self, home: Home):
        columns = [
            {"column": "prior", "relation": "any two records", "weight": -4.0},
            {"column": "last_name", "relation": "the same", "weight": 9.5},
        ]
        text = json.dumps({"weight": 5.5, "probability": 0.978, "columns": columns})
        whose = customer(home, "contact:crm:1")
        with warehouse.connect(home) as con:
            con.execute(
                "insert into identity.edges by name select 'contact:crm:1' as identifier_a, "
                "'lead:crm:7' as identifier_b, 'probabilistic' as edge_type, "
                "'matching' as source, ? as evidence, 'used' as status",
                [text],
            )
            con.execute(
                "insert into identity.identifier_map by name select 'lead:crm:7' as identifier, "
                "'lead' as id_type, ? as customer_id, true as is_current",
                [whose],
            )

        result = crm(home, "explain", "contact:crm:1", "lead:crm:7")

        assert "97.8 % alike" in result.output
        lines = [line for line in result.output.splitlines() if "last_name" in line]
        assert "the same" in lines[0]
        assert "+9.50" in lines[0]
        assert "+5.50" in lines[0]


class TestDecide:
    def test_a_join_becomes_true_with_the_next_run_and_stays(self, home: Home):
        before = customer(home, "contact:crm:3")

        result = crm(home, "join", "contact:crm:3", "contact:crm:1", "--reason", "asked her",
                     "--author", "maria")  # fmt: skip
        run(home, 2)

        assert result.exit_code == 0, result.output
        assert "d_0001" in result.output
        assert "next `crm run`" in result.output
        kept = customer(home, "contact:crm:1")
        assert customer(home, "contact:crm:3") == kept
        assert query(home, "select cause, other_customer_id from identity.events "
                     "where event_type = 'merged' and customer_id = ?", before) \
            == [("decision, phone", kept)]  # fmt: skip
        assert query(home, "select author, reason, revoked_by from identity.decisions") == [
            ("maria", "asked her", None)
        ]
        assert "d_0001, by maria: asked her" in crm(home, "explain", "contact:crm:3", kept).output
        state = everything(home)
        run(home, 3)
        assert everything(home) == state

    def test_a_split_shows_the_sides_and_holds(self, home: Home):
        result = crm(home, "split", "lead:crm:9", "contact:crm:1", "--reason", "two sisters")
        run(home, 2)

        assert result.exit_code == 0, result.output
        assert "with lead:crm:9 (1 identifiers)" in result.output
        assert customer(home, "lead:crm:9") not in {None, customer(home, "contact:crm:1")}
        events = query(home, "select cause from identity.events where event_type = 'split'")
        assert events == [("decision",)]

    def test_a_split_holds_against_evidence_that_comes_later(self, home: Home):
        crm(home, "split", "lead:crm:9", "contact:crm:1", "--reason", "two sisters")
        run(home, 2)
        parted = customer(home, "lead:crm:9"), customer(home, "contact:crm:1")
        # an address that both state from now on
        with warehouse.connect(home) as con:
            for entity, key in (("lead", "crm:9"), ("contact", "crm:1")):
                add(con, entity, key, 6, batch_id="b2", file="later.csv", email="new@firm.de")

        run(home, 3)

        assert (customer(home, "lead:crm:9"), customer(home, "contact:crm:1")) == parted
        assert parted[0] != parted[1]
        assert customer(home, "email:new@firm.de") in parted

    def test_decisions_survive_a_warehouse_made_anew(self, home: Home):
        crm(home, "split", "lead:crm:9", "contact:crm:1", "--reason", "two sisters")
        crm(home, "join", "contact:crm:3", "contact:crm:1", "--reason", "one")
        run(home, 2)
        now = "select identifier, customer_id from identity.identifier_map where is_current " \
            "order by all"  # fmt: skip
        before = query(home, now)

        home.warehouse.unlink()
        with warehouse.connect(home) as con:
            create_schemas_and_tables(con)
            company(con, list(range(12)))
        run(home, 3)

        assert query(home, now) == before
        assert len(query(home, "from identity.decisions")) == 2

    def test_a_revoked_decision_holds_no_longer(self, home: Home):
        before = query(home, "select identifier, customer_id from identity.identifier_map "
                       "where is_current order by all")  # fmt: skip
        crm(home, "split", "lead:crm:9", "contact:crm:1", "--reason", "two sisters")
        run(home, 2)

        result = crm(home, "revoke", "d_0001", "--reason", "they are one after all")
        run(home, 3)

        assert result.exit_code == 0, result.output
        assert before == query(home, "select identifier, customer_id from "
                               "identity.identifier_map where is_current order by all")  # fmt: skip
        assert query(home, "select revoked_by from identity.decisions") == [("d_0002",)]
        assert "d_0002" in crm(home, "decisions").output
        again = crm(home, "split", "lead:crm:9", "contact:crm:1", "--reason", "or not")
        assert again.exit_code == 0, again.output

    def test_the_id_of_a_merged_customer_takes_it_out_again(self, home: Home):
        with warehouse.connect(home) as con:
            add(con, "web_event", "e70", day=2, user_id="user_id:shop:9")
        run(home, 2)
        old = customer(home, "user_id:shop:9")
        with warehouse.connect(home) as con:
            add(con, "web_event", "e71", day=3, user_id="user_id:shop:9", email="anna@firm.de")
        run(home, 3)
        kept = customer(home, "contact:crm:1")
        assert customer(home, "user_id:shop:9") == kept != old

        result = crm(home, "split", str(old), str(kept), "--reason", "her son's account")
        run(home, 4)

        assert result.exit_code == 0, result.output
        assert customer(home, "user_id:shop:9") == old
        assert customer(home, "contact:crm:1") == kept


class TestDecideInAdvance:
    """Two who are not together are kept apart before anything joins them."""

    PAIR = ("user_id:shop:9", "contact:crm:1")

    def seen(self, home: Home, number: int, **stated: str) -> None:
        with warehouse.connect(home) as con:
            add(con, "web_event", f"e{70 + number}", day=number, batch_id=f"b{number}",
                user_id="user_id:shop:9", **stated)  # fmt: skip
        run(home, number)

    def split(self, home: Home) -> Result:
        result = crm(
            home, "split", *self.PAIR, "--reason", "her son's account", "--author", "maria"
        )
        assert result.exit_code == 0, result.output
        return result

    def test_it_says_that_they_are_two_now_and_holds_against_what_comes(self, home: Home):
        self.seen(home, 2)
        before = [customer(home, one) for one in self.PAIR]

        result = self.split(home)

        assert "are not together now: they will be kept apart" in " ".join(result.output.split())
        assert "are two: her son's account (d_0001, in force with the next `crm run`)" in (
            crm(home, "explain", *self.PAIR).output
        )
        # an address of hers, a day later and in another run
        self.seen(home, 3, email="anna@firm.de")
        self.seen(home, 4)
        assert [customer(home, one) for one in self.PAIR] == before
        said = crm(home, "explain", *self.PAIR).output
        assert "maria decided on" in said
        assert "are two: her son's account (d_0001)" in said
        assert "stopped: decision" in said

    def test_it_gives_the_customers_that_the_same_decision_gives_after_the_merge(
        self, home: Home, tmp_path: Path
    ):
        self.seen(home, 2)
        late = Home(tmp_path / "late")
        late.folder.mkdir()
        for name in ("sources.yml", "warehouse.duckdb"):
            (late.folder / name).write_bytes((home.folder / name).read_bytes())

        self.split(home)
        self.seen(home, 3, email="anna@firm.de")
        self.seen(late, 3, email="anna@firm.de")
        assert customer(late, self.PAIR[0]) == customer(late, self.PAIR[1])
        self.split(late)
        for one in (home, late):
            self.seen(one, 4)

        now = "select identifier, customer_id from identity.identifier_map where is_current " \
            "order by all"  # fmt: skip
        assert query(home, now) == query(late, now)
        edges = "select * exclude (first_seen_at, last_seen_at) from identity.edges order by all"
        assert query(home, edges) == query(late, edges)

    def test_a_later_join_is_refused_with_its_number(self, home: Home):
        self.seen(home, 2)
        self.split(home)

        assert "d_0001 keeps" in refused(home, "join", *self.PAIR)
        run(home, 3)
        assert "d_0001 keeps" in refused(home, "join", "user_id:shop:9", "anna@new.de")
        assert "d_0001 says so already" in refused(home, "split", *self.PAIR[::-1])

    def test_a_browser_that_is_nobodys_can_be_kept_apart(self, home: Home):
        browser = "anonymous_id:web:kiosk"
        with warehouse.connect(home) as con:
            for n, login in enumerate(("9", "8", "5")):
                add(con, "web_event", f"e7{n}", day=2, anonymous_id=browser,
                    user_id=f"user_id:shop:{login}")  # fmt: skip
        run(home, 2)
        assert customer(home, browser) is None

        result = crm(home, "split", browser, "contact:crm:1", "--reason", "the kiosk")

        assert result.exit_code == 0, result.output
        assert "(nobody yet)" in " ".join(result.output.split())

    def test_a_placeholder_joins_nobody_and_is_split_from_nobody(self, home: Home):
        with warehouse.connect(home) as con:
            add(con, "contact", "crm:70", 2, email="noreply@firm.de")
        run(home, 2)

        assert "names nobody and joins nobody" in (
            refused(home, "split", "noreply@firm.de", "contact:crm:1")
        )

    def test_the_case_of_two_kept_apart_tells_of_it(self, home: Home):
        crm(home, "split", "contact:crm:2", "contact:crm:3", "--reason", "two brothers")
        case = query(home, "select review_id from identity.review_queue")[0][0]

        assert "d_0001 keeps contact:crm:2 and contact:crm:3 apart: two brothers" in (
            crm(home, "review", case).output
        )
        assert "d_0001 keeps contact:crm:2" in refused(home, "review", case, "--accept")


class TestReview:
    def case(self, home: Home) -> str:
        return query(home, "select review_id from identity.review_queue "
                     "where reason_code = 'different_people'")[0][0]  # fmt: skip

    def test_it_lists_the_open_cases_and_shows_one(self, home: Home):
        case = self.case(home)

        listed, shown = crm(home, "review"), crm(home, "review", case)

        assert case in listed.output
        assert "1 open" in listed.output
        for identifier in (f"phone:{PHONE}", "contact:crm:2", "contact:crm:3", "lead:crm:8"):
            assert identifier in shown.output

    def test_an_accepted_case_joins_all_it_names(self, home: Home):
        case = self.case(home)

        result = crm(home, "review", case, "--accept", "--reason", "a family business of one")
        pending = crm(home, "review")
        run(home, 2)

        assert result.exit_code == 0, result.output
        assert "No case is open" in pending.output
        ends = ("contact:crm:2", "contact:crm:3", "lead:crm:8", f"phone:{PHONE}")
        assert len({customer(home, end) for end in ends}) == 1
        status = query(home, "select status from identity.review_queue where review_id = ?", case)
        assert status == [("accepted",)]

    def test_a_case_of_two_whom_a_decision_keeps_apart_is_not_accepted(self, home: Home):
        crm(home, "split", "lead:crm:9", "contact:crm:1", "--reason", "two sisters")
        with warehouse.connect(home) as con:
            for entity, key, name in (("lead", "crm:9", None), ("contact", "crm:1", "Anna"),
                                      ("contact", "crm:60", "Jörg")):  # fmt: skip
                add(con, entity, key, 6, batch_id="b2", file="later.csv", phone="+49309998887",
                    first_name=name, last_name=name and f"{name}sen")  # fmt: skip
        run(home, 2)
        case = query(home, "select review_id from identity.review_queue "
                     "where identifiers[1] = 'phone:+49309998887'")[0][0]  # fmt: skip

        said = refused(home, "review", case, "--accept")

        assert "d_0001 keeps lead:crm:9 and contact:crm:1 apart, and both are in this case" in said

    def test_a_rejected_case_keeps_the_number_apart_and_comes_back_when_revoked(self, home: Home):
        case = self.case(home)

        crm(home, "review", case, "--reject", "--reason", "the front desk")
        run(home, 2)

        number = customer(home, f"phone:{PHONE}")
        assert number not in {customer(home, f"contact:crm:{n}") for n in (2, 3)}
        status = "select status from identity.review_queue"
        assert query(home, status) == [("rejected",)]
        for row in query(home, "select decision_id from identity.decisions"):
            crm(home, "revoke", row[0], "--reason", "not sure")
        run(home, 3)
        assert query(home, status) == [("open",)]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["explain", "c_0123456789abcdef", "contact:crm:1"], "was never given to a customer"),
        (["explain", "", "contact:crm:1"], "An empty text names nobody"),
        (["explain", "contact:crm:1", "contact:crm:1"], "the same identifier"),
        (["explain", "nobody@x.de", "contact:crm:1"], "email:nobody@x.de is no identifier"),
        (["join", "contact:crm:3", "nobody@x.de", "--reason", "r"], "is no identifier"),
        (["join", "contact:crm:3", "contact:crm:1"], 'add --reason "…"'),
        (["join", "contact:crm:3", "contact:crm:1", "--reason", "  "], 'add --reason "…"'),
        (["join", "contact:crm:1", "contact:crm:1", "--reason", "r"], "the same identifier"),
        (["split", "contact:crm:1", "noreply@firm.de", "--reason", "r"], "is no identifier"),
        (["split", "contact:crm:1", "contact:crm:1", "--reason", "r"], "the same identifier"),
        (["revoke", "d_0099", "--reason", "r"], "There is no decision d_0099"),
        (["review", "r_nothing"], "There is no case r_nothing"),
        (["review", "r_nothing", "--accept", "--reject"], "not both"),
        (["review", "--accept", "--reason", "r"], "Name the case"),
    ],
)
def test_wrong_use_is_one_sentence_and_changes_nothing(home: Home, arguments: list[str], says: str):
    before = everything(home)

    result = crm(home, *arguments)

    assert result.exit_code == 2, result.output
    assert says in result.stderr
    assert result.stderr.count("\n") == 1
    assert everything(home) == before


@pytest.mark.parametrize("break_", ["\u2028", "\x85", "\x0b", "\r\n", "\n"])
def test_a_reason_may_hold_whatever_a_page_calls_the_end_of_a_line(home: Home, break_: str):
    reason = f"called her{break_}same person"
    arguments = ("join", "contact:crm:3", "contact:crm:2", "--reason", reason)

    assert crm(home, *arguments).exit_code == 0

    (decision,) = decisions.read_decisions(home)
    assert decision.reason == reason
    assert crm(home, "decisions").exit_code == 0


def test_a_reason_that_is_no_text_is_refused(home: Home):
    said = refused(home, "join", "contact:crm:3", "contact:crm:2", "--author", "m\udcfcller")

    assert "The author is no text in UTF-8" in said


def test_nobody_decides_without_a_name(home: Home, monkeypatch: pytest.MonkeyPatch):
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_001)
    pair = ("join", "contact:crm:3", "contact:crm:2")

    assert "add --author NAME" in refused(home, *pair, "--author", "  ")
    assert crm(home, *pair, "--reason", "r", "--author", " maria ").exit_code == 0
    assert decisions.read_decisions(home)[0].author == "maria"


def test_a_file_of_decisions_that_is_no_text_is_refused(home: Home):
    file = decisions.decisions_file(home)
    file.parent.mkdir()
    file.write_bytes(b"{\xff}\n")

    result = crm(home, "decisions")

    assert result.exit_code == 1
    assert "decisions.jsonl line 1 is no decision" in result.stderr


def refused(home: Home, *arguments: str) -> str:
    before = everything(home)
    result = crm(home, *arguments, "--reason", "r")
    assert result.exit_code == 2, result.output
    assert everything(home) == before
    return result.stderr


def test_what_a_decision_parts_cannot_be_joined_directly_or_over_others(home: Home):
    crm(home, "split", "lead:crm:9", "contact:crm:1", "--reason", "two sisters")

    assert "d_0001 keeps" in refused(home, "join", "lead:crm:9", "contact:crm:1")
    assert "d_0001 says so already" in refused(home, "split", "contact:crm:1", "lead:crm:9")
    run(home, 2)
    assert "d_0001 keeps" in refused(home, "join", "lead:crm:9", "user_id:shop:7")


def test_what_decisions_join_cannot_be_split_before_they_are_taken_back(home: Home):
    crm(home, "join", "contact:crm:3", "contact:crm:1", "--reason", "one")
    run(home, 2)

    assert "joined by decision (d_0001)" in refused(home, "split", "contact:crm:3", "contact:crm:1")
    crm(home, "revoke", "d_0001", "--reason", "wrong")
    assert "d_0001 holds no longer" in refused(home, "revoke", "d_0001")


def test_what_a_join_made_one_cannot_be_split_by_any_of_its_names(home: Home):
    old, kept = customer(home, "contact:crm:3"), customer(home, "contact:crm:1")
    crm(home, "join", "contact:crm:3", "anna@new.de", "--reason", "one")
    says = "joined by decision (d_0001)"

    assert says in refused(home, "split", "contact:crm:3", "user_id:shop:7")
    run(home, 2)

    assert customer(home, "contact:crm:3") == customer(home, "user_id:shop:7") == kept
    assert says in refused(home, "split", str(old), str(kept))
    # what the join had no part in can still be parted
    assert crm(home, "split", "lead:crm:9", "contact:crm:1", "--reason", "r").exit_code == 0
    run(home, 3)
    assert customer(home, "lead:crm:9") not in {None, kept}
    assert customer(home, "contact:crm:3") == kept
    # and the two themselves once the join is taken back, before a run or after it
    crm(home, "revoke", "d_0001", "--reason", "wrong")
    assert crm(home, "split", str(old), str(kept), "--reason", "r").exit_code == 0
    run(home, 4)
    assert (customer(home, "contact:crm:3"), customer(home, "contact:crm:1")) == (old, kept)


def test_joins_that_wait_for_a_run_count_when_the_next_is_drawn(home: Home):
    crm(home, "split", "lead:crm:9", "contact:crm:1", "--reason", "two sisters")
    run(home, 2)
    crm(home, "join", "contact:crm:3", "anna@new.de", "--reason", "one")

    assert "d_0001 keeps" in refused(home, "join", "lead:crm:9", "contact:crm:3")


def test_a_person_is_not_made_part_of_a_company(home: Home):
    with warehouse.connect(home) as con:
        add(con, "account", "crm:A1", domain="firm.de", name="Firm GmbH")
        add(con, "ticket", "desk:1", requester_ref="email:info@firm.de")
    run(home, 2)

    for person in ("contact:crm:1", "anna@firm.de", "user_id:shop:7"):
        assert "a company and a person" in refused(home, "join", person, "account:crm:A1")
    # a mailbox of everybody there is nobody's, so it may be the company's
    assert crm(home, "join", "info@firm.de", "domain:firm.de", "--reason", "r").exit_code == 0
    run(home, 3)
    assert customer(home, "email:info@firm.de") == customer(home, "account:crm:A1")


def test_during_a_run_the_question_waits_for_its_end(home: Home, monkeypatch: pytest.MonkeyPatch):
    def locked(*_: object, **__: object) -> None:
        raise WarehouseLocked("held open: close it there")

    monkeypatch.setattr(warehouse, "connect", locked)
    with home.run_lock.open("w") as lock:
        lock.write("4711")
        lock.flush()
        assert "close it there" in crm(home, "review").stderr
        fcntl.flock(lock, fcntl.LOCK_EX)

        result = crm(home, "explain", "contact:crm:1", "contact:crm:2")

    assert result.exit_code == 1
    assert "Another run is at work" in result.stderr
    assert "(PID 4711): wait until it has ended" in result.stderr


def test_a_home_without_customers_is_refused(tmp_path: Path):
    (tmp_path / "sources.yml").write_text(SOURCES)

    result = crm(Home(tmp_path), "explain", "a@x.de", "b@x.de")

    assert result.exit_code == 1
    assert "run `crm run` first" in result.stderr


class TestFile:
    ROW: ClassVar = {
        "verdict": "join",
        "identifier_a": "a:1",
        "identifier_b": "b:1",
        "author": "maria",
        "reason": "Zoë said so",
    }

    def test_what_was_written_is_read(self, tmp_path: Path):
        home = Home(tmp_path)

        written = decisions.append(home, [self.ROW, {**self.ROW, "verdict": "split"}], seen=0)

        assert decisions.read_decisions(home) == written
        assert [one.decision_id for one in written] == ["d_0001", "d_0002"]
        assert isinstance(written[0].decided_at, datetime)
        rows = decisions.table(written)
        assert rows["revoked_by"].to_list() == ["d_0002", None]
        assert decisions.in_force(rows)["verdict"].to_list() == ["split"]

    def test_a_line_cut_short_was_never_a_decision_and_gives_way_to_the_next(self, tmp_path: Path):
        home = Home(tmp_path)
        decisions.append(home, [self.ROW], seen=0)
        with decisions.decisions_file(home).open("a") as stream:
            stream.write('{"decision_id": "d_0002", "verdi')

        assert len(decisions.read_decisions(home)) == 1
        decisions.append(home, [self.ROW], seen=1)
        assert [one.decision_id for one in decisions.read_decisions(home)] == ["d_0001", "d_0002"]

    def test_of_two_decisions_in_the_same_moment_the_first_is_written(self, tmp_path: Path):
        home = Home(tmp_path)
        decisions.append(home, [self.ROW], seen=0)

        with pytest.raises(Refused, match="Somebody has decided something in the same moment"):
            decisions.append(home, [{**self.ROW, "verdict": "split"}], seen=0)

        assert [one.verdict for one in decisions.read_decisions(home)] == ["join"]

    @pytest.mark.parametrize(
        "line",
        ["nonsense", "{}", '{"decision_id": "d_1", "verdict": "perhaps", "identifier_a": "a", '
         '"identifier_b": "b", "author": "x", "reason": "r", "decided_at": "2026-01-01"}'],
    )  # fmt: skip
    def test_a_line_that_is_no_decision_is_named(self, tmp_path: Path, line: str):
        home = Home(tmp_path)
        decisions.append(home, [self.ROW], seen=0)
        with decisions.decisions_file(home).open("a") as stream:
            stream.write(line + "\n")

        with pytest.raises(Refused, match="line 2 is no decision"):
            decisions.read_decisions(home)

    def test_nothing_is_decided_where_there_is_no_file(self, tmp_path: Path):
        assert decisions.table(decisions.read_decisions(Home(tmp_path))).equals(
            pl.DataFrame(schema=decisions.TABLE)
        )


def test_the_commands_of_the_documentation_do_what_it_says(home: Home):
    page = (ROOT / "docs" / "identity_repair.md").read_text()
    block = page.split("```console\n")[1].split("```")[0]
    runs = 1
    for line in block.splitlines():
        program, command, *arguments = shlex.split(line.removeprefix("$ "))
        assert program == "crm"
        if command == "run":
            runs += 1
            run(home, runs)
            continue
        result = crm(home, *arguments)
        assert result.exit_code == 0, f"{line}\n{result.output}"

    assert query(home, "select verdict, revoked_by is null from identity.decisions") == [
        ("split", False), ("split", True), ("split", True), ("split", True), ("join", True)
    ]  # fmt: skip
    assert customer(home, "lead:crm:9") == customer(home, "contact:crm:1")
    assert customer(home, "contact:crm:3") == customer(home, "contact:crm:2")
