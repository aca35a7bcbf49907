"""What is told, and what is not, when tables for systems that act change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml
from acting_tables import DECLARATIONS, DECLARED, build, next_generation, risk

from orchestration.dbt.published_pages import published_tables
from orchestration.errors import Refused
from orchestration.gate.outbox import outbox_checks
from orchestration.home import ROOT, Home
from orchestration.outbox.declarations import load
from orchestration.outbox.tell import tell

Connection = duckdb.DuckDBPyConnection


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def con() -> Iterator[Connection]:
    with build() as made:
        yield made


def told(con: Connection, columns: str) -> list[tuple]:
    return con.execute(f"select {columns} from crm.outbox order by outbox_id").fetchall()


class TestChanges:
    def test_the_first_generation_is_inserts_and_the_same_again_is_nothing(
        self, con: Connection, home: Home
    ):
        risk(con, [("c2", "high", 80.5, 10), ("c1", None, None, None)])

        assert next_generation(con, home) == [("risk", "insert", "c1"), ("risk", "insert", "c2")]
        # other run ids, as_of and reasons
        risk(con, [("c1", None, None, None), ("c2", "high", 80.5, 10)])
        assert next_generation(con, home) == []
        assert told(con, "outbox_id, prev_hash, generation, attempt, ack_at, error") == [
            (1, None, 1, 0, None, None),
            (2, None, 1, 0, None, None),
        ]
        ((key, payload),) = told(con, "key, payload")[1:]
        assert json.loads(key) == {"customer_id": "c2"}
        assert json.loads(payload) == {
            "label": "high",
            "seen_at": "2026-01-05 06:07:08",
            "score": 80.5,
            "value": 10,
            "reasons": ["because", "0"],
        }

    def test_a_changed_a_new_and_a_gone_row_are_told_deletes_first(
        self, con: Connection, home: Home
    ):
        risk(con, [("c1", "low", 1, 1), ("c3", "low", 1, 1), ("c4", "low", 1, 1)])
        next_generation(con, home)
        risk(con, [("c1", "high", 1, 1), ("c2", "low", 1, 1), ("c4", None, 1, 1)])

        assert next_generation(con, home) == [
            ("risk", "delete", "c3"),
            ("risk", "insert", "c2"),
            ("risk", "update", "c1"),
            ("risk", "update", "c4"),
        ]

    def test_each_row_names_the_hash_of_what_was_told_before(self, con: Connection, home: Home):
        for label in ("a", "b", "a", None, "a"):
            risk(con, [("c1", label, 1, 1)] if label else [])
            next_generation(con, home)

        rows = told(con, "op, row_hash, prev_hash, idempotency_key")
        assert [row[0] for row in rows] == ["insert", "update", "update", "delete", "insert"]
        first, second = rows[0][1], rows[1][1]
        assert [row[1:3] for row in rows] == [
            (first, None), (second, first), (first, second), (None, first), (first, None),
        ]  # fmt: skip
        assert len({row[3] for row in rows}) == 5

    def test_a_table_no_longer_declared_is_told_as_deletes(self, con: Connection, home: Home):
        risk(con, [("c1", "low", 1, 1)])
        next_generation(con, home)
        rules = yaml.safe_load(DECLARED)
        del rules["tables"]["risk"]

        declared = load(yaml.safe_dump(rules))
        assert next_generation(con, home, declared=declared) == [("risk", "delete", "c1")]

    def test_a_column_declared_later_is_told_of_every_row(self, con: Connection, home: Home):
        risk(con, [("c1", "low", 1, 1)])
        rules = yaml.safe_load(DECLARED)
        rules["tables"]["risk"]["columns"].remove("label")
        next_generation(con, home, declared=load(yaml.safe_dump(rules)))

        assert next_generation(con, home) == [("risk", "update", "c1")]


class TestNoise:
    def test_steps_are_told_once_they_add_up_to_the_declared_difference(
        self, con: Connection, home: Home
    ):
        moves = []
        for score in (50, 50.4, 50.8, 50.2, 51, 50.5, 50.1, 50):
            risk(con, [("c1", "low", score, 1)])
            moves.append(len(next_generation(con, home)))

        assert moves == [1, 0, 0, 0, 1, 0, 0, 1]
        assert [json.loads(row[0])["score"] for row in told(con, "payload")] == [50, 51, 50]

    def test_what_is_told_for_another_reason_brings_the_values_of_now(
        self, con: Connection, home: Home
    ):
        risk(con, [("c1", "low", 50, 1)])
        next_generation(con, home)
        risk(con, [("c1", "high", 50.9, 1.4)])
        next_generation(con, home)

        ((payload,),) = told(con, "payload")[1:]
        assert json.loads(payload) | {"reasons": None} == {
            "label": "high", "seen_at": "2026-01-05 06:07:08", "score": 50.9, "value": 1.4,
            "reasons": None,
        }  # fmt: skip

    def test_a_value_that_appears_or_goes_is_no_noise(self, con: Connection, home: Home):
        changes = []
        for score in (None, 0.1, None, float("nan"), float("inf"), 0.1):
            risk(con, [("c1", "low", score, 1)])
            changes.append(len(next_generation(con, home)))

        # a number that is none is told as null
        assert changes == [1, 1, 1, 0, 0, 1]


class TestConsent:
    @staticmethod
    def members(con: Connection, *customers: str) -> None:
        con.execute("delete from crm.members")
        for customer in customers:
            con.execute(
                "insert into crm.members values (?, 'buyers', '2026-01-01', null, true), "
                "(?, 'buyers', '2025-01-01', '2025-02-01', false)",
                [customer, customer],
            )

    @staticmethod
    def allow(con: Connection, **allowed: bool) -> None:
        con.execute("delete from crm.channel_preference")
        for customer, yes in allowed.items():
            con.execute(
                "insert into crm.channel_preference values (?, 'phone', false), (?, 'email', ?)",
                [customer, customer, yes],
            )

    def test_only_who_allows_it_is_told_and_a_withdrawal_is_a_delete(
        self, con: Connection, home: Home
    ):
        self.members(con, "c1", "c2", "c3")
        self.allow(con, c1=True, c2=False)
        assert next_generation(con, home) == [("members", "insert", "c1 buyers")]
        self.allow(con, c1=False, c2=True)
        assert next_generation(con, home) == [
            ("members", "delete", "c1 buyers"),
            ("members", "insert", "c2 buyers"),
        ]

    def test_who_has_left_is_told_as_a_delete(self, con: Connection, home: Home):
        self.members(con, "c1")
        self.allow(con, c1=True)
        next_generation(con, home)
        con.execute("update crm.members set is_member = false, exited_at = '2026-06-01'")

        assert next_generation(con, home) == [("members", "delete", "c1 buyers")]


class TestGate:
    @pytest.mark.parametrize(
        ("statement", "check"),
        [
            ("delete from crm.outbox where outbox_id = 2", "positions_are_unique"),
            ("update crm.outbox set outbox_id = 1", "positions_are_unique"),
            ("update crm.outbox set op = 'delete' where outbox_id = 2", "a_delete_has_no_payload"),
            ("update crm.outbox set payload = '{}' where outbox_id = 2", "a_delete_has_no_payload"),
            ("update crm.outbox set prev_hash = 'x' where outbox_id = 3", "changes_follow"),
            ("update crm.outbox set op = 'update' where outbox_id = 1", "changes_follow"),
            ("update crm.outbox set idempotency_key = 'x'", "idempotency_keys"),
            ("update crm.risk set label = 'other' where customer_id = 'c1'", "told_risk_is"),
            ("update crm.risk set score = score + 1 where customer_id = 'c1'", "told_risk_is"),
            ("update crm.risk set score = null where customer_id = 'c1'", "told_risk_is"),
            ("delete from crm.risk where customer_id = 'c1'", "told_risk_is"),
            ("insert into crm.risk (customer_id) values ('c9')", "told_risk_is"),
            ("insert into crm.risk from crm.risk where customer_id = 'c1'", "told_risk_is"),
            (
                "insert into crm.members values ('c1', 'buyers', '2026-01-01', null, true); "
                "insert into crm.channel_preference values ('c1', 'email', true)",
                "told_members_is",
            ),
        ],
    )
    def test_it_finds(self, con: Connection, home: Home, statement: str, check: str):
        risk(con, [("c1", "low", 1, 1), ("c2", "low", 1, 1)])
        next_generation(con, home)
        risk(con, [("c1", "high", 1, 1), ("c2", "low", 1, 1)])
        next_generation(con, home)
        con.execute(statement)

        failed = [one for one in outbox_checks(con, home, DECLARATIONS) if not one.passed]
        assert any(one.check_name.startswith(check) for one in failed), failed
        assert all(one.blocking and one.rows_failed for one in failed)


class TestDeclarations:
    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("attempts: 3", "attempts: 0", "attempts must be at least 1, got 0"),
            ("kept_days: 30", "kept_days: 0", "kept_days must be at least 1, got 0"),
            ("score: 1", "score: 0", "risk.noise.score must be above 0, got 0"),
            ("score: 1", "score: much", "risk.noise.score must be a number, got 'much'"),
            ("key: [customer_id]", "key: []", "risk.key must name a column, got none"),
            ("along: [reasons]", "along: [label]", "risk names label more than once"),
            ("consent: none", "consent: 1", "risk.consent must be none, asked or a column, got 1"),
            ("is_member: [true]", "is_member: true", "members.only.is_member must be a list"),
            ("    along: []\n", "", "members must have exactly"),
            ("tables:", "tables: [", "no YAML"),
        ],
    )
    def test_a_rule_that_cannot_be_is_named(self, old: str, new: str, said: str):
        with pytest.raises(Refused, match=r"outbox\.yml: .*run again\.$") as refused:
            load(DECLARED.replace(old, new, 1))

        assert said in str(refused.value)

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("  risk:", "  risks:", "names crm.risks, which does not exist"),
            ("[reasons]", "[reason]", "names reason for crm.risk, which has no such column"),
            ("is_marketing_allowed", "is_x", "names channel_preference.is_x for crm.members"),
            ("noise: {}", "noise: {exited_at: 1}", "noise for crm.members.exited_at, which is"),
        ],
    )
    def test_what_the_build_does_not_have_is_named(
        self, con: Connection, home: Home, old: str, new: str, said: str
    ):
        with pytest.raises(Refused, match="run again") as refused:
            tell(con, home, load(DECLARED.replace(old, new, 1)))

        assert said in str(refused.value)

    def test_the_packaged_file_tells_nothing_that_names_a_person(self):
        columns = {
            table.name: {column["name"]: column for column in table.columns}
            for table in published_tables()
            if table.schema == "crm"
        }
        for declared in load().tables:
            described = columns[declared.name.removesuffix("_current")]
            for column in (*declared.key, *declared.payload):
                meta = described[column].get("config", {}).get("meta", {})
                assert meta.get("sensitivity", "internal") == "internal", (declared.name, column)
                assert column not in {"as_of", "run_id", "data_cutoff", "overdue_days"}

    def test_every_rule_is_explained_in_the_file(self):
        text = (ROOT / "orchestration" / "outbox" / "outbox.yml").read_text()
        head = text[: text.index("\ntables:")]
        for rule in ("key", "columns", "noise", "along", "only", "consent"):
            assert f"#   {rule} " in head
