"""``crm identity join``, ``split`` and ``revoke``: decisions hold from the next run on."""

from __future__ import annotations

from repair_commands import crm, customer, everything, query, run
from test_identity import add, company

from ingest.from_contracts.schema import create_schemas_and_tables
from orchestration import warehouse
from orchestration.home import Home


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
