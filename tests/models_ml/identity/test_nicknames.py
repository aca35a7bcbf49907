"""First names of which one is short for the other, though it is not the start of it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from identity_cases import GUARDS, contact, people
from matching_cases import database, matched, resolved_by_likeness, stated
from nicknames import name_triplets
from test_names import compared

from models_ml.identity.folding import folded
from models_ml.identity.matching.candidates import candidates
from models_ml.identity.matching.profiles import profiles_of
from models_ml.identity.nicknames import are_nicknames, asked_of_names, short_for

HOME = {"street": "5 High St.", "city": "Leeds", "postal_code": "LS1 4AB"}


def two(first: str, other: str, **traits: Any) -> pl.DataFrame:
    """Return two records of one last name that state the same."""
    return stated(
        *(
            {"identifier": f"contact:crm:{n}", "first_name": name, "last_name": "Miller", **traits}
            for n, name in enumerate((first, other))
        )
    )


@pytest.mark.parametrize(
    ("short", "name"),
    [
        ("Bob", "Robert"),
        ("Bill", "William"),
        ("Peggy", "Margaret"),
        ("Dick", "Richard"),
        ("Jack", "John"),
        ("Liz", "Elizabeth"),
        ("Joe", "Joseph"),
        ("Bill", "William J."),
        ("BOB", "Dr. Robert"),
    ],
)
def test_a_name_and_its_nickname_agree(short: str, name: str):
    one, other = (short, "Miller"), (name, "Miller")

    assert compared(one, other) == compared(other, one) == (True, True)
    assert short_for(name, short) == short_for(short, name) == (short, name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bob", "William"),
        ("Daniel", "Daniela"),
        ("Louis", "Louise"),
        # both are called Al
        ("Alan", "Albert"),
        # both are short for Margaret
        ("Peggy", "Daisy"),
    ],
)
def test_two_names_that_one_nickname_can_stand_for_are_two(one: str, other: str):
    assert compared((one, "Miller"), (other, "Miller")) == (False, True)
    assert short_for(one, other) is None


def test_what_is_not_stated_is_short_for_nothing():
    assert short_for("", "Robert") is None
    assert short_for("123", "-") is None


def test_a_nickname_joins_by_a_phone_that_both_state():
    phone = "phone:+49301112223"
    bob, robert = (
        contact(n, phone, name=f"{name} Miller") for n, name in ((1, "Bob"), (2, "Robert"))
    )

    assert people(bob, robert) == {frozenset({"contact:crm:1", "contact:crm:2", phone})}


@pytest.mark.parametrize(
    "shared",
    [
        {"birth_date": date(1980, 3, 1)},
        HOME,
        {"street": "5 High St.", "postal_code": "LS1 4AB"},
        {"phone": "+441134960000"},
        {"email": "miller.home@example.org"},
    ],
    ids=lambda shared: "+".join(shared),
)
def test_a_nickname_meets_its_name_whatever_else_they_share(shared: dict[str, Any]):
    found = matched(two("Bob", "Robert", **shared))

    assert (found["probability"] > 0.8).to_list() == [True]
    steps = {step["column"]: step for step in json.loads(found["waterfall"][0])}
    assert steps["first_name"] == {"column": "first_name", "relation": "nickname", "weight": 3.18}


@pytest.mark.parametrize(
    "shared", [{"postal_code": "LS1 4AB"}, {"city": "Leeds"}, {"company": "High Mills"}]
)
def test_a_nickname_is_compared_with_its_name_where_less_is_shared(shared: dict[str, Any]):
    profiles = profiles_of(two("Peggy", "Margaret", **shared), GUARDS)

    with database(profiles) as con:
        assert candidates(con, "profiles", "keys", GUARDS.matching)[0].rows() == [(0, 1)]


def test_a_nickname_is_scored_where_many_pairs_are_asked_before(monkeypatch):
    monkeypatch.setattr("models_ml.identity.matching.candidates.FEW_PAIRS", 0)
    bob_and_robert, strangers = (
        profiles_of(two("Bob", other, **HOME), GUARDS) for other in ("Robert", "William")
    )

    for profiles, pairs in ((bob_and_robert, [(0, 1)]), (strangers, [])):
        with database(profiles) as con:
            assert candidates(con, "profiles", "keys", GUARDS.matching)[0].rows() == pairs


def test_a_nickname_alone_is_no_match():
    assert matched(two("Bob", "Robert")).is_empty()


def test_father_and_son_of_one_home_are_two_though_jack_is_short_for_john():
    records = two("John", "Jack", **HOME).with_columns(
        birth_date=pl.Series([date(1950, 1, 9), date(1980, 3, 1)])
    )

    assert matched(records).is_empty()


def test_two_who_share_a_nickname_with_a_third_are_not_made_one_by_it():
    born = {"Alan": date(1950, 1, 9), "Albert": date(1980, 3, 1), "Al": None}
    records = stated(
        *(
            {"identifier": f"contact:crm:{n}", "first_name": name, "last_name": "Miller",
             "birth_date": day, **HOME}
            for n, (name, day) in enumerate(born.items())
        )
    )  # fmt: skip

    edges = resolved_by_likeness(records).edges.select("identifier_a", "identifier_b", "status")

    assert edges.rows() == [
        ("contact:crm:0", "contact:crm:2", "stopped"),
        ("contact:crm:1", "contact:crm:2", "stopped"),
    ]


_PAIRS = [(one.name1, one.name2) for one in name_triplets()]
_NAMES = st.sampled_from(sorted({name for pair in _PAIRS for name in pair} - {"jr"}))


def in_one_spelling(pairs: list[tuple[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(pairs, schema=["a", "b"], orient="row").select(folded(pl.all()))


@given(st.lists(st.tuples(_NAMES, _NAMES), min_size=1, max_size=30))
def test_pairs_are_found_in_either_order_by_names_and_by_columns(pairs):
    names = in_one_spelling(pairs)
    a, b = names["a"].to_list(), names["b"].to_list()

    found = are_nicknames(a, b).tolist()

    assert are_nicknames(b, a).tolist() == found
    assert not are_nicknames(a, a).any()
    left, right = (
        names.select(first_name=side).select(**asked_of_names(names[side])) for side in ("a", "b")
    )
    contained = [
        all((related, called)) and called in related
        for related, called in zip(left["nicknames"], right["called"], strict=True)
    ]
    assert contained == found


def test_every_pair_of_the_package_is_known_but_one_name_of_two_genders():
    names = in_one_spelling(_PAIRS).drop_nulls()

    share = are_nicknames(names["a"].to_list(), names["b"].to_list()).mean()

    assert 0.98 < share < 1
    related = names.select(first_name="a").select(**asked_of_names(names["a"]))["nicknames"]
    assert related.null_count() < 10
    assert not related.str.contains(" jr ").any()
