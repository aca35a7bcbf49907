"""Pairs join surest first, and one that leads to somebody else takes nobody's own pairs with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from identity_cases import GUARDS, KEY, Record, contact, evidence

from models_ml.identity import Resolution, resolve
from models_ml.identity.evidence import MATCHES
from models_ml.identity.graph import components

BORN = date(1980, 4, 1)
ALIKE, OTHERS = (
    f'[{{"column": "first_name", "relation": "{relation}", "weight": 1.0}}]'
    for relation in ("same", "other")
)

Pair = tuple[int, int, float, str]
"""Numbers of two contacts, the bits of their likeness, and its waterfall."""


def resolved(records: Iterable[Record], pairs: Iterable[Pair]) -> Resolution:
    rows = [
        (*sorted((f"contact:crm:{a}", f"contact:crm:{b}")), bits, 1 / (1 + 2**-bits), waterfall)
        for a, b, bits, waterfall in pairs
    ]
    matches = pl.DataFrame(rows, schema=MATCHES, orient="row")
    return resolve(replace(evidence(*records), matches=matches), GUARDS, KEY)


def customers(found: Resolution) -> set[frozenset[int]]:
    """Return the numbers of each customer's contacts."""
    contacts = found.assignment.filter(pl.col("identifier").str.starts_with("contact:"))
    number = pl.col("identifier").str.extract(r"(\d+)$").cast(pl.Int64)
    groups = contacts.group_by("customer_id").agg(number)["identifier"].to_list()
    return {frozenset(numbers) for numbers in groups}


def test_a_doubtful_pair_of_a_band_is_asked_about_and_the_surer_ones_of_the_band_join():
    records = [
        *(contact(number, name="Anna Berg") for number in (1, 2, 3)),
        *(contact(number, name="Otto Berg") for number in (4, 5)),
        contact(6, name=" Berg"),
    ]
    pairs = [(1, 2, 24.0), (2, 3, 23.0), (1, 6, 23.5), (4, 5, 24.5), (5, 6, 20.5)]

    found = resolved(records, [(*pair, ALIKE) for pair in pairs])

    assert customers(found) == {frozenset({1, 2, 3, 6}), frozenset({4, 5})}
    assert found.review.select("reason_code", "identifiers").rows() == [
        ("different_people", ["contact:crm:5", "contact:crm:6"])
    ]


def test_two_of_a_home_with_one_birth_date_are_asked_about_before_the_records_of_each_join():
    records = [
        contact(1, name="Anna Berg", birth_date=BORN),
        contact(2, name="Anna Berg"),
        contact(3, name="Otto Berg", birth_date=BORN),
        contact(4, name="Otto Berg"),
    ]

    found = resolved(records, [(1, 2, 21.0, ALIKE), (3, 4, 21.0, ALIKE), (1, 3, 24.0, OTHERS)])

    assert customers(found) == {frozenset({1, 2}), frozenset({3, 4})}
    assert found.review["identifiers"].to_list() == [["contact:crm:1", "contact:crm:3"]]


def test_two_first_names_of_one_birth_date_are_one_where_nothing_else_speaks_against_it():
    records = [contact(number, name="Anna Berg", birth_date=BORN) for number in (1, 2)]
    records.append(contact(3, name="Maria Berg", birth_date=BORN))

    found = resolved(records, [(1, 2, 21.0, ALIKE), (2, 3, 22.0, OTHERS)])

    assert customers(found) == {frozenset({1, 2, 3})}


@pytest.mark.parametrize("bits", [26.0, 31.0, 8.0])
def test_pairs_of_one_likeness_fall_together(bits: float):
    records = [contact(1, name="Anna Berg"), contact(2, name="Otto Berg"), contact(3, name=" Berg")]

    found = resolved(records, [(1, 3, bits, ALIKE), (2, 3, bits, ALIKE)])

    assert customers(found) == {frozenset({1}), frozenset({2}), frozenset({3})}
    assert len(found.review) == 2


@st.composite
def companies(draw: st.DrawFn) -> tuple[list[Record], list[Pair]]:
    """Draw contacts of few names, dates and tax numbers, and how alike some of them are."""
    count = draw(st.integers(2, 12))
    names = st.sampled_from(["Anna Berg", "Otto Berg", " Berg", "Ida Wolf", ""])
    taxes = st.sampled_from([(), (), ("tax_number:DE111111111",), ("tax_number:DE222222222",)])
    born = st.sampled_from([None, BORN, date(1950, 1, 1)])
    records = [
        contact(number, *draw(taxes), name=draw(names), birth_date=draw(born))
        for number in range(count)
    ]
    number = st.integers(0, count - 1)
    ends = draw(st.lists(st.tuples(number, number).filter(lambda pair: pair[0] < pair[1]),
                         unique=True, max_size=24))  # fmt: skip
    bits = st.integers(12, 130).map(lambda quarters: quarters / 4)
    return records, [
        (a, b, draw(bits), draw(st.sampled_from([ALIKE, ALIKE, OTHERS]))) for a, b in ends
    ]


@settings(max_examples=30)
@given(companies(), st.randoms(use_true_random=False))
def test_the_order_of_records_and_pairs_does_not_matter(company, chance):
    records, pairs = company
    found = resolved(records, pairs)

    chance.shuffle(records)
    chance.shuffle(pairs)

    other = resolved(records, pairs)
    assert other.assignment.equals(found.assignment)
    assert other.edges.equals(found.edges)
    assert other.review.equals(found.review)


@settings(max_examples=30)
@given(companies())
def test_what_is_decided_of_some_depends_on_nobody_whom_no_evidence_connects_with_them(company):
    records, pairs = company
    whole = customers(resolved(records, pairs))

    holders: dict[str, int] = {}
    tied = [(a, b) for a, b, *_ in pairs]
    for number, record in enumerate(records):
        tied += [(holders.setdefault(held, number), number) for held in record.identifiers[1:]]
    ends = np.array(tied or [(0, 0)], dtype=np.int64)
    label = components(len(records), ends[:, 0], ends[:, 1])
    apart: set[frozenset[int]] = set()
    for one in np.unique(label).tolist():
        theirs = [record for record, own in zip(records, label.tolist(), strict=True) if own == one]
        apart |= customers(resolved(theirs, [pair for pair in pairs if label[pair[0]] == one]))

    assert apart == whole
