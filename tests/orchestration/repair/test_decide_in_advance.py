"""``crm identity split`` of two whom nothing joins yet."""

from __future__ import annotations

from pathlib import Path

from repair_commands import crm, customer, query, refused, run
from test_identity import add
from typer.testing import Result

from orchestration import warehouse
from orchestration.home import Home


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
