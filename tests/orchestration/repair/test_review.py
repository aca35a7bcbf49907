"""``crm identity review``: cases that guards have stopped are listed, accepted, rejected."""

from __future__ import annotations

from repair_commands import PHONE, crm, customer, query, refused, run
from test_identity import add

from orchestration import warehouse
from orchestration.home import Home


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
