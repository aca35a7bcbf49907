"""A day's new rows cost a day's work, and give the customers that a run over everything gives."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_identity import KEY, LATER, START, add, resolve, template, warehouse  # noqa: F401

from orchestration.identity import resolve as identity_run
from orchestration.identity.resolve import resolve_identities
from orchestration.identity.tables import insert, replace_some

Open = Callable[[], duckdb.DuckDBPyConnection]

FIRST = ["Anna", "Otto", "Ida", "Max", "Eva", "Ali", "Lea", "Jan"]
LAST = ["Berg", "Wolf", "Kurz", "Lang", "Kaya", "Vogt", "Horn"]


def rows(number: int, seed: int) -> list[tuple[str, str, dict[str, Any]]]:
    """Return rows about few people, with slips, shared phones, browsers and placeholders."""
    chance = random.Random(seed)
    made = []
    for n in range(number):
        who = chance.randrange(number // 3)
        first, last = FIRST[who % 8], LAST[who % 7]
        email = f"{first}.{last}{who}@firm{who % 4}.de".lower()
        day = {"day": n}
        if chance.random() < 0.2:
            email = chance.choice([email.replace("firm", "frim"), "noreply@firm.de"])
        kind = chance.choice(["contact", "contact", "lead", "web_event", "web_event", "order"])
        names = {"first_name": first, "last_name": chance.choice([last, last, last[:-1]])}
        if kind == "contact":
            home = {"street": f"Weg {who}", "city": "Ulm", "postal_code": "89073"}
            traits = {
                **names,
                **(home if chance.random() < 0.6 else {}),
                "email": chance.choice([email, None]),
                "phone": chance.choice([f"+4930111{who:04}", "+49301110000", None]),
                "account_ref": f"crm:A{who % 4}",
            }
            made.append((kind, f"crm:{chance.choice([n, n, 1])}", {**traits, **day}))
        elif kind == "lead":
            became = chance.choice([None, None, "crm:1"])
            lead = {"company": f"Firma {who % 4}", "converted_contact_ref": became}
            made.append((kind, f"crm:L{n}", {**names, **lead, "email": email, **day}))
        elif kind == "web_event":
            visit = {"anonymous_id": f"anonymous_id:web:{chance.randrange(number // 2)}"}
            if chance.random() < 0.5:
                visit["email"] = email
            made.append((kind, f"e{n}", {**visit, **day}))
        else:
            made.append((kind, f"o{n}", {"customer_ref": f"email:{email}", **day}))
    made += [
        ("account", f"crm:A{n}", {"name": f"Firma {n}", "domain": f"firm{n}.de"}) for n in range(4)
    ]
    return made


def load(con: duckdb.DuckDBPyConnection, part: list[tuple[str, str, dict[str, Any]]], n: int):
    for entity, key, values in part:
        values = {"recorded_at": START + timedelta(days=values.get("day", 0)), **values}
        add(con, entity, key, **values)
        con.execute(
            f'update raw."{entity}" set batch_id = ? where record_key = ? and batch_id = ?',
            [f"batch {n}", key, "b1"],
        )


def current(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple]]:
    queries = {
        "map": "select identifier, customer_id, first_seen_at, last_seen_at "
        "from identity.identifier_map where is_current order by all",
        "customers": "from identity.customers where status = 'active' order by all",
        "edges": "from identity.edges order by all",
        "review": "select reason_code, reason, identifiers, evidence from identity.review_queue "
        "where status = 'open' order by all",
        "person_accounts": "from identity.person_accounts order by all",
        "sightings": "from identity.sightings where record not like 'anonymous_id:%' order by all",
        "profiles": "select * exclude (profile) from identity.profiles order by all",
        "block_keys": "select identifier, key from identity.block_keys "
        "inner join identity.profiles using (profile) order by all",
        "full_keys": "from identity.full_keys order by all",
        "trait_counts": "from identity.trait_counts order by all",
        "matches": "from identity.matches order by all",
        "reach": "from identity.reach order by all",
    }
    return {name: con.execute(query).fetchall() for name, query in queries.items()}


@pytest.mark.parametrize("seed", range(3))
def test_days_one_by_one_give_what_everything_at_once_gives(
    warehouse: Open,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
):
    made = rows(90, seed)
    whole = warehouse()
    load(whole, made, 0)
    resolve(whole)
    random.Random(seed).shuffle(made)
    daily = warehouse()
    anew: list[int] = []
    monkeypatch.setattr(
        identity_run,
        "forget",
        lambda con, before=identity_run.forget: (anew.append(1), before(con)),
    )

    for day, part in enumerate((made[:80], made[80:82], made[82:90], made[90:])):
        load(daily, part, day)
        resolve(daily, day)

    assert current(daily) == current(whole)
    assert len(anew) < 4, "no run was an increment"


def test_a_visit_with_placeholders_alone_tells_as_little_on_a_later_day(
    warehouse: Open,  # noqa: F811
):
    days = [
        [("contact", "crm:1", {"email": "anna@firm.de"})],
        [("web_event", "e1", {"anonymous_id": "anonymous_id:web:0", "email": "noreply@firm.de"})],
    ]
    whole, daily = warehouse(), warehouse()
    load(whole, [row for part in days for row in part], 0)
    resolve(whole)

    for day, part in enumerate(days):
        load(daily, part, day)
        resolve(daily, day)

    assert current(daily) == current(whole)


def test_a_statement_that_two_identifiers_are_one_person_comes_on_a_later_day(
    warehouse: Open,  # noqa: F811
):
    days = [
        [("contact", "crm:1", {"email": "anna@firm.de"}),
         ("contact", "crm:2", {"email": "a.berg@web.de"})],
        [("identifier", "s:1", {"person_ref": "email:anna@firm.de", "id_type": "user_id",
                                "id_value": "shop:7", "first_seen_at": START})],
        [("identifier", "s:2", {"person_ref": "user_id:shop:7", "id_type": "email",
                                "id_value": "a.berg@web.de"})],
    ]  # fmt: skip
    whole, daily = warehouse(), warehouse()
    load(whole, [row for part in days for row in part], 0)
    resolve(whole)

    for day, part in enumerate(days):
        load(daily, part, day)
        resolve(daily, day)

    assert current(daily) == current(whole)
    joined = daily.execute(
        "select count(distinct customer_id) from identity.identifier_map where is_current"
    )
    assert joined.fetchone() == (1,)


def test_what_is_known_of_those_reached_is_not_written_again(warehouse: Open):  # noqa: F811
    made = [
        ("contact", f"crm:{n}", {"first_name": first, "last_name": "Berg", "day": n,
                                 "email": f"{first}@firm.de", "phone": "+49301110000"})
        for n, first in enumerate(("anna", "anna", "ida", "ida", "otto"))
    ]  # fmt: skip
    con = warehouse()
    load(con, made, 0)
    resolve(con)
    before = {
        table: placed(con, table) for table in ("customers", "identifier_map", "edges", "reach")
    }

    load(con, [("contact", "crm:9", {"email": "anna@firm.de", "day": 9})], 1)
    resolve(con, 1)

    assert con.execute("select count(*) from reached").fetchone() >= (6,)
    for table, rows_before in before.items():
        kept = rows_before & placed(con, table)
        # the customer and the address of the new contact were seen once more
        seen_again = {"customers": 1, "identifier_map": 2}.get(table, 0)
        assert len(rows_before) - len(kept) <= seen_again, table
        assert placed(con, table) - kept, table


def placed(con: duckdb.DuckDBPyConnection, table: str) -> set[tuple]:
    """Return the rows of a table with their places."""
    return set(con.execute(f"select rowid, * from identity.{table}").fetchall())


@given(
    before=st.lists(
        st.tuples(st.sampled_from("abcd"), st.none() | st.sampled_from("xy")), unique=True
    ),
    after=st.lists(
        st.tuples(st.sampled_from("abcd"), st.none() | st.sampled_from("xy")), unique=True
    ),
)
def test_rows_in_the_place_of_others_are_those_that_were_given(before, after):
    columns = {"identifier": pl.String, "reached_from": pl.String}
    with duckdb.connect() as con:
        con.execute("create schema identity")
        con.execute("create table identity.reach (identifier varchar, reached_from varchar)")
        con.execute("insert into identity.reach values ('another', 'x')")
        insert(con, "reach", pl.DataFrame(before, schema=columns, orient="row"))
        known = con.execute(
            "select rowid as place, * from identity.reach where identifier <> 'another'"
        ).pl()

        replace_some(con, "reach", known, pl.DataFrame(after, schema=columns, orient="row"))

        found = con.execute("select * from identity.reach").fetchall()
    assert Counter(found) == Counter([("another", "x"), *after])


def test_keys_of_many_stay_full_when_contacts_get_another_profile(
    warehouse: Open,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
):
    made = [
        ("contact", f"crm:{n}",
         {"first_name": f"{FIRST[n % 8]}{n}", "last_name": "Berg", "city": "Ulm",
          "account_ref": "crm:A0" if n < 35 else None, "day": n})
        for n in range(40)
    ]  # fmt: skip
    account = [("account", "crm:A0", {"name": "Firma 0", "domain": "firma.de"})]
    whole, daily = warehouse(), warehouse()
    load(whole, made + account, 0)
    resolve(whole)
    load(daily, made, 0)
    resolve(daily)
    full = current(daily)["full_keys"]
    monkeypatch.setattr(identity_run, "forget", lambda con: pytest.fail("everybody anew"))

    load(daily, account, 1)
    resolve(daily, 1)

    assert current(daily) == current(whole)
    assert full
    assert set(full) < set(current(daily)["full_keys"])


def test_an_increment_compares_only_those_it_must(warehouse: Open, monkeypatch: pytest.MonkeyPatch):  # noqa: F811
    con = warehouse()
    load(con, rows(90, 7), 0)
    resolve(con)
    seen: list[int] = []
    monkeypatch.setattr(
        identity_run,
        "resolve",
        lambda evidence, *rest, real=identity_run.resolve: (
            seen.append(evidence.sightings.height), real(evidence, *rest)
        )[1],
    )  # fmt: skip

    load(con, [("order", "new", {"customer_ref": "email:new@customer.de"})], 1)
    resolve(con, 2)

    assert seen == [1]


def test_rows_that_changed_or_are_gone_start_a_run_anew(warehouse: Open):  # noqa: F811
    con = warehouse()
    load(con, rows(30, 3), 0)
    resolve(con)
    con.execute("delete from raw.contact")
    resolve(con, 2)

    assert con.execute(
        "select count(*) from identity.identifier_map where id_type = 'contact' and is_current "
        "and identifier not in (select 'contact:' || converted_contact_ref from raw.lead "
        "where converted_contact_ref is not null)"
    ).fetchone() == (0,)


def test_a_failed_increment_changes_nothing(warehouse: Open, monkeypatch: pytest.MonkeyPatch):  # noqa: F811
    con = warehouse()
    load(con, rows(30, 5), 0)
    resolve(con)
    before = current(con)
    load(con, [("order", "new", {"customer_ref": "email:new@customer.de"})], 1)

    def fail(*_: object) -> None:
        raise duckdb.IOException("disk full")

    monkeypatch.setattr(identity_run, "write_reached", fail)
    with pytest.raises(duckdb.IOException, match="disk full"):
        resolve_identities(con, key=KEY, run_id="run 2", at=LATER)

    assert current(con) == before
    assert pl.DataFrame(con.execute("from identity.read_batches").fetchall()).height > 1


def test_a_day_begins_its_queries_at_once_and_everything_streams(
    warehouse: Open,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
):
    con = warehouse()
    engines: list[str | None] = []
    monkeypatch.setattr(
        identity_run,
        "resolve",
        lambda *given, real=identity_run.resolve: (engines.append(engine()), real(*given))[1],
    )

    before = engine()
    load(con, rows(30, 5), 0)
    resolve(con)
    load(con, [("order", "new", {"customer_ref": "email:new@customer.de"})], 1)
    resolve(con, 2)

    assert engines == [before, "in-memory"]
    assert engine() == before


def engine() -> str | None:
    return pl.Config.state().get("POLARS_ENGINE_AFFINITY")
