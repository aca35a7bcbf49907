from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.conform import Origin, conform
from ingest.parsed import UnreadableFile
from ingest.source import Source
from ingest.sources.segment import semantic as segment_semantic

at = datetime.fromisoformat

PRODUCTS = [
    {
        "product_id": "507f1f77bcf86cd799439011", "sku": "45790-32", "name": "Monopoly",
        "price": 19, "quantity": 1, "category": "Games",
    },
    {
        "product_id": "505bd76785ebb509fc183733", "sku": "46493-32", "name": "Uno Card Game",
        "price": 3, "quantity": 2, "category": "Games",
    },
]  # fmt: skip
ORDER = {
    "order_id": "50314b8e9bcf", "affiliation": "Google Store", "total": 27.50, "subtotal": 22.50,
    "revenue": 25.00, "shipping": 3, "tax": 2, "discount": 2.5, "coupon": "hasbros",
    "currency": "usd", "products": PRODUCTS,
}  # fmt: skip
MAIL = {"email_id": "18vzF7u3z", "email_subject": "First shirt on us!", "campaign_id": "123"}
RECIPIENT = {"traits": {"email": "pgibbons@customer.example"}}


def call(event, properties=None, message_id="m1", **rest):
    return {
        "type": "track", "event": event, "messageId": message_id, "userId": "019mr8mf4r",
        "anonymousId": "a1", "timestamp": "2025-03-01T10:00:00.000Z",
        "receivedAt": "2025-03-01T10:00:01.000Z", "properties": properties, **rest,
    }  # fmt: skip


@pytest.fixture
def rows(read, tmp_path):
    def parse(*calls, **options):
        options.setdefault("entities", list(segment_semantic.ENTITIES))
        path = tmp_path / "calls.jsonl"
        path.write_text("".join(json.dumps(said) + "\n" for said in calls))
        return read("segment", path, **options).rows

    return parse


@pytest.mark.parametrize(
    ("event", "event_type"),
    [
        ("Email Delivered", "delivered"),
        ("Email Opened", "open"),
        ("Email Link Clicked", "click"),
        ("Email Bounced", "bounce"),
        ("Email Marked as Spam", "spam_report"),
        ("Unsubscribed", "unsubscribe"),
    ],
)
def test_a_mail_event_belongs_to_the_recipient_in_the_traits(rows, event, event_type):
    found = rows(call(event, MAIL, context=RECIPIENT))

    (mail,) = found["email_event"]
    assert mail["event_type"] == event_type
    assert mail["recipient_ref"] == "email:pgibbons@customer.example"
    assert (mail["email_id"], mail["campaign_ref"]) == ("18vzF7u3z", "123")
    assert mail["email_event_id"] == "m1"
    assert mail["event_at"] == at("2025-03-01 10:00")
    assert json.loads(mail["attributes"])["properties"]["email_subject"] == "First shirt on us!"
    assert len(found["web_event"]) == 1


def test_a_click_keeps_its_link_and_a_mail_without_traits_goes_to_the_user(rows):
    link = {**MAIL, "link_url": "https://www.buymyshirts.example?promo=NEW"}

    (mail,) = rows(call("Email Link Clicked", link))["email_event"]

    assert mail["url"] == "https://www.buymyshirts.example?promo=NEW"
    assert mail["recipient_ref"] == "user_id:019mr8mf4r"


@pytest.mark.parametrize(
    ("email", "recipient"),
    [("p@initech.example", "email:p@initech.example"), ("yes", "user_id:019mr8mf4r")],
)
def test_a_mail_tool_may_name_the_recipient_among_the_properties(rows, email, recipient):
    found = rows(call("Unsubscribed", {**MAIL, "email": email}))

    assert found["email_event"][0]["recipient_ref"] == recipient
    assert found["consent"][0]["person_ref"] == recipient


def test_unsubscribing_withdraws_the_consent_to_marketing_mail(rows):
    found = rows(call("Unsubscribed", {**MAIL, "list_id": "1425"}, context=RECIPIENT))

    (consent,) = found["consent"]
    assert (consent["purpose"], consent["channel"]) == ("marketing", "email")
    assert consent["status"] == "withdrawn"
    assert consent["person_ref"] == "email:pgibbons@customer.example"
    assert json.loads(consent["attributes"])["properties"]["list_id"] == "1425"
    assert "consent" not in rows(call("Email Opened", MAIL, context=RECIPIENT))


CATEGORIES = {"Advertising": True, "Analytics": False, "marketing": True, "unheard": None}
CONSENT = {"consent": {"categoryPreferences": CATEGORIES}}


@pytest.mark.parametrize(
    "event", ["Segment Consent Preference Updated", "Segment Consent Preference"]
)
def test_a_choice_of_categories_is_a_decision_about_each(rows, event):
    found = rows(
        call(event, context=CONSENT),
        call("Unsubscribed", MAIL, "m2", context=RECIPIENT),
        # every event carries the choice
        call("Course Clicked", {}, "m3", context=CONSENT),
        call(event, {}, "m4", context={"consent": {"categoryPreferences": ["Advertising"]}}),
    )

    decisions = {row["consent_id"]: (row["purpose"], row["status"]) for row in found["consent"]}
    assert decisions == {
        "m1|Advertising": ("consent_category:Advertising", "granted"),
        "m1|Analytics": ("consent_category:Analytics", "denied"),
        "m1|marketing": ("consent_category:marketing", "granted"),
        "m2": ("marketing", "withdrawn"),
    }
    chosen = next(row for row in found["consent"] if row["consent_id"] == "m1|Analytics")
    assert chosen["person_ref"] == "user_id:019mr8mf4r"
    assert (chosen["channel"], chosen["captured_at"]) == (None, at("2025-03-01 10:00"))


CHAT = {
    "agent_id": "bce89", "agent_name": "Peter Gibbons", "conversation_id": "abd627",
    "conversation_duration": 45,
}  # fmt: skip


def test_the_customer_sends_and_receives_in_a_live_chat(rows):
    def chat(event, number, text):
        return call(event, {**CHAT, "message_id": f"c{number}", "message_body": text}, f"m{number}")

    found = rows(
        chat("Live Chat Conversation Started", 1, "But my stapler..."),
        chat("Live Chat Message Received", 2, "Yeah, uh huh"),
        chat("Live Chat Message Sent", 3, "They switched"),
        chat("Live Chat Conversation Ended", 4, "bye"),
    )
    nameless = {k: v for k, v in CHAT.items() if k != "agent_name"}
    assert "agent" not in rows(call("Live Chat Conversation Ended", nameless))

    started, received, sent, ended = found["interaction"]
    directions = [row["direction"] for row in (started, received, sent, ended)]
    assert directions == ["inbound", "outbound", "inbound", "internal"]
    assert {row["conversation_ref"] for row in found["interaction"]} == {"abd627"}
    assert started["interaction_id"] == "abd627|c1"
    assert started["from_ref"] == "user_id:019mr8mf4r"
    assert started["body_text"] == "But my stapler..."
    assert (received["from_ref"], received["to_refs"]) == (None, ["user_id:019mr8mf4r"])
    assert (ended["interaction_type"], ended["duration_s"]) == ("note", 45.0)
    assert sent["duration_s"] is None
    (agent,) = found["agent"]
    assert (agent["agent_id"], agent["name"]) == ("bce89", "Peter Gibbons")
    assert agent["position"] == 1


def test_copilot_messages_are_chat_and_a_start_without_a_message_is_none(rows):
    found = rows(
        call("Conversation Started", {"conversationId": "1238041hdou"}),
        call("Message Sent", {"conversationId": "1238041hdou", "messageId": "msg123"}, "m2"),
        call("Message Sent", {"text": "an event of somebody's own"}, "m3"),
    )

    (message,) = found["interaction"]
    assert (message["sub_channel"], message["interaction_id"]) == ("copilot", "1238041hdou|msg123")
    assert len(found["web_event"]) == 3


def test_an_order_completed_is_an_order_with_its_lines(rows):
    found = rows(call("Order Completed", ORDER))

    (order,) = found["order"]
    assert (order["order_id"], order["status"]) == ("50314b8e9bcf", "completed")
    assert order["customer_ref"] == "user_id:019mr8mf4r"
    assert order["placed_at"] == at("2025-03-01 10:00")
    assert (order["subtotal"], order["discount"]) == (Decimal("25"), Decimal("2.5"))
    assert (order["revenue"], order["total"]) == (Decimal("22.5"), Decimal("27.5"))
    assert (order["currency"], order["coupon"]) == ("USD", "hasbros")
    first, second = found["order_line"]
    assert first["order_line_id"] == "50314b8e9bcf|1"
    assert (first["order_ref"], first["product_ref"]) == ("50314b8e9bcf", PRODUCTS[0]["product_id"])
    assert (second["sku"], second["quantity"], second["unit_price"]) == ("46493-32", 2, 3)
    assert json.loads(second["attributes"])["product"]["category"] == "Games"


def test_an_event_delivered_twice_does_not_multiply_its_lines(rows):
    found = rows(call("Order Completed", ORDER), call("Order Completed", ORDER))

    assert [row["position"] for row in found["order_line"]] == [1, 1, 2, 2]
    assert len({row["order_line_id"] for row in found["order_line"]}) == 2


def test_a_refund_is_a_document_of_its_own_with_negative_amounts(rows):
    refund = {"order_id": "50314b8e9bcf", "total": 30, "currency": "USD", "products": PRODUCTS}

    found = rows(call("Order Refunded", refund))

    (order,) = found["order"]
    assert order["order_id"] == "50314b8e9bcf|refund|m1"
    assert (order["status"], order["refunded_amount"]) == ("refunded", 30)
    # 25 for the products, the rest is tax and shipping
    assert (order["total"], order["revenue"]) == (-30, -25)
    assert [row["quantity"] for row in found["order_line"]] == [-1, -2]


@pytest.mark.parametrize(
    ("stated", "revenue"),
    [
        # what of it is tax the order knows, not the refund
        ({"total": 30}, None),
        ({"total": 30, "tax": 4, "shipping": 2}, -24),
        ({"total": 30, "subtotal": 20, "tax": 4, "products": PRODUCTS}, -20),
        # a part of the price of products that are all listed
        ({"total": 10, "products": PRODUCTS}, -10),
    ],
)
def test_a_refund_takes_from_revenue_what_is_neither_tax_nor_shipping(rows, stated, revenue):
    (order,) = rows(call("Order Refunded", {"order_id": "1", **stated}))["order"]

    assert (order["total"], order["revenue"]) == (-stated["total"], revenue)


def test_every_amount_of_a_refund_is_negative(rows):
    refund = {"order_id": "1", "total": 27.5, "subtotal": 22.5, "tax": 2, "shipping": 3,
              "discount": 2.5}  # fmt: skip

    (order,) = rows(call("Order Refunded", refund))["order"]

    assert (order["subtotal"], order["discount"]) == (-25, Decimal("-2.5"))
    assert (order["tax"], order["shipping"]) == (-2, -3)
    assert (
        order["subtotal"] - order["discount"] + order["tax"] + order["shipping"] == order["total"]
    )


def test_a_refund_written_with_a_minus_lowers_revenue(rows):
    refund = {"order_id": "1", "total": -30, "subtotal": -25, "products": PRODUCTS}

    (order,) = rows(call("Order Refunded", refund))["order"]

    assert (order["total"], order["revenue"], order["refunded_amount"]) == (-30, -25, 30)
    taxed = {"order_id": "1", "total": -30, "tax": 4, "shipping": -2}
    (order,) = rows(call("Order Refunded", taxed))["order"]
    assert (order["total"], order["revenue"], order["tax"]) == (-30, -24, -4)


def test_a_refund_of_products_is_worth_what_they_cost(rows):
    (order,) = rows(call("Order Refunded", {"order_id": "1", "products": PRODUCTS}))["order"]

    assert order["refunded_amount"] == 25


def test_a_refund_that_states_no_amount_stays_an_event(rows):
    found = rows(call("Order Refunded", {"order_id": "1"}))

    assert list(found) == ["web_event"]


def test_a_cancellation_is_the_last_version_of_its_order(rows):
    (order,) = rows(call("Order Cancelled", ORDER))["order"]

    assert (order["order_id"], order["status"]) == ("50314b8e9bcf", "cancelled")
    assert order["cancelled_at"] == at("2025-03-01 10:00")


def test_an_order_without_id_stays_an_event(rows):
    assert list(rows(call("Order Completed", {"total": 5}))) == ["web_event"]


def test_cart_events_know_their_cart_or_their_visitor(rows):
    found = rows(
        call("Product Added", {"cart_id": "c9", "sku": "G-32", "price": 18.99, "quantity": 1}),
        call("Product Removed", {"product_id": "p1", "sku": "G-32"}, "m2"),
        call("Checkout Started", ORDER, "m3"),
        call("Checkout Step Completed", {"checkout_id": "k1", "step": 2}, "m4"),
        call("Cart Viewed", {"products": PRODUCTS}, "m5"),
    )

    carts = found["cart_event"]
    assert [row["event_type"] for row in carts] == [
        "added", "removed", "checkout_started", "step", "viewed",
    ]  # fmt: skip
    assert [row["cart_id"] for row in carts] == [
        "c9", "anonymous_id:a1", "50314b8e9bcf", "k1", "anonymous_id:a1",
    ]  # fmt: skip
    assert (carts[0]["price"], carts[0]["quantity"]) == (Decimal("18.99"), 1)
    assert (carts[0]["product_ref"], carts[1]["product_ref"]) == ("G-32", "p1")
    assert "order" not in found


def test_an_account_needs_its_id_and_a_sign_up_an_address_or_name(rows):
    person = {"type": "organic", "first_name": "Peter", "email": "p@initech.example"}
    found = rows(
        call("Account Created", {"account_name": "Initech"}, context={"groupId": "acct_123"}),
        call("Account Created", {"account_name": "Nobody"}, "m2"),
        call("Signed Up", person, "m3", context={"groupId": "acct_123"}),
        call("Signed Up", {"username": "x"}, "m4"),
        call("Trial Started", {"trial_plan_name": "Business"}, "m5"),
    )

    (account,), (contact,) = found["account"], found["contact"]
    assert (account["account_id"], account["name"]) == ("acct_123", "Initech")
    assert (contact["contact_id"], contact["account_ref"]) == ("019mr8mf4r", "acct_123")
    assert (contact["email"], contact["lead_source"]) == ("p@initech.example", "organic")
    assert len(found["web_event"]) == 5


def test_an_account_that_is_deleted_is_gone_whatever_its_name(rows):
    found = rows(
        call("Account Created", {"accountName": "Initech"}, context={"groupId": "acct_123"}),
        call("Account Deleted", {}, "m2", context={"groupId": "acct_123"}),
    )

    created, deleted = found["account"]
    assert (created["name"], created["is_deleted"]) == ("Initech", False)
    assert (deleted["account_id"], deleted["is_deleted"]) == ("acct_123", True)
    assert deleted["created_at"] is None


def test_a_sign_up_may_spell_names_in_camel_case(rows):
    (contact,) = rows(call("Signed Up", {"firstName": "Peter", "lastName": "Gibbons"}))["contact"]

    assert (contact["first_name"], contact["last_name"]) == ("Peter", "Gibbons")


@pytest.mark.parametrize(
    "event", ["order completed", "order_completed", "orderCompleted", "Completed_Order"]
)
def test_the_name_of_an_event_is_read_as_segments_own_libraries_do(rows, event):
    found = rows(call(event, ORDER))

    assert found["order"][0]["status"] == "completed"
    assert found["web_event"][0]["event_name"] == event


def test_an_order_of_the_first_spec_has_its_id_and_its_products(rows):
    product = {"id": "507f1f77bcf86cd799439011", "sku": "45790-32", "price": 19, "quantity": 1}
    order = {"orderId": "50314b8e9bcf", "revenue": 25.0, "shipping": 3, "products": [product]}

    found = rows(
        call("Completed Order", order),
        call("Added Product", product, "m2"),
        call("Refunded Order", {"id": "50314b8e9bcf", "total": 25}, "m3"),
        call("Started Order", {"id": "50314b8e9bcf"}, "m4"),
    )

    assert [row["order_id"] for row in found["order"]] == [
        "50314b8e9bcf", "50314b8e9bcf|refund|m3",
    ]  # fmt: skip
    assert found["order"][0]["revenue"] == 25
    assert found["order_line"][0]["product_ref"] == product["id"]
    assert [row["product_ref"] for row in found["cart_event"]] == [product["id"], None]


def test_a_product_of_the_wish_list_is_added_to_the_cart(rows):
    said = {"wishlist_id": "w1", "cart_id": "c9", "product_id": "p1", "price": 18.99}

    (cart,) = rows(call("Wishlist Product Added to Cart", said))["cart_event"]

    assert (cart["event_type"], cart["cart_id"], cart["product_ref"]) == ("added", "c9", "p1")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("27.50", "27.50"),
        ("$27.50", "27.50"),
        ("27,50 €", "27.50"),
        ("EUR 1.299,00", "1299"),
        ("1,299.00 USD", "1299"),
        ("1,299", "1299"),
    ],
)
def test_an_amount_may_be_the_text_that_the_shop_shows(rows, text, amount):
    products = [{**PRODUCTS[0], "price": text}]

    found = rows(call("Order Completed", {"order_id": "1", "total": text, "products": products}))

    assert found["order"][0]["total"] == Decimal(amount)
    assert found["order_line"][0]["unit_price"] == Decimal(amount)


def test_an_amount_that_is_none_is_refused_and_not_left_out(rows):
    products = [{**PRODUCTS[0], "price": "free"}, PRODUCTS[1]]
    found = rows(
        call("Order Completed", {"order_id": "1", "total": "N/A", "products": products}),
        call("Order Completed", {"order_id": "2", "total": 5}, "m2"),
    )
    source = Source(name="s", format="segment", path="*", namespace="ns")

    refused = {}
    for entity in ("order", "order_line"):
        frame = pl.DataFrame(found[entity], infer_schema_length=None).with_columns(
            pl.lit("f").alias("$file"), pl.lit(at("2025-04-01")).alias("$ingested_at")
        )
        conformed = conform(entity, frame, Origin(source=source, batch_id="b"))
        assert len(conformed.rows) == 1
        refused[entity] = conformed.rejected["reason"].to_list()

    assert refused == {
        "order": ["total is 'N/A', not an amount"],
        "order_line": ["unit_price is 'free', not an amount"],
    }


@pytest.mark.parametrize("unknown", ["price", "quantity"])
def test_a_refund_of_products_of_which_one_has_no_worth_states_no_amount(rows, unknown):
    products = [PRODUCTS[0], {k: v for k, v in PRODUCTS[1].items() if k != unknown}]

    found = rows(call("Order Refunded", {"order_id": "1", "products": products}))

    assert list(found) == ["web_event"]


def test_a_source_chooses_what_is_made_of_its_events(rows):
    calls = [call("Order Completed", ORDER), call("Email Opened", MAIL, "m2")]

    assert set(rows(*calls, entities=["email_event"])) == {"web_event", "email_event"}
    assert set(rows(*calls, entities=[])) == {"web_event"}
    with pytest.raises(UnreadableFile, match="names orders; write a list of email_event"):
        rows(*calls, entities=["orders"])


def test_calls_of_other_types_and_names_have_no_meaning(rows, monkeypatch):
    monkeypatch.setattr(segment_semantic, "with_properties", None)

    found = rows(call("Course Clicked", ORDER), call("order incompleted", ORDER, "m2"))

    assert list(found) == ["web_event"]


def test_every_row_keeps_its_contract(rows):
    found = rows(
        call("Order Completed", ORDER),
        call("Order Refunded", {**ORDER, "total": 3}, "m2"),
        call("Product Added", PRODUCTS[0], "m3"),
        call("Unsubscribed", MAIL, "m4", context=RECIPIENT),
        call("Live Chat Message Sent", {**CHAT, "message_id": "x"}, "m5"),
        call("Account Created", {"account_name": "I"}, "m6", context={"groupId": "g"}),
        call("Signed Up", {"email": "p@initech.example"}, "m7"),
        call("Segment Consent Preference Updated", {}, "m8", context=CONSENT),
        call("Account Deleted", {}, "m9", context={"groupId": "g"}),
    )
    source = Source(name="s", format="segment", path="*", namespace="ns")

    for entity, dicts in found.items():
        frame = pl.DataFrame(dicts, infer_schema_length=None).with_columns(
            pl.lit("f").alias("$file"), pl.lit(at("2025-04-01")).alias("$ingested_at")
        )
        conformed = conform(entity, frame, Origin(source=source, batch_id="b"))
        assert conformed.rejected.is_empty(), (entity, conformed.rejected.to_dicts())
        assert len(conformed.rows) == len(dicts)


ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


def test_any_properties_give_rows_and_no_error(read, tmp_path):
    names = st.sampled_from(list(segment_semantic.SEMANTIC_EVENTS))
    known = st.sampled_from(
        ["order_id", "total", "products", "conversation_id", "message_id", "quantity", "price"]
    )
    properties = ANY_JSON | st.dictionaries(known, ANY_JSON)

    @settings(
        max_examples=15, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.lists(st.tuples(names, properties), min_size=1, max_size=5))
    def check(said):
        path = tmp_path / "calls.jsonl"
        calls = [call(event, found, f"m{n}") for n, (event, found) in enumerate(said)]
        path.write_text("".join(json.dumps(one) + "\n" for one in calls))
        assert len(read("segment", path).rows["web_event"]) == len(said)

    check()


@pytest.mark.real_data
def test_the_time_of_the_spec_s_example_is_the_one_segment_corrected(read, real_data):
    path = real_data / "web_segment_spec" / "segment_spec_examples.jsonl"

    (click,) = (
        row
        for row in read("segment", path, envelope="payload").rows["web_event"]
        if row["event_name"] == "Course Clicked"
    )

    # originalTimestamp is 01.152, sentAt 01.169 and receivedAt 01.266
    assert click["event_at"] == at("2015-12-12 19:11:01.249")


@pytest.mark.real_data
def test_the_b2b_and_chat_examples_of_the_spec_become_records(read, real_data, tmp_path):
    path = real_data / "web_segment_spec" / "segment_spec_examples.jsonl"
    # the examples leave out what every call of a library has
    common = {"type": "track", "timestamp": "2025-03-01T10:00:00Z"}
    payloads = [json.loads(one)["payload"] for one in path.read_text().splitlines()]
    calls = tmp_path / "calls.jsonl"
    calls.write_text(
        "".join(json.dumps(common | one) + "\n" for one in payloads if "userId" in one)
    )

    found = read("segment", calls, entities=["contact", "interaction"]).rows

    assert [row["lead_source"] for row in found["contact"]] == ["organic"]
    assert [row["direction"] for row in found["interaction"]] == ["inbound", "outbound", "internal"]
    assert {row["conversation_ref"] for row in found["interaction"]} == {"1238041hdou"}


def test_orders_and_accounts_are_made_on_request_only(read, tmp_path):
    path = tmp_path / "calls.jsonl"
    call = {
        "type": "track", "event": "Order Completed", "messageId": "m", "userId": "17",
        "timestamp": "2025-03-01T10:00:00Z",
        "properties": {"order_id": "o1", "total": 10, "currency": "EUR"},
    }  # fmt: skip
    path.write_text(json.dumps(call) + "\n")

    assert set(read("segment", path).rows) == {"web_event"}
    assert "order" in read("segment", path, entities=["order"]).rows
