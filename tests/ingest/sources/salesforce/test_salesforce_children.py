"""Salesforce records that stand within others, as sub-queries answer."""

from __future__ import annotations

import json
from typing import Any

from salesforce_examples import page, put


def a(kind: str, record_id: str, **fields: Any) -> dict[str, Any]:
    return {"attributes": {"type": kind}, "Id": record_id, **fields}


def answer(*records: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"totalSize": len(records), "done": True, "records": list(records), **more}


def test_children_are_records_that_name_their_parent(read, tmp_path):
    at = {"CreatedDate": "2026-03-01T10:00:00.000+0000"}
    account = a(
        "Account", "001A", Name="Acme", Industry="Retail",
        Contacts=answer(
            a("Contact", "003A", LastName="Abel", Tasks=answer(a("Task", "00TA", **at))),
            a("Contact", "003B", LastName="Bohr", AccountId="001Z"),
        ),
        Orders=answer(
            a("Order", "801A", Status="Activated", EffectiveDate="2026-03-01", TotalAmount=20,
              OrderItems=answer(a("OrderItem", "802A", Quantity=2, UnitPrice=10)))
        ),
        Cases=answer(
            a("Case", "500A", Status="New", AccountId=None, **at,
              CaseComments=answer(a("CaseComment", "00aA", CommentBody="Hi", **at)))
        ),
        Opportunities=None,
    )  # fmt: skip
    alone = a("Account", "001B", Name="Bolt")

    outcome = read("salesforce", put(tmp_path, "accounts.json", page(account, alone)))

    rows = outcome.rows
    assert outcome.read == 2
    assert not outcome.rejected
    assert [(r["account_id"], r["position"]) for r in rows["account"]] == [("001A", 1), ("001B", 2)]
    assert json.loads(rows["account"][0]["attributes"] or "{}") == {}
    assert [(r["contact_id"], r["account_ref"], r["position"]) for r in rows["contact"]] == [
        ("003A", "001A", 1),
        ("003B", "001Z", 1),
    ]
    (order,) = rows["order"]
    assert (order["order_id"], order["account_ref"], order["status"]) == ("801A", "001A", "placed")
    (line,) = rows["order_line"]
    assert (line["order_line_id"], line["order_ref"], line["quantity"]) == ("802A", "801A", "2")
    (ticket,) = rows["ticket"]
    assert (ticket["ticket_id"], ticket["organization_ref"]) == ("500A", "001A")
    (comment,) = rows["ticket_event"]
    assert (comment["ticket_ref"], comment["value"] or comment["body_text"]) == ("500A", "Hi")
    (task,) = rows["interaction"]
    assert (task["interaction_id"], task["customer_ref"]) == ("00TA", "contact:003A")


def test_a_child_that_makes_no_row_has_a_reason_though_its_siblings_do(read, tmp_path):
    changes = answer(
        a("OpportunityFieldHistory", "017A", Field="StageName", NewValue="Won",
          CreatedDate="2026-03-01T10:00:00Z"),
        a("OpportunityFieldHistory", "017B", Field="Color__c", NewValue="red",
          CreatedDate="2026-03-01T10:00:00Z"),
    )  # fmt: skip
    deal = a(
        "Opportunity", "006A", Name="Deal", StageName="Won", CloseDate="2026-03-01",
        Histories=changes,
        Quotes=answer(a("Quote", "0Q0A", QuoteNumber="1")),
        Toys__r=answer(a("Toy__c", "a01A", Name="Ball")),
        OpportunityContactRoles=answer(
            a("OpportunityContactRole", "00KA", ContactId="003A"),
            nextRecordsUrl="/services/data/v59.0/query/0r8-2000",
        ),
    )  # fmt: skip

    outcome = read("salesforce", put(tmp_path, "deals.json", page(deal)))

    assert [
        (r["opportunity_ref"], r["new_value"]) for r in outcome.rows["opportunity_history"]
    ] == [("006A", "Won")]
    (role,) = outcome.rows["opportunity_contact"]
    assert (role["opportunity_ref"], role["contact_ref"]) == ("006A", "003A")
    assert sorted(reject["reason_code"] for reject in outcome.rejected) == [
        "cut_off",
        "field_not_kept",
        "no_place",
        "unknown_object",
    ]
    assert {reject["position"] for reject in outcome.rejected} == {1}
