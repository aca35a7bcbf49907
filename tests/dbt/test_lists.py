"""Lists and who is on them, written out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from small_marketing_company import at

pytestmark = pytest.mark.pipeline


def test_lists_are_those_of_the_crm_of_campaigns_and_of_consent(
    marketing_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert marketing_warehouse.sql(
        "select list_id, name, list_type, member_count, active_member_count, customer_count, "
        "mailable_count from marts.dim_lists order by list_id"
    ).fetchall() == [
        ("subscription:marketing/email", "marketing by email", "subscription", 3, 1, 1, 1),
        ("subscription:service/any", "service by any", "subscription", 1, 1, 1, 0),
        ("t:empty", "Empty", "list", 0, 0, 0, 0),
        # invited twice is one member; the other one has taken consent back
        ("t:fair", "Fair", "campaign", 2, 2, 2, 1),
        ("t:nowhere", None, "campaign", 1, 1, 1, 0),
        # nobody knows who k99 is
        ("t:vip", "VIP", "list", 2, 2, 1, 1),
    ]


def test_members_have_their_first_time_newest_status_and_consent(
    marketing_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert marketing_warehouse.sql(
        "select list_id, member_ref, customer_id, member_status, has_responded, email_consent, "
        "is_active, joined_at, left_at from marts.bridge_list_member order by list_id, member_ref"
    ).fetchall() == [
        ("subscription:marketing/email", "user_id:shop:1", "c_p1", "granted", None, "granted",
         True, at(1, 1), None),
        ("subscription:marketing/email", "user_id:shop:2", "c_p2", "withdrawn", None, "withdrawn",
         False, at(1, 1), at(4, 1)),
        ("subscription:marketing/email", "user_id:shop:3", "c_p3", "granted", None, "expired",
         False, at(1, 1), at(5, 1)),
        ("subscription:service/any", "user_id:shop:5", "c_p5", "granted", None, None,
         True, at(1, 1), None),
        ("t:fair", "contact:t:k1", "c_p1", "came", True, "granted", True, at(2, 1), None),
        ("t:fair", "lead:t:l2", "c_p2", "invited", False, "withdrawn", True, at(2, 2), None),
        ("t:nowhere", "account:t:A", "c_org", None, False, None, True, at(3, 1), None),
        ("t:vip", "contact:t:k1", "c_p1", None, False, "granted", True, at(3, 1), None),
        ("t:vip", "contact:t:k99", None, None, False, None, True, at(3, 1), None),
    ]  # fmt: skip


def test_contacts_know_where_their_person_came_from(
    marketing_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = {
        contact: (first, last)
        for contact, first, last in marketing_warehouse.sql(
            "select contact_id, original_source, latest_source from marts.dim_contacts"
        ).fetchall()
    }
    assert found["t:k3"] == ("Fair", "Fair")
    assert found["t:k11"] == (None, None)


def test_a_purpose_with_a_slash_is_not_taken_for_a_channel(
    build_warehouse: Callable[..., Path],
) -> None:
    stated = {
        "person_ref": "email:a@x.com",
        "purpose": "newsletter/weekly",
        "status": "granted",
        "captured_at": at(1, 1),
    }
    built = build_warehouse(
        {
            "consent": [
                stated | {"consent_id": "1", "channel": "email"},
                stated | {"consent_id": "2"},
            ]
        },
        selection=["--select", "+dim_lists"],
    )
    with duckdb.connect(str(built), read_only=True) as con:
        assert con.execute("select name, channel from marts.dim_lists order by 1").fetchall() == [
            ("newsletter/weekly by any", None),
            ("newsletter/weekly by email", "email"),
        ]
