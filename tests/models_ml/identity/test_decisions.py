"""What a person decides: who is joined whatever the guards say, who is never joined again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from identity_cases import GUARDS, KEY, START, Record, contact, event, evidence, records

from models_ml.identity import Ledger, Resolution, advance, resolve
from models_ml.identity.decisions import DECISIONS, NO_DECISIONS
from models_ml.identity.evidence import MATCHES

PHONE = "phone:+49301112223"
ANNA = contact(1, "email:anna@firm.de", PHONE, day=1, name="Anna Berg")
OTTO = contact(2, "email:otto@web.de", PHONE, day=2, name="Otto Wolf")


def decided(*verdicts: tuple[str, str, str]) -> pl.DataFrame:
    rows = [
        (f"d_{number}", *verdict, "maria", START + timedelta(days=500))
        for number, verdict in enumerate(verdicts, 1)
    ]
    return pl.DataFrame(rows, schema=DECISIONS, orient="row")


def resolved(*seen: Record, decisions: pl.DataFrame = NO_DECISIONS) -> Resolution:
    return resolve(evidence(*seen), GUARDS, KEY, decisions)


def people(found: Resolution) -> set[frozenset[str]]:
    groups = found.assignment.group_by("customer_id").agg("identifier")
    return {frozenset(identifiers) for identifiers in groups["identifier"].to_list()}


def customer_of(found: Resolution) -> dict[str, str]:
    return dict(found.assignment.select("identifier", "customer_id").rows())


def run(ledger: Ledger, number: int, found: Resolution) -> Ledger:
    new = advance(
        ledger,
        found.assignment,
        found.edges,
        run_id=f"run {number}",
        at=START + timedelta(days=1000 + number),
        events_before=ledger.events.height,
    )
    return Ledger(new.customers, new.identifier_map, pl.concat([ledger.events, new.events]))


def test_a_join_holds_whatever_the_guards_say():
    join = decided(("join", "contact:crm:2", "contact:crm:1"))

    found = resolved(ANNA, OTTO, decisions=join)

    assert len(people(resolved(ANNA, OTTO))) == 3
    assert people(found) == {frozenset({*ANNA.identifiers, *OTTO.identifiers})}
    drawn = found.edges.filter(pl.col("edge_type") == "decision")
    assert drawn.rows() == [
        (
            "contact:crm:1",
            "contact:crm:2",
            "decision",
            "maria",
            "d_1",
            START + timedelta(days=500),
            START + timedelta(days=500),
            "used",
        )
    ]


def test_a_join_by_an_address_joins_whose_it_is_and_takes_it_from_nobody():
    # neither first nor last name agrees: two contacts would not share an address
    ida = contact(3, "email:ida@firm.de", "user_id:shop:7", name="Ida Kraus", day=3)
    join = decided(("join", "contact:crm:2", "email:anna@firm.de"))
    over_addresses = decided(("join", "email:otto@web.de", "email:ida@firm.de"))

    assert people(resolved(ANNA, OTTO, decisions=join)) == {
        frozenset({*ANNA.identifiers, *OTTO.identifiers})
    }
    assert frozenset({*OTTO.identifiers, *ida.identifiers}) in people(
        resolved(OTTO, ida, decisions=over_addresses)
    )


def test_who_shares_a_name_with_whose_a_login_is_since_a_decision_is_told_why():
    login = "user_id:shop:2"
    anna = contact(1, "email:anna@firm.de", name="Anna Berg")
    again = contact(4, login, name="Anna Berg", day=1)
    ida = contact(8, login, name="Ida Wolf", day=2)
    join = decided(("join", "contact:crm:1", login))

    found = resolved(anna, again, ida, decisions=join)

    assert people(resolved(anna, again, ida)) == {
        frozenset(anna.identifiers),
        *(frozenset({one}) for one in ("contact:crm:4", "contact:crm:8", login)),
    }
    assert people(found) == {
        frozenset({*anna.identifiers, *again.identifiers}), frozenset({"contact:crm:8"}),
    }  # fmt: skip
    told = found.edges.filter(pl.col("identifier_a") == "contact:crm:4")
    assert told.select("identifier_b", "edge_type", "evidence", "status").rows() == [
        (login, "user_id", "contact: different_people", "stopped"),
        (login, "user_id_and_name", login, "used"),
    ]
    assert told["first_seen_at"].null_count() == told["source"].null_count() == 0
    _assert_used_ties_are_the_whole_reason(found)


@pytest.mark.parametrize("name", ["Ida Stein", ""])
def test_a_mailbox_given_to_a_company_takes_no_person_there(name: str):
    firm = Record(("account:crm:1", "domain:firm.de"), 0, None, "Firm GmbH", entity="account")
    asked = event("email:info@firm.de", day=1)
    later = contact(3, "email:info@firm.de", "email:ida@web.de", day=5, name=name)
    join = decided(("join", "email:info@firm.de", "account:crm:1"))
    of_firm = frozenset({"account:crm:1", "domain:firm.de", "email:info@firm.de"})

    assert people(resolved(firm, asked, decisions=join)) == {of_firm}
    assert of_firm in people(resolved(firm, asked, later, decisions=join))
    # nor does a decision that names the two outright
    outright = decided(("join", "contact:crm:3", "account:crm:1"))
    assert of_firm - {"email:info@firm.de"} in people(resolved(firm, later, decisions=outright))


def test_a_join_to_a_placeholder_makes_it_that_persons_and_nobody_elses():
    other = contact(3, "email:test@web.de", name="Ida Wolf")
    anna = contact(1, "email:test@web.de", name="Anna Berg")
    join = decided(("join", "contact:crm:1", "email:test@web.de"))

    assert people(resolved(anna, other, decisions=join)) == {
        frozenset({"contact:crm:1", "email:test@web.de"}),
        frozenset({"contact:crm:3"}),
    }


def test_a_split_cuts_the_weakest_tie_of_the_path():
    # the address is the stronger evidence: it stays, although the number was stated first
    anna = contact(1, PHONE, day=0, name="Anna Berg")
    mixed = event("email:otto@web.de", PHONE, day=1)
    otto = contact(2, "email:otto@web.de", day=2)
    split = decided(("split", "contact:crm:1", "contact:crm:2"))

    found = resolved(anna, mixed, otto, decisions=split)

    assert len(people(resolved(anna, mixed, otto))) == 1
    assert people(found) == {
        frozenset({"contact:crm:1", PHONE}),
        frozenset({"contact:crm:2", "email:otto@web.de"}),
    }
    cut = found.edges.filter(pl.col("status") == "stopped", pl.col("edge_type") != "decision")
    assert cut.select("identifier_a", "identifier_b", "edge_type", "evidence").rows() == [
        ("email:otto@web.de", PHONE, "phone", "web_event: decision")
    ]


def test_of_equal_ties_the_one_seen_first_holds():
    first = contact(1, "email:both@firm.de", day=1)
    second = contact(2, "email:both@firm.de", day=2)
    split = decided(("split", "contact:crm:2", "contact:crm:1"))

    assert people(resolved(first, second, decisions=split)) == {
        frozenset({"contact:crm:1", "email:both@firm.de"}),
        frozenset({"contact:crm:2"}),
    }


def test_a_split_takes_apart_what_a_source_has_merged():
    lead = Record(("lead:crm:9",), entity="lead", converted="contact:crm:1")
    split = decided(("split", "lead:crm:9", "contact:crm:1"))

    assert len(people(resolved(ANNA, lead))) == 1
    assert len(people(resolved(ANNA, lead, decisions=split))) == 2


def test_three_who_were_one_can_be_parted_pair_by_pair():
    shared = [contact(n, "email:all@firm.de", day=n) for n in (1, 2, 3)]
    parted = decided(
        *(("split", f"contact:crm:{a}", f"contact:crm:{b}") for a, b in ((1, 2), (2, 3), (1, 3)))
    )

    assert {frozenset({f"contact:crm:{n}"}) for n in (2, 3)} < people(
        resolved(*shared, decisions=parted)
    )


def test_a_decision_about_somebody_no_source_knows_waits():
    join = decided(("join", "contact:crm:1", "email:later@web.de"))

    before = resolved(ANNA, decisions=join)
    after = resolved(ANNA, event("email:later@web.de"), decisions=join)

    assert before.edges.equals(resolved(ANNA).edges)
    assert "email:later@web.de" in next(iter(people(after)))


def test_the_ledger_says_that_a_decision_merged_and_split():
    nothing = resolved(ANNA, OTTO)
    join = resolved(ANNA, OTTO, decisions=decided(("join", "contact:crm:1", "contact:crm:2")))
    ledger = run(run(Ledger.empty(), 0, nothing), 1, join)
    merged = ledger.events.filter(pl.col("event_type") == "merged")
    assert "decision" in merged["cause"].str.split(", ").explode()

    one = contact(1, "email:both@firm.de", day=1)
    two = contact(2, "email:both@firm.de", day=2)
    apart = resolved(one, two, decisions=decided(("split", "contact:crm:1", "contact:crm:2")))
    ledger = run(run(Ledger.empty(), 0, resolved(one, two)), 1, apart)
    split = ledger.events.filter(pl.col("event_type") == "split")
    assert set(split["cause"]) == {"decision"}


def test_a_split_of_merged_customers_brings_the_old_id_back():
    alone = event("user_id:shop:7", day=2)
    joined = event("user_id:shop:7", "email:anna@firm.de", day=3)
    before = resolved(ANNA, alone)
    merged = resolved(ANNA, alone, joined)
    parted = resolved(
        ANNA, alone, joined, decisions=decided(("split", "user_id:shop:7", "contact:crm:1"))
    )
    ledger = Ledger.empty()
    for number, found in enumerate((before, merged, parted)):
        ledger = run(ledger, number, found)

    old = customer_of(before)["user_id:shop:7"]
    assert customer_of(merged)["user_id:shop:7"] != old
    assert customer_of(parted)["user_id:shop:7"] == old
    assert dict(ledger.customers.select("customer_id", "status").rows())[old] == "active"


@st.composite
def decisions_about(draw: st.DrawFn, seen: list[Record]) -> pl.DataFrame:
    names = sorted({name for record in seen for name in record.identifiers})
    ends = st.lists(st.sampled_from(names), min_size=2, max_size=2, unique=True)
    drawn = draw(st.lists(st.tuples(st.sampled_from(["join", "split"]), ends), max_size=4))
    settled = {tuple(sorted(pair)): verdict for verdict, pair in drawn}
    return decided(*((verdict, *pair) for pair, verdict in settled.items()))


@given(st.data(), records())
@settings(max_examples=60)
def test_parted_people_are_never_one_and_every_tie_used_holds(data, seen):
    if len({name for record in seen for name in record.identifiers}) < 2:
        return
    decisions = data.draw(decisions_about(seen))

    found = resolved(*seen, decisions=decisions)

    customer = customer_of(found)
    splits = {
        frozenset(row[1:])
        for row in decisions.select("verdict", "identifier_a", "identifier_b").rows()
        if row[0] == "split"
    }
    for a, b in map(tuple, splits):
        assert customer.get(a, a) != customer.get(b, b)
    for a, b in (
        found.edges.filter(pl.col("status") == "used").select("identifier_a", "identifier_b").rows()
    ):
        assert customer.get(a) == customer.get(b)
    if not splits:
        for verdict, a, b in decisions.select("verdict", "identifier_a", "identifier_b").rows():
            assert customer.get(a) == customer.get(b), verdict


@given(st.data(), records())
@settings(max_examples=25)
def test_a_join_is_of_the_customers_that_evidence_alone_would_find(data, seen):
    if len({name for record in seen for name in record.identifiers}) < 2:
        return
    joins = data.draw(decisions_about(seen)).filter(pl.col("verdict") == "join")

    alone, found = resolved(*seen), resolved(*seen, decisions=joins)

    before, now = customer_of(alone), customer_of(found)
    for a, b in joins.select("identifier_a", "identifier_b").rows():
        theirs = {before.get(a, a), before.get(b, b)}
        assert len({now[name] for name in before if before[name] in theirs} | {now[a]}) == 1
    _assert_used_ties_are_the_whole_reason(found)


@given(records())
@settings(max_examples=60)
def test_the_ties_used_are_the_whole_reason_why_people_are_one(seen):
    _assert_used_ties_are_the_whole_reason(resolved(*seen))


def _assert_used_ties_are_the_whole_reason(found: Resolution) -> None:
    label = {name: name for name in found.assignment["identifier"]}
    used = found.edges.filter(pl.col("status") == "used").select("identifier_a", "identifier_b")
    for _ in label:
        for a, b in used.rows():
            if a in label and b in label:
                label[a] = label[b] = min(label[a], label[b])
    assert len(set(label.values())) == found.assignment["customer_id"].n_unique()


@given(st.data(), records(), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_the_order_of_decisions_does_not_matter(data, seen, chance):
    if len({name for record in seen for name in record.identifiers}) < 2:
        return
    decisions = data.draw(decisions_about(seen))
    shuffled = decisions.sample(fraction=1.0, shuffle=True, seed=chance.randrange(2**32))

    one, other = resolved(*seen, decisions=decisions), resolved(*seen, decisions=shuffled)

    assert one.assignment.equals(other.assignment)
    assert one.edges.equals(other.edges)


def test_nothing_is_asked_about_two_whom_a_decision_keeps_apart():
    found = resolved(ANNA, OTTO)
    (asked,) = found.review["identifiers"].to_list()
    split = decided(*(("split", asked[0], holder) for holder in asked[1:]))

    assert asked == [PHONE, "contact:crm:1", "contact:crm:2"]
    assert resolved(ANNA, OTTO, decisions=split).review.is_empty()
    assert resolved(ANNA, OTTO, decisions=split[:1]).review["identifiers"].to_list() == [asked]


def test_nothing_is_asked_about_an_identifier_whose_holders_are_one_with_it():
    join = decided(*(("join", PHONE, one) for one in ("contact:crm:1", "contact:crm:2")))

    assert resolved(ANNA, OTTO, decisions=join).review.is_empty()


def test_nothing_is_asked_about_a_likeness_of_two_whom_a_decision_keeps_apart():
    ends = ["contact:crm:1", "contact:crm:2"]
    likeness = pl.DataFrame([(*ends, 0.5, 0.6, "[]")], schema=MATCHES, orient="row")
    seen = replace(evidence(contact(1), contact(2)), matches=likeness)
    split = decided(("split", *reversed(ends)))

    assert resolve(seen, GUARDS, KEY).review["identifiers"].to_list() == [ends]
    assert resolve(seen, GUARDS, KEY, split).review.is_empty()
