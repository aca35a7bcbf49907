"""Offers, content, documents and audiences, beside the same worked out by hand."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import duckdb
import pytest
from acting_company import AS_OF, at, campaign_touches, orders
from rebuilt import rebuild

pytestmark = pytest.mark.pipeline

MONTH = timedelta(days=30)
SENT_AS_NO_MAIL = {"c_ada", "c_dan"}
"""Who has said yes to marketing mail."""


def bought() -> dict[str, list[tuple[datetime, Decimal]]]:
    found: dict[str, list[tuple[datetime, Decimal]]] = {}
    for one in orders():
        name = f"c_{one['customer_ref'].split(':')[-1]}"
        found.setdefault(name, []).append((one["placed_at"], one["revenue"]))
    return found


def acceptance_again() -> dict[str, float]:
    """Return p_accept by offer; nobody has a segment, so there is one for all."""
    first_made: dict[tuple[str, str], datetime] = {}
    for touch in campaign_touches():
        name = f"c_{touch['person_ref'].removeprefix('email:').removesuffix('@x.com')}"
        key = (name, touch["campaign_ref"])
        first_made[key] = min(touch["touched_at"], first_made.get(key, touch["touched_at"]))
    answers = [
        any(made < placed <= made + MONTH for placed, _ in bought()[name])
        for (name, _), made in first_made.items()
        if made <= AS_OF - MONTH and made > min(placed for placed, _ in bought()[name])
    ]
    months = [
        any(AS_OF - (k + 1) * MONTH < placed <= AS_OF - k * MONTH for placed, _ in its_orders)
        for its_orders in bought().values()
        for k in range(12)
        if min(placed for placed, _ in its_orders) <= AS_OF - (k + 1) * MONTH
    ]
    return {
        "newsletter_offer": sum(answers) / len(answers),
        "do_nothing": sum(months) / len(months),
    }


def test_the_best_offer_earns_most_and_what_was_never_made_is_not_ranked(
    acting_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    p = acceptance_again()
    total = sum(value for its_orders in bought().values() for _, value in its_orders)
    average = Decimal(total) / sum(map(len, bought().values()))
    offers = {"do_nothing": (0.35, 0.0), "newsletter_offer": (0.30, 0.01)}
    again = {}
    for name, its_orders in bought().items():
        value = (sum(v for _, v in its_orders) + 2 * average) / (len(its_orders) + 2)
        for offer, (margin, cost) in offers.items():
            if offer == "do_nothing" or name in SENT_AS_NO_MAIL:
                again[name, offer] = p[offer] * float(value) * margin - cost
    found = {
        (name, offer): expected
        for name, offer, expected in acting_warehouse.execute(
            "select customer_id, offer_id, expected_margin_base from crm.next_best_offer "
            "where method <> 'no_data'"
        ).fetchall()
    }
    assert found.keys() == again.keys()
    for key, expected in found.items():
        assert float(expected) == pytest.approx(again[key], abs=1e-3)
    ranks = dict(
        acting_warehouse.execute(
            "select offer_id, offer_rank from crm.next_best_offer where customer_id = 'c_ada'"
        ).fetchall()
    )
    better = again["c_ada", "newsletter_offer"] > again["c_ada", "do_nothing"]
    # the webinar was never held, so nothing is known of it
    assert ranks == {
        "newsletter_offer": 1 if better else 2,
        "do_nothing": 2 if better else 1,
        "webinar_invitation": None,
    }


def test_content_goes_only_to_whom_it_fits_and_who_said_yes(
    acting_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = acting_warehouse.execute(
        "select customer_id, content_rank, content_id, reason, expected_ctr, method "
        "from crm.content_recommendation order by 1, 2"
    ).fetchall()
    by_customer = {
        name: [row[2] for row in found if row[0] == name] for name in {row[0] for row in found}
    }
    # ada has bought, dan has not
    assert by_customer == {
        "c_ada": ["business_case", "onboarding_guide", "product_newsletter"],
        "c_dan": ["how_to_webinar", "product_newsletter"],
    }
    assert {(row[4], row[5]) for row in found} == {(None, "rule")}
    assert found[0][3] == "seniority c_level"


def test_a_document_has_every_field_or_says_which_is_missing(
    acting_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = {
        (template, entity): (complete, missing, json.loads(fields))
        for template, entity, complete, missing, fields in acting_warehouse.execute(
            "select template_id, entity_id, is_complete, missing_fields, merge_fields "
            "from crm.document_payload"
        ).fetchall()
    }
    assert {key: value[:2] for key, value in found.items()} == {
        ("quote", "t:d1"): (True, []),
        ("quote", "t:d2"): (False, ["amount"]),
        # of the order of 20 June; the others are older than 30 days
        ("invoice", "t:5"): (True, []),
    }
    quote = found["quote", "t:d1"][2]
    assert list(quote) == [
        "sender", "recipient", "attention", "email", "subject", "amount", "currency",
        "valid_until", "signed_by",
    ]  # fmt: skip
    assert (quote["recipient"], quote["attention"], quote["amount"]) == ("Acme", "Ada", "500.0000")
    lines = json.loads(found["invoice", "t:5"][2]["lines"])
    assert [(line["product"], line["quantity"]) for line in lines] == [("Lamp", 2.0)]


def test_a_customer_is_in_an_audience_from_one_reason_to_the_end_of_the_last(
    acting_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    again = set()
    for name, its_orders in bought().items():
        for days in (90, 365):
            stays: list[list[datetime]] = []
            for placed, _ in sorted(its_orders):
                end = placed + timedelta(days=days)
                if stays and placed <= stays[-1][1]:
                    stays[-1][1] = end
                else:
                    stays.append([placed, end])
            again |= {
                (name, f"recent_buyers_{days}d", start, None if end > AS_OF else end)
                for start, end in stays
            }
    found = acting_warehouse.execute(
        "select customer_id, audience_id, entered_at, exited_at from crm.audience_membership "
        "where audience_id like 'recent%'"
    ).fetchall()
    assert set(found) == again
    assert len(found) == len(again)
    # 2 January to 10 April are more than 90 days
    assert ("c_cid", "recent_buyers_90d", at(1, 2), at(4, 2)) in again
    open_deals = acting_warehouse.execute(
        "select customer_id, entered_at, is_member from crm.audience_membership "
        "where audience_id = 'open_opportunity'"
    ).fetchall()
    assert open_deals == [("c_org", at(1, 1) - timedelta(days=400), True)]


@pytest.fixture(scope="module")
def scored_thrice(
    acting_warehouse: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return the warehouse with segments of three runs: ada moves and returns, bob vanishes."""
    (built,) = acting_warehouse.execute(
        "select path from duckdb_databases() where database_name = current_database()"
    ).fetchone() or ("",)
    home = tmp_path_factory.mktemp("scored")
    path = home / "warehouse.duckdb"
    shutil.copy(built, path)
    segments = {
        at(4, 1): {"c_ada": "Loyal", "c_bob": "New"},
        at(5, 1): {"c_ada": "New", "c_bob": "New"},
        at(6, 1): {"c_ada": "Loyal"},
    }
    with duckdb.connect(str(path)) as con:
        for as_of, members in segments.items():
            for name, segment in members.items():
                con.execute(
                    "insert into crm.customer_segments (customer_id, as_of, segment_name) "
                    "values (?, ?, ?)",
                    [name, as_of, segment],
                )
    con = rebuild(path, home / "again", "audience_membership", AS_OF)
    yield con
    con.close()


def test_a_stay_in_a_segment_ends_with_the_run_that_says_otherwise(
    scored_thrice: duckdb.DuckDBPyConnection,
) -> None:
    found = scored_thrice.execute(
        "select customer_id, audience_id, entered_at, exited_at from crm.audience_membership "
        "where audience_id like 'segment:%' order by all"
    ).fetchall()
    assert found == [
        ("c_ada", "segment:Loyal", at(4, 1), at(5, 1)),
        ("c_ada", "segment:Loyal", at(6, 1), None),
        ("c_ada", "segment:New", at(5, 1), at(6, 1)),
        ("c_bob", "segment:New", at(4, 1), at(6, 1)),
    ]
