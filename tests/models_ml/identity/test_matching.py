"""Records that share no identifier: which are joined, which are asked about, which stay apart."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
from identity_cases import GUARDS
from matching_cases import (
    crowd,
    database,
    matched,
    resolved_by_likeness,
    scored_by_splink,
    stated,
)

from models_ml.identity.evidence import MATCHES
from models_ml.identity.matching import candidates as candidates_module
from models_ml.identity.matching.candidates import candidates, candidates_of
from models_ml.identity.matching.comparisons import OF_ONE_RECORD, SURE_OF_AN_EDIT
from models_ml.identity.matching.frequencies import (
    ACCOUNT,
    PERSON,
    TRAIT_COUNTS,
    frequencies,
    moved,
    trait_counts,
)
from models_ml.identity.matching.holders import holders
from models_ml.identity.matching.pairing import renewed_blocks
from models_ml.identity.matching.profiles import profiles_of
from models_ml.identity.matching.scoring import asked_once, match_records
from models_ml.identity.matching.scoring_sql import scoring_sql, written_by_splink

ANNA: dict[str, Any] = {
    "identifier": "contact:crm:1",
    "first_name": "Anna",
    "last_name": "Berg",
    "birth_date": date(1980, 3, 4),
    "email": "anna.berg@firm.de",
    "street": "Hauptstraße 5",
    "city": "Köln",
    "postal_code": "50667",
}
HOME = {"street": "Hauptstraße 5", "city": "Köln", "postal_code": "50667"}


def joined(other: dict[str, Any], one: dict[str, Any] = ANNA) -> bool:
    """Return whether two records among three hundred become one customer."""
    other = {"identifier": "contact:shop:2", **other}
    found = resolved_by_likeness(stated(one, other, *crowd(300))).assignment
    customers = found.filter(pl.col("identifier").is_in([one["identifier"], other["identifier"]]))
    return customers["customer_id"].n_unique() == 1


@pytest.mark.parametrize(
    "other",
    [
        {**ANNA, "identifier": "contact:shop:2", "email": "anna.berg@frim.de", "birth_date": None},
        {"first_name": "Ana", "last_name": "Bergg", "birth_date": date(1980, 3, 4), **HOME},
        {"first_name": "Berg", "last_name": "Anna", "birth_date": date(1980, 3, 4)},
        {
            "first_name": "Anna",
            "last_name": "Berg",
            "street": "5 Hauptstr.",
            "postal_code": "50667",
        },
        {"first_name": "Anna", "last_name": "Meier", "birth_date": date(1980, 3, 4), **HOME},
        {"first_name": "Anna", "last_name": "Berg", "unreadable_birth_date": "1980-3-40"},
        {"first_name": "Anna", "last_name": "Berg", "unreadable_birth_date": "40.03.1980"},
    ],
    ids=[
        "misspelt address",
        "slips in both names",
        "swapped names",
        "no birth date",
        "married",
        "a date that no calendar has",
        "the same, year last",
    ],
)
def test_slips_and_changes_of_one_person_are_joined(other):
    assert joined(other)


@pytest.mark.parametrize(
    "other",
    [
        {"first_name": "Otto", "last_name": "Berg", "phone": "+49301112223", **HOME},
        {"first_name": "Anna", "last_name": "Berg"},
        {"first_name": "Anna", "last_name": "Berg", "email": "anna.berg@other.com"},
        {"first_name": "Anna", "last_name": "Berg", "email": "anna.berg2@firm.de"},
        {"first_name": "Anna", "last_name": "Berg", "email": "anna.berg@firm2.de"},
        {"first_name": "Anna", "last_name": "Berg", "email": "anna.berg.neu@frim.de"},
        {"first_name": "Otto", "last_name": "Wolf", "phone": "+49301112223", **HOME},
    ],
    ids=[
        "household",
        "namesake",
        "namesake elsewhere",
        "numbered namesake",
        "namesake at a numbered company",
        "namesake with an address of the name",
        "colleague",
    ],
)
def test_people_of_one_home_company_or_name_stay_apart(other):
    assert not joined(other, {**ANNA, "phone": "+49301112223"})


@pytest.mark.parametrize(
    "other",
    [
        {"first_name": None, "birth_date": date(1984, 9, 21)},
        {"first_name": "Lisa", "birth_date": date(2011, 9, 21)},
        {"first_name": "Lisa", "birth_date": date(1984, 9, 21)},
        {"first_name": "Otto", "birth_date": date(1980, 3, 14)},
    ],
    ids=["nameless sister", "daughter of a like name", "sister of a like name", "husband"],
)
def test_a_family_of_one_home_is_told_apart_by_first_names_and_dates(other):
    linda = {**ANNA, "first_name": "Linda", "email": None, **HOME}

    assert joined({**linda, "identifier": "contact:shop:2", "birth_date": None}, linda)
    assert not joined({**other, "last_name": "Berg", **HOME}, linda)


def test_one_birth_date_and_a_last_name_make_two_first_names_no_person():
    otto = {"first_name": "Otto", "last_name": "Berg", "birth_date": date(1980, 3, 4)}

    assert not joined(otto)


def test_who_is_alike_in_all_is_joined_though_one_of_them_is_like_somebody_else_too():
    """Anna and Otto, of one home, are two: that must not part Anna from herself."""
    home = {"last_name": "Berg", **HOME}
    anna = {"first_name": "Anna", "birth_date": date(1980, 3, 4), **home}
    otto = {"first_name": "Otto", "birth_date": date(1980, 3, 4), **home}
    records = [
        {**anna, "identifier": "contact:crm:1"},
        {**anna, "identifier": "contact:crm:2"},
        {**otto, "identifier": "contact:crm:3", "birth_date": date(1951, 8, 9)},
        {**otto, "identifier": "contact:crm:4", "street": "Hauptstr. 55"},
    ]

    found = resolved_by_likeness(stated(*records, *crowd(300))).assignment

    customer = dict(found.select("identifier", "customer_id").iter_rows())
    assert customer["contact:crm:1"] == customer["contact:crm:2"]


def test_a_record_between_two_of_a_home_does_not_take_their_own_records_apart():
    home = {"last_name": "Berg", **HOME}
    annas = [
        {"identifier": f"contact:crm:{number}", "first_name": "Anna", **home} for number in range(2)
    ]
    lisas = [
        {"identifier": f"contact:shop:{number}", "first_name": "Lisa", **home}
        for number in range(2)
    ]
    nameless = {"identifier": "lead:crm:1", **home}

    found = resolved_by_likeness(stated(*annas, *lisas, nameless, *crowd(300))).assignment

    customers = dict(found.select("identifier", "customer_id").iter_rows())
    of_anna, of_lisa = (
        {customers[one["identifier"]] for one in records} for records in (annas, lisas)
    )
    assert len(of_anna) == len(of_lisa) == 1
    assert len({*of_anna, *of_lisa, customers["lead:crm:1"]}) == 3


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("1960-6-50", "1960-06-50"),
        ("19601351", "1960-13-51"),
        ("31.2.1985", "1985-02-31"),
        ("02/31/1985", "1985-02-31"),
        ("unknown", None),
        ("1960", None),
    ],
)
def test_a_date_that_no_calendar_has_is_compared_by_its_digits(written, compared):
    profiles = profiles_of(stated({"last_name": "Berg", "unreadable_birth_date": written}), GUARDS)

    assert profiles["birth_date"].to_list() == [compared]


def test_an_impossible_date_that_is_another_one_says_nothing():
    anna = {**ANNA, "email": None, **HOME}
    other = {"first_name": "Anna", "last_name": "Berg", **HOME}

    (with_it,), (without,) = (
        matched(stated(anna, {**other, "identifier": "contact:crm:2", **date}, *crowd(300)))[
            "weight"
        ]
        for date in ({"unreadable_birth_date": "1951-13-27"}, {})
    )

    assert with_it == without


def test_a_record_without_a_first_name_joins_no_two_of_a_household():
    anna, otto, nobody = (
        {"last_name": "Berg", "first_name": first, "identifier": f"contact:crm:{n}", **HOME}
        for n, first in enumerate(["Anna", "Otto", None])
    )

    found = resolved_by_likeness(stated(anna, otto, nobody, *crowd(300))).assignment

    customers = dict(found.select("identifier", "customer_id").iter_rows())
    assert customers["contact:crm:0"] != customers["contact:crm:1"]


@pytest.mark.parametrize(
    ("address", "is_compared"), [(("same", "same street"), True), (("same",), False), ((), False)]
)
def test_what_makes_a_home_is_a_rule_of_the_file(address: tuple[str, ...], is_compared: bool):
    """A record without a first name is somebody of the home: which addresses are one is set."""
    anna, nobody = (
        {**HOME, "identifier": f"contact:crm:{n}", "last_name": "Berg", **traits}
        for n, traits in enumerate([{"first_name": "Anna"}, {"street": "Haupstraße 5"}])
    )

    found = matched(
        stated(anna, nobody, *crowd(300)), replace(GUARDS.matching, household_address=address)
    )

    assert (found.height == 1) == is_compared


def test_namesakes_in_a_town_where_everybody_lives_are_no_match():
    """Of two of a rare name, in one town and with nothing else in common, the town must tell."""
    ylva = [
        {"identifier": f"contact:crm:{n}", "first_name": "Ylva", "last_name": "Okonkwo"}
        for n in range(2)
    ]
    everybody = [{**who, "city": "Köln"} for who in (*ylva, *crowd(300))]
    they_alone = [*({**who, "city": "Köln"} for who in ylva), *crowd(300)]

    namesakes = [("contact:crm:0", "contact:crm:1")]

    for rows, expected in ((everybody, []), (they_alone, namesakes)):
        found = matched(stated(*rows)).select("identifier_a", "identifier_b").rows()
        assert [pair for pair in found if pair in namesakes] == expected


def test_an_edge_tells_what_each_column_weighs_and_the_weights_add_up():
    other = {**ANNA, "identifier": "contact:shop:2", "email": None, "birth_date": date(1980, 4, 3)}
    edges = resolved_by_likeness(stated(ANNA, other, *crowd(300))).edges.filter(
        pl.col("edge_type") == "probabilistic"
    )

    assert edges.select("identifier_a", "identifier_b", "status").rows() == [
        ("contact:crm:1", "contact:shop:2", "used")
    ]
    told = json.loads(edges["evidence"][0])
    relations = {step["column"]: step["relation"] for step in told["columns"]}
    assert relations == {
        "prior": "any two records",
        "first_name": "same",
        "last_name": "same",
        "birth_date": "slip",
        "address": "same",
    }
    assert sum(step["weight"] for step in told["columns"]) == pytest.approx(
        told["weight"], abs=0.05
    )
    assert told["probability"] == pytest.approx(1 - 1 / (1 + 2 ** told["weight"]), abs=1e-3)


def test_the_order_of_the_records_does_not_matter():
    rows = [ANNA, {**ANNA, "identifier": "lead:crm:2", "email": None}, *crowd(200)]
    records = stated(*rows)

    found = matched(records)

    assert found.height >= 1
    assert found.schema == MATCHES
    assert matched(records.sample(fraction=1.0, shuffle=True, seed=3)).equals(found)


def test_a_value_that_names_nobody_tells_nothing():
    records = stated({**ANNA, "email": "noreply@firm.de", "phone": "0000000"})

    profile = profiles_of(records, GUARDS)

    assert profile.select("email", "phone").row(0) == (None, None)


def test_profiles_are_compared_in_one_spelling():
    profile = profiles_of(
        stated(
            {**ANNA, "company": "Müller & Söhne GmbH & Co. KG", "domain": "https://www.Firm.de/x"}
        ),
        GUARDS,
    )

    assert profile.select("company", "domain", "street", "city").row(0) == (
        "muller sohne", "firm.de", "hauptstr 5", "koln",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("city", "compared"),
    [
        ("Dublin 4", "dublin 4"),
        ("Dublin 04", "dublin 4"),
        ("Paris 12e", "paris 12"),
        ("12. Paris", "paris 12"),
        ("Wien, 1. Bezirk", "wien bezirk 1"),
        ("110 00 Praha 1", "praha 1"),
        # a postal code is no district
        ("75012 Paris", "paris"),
        ("31-042 Kraków", "krakow"),
        ("114 35 Stockholm", "stockholm"),
        ("00 Ulm", "ulm"),
        ("5", None),
        (None, None),
    ],
)
def test_the_number_of_a_district_is_part_of_a_town(city: str | None, compared: str | None):
    profile = profiles_of(stated({**ANNA, "city": city}), GUARDS)

    assert profile["city"].to_list() == [compared]


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("Area 12", "Area 13", False),
        ("Area 12", "Area 12", True),
        ("Area 12", "Area", True),
        ("Area 12", "Aera 12", True),
    ],
)
def test_towns_that_are_numbered_apart_are_two(one: str, other: str, are_one: bool):
    """Two of one name in one street; that they are one home rests on the town."""
    ylva = [
        {"identifier": f"contact:crm:{n}", "first_name": "Anna", "last_name": "Okonkwo",
         "street": "Main Street 5", "city": city}
        for n, city in enumerate((one, other))
    ]  # fmt: skip

    found = resolved_by_likeness(stated(*ylva, *crowd(300))).assignment

    customers = dict(found.select("identifier", "customer_id").iter_rows())
    assert (customers["contact:crm:0"] == customers["contact:crm:1"]) == are_one


def test_a_block_of_many_is_left_to_narrower_keys():
    """A thousand records of one city and family name give few pairs, not half a million."""
    rows = [
        {**person, "last_name": "Berg", "city": "Köln", "birth_date": None}
        for person in crowd(1000)
    ]

    with database(profiles_of(stated(*rows), GUARDS)) as con:
        pairs = candidates(con, "profiles", "keys", replace(GUARDS.matching, largest_block=50))[0]

    assert 0 < pairs.height < 50 * 1000
    assert (pairs["left"] < pairs["right"]).all()
    assert pairs.is_unique().all()


def test_a_coarse_key_is_left_to_finer_ones_sooner():
    """Nine of whom nothing but one birthday is known are not compared, eight are."""
    rows = [{"identifier": f"contact:crm:{n}", "birth_date": date(1980, 3, 4)} for n in range(9)]
    nine_allowed = replace(GUARDS.matching, largest_coarse_block=9)

    found = []
    for people, rules in (
        (rows, GUARDS.matching),
        (rows[:8], GUARDS.matching),
        (rows, nine_allowed),
    ):
        with database(profiles_of(stated(*people), GUARDS)) as con:
            found.append(candidates(con, "profiles", "keys", rules)[0].height)

    assert found == [0, 28, 36]


def test_strangers_who_share_a_key_are_not_scored(monkeypatch):
    monkeypatch.setattr(candidates_module, "FEW_PAIRS", 0)
    berg = {"last_name": "Berg", "city": "Köln", "birth_date": date(1980, 3, 4)}
    rows = [
        {**berg, "identifier": f"contact:crm:{n}", "first_name": name}
        for n, name in enumerate(["Anna", "Otto", "Ana"])
    ]
    rows.append({**rows[1], "identifier": "contact:crm:9", "birth_date": date(1950, 7, 8)})

    with database(profiles_of(stated(*rows), GUARDS)) as con:
        pairs = candidates(con, "profiles", "keys", GUARDS.matching)[0]

    # the last one has another first name than all but the second
    assert pairs.rows() == [(0, 1), (0, 2), (1, 2), (1, 3)]


def test_namesakes_who_were_born_decades_apart_are_no_match_however_little_is_asked_for():
    otto = {"first_name": "Otto", "last_name": "Berg", "city": "Köln"}
    rows = [
        {**otto, "identifier": f"contact:crm:{n}", "birth_date": born}
        for n, born in enumerate([date(1980, 3, 4), date(1980, 4, 3), date(1950, 7, 8)])
    ]
    profiles = profiles_of(stated(*rows), GUARDS)

    with database(profiles) as con:
        pairs = candidates(con, "profiles", "keys", GUARDS.matching)[0]
        scored = match_records(
            con, profiles, pairs, trait_counts(profiles), GUARDS.matching, from_probability=1e-9
        )

    assert pairs.height == 3
    assert scored.select("identifier_a", "identifier_b").rows() == [
        ("contact:crm:0", "contact:crm:1")
    ]


def test_only_pairs_of_the_changed_or_doubtful_records_are_looked_for():
    twice = [{**row, "identifier": f"lead:{row['identifier']}"} for row in crowd(300)]
    profiles = profiles_of(stated(*crowd(300), *twice), GUARDS)
    rules = replace(GUARDS.matching, largest_block=2, largest_coarse_block=1)
    changed = [3, 4]
    # of the second pair it is known that it shares a key of few
    doubtful = profiles.filter(pl.col("profile").is_in([7, 9])).select(
        identifier_a="identifier",
        identifier_b="lead:" + pl.col("identifier"),
        left=pl.when(pl.col("profile") == 9).then("profile"),
        right=pl.when(pl.col("profile") == 9).then(pl.col("profile") + 300),
    )

    with database(profiles) as con:
        every, full = candidates(con, "profiles", "keys", rules)
        con.execute(
            "create table full_keys as select key from keys group by key "
            "having count(*) > if(key % 2 = 1, 1, 2)"
        )
        assert full.sort().equals(con.execute("from full_keys order by key").pl()["key"])
        some = candidates_of(
            con,
            "profiles",
            "keys",
            "full_keys",
            rules,
            near=con.execute("from keys anti join full_keys using (key)").pl(),
            changed=pl.Series(changed, dtype=pl.Int64),
            doubtful=doubtful,
        )

    touched = pl.col("left").is_in(changed) | pl.col("right").is_in(changed)
    assert len(full)
    assert every.filter(touched).height >= len(changed)
    wanted = pl.col("left").is_in([7, 9]) & (pl.col("right") - pl.col("left") == 300)
    assert some.equals(every.filter(touched | wanted))
    assert some.height > every.filter(touched).height


def test_a_doubtful_pair_is_compared_while_two_versions_of_it_share_a_key_of_few():
    rules = replace(GUARDS.matching, largest_block=3, largest_coarse_block=2)
    held = [(1, 2), (2, 4), (3, 4), (4, 5), (5, 5), (6, 7), (7, 7), (8, 7), (9, 8), (10, 10)]
    named = ["a", "a", "b", "c", "d", "e", "f", "g", "h", "i"]
    doubtful = pl.DataFrame({"identifier_a": list("aceh"), "identifier_b": list("bdfi")})

    with duckdb.connect() as con:
        con.execute("create table profiles (profile bigint, identifier varchar)")
        con.executemany("insert into profiles values (?, ?)", [*enumerate(named, start=1)])
        con.execute("create table keys (profile bigint, key ubigint)")
        con.executemany("insert into keys values (?, ?)", held)
        con.execute("create table full_keys as select 7::ubigint as key")
        found = candidates_of(
            con,
            "profiles",
            "keys",
            "full_keys",
            rules,
            near=pl.DataFrame(schema={"profile": pl.Int64, "key": pl.UInt64}),
            changed=pl.Series([], dtype=pl.Int64),
            doubtful=doubtful.with_columns(
                left=pl.lit(None, dtype=pl.Int64), right=pl.lit(None, dtype=pl.Int64)
            ),
        )

    # of e and f three have the coarse key, h and i share none
    assert found.rows() == [(2, 3), (4, 5)]


def test_of_the_keys_of_a_day_those_that_few_have_are_paired_and_those_that_crossed_known():
    rules = replace(GUARDS.matching, largest_block=2, largest_coarse_block=1)
    keys = np.array([2, 4, 5, 6, 9], dtype=np.uint64)
    before = pl.DataFrame(
        [(1, 0), (2, 0), (3, 1), (4, 2), (5, 3), (6, 3), (7, 3), (8, 1), (5, 4), (8, 4)],
        schema={"profile": pl.Int64, "place": pl.Int64}, orient="row",
    )  # fmt: skip
    came = pl.DataFrame({"profile": [9, 9, 9], "place": [0, 1, 2]}, schema=before.schema)

    near, crossed, turned = renewed_blocks(before, came, pl.Series([5, 8]), keys, rules)

    # of key 2 three are too many now, of key 5 two; of key 6 one has left, of key 4 one for one,
    # of key 9 all
    assert sorted(near.rows()) == [(3, 4), (6, 6), (7, 6), (9, 4)]
    assert sorted(crossed.rows()) == [
        (1, 2, False), (2, 2, False), (4, 5, False), (6, 6, True), (7, 6, True), (9, 2, False),
        (9, 5, False),
    ]  # fmt: skip
    assert turned.rows() == [(2, False), (5, False), (6, True), (9, True)]


def test_who_has_a_key_is_found_though_others_share_its_first_bits():
    wanted = pl.Series("key", [7 << 44, (7 << 44) + 3, 2**64 - 1], dtype=pl.UInt64)
    held = pl.DataFrame(
        {"profile": [1, 2, 3, 4, 5], "key": [7 << 44, (7 << 44) + 1, 2**64 - 1, 7 << 44, 0]},
        schema={"profile": pl.Int64, "key": pl.UInt64},
    )

    with duckdb.connect() as con:
        con.register("held", held.to_arrow())
        con.execute("create table keys as from held")
        found = holders(con, "keys", wanted)
        assert holders(con, "keys", wanted.clear()).is_empty()

    assert sorted(found.rows()) == [(1, 0), (3, 2), (4, 0)]


def test_frequencies_are_steps_so_that_a_days_arrivals_change_few():
    one, more = (profiles_of(stated(*crowd(n)), GUARDS) for n in (900, 910))

    before, after = (frequencies(trait_counts(profiles)) for profiles in (one, more))

    key = ["record_type", "trait", "value"]
    changed = before.join(after, on=key).filter(pl.col("frequency") != pl.col("frequency_right"))
    assert changed.height < 0.02 * before.height
    assert set(before["frequency"].log(2).round(9) % 1) == {0.0}


def test_what_is_rarer_than_counts_is_in_no_other_step():
    def counted(anna: int, ylva: int) -> pl.DataFrame:
        rows = [
            ("record", None, 60_000),
            ("first_name", "anna", anna),
            ("first_name", "ylva", ylva),
        ]
        return pl.DataFrame([(PERSON, *row) for row in rows], schema=TRAIT_COUNTS, orient="row")

    assert moved(counted(1000, 1), counted(1010, 2)).is_empty()
    assert moved(counted(1000, 1), counted(1000, 9)).is_empty()
    assert moved(counted(1000, 0), counted(1000, 1)).is_empty()
    assert moved(counted(1440, 1), counted(1460, 1))["value"].to_list() == ["anna"]
    assert moved(counted(1000, 9), counted(1000, 30))["value"].to_list() == ["ylva"]


def test_the_text_that_scores_is_what_splink_writes():
    for record_type in (PERSON, ACCOUNT):
        assert scoring_sql(record_type) == written_by_splink(record_type), (
            "the comparisons or Splink changed: run "
            "python -m models_ml.identity.matching.scoring_sql"
        )


def test_what_is_asked_once_of_a_record_is_what_the_conditions_say():
    values = [
        None, "", "@", "noat", "a1@b2@c", "anna-12@x.de", "anna.-_7@9.de", "12", "é5",
        "uebung.aephoe@x", "jo.12345@", "Dublin 4", "dublin", "a@b.de", " 4 ", "paris 12 b",
        "ulm 1\n", "٣",
    ]  # fmt: skip
    stated = pl.DataFrame(dict.fromkeys(("email", "city", "company"), values))

    ours = stated.select(**asked_once())

    with duckdb.connect() as con:
        record = stated.select(pl.all().name.suffix("_l")).to_arrow()
        asked = ", ".join(f"{text} as {name}" for name, text in OF_ONE_RECORD.items())
        con.register("record", record)
        assert ours.equals(con.execute(f"select {asked} from record").pl())


def test_scores_are_splinks_own_to_the_last_bit_that_is_kept():
    rows = [*crowd(300), *({**who, "identifier": f"{who['identifier']}b"} for who in crowd(300))]
    rows += [
        {"identifier": f"contact:crm:{name}", "first_name": name, "last_name": "Miller", **HOME}
        for name in ("Bob", "Robert J.")
    ]
    profiles = profiles_of(stated(*rows), GUARDS)
    counts = trait_counts(profiles)
    with database(profiles) as con:
        pairs = candidates(con, "profiles", "keys", GUARDS.matching)[0]
        ours = match_records(con, profiles, pairs, counts, GUARDS.matching, from_probability=1e-6)

    theirs = scored_by_splink(profiles, pairs, counts)

    both = ours.join(theirs, on=["identifier_a", "identifier_b"])
    assert both.height == ours.height > 300
    assert both["waterfall"].str.contains("nickname").sum() == 1
    assert (both["weight"] - both["weight_right"]).abs().max() < 1e-5
    assert (both["probability"] - both["probability_right"]).abs().max() < 1e-5


def test_one_edit_leaves_words_of_four_letters_or_more_alike():
    with duckdb.connect() as con:
        least = con.execute(
            """
            with words as (
                select string_agg(letter, '' order by place) as word
                from range(3 * 3 * 3 * 3 * 3 * 3) as numbers(n), range(6) as places(place),
                    lateral (select chr((97 + (n // (3 ** place)::bigint) % 3)::int) as letter)
                group by n
                union
                select string_agg(letter, '' order by place)
                from range(3 * 3 * 3 * 3 * 3) as numbers(n), range(5) as places(place),
                    lateral (select chr((97 + (n // (3 ** place)::bigint) % 3)::int) as letter)
                group by n
                union
                select string_agg(letter, '' order by place)
                from range(3 * 3 * 3 * 3) as numbers(n), range(4) as places(place),
                    lateral (select chr((97 + (n // (3 ** place)::bigint) % 3)::int) as letter)
                group by n
            )
            select min(jaro_winkler_similarity(one.word, other.word))
            from words as one, words as other
            where damerau_levenshtein(one.word, other.word) = 1
            """
        ).fetchone()

    assert least[0] > SURE_OF_AN_EDIT


def test_companies_are_joined_by_name_and_place_whatever_their_legal_form():
    def account(n: int, **traits: str) -> dict[str, str]:
        return {"identifier": f"account:crm:{n}", **traits}

    rows = [
        account(1, company="Berg Logistik GmbH", city="Hamburg", postal_code="20095"),
        account(2, company="BERG LOGISTIK", city="Hamburg", postal_code="20095"),
        account(3, company="Berg Logistik AG", city="Wien", postal_code="1010"),
        account(4, company="Wolf Maschinen", city="Hamburg", postal_code="20095"),
        *(account(100 + n, company=f"{p['last_name']} {p['first_name']}") for n, p in
          enumerate(crowd(200))),
    ]  # fmt: skip

    found = matched(stated(*rows)).filter(
        pl.col("identifier_b").is_in([f"account:crm:{n}" for n in range(1, 5)])
    )

    assert found.select("identifier_a", "identifier_b").rows() == [
        ("account:crm:1", "account:crm:2")
    ]


def test_companies_of_one_name_and_street_that_are_numbered_apart_are_two():
    def account(n: int, **traits: str) -> dict[str, str]:
        return {"identifier": f"account:crm:{n}", "city": "Kiel", **traits}

    rows = [
        account(1, company="Ulmenlogistik 2 SE", street="Lindenallee 94", postal_code="24103"),
        account(2, company="ulmenlogistik4 AG", street="Lindenallee 89", postal_code="24105"),
        account(3, company="Ulmenlogistik 4 AG", street="Lindenallee 89", postal_code="24105"),
    ]

    found = matched(stated(*rows))

    sure = found.filter(pl.col("probability") >= GUARDS.matching.used_from)
    assert sure.select("identifier_a", "identifier_b").rows() == [
        ("account:crm:2", "account:crm:3")
    ]
