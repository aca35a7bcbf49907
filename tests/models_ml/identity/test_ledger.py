"""Customer ids over time: what stays, what merges, what splits."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from identity_cases import GUARDS, KEY, START, Record, contact, event, evidence, records

from models_ml.identity import Evidence, Ledger, advance, resolve


def run(ledger: Ledger, number: int, *seen: Record) -> Ledger:
    found = resolve(evidence(*seen), GUARDS, KEY)
    new = advance(
        ledger,
        found.assignment,
        found.edges,
        run_id=f"run {number}",
        at=START + timedelta(days=1000 + number),
        events_before=ledger.events.height,
    )
    return Ledger(new.customers, new.identifier_map, pl.concat([ledger.events, new.events]))


def history(*runs: tuple[Record, ...]) -> Ledger:
    ledger = Ledger.empty()
    for number, seen in enumerate(runs):
        ledger = run(ledger, number, *seen)
    return ledger


def current(ledger: Ledger) -> tuple[list[tuple], list[tuple]]:
    active = ledger.customers.filter(pl.col("status") == "active")
    held = ledger.identifier_map.filter("is_current").drop("valid_from", "valid_to")
    return active.rows(), held.rows()


def types(ledger: Ledger) -> list[str]:
    return ledger.events["event_type"].to_list()


def in_use(events: pl.DataFrame) -> set[str]:
    """Return the ids that are in use after these events, as docs/identity.md says to read them."""
    found: set[str] = set()
    for event_type, customer, other in events.select(
        "event_type", "customer_id", "other_customer_id"
    ).iter_rows():
        if event_type in ("merged", "retired"):
            found.discard(customer)
        else:
            found.add(other if event_type == "split" else customer)
    return found


ANNA = contact(1, "email:anna@firm.de", day=1, name="Anna Berg")
BUYER = event("email:anna.berg@web.de", "user_id:shop:7", day=2)
BOTH = contact(2, "email:anna@firm.de", "email:anna.berg@web.de", day=3, name="Anna Berg")


def test_the_customer_seen_first_survives_a_merge_and_the_other_id_resolves():
    before = history((ANNA, BUYER))
    after = run(before, 1, ANNA, BUYER, BOTH)

    founders = dict(after.customers.select("founder_identifier", "customer_id").rows())
    merged = after.events.filter(pl.col("event_type") == "merged")
    retired, kept = founders["email:anna.berg@web.de"], founders["contact:crm:1"]
    assert merged.drop("event_id", "occurred_at").rows() == [
        (
            "merged",
            retired,
            kept,
            "email",
            "contact:crm:2 ~ email:anna.berg@web.de",
            "run 1",
        )
    ]
    gone = after.customers.filter(pl.col("status") == "merged")
    assert gone["merged_into_customer_id"].to_list() == [kept]
    closed = after.identifier_map.filter(~pl.col("is_current"))
    assert set(closed["identifier"]) == {"email:anna.berg@web.de", "user_id:shop:7"}


def test_a_guard_that_stops_yesterdays_evidence_splits_the_customer():
    phone = "phone:+49301112223"
    anna, nameless = contact(1, phone, name="Anna Berg"), contact(2, phone, day=1)
    otto = contact(3, phone, day=2, name="Otto Wolf")

    ledger = history((anna, nameless), (anna, nameless, otto))

    split = ledger.events.filter(pl.col("event_type") == "split")
    assert set(split["cause"]) == {"different_people"}
    assert ledger.customers.filter(pl.col("status") == "active").height == 4


def test_an_id_comes_back_when_what_had_merged_it_is_withdrawn():
    ledger = history((ANNA, BUYER), (ANNA, BUYER, BOTH), (ANNA, BUYER))

    assert types(ledger).count("merged") == 1
    assert types(ledger).count("split") >= 1
    assert current(ledger) == current(history((ANNA, BUYER)))


def test_a_customer_who_turns_out_to_be_a_colleague_is_retired():
    ledger = history((ANNA, BUYER), (ANNA,))

    assert types(ledger) == ["created", "created", "retired"]
    assert sorted(ledger.customers["status"]) == ["active", "retired"]
    assert current(ledger) == current(history((ANNA,)))


def test_a_retired_customer_returns_with_their_id():
    ledger = history((ANNA, BUYER), (ANNA,), (ANNA, BUYER))

    assert types(ledger) == ["created", "created", "retired", "returned"]
    retired, returned = ledger.events.tail(2).iter_rows(named=True)
    assert returned["customer_id"] == retired["customer_id"]
    assert (returned["cause"], returned["evidence"]) == ("names_somebody", "email:anna.berg@web.de")
    assert returned["other_customer_id"] is None


def test_a_merged_customer_returns_when_whom_they_had_joined_leads_to_them():
    # the record that was seen first is gone, and the customer is who was seen first of the others
    ledger = history((ANNA, BUYER), (ANNA, BUYER, BOTH), (BUYER, BOTH))

    assert types(ledger) == ["created", "created", "merged", "merged", "returned"]
    merged, back, returned = ledger.events.tail(3).iter_rows(named=True)
    assert (back["customer_id"], back["other_customer_id"]) == (
        merged["other_customer_id"],
        merged["customer_id"],
    )
    assert returned["customer_id"] == merged["customer_id"]
    assert returned["other_customer_id"] == merged["other_customer_id"]


def test_an_account_is_an_organization():
    ledger = history((Record(("account:crm:1",), entity="account"), ANNA))

    assert dict(ledger.customers.group_by("customer_type").len().iter_rows()) == {
        "organization": 1,
        "person": 1,
    }


def test_ids_of_another_key_are_other_ids():
    found = [resolve(evidence(ANNA), GUARDS, key).assignment for key in (KEY, KEY[::-1])]

    assert found[0]["customer_id"][0] != found[1]["customer_id"][0]


@given(records(), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_the_order_of_the_evidence_does_not_matter(seen, chance):
    whole = evidence(*seen)
    shuffled = Evidence(
        *(
            frame.sample(fraction=1.0, shuffle=True, seed=chance.randrange(2**32))
            for frame in (whole.sightings, whole.links, whole.persons)
        )
    )

    one, other = resolve(whole, GUARDS, KEY), resolve(shuffled, GUARDS, KEY)

    assert one.assignment.equals(other.assignment)
    assert one.edges.equals(other.edges)
    assert one.review.equals(other.review)


@given(records(), st.data())
@settings(max_examples=25)
def test_runs_in_between_change_history_but_not_who_is_who(seen, data):
    order = data.draw(st.permutations(seen))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(seen)), max_size=3)))

    stepwise = history(*(tuple(order[:cut]) for cut in cuts if cut), tuple(order))

    assert current(stepwise) == current(history(tuple(seen)))


@given(records(), st.data())
@settings(max_examples=25)
def test_every_id_ever_given_keeps_its_meaning_and_resolves(seen, data):
    subsets = data.draw(st.lists(st.sets(st.integers(0, len(seen) - 1), min_size=1), max_size=4))
    meaning: dict[str, str] = {}
    ledger = Ledger.empty()
    for number, subset in enumerate(subsets):
        ledger = run(ledger, number, *(seen[place] for place in sorted(subset)))

        rows = ledger.customers.select(
            "customer_id", "founder_identifier", "status", "merged_into_customer_id"
        ).rows()
        active = {customer for customer, _, status, _ in rows if status == "active"}
        assert in_use(ledger.events) == active
        assert meaning.keys() <= {row[0] for row in rows}
        for customer, founder, status, target in rows:
            assert meaning.setdefault(customer, founder) == founder
            assert (target in active) if status == "merged" else target is None
        held = ledger.identifier_map.filter("is_current")
        assert held["identifier"].is_unique().all()
        assert set(held["customer_id"]) == active
    assert len(set(meaning.values())) == len(meaning)
    assert ledger.events["event_id"].is_unique().all()


@given(records())
@settings(max_examples=15)
def test_a_second_run_over_the_same_evidence_changes_nothing(seen):
    first = history(tuple(seen))

    second = run(first, 1, *seen)

    assert second.customers.equals(first.customers)
    assert second.identifier_map.equals(first.identifier_map)
    assert second.events.equals(first.events)


def test_periods_of_an_identifier_neither_overlap_nor_leave_gaps():
    ledger = history((ANNA, BUYER), (ANNA, BUYER, BOTH), (ANNA, BUYER))

    spans = ledger.identifier_map.filter(pl.col("identifier") == "user_id:shop:7").sort(
        "valid_from"
    )

    assert spans["valid_to"][:-1].to_list() == spans["valid_from"][1:].to_list()
    assert spans["is_current"].to_list() == [False, False, True]
