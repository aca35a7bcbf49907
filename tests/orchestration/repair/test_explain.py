"""``crm identity explain``: why two are one, or what keeps them apart."""

from __future__ import annotations

import json

import pytest
from repair_commands import PHONE, crm, customer, query, run
from test_identity import add

from orchestration import warehouse
from orchestration.home import Home


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

    @pytest.mark.parametrize(
        ("typed", "held"),
        [
            ("tax_number:USt-IdNr. de 136.695.976", "tax_number:DE136695976"),
            ("domain:https://www.Berg.de/kontakt", "domain:berg.de"),
        ],
    )
    def test_what_names_a_company_is_read_as_its_records_are(
        self, home: Home, typed: str, held: str
    ):
        with warehouse.connect(home) as con:
            add(con, "account", "crm:60", name="Berg", tax_number="DE136695976", domain="berg.de")
        run(home, 2)

        result = crm(home, "explain", typed, "account:crm:60")

        assert result.exit_code == 0, result.output
        assert held in result.output

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

    def test_a_nickname_is_told_in_words(self, home: Home):
        same = {
            "last_name": "Miller",
            "street": "5 High St.",
            "city": "Leeds",
            "postal_code": "LS1",
        }
        with warehouse.connect(home) as con:
            add(con, "contact", "crm:60", first_name="Bob", **same)
            add(con, "contact", "crm:61", first_name="ROBERT J.", **same)
        run(home, 2)

        result = crm(home, "explain", "contact:crm:60", "contact:crm:61")

        assert "One customer" in result.output
        lines = [line for line in result.output.splitlines() if "first_name" in line]
        assert "Bob is short for ROBERT J." in lines[0]
        assert "+3.18" in lines[0]

    def test_an_accepted_case_is_told_before_the_run_that_brings_it_into_force(self, home: Home):
        case = query(home, "select review_id from identity.review_queue")[0][0]
        crm(home, "review", case, "--accept", "--reason", "one family", "--author", "maria")

        result = crm(home, "explain", "contact:crm:2", "contact:crm:3")

        assert "Not one customer." in result.output
        for end in ("contact:crm:2", "contact:crm:3"):
            assert f"that phone:{PHONE} and {end} are one: one family (d_" in result.output
        assert result.output.count("in force with the next `crm run`") == 2

    def test_joins_that_lead_there_only_together_are_told_before_their_run(self, home: Home):
        crm(home, "join", "contact:crm:2", "lead:crm:8", "--reason", "new name")
        crm(home, "join", "lead:crm:8", "contact:crm:3", "--reason", "same voice")

        waiting = crm(home, "explain", "contact:crm:2", "contact:crm:3").output
        run(home, 2)
        in_force = crm(home, "explain", "contact:crm:2", "contact:crm:3").output

        assert "(d_0001, in force with the next `crm run`)" in waiting
        assert "(d_0002, in force with the next `crm run`)" in waiting
        assert "One customer" in in_force
        assert "next `crm run`" not in in_force

    def test_a_decision_taken_back_is_told_until_the_run_that_lets_it_go(self, home: Home):
        crm(home, "split", "lead:crm:9", "contact:crm:1", "--reason", "two sisters")
        crm(home, "join", "contact:crm:2", "contact:crm:3", "--reason", "same voice")
        run(home, 2)
        crm(home, "revoke", "d_0001", "--reason", "it was her")
        crm(home, "revoke", "d_0002", "--reason", "another voice")

        parted = crm(home, "explain", "lead:crm:9", "contact:crm:1").output
        joined = crm(home, "explain", "contact:crm:2", "contact:crm:3").output

        assert "two sisters (d_0001, taken back by d_0003 from the next `crm run` on)" in parted
        assert "same voice (taken back by d_0004, from the next `crm run` on)" in joined

    def test_an_identifier_is_found_in_the_very_spelling_that_is_held(self, home: Home):
        # 00000000 as a company of Germany writes it; read once more it is a zero less
        with warehouse.connect(home) as con:
            add(con, "contact", "crm:50", phone="+490000000")
        run(home, 2)

        result = crm(home, "explain", "phone:+490000000", "contact:crm:50")

        assert result.exit_code == 0, result.output
        assert "stopped: blocked_value" in result.output

    def test_what_was_typed_in_brackets_is_shown_as_it_was_typed(self, home: Home):
        said = ("--reason", "see [/mail]", "--author", "[/maria]")
        split = crm(home, "split", "user_id:shop:7", "anna@new.de", *said)
        run(home, 2)

        explained = crm(home, "explain", "user_id:shop:7", "anna@new.de")
        listed = crm(home, "decisions")

        assert split.exit_code == explained.exit_code == listed.exit_code == 0
        assert "see [/mail]" in explained.output
        assert "[/mail]" in listed.output

    def test_it_does_not_say_that_nothing_leads_there_over_a_third_person(self, home: Home):
        one, other = "+49301110001", "+49301110002"
        with warehouse.connect(home) as con:
            for key, first, phone, mobile in (
                ("crm:51", "Ida", one, None),
                ("crm:52", "Max", one, other),
                ("crm:53", "Eva", other, None),
            ):
                names = {"first_name": first, "last_name": f"{first}sen"}
                add(con, "contact", key, **names, phone=phone, mobile=mobile)
        run(home, 2)

        near = crm(home, "explain", "contact:crm:51", "contact:crm:52")
        far = crm(home, "explain", "contact:crm:51", "contact:crm:53")

        assert "No evidence" not in near.output
        assert "leads from one to the other, directly or over one identifier" in far.output
