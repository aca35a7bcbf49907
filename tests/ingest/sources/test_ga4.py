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

at = datetime.fromisoformat


def param(key, **value):
    names = ("string_value", "int_value", "float_value", "double_value")
    return {"key": key, "value": dict.fromkeys(names) | value}


PARAMS = [
    param("ga_session_id", int_value="1670474519"),
    param("page_location", string_value="https://shop.example/lamps?utm_source=news&gclid=G1#top"),
    param("page_referrer", string_value="https://www.bing.com/"),
    param("page_title", string_value="Lamps"),
    param("engagement_time_msec", int_value="12"),
]
# a row of events_YYYYMMDD as `bq extract` writes it: 64-bit numbers as text
PAGE_VIEW = {
    "event_date": "20250301", "event_timestamp": "1740823200123456", "event_name": "page_view",
    "event_params": PARAMS, "event_previous_timestamp": None, "event_value_in_usd": None,
    "event_bundle_sequence_id": "42", "event_server_timestamp_offset": "7", "user_id": None,
    "user_pseudo_id": "1234567890.1740000000",
    "privacy_info": {"analytics_storage": "Yes", "ads_storage": "No",
                     "uses_transient_token": "No"},
    "user_properties": [], "user_first_touch_timestamp": "1740000000000000",
    "device": {"category": "mobile", "language": "de-de", "operating_system": "Android"},
    "geo": {"country": "Germany", "city": "Berlin"}, "app_info": None,
    "traffic_source": {"name": "(direct)", "medium": "(none)", "source": "(direct)"},
    "collected_traffic_source": None, "stream_id": "987", "platform": "WEB", "ecommerce": None,
    "items": [], "is_active_user": True, "batch_event_index": "1", "batch_page_id": "9",
    "batch_ordering_id": "2",
}  # fmt: skip
ITEMS = [
    {"item_id": "SKU_1", "item_name": "Socks", "price": 4.0, "discount": 2.0, "quantity": "3",
     "item_brand": "Acme"},
    {"item_id": "SKU_2", "item_name": "Hat", "price": 10.25, "quantity": None},
]  # fmt: skip
PURCHASE = {
    "event_name": "purchase", "items": ITEMS, "user_id": "u7",
    "event_params": [*PARAMS, param("currency", string_value="eur"),
                     param("value", double_value=22.25), param("coupon", string_value="SOCKS")],
    "ecommerce": {"transaction_id": "T_1", "purchase_revenue": 22.25, "shipping_value": 3.5,
                  "tax_value": 1.0, "refund_value": None, "unique_items": "2"},
}  # fmt: skip


@pytest.fixture
def parse(read, tmp_path):
    def parse(*changes, **options):
        options.setdefault("entities", ["cart_event", "order", "order_line"])
        path = tmp_path / "events_20250301.jsonl"
        lines = (one if isinstance(one, str) else json.dumps(PAGE_VIEW | one) for one in changes)
        path.write_text("".join(line + "\n" for line in lines))
        return read("ga4", path, **options)

    return parse


def only_event(outcome):
    (event,) = outcome.rows["web_event"]
    return event


def test_a_page_view_is_a_page_of_its_device(parse):
    event = only_event(parse({}))

    assert (event["event_type"], event["event_name"]) == ("page", "page_view")
    assert event["event_at"] == at("2025-03-01 10:00:00.123456")
    assert event["anonymous_id"] == "anonymous_id:1234567890.1740000000"
    assert event["user_id"] is None
    assert event["url"] == "https://shop.example/lamps?utm_source=news&gclid=G1"
    assert (event["path"], event["title"]) == ("/lamps", "Lamps")
    assert event["referrer"] == "https://www.bing.com/"
    assert (event["utm_source"], event["click_id"]) == ("news", "gclid:G1")
    assert event["locale"] == "de-de"
    kept = json.loads(event["attributes"])
    assert kept["session_id"] == "1234567890.1740000000.1670474519"
    assert kept["privacy_info"]["ads_storage"] == "No"
    assert (kept["device"]["category"], kept["geo"]["city"]) == ("mobile", "Berlin")
    assert kept["event_params"][4]["key"] == "engagement_time_msec"
    assert "items" not in kept


def test_numbers_may_come_as_numbers(parse):
    numbers = {"event_timestamp": 1740823200123456, "batch_event_index": 1}

    assert only_event(parse(numbers))["event_id"] == only_event(parse({}))["event_id"]


def test_the_link_that_was_clicked_says_the_campaign(parse):
    collected = {
        "manual_source": "google", "manual_medium": "cpc", "manual_campaign_name": "(not set)",
        "manual_content": "red", "manual_term": "lamp", "gclid": None, "dclid": "D9",
    }  # fmt: skip
    event = only_event(parse({"collected_traffic_source": collected}))

    assert (event["utm_source"], event["utm_medium"]) == ("google", "cpc")
    assert (event["utm_content"], event["utm_term"]) == ("red", "lamp")
    assert event["utm_campaign"] is None
    assert event["click_id"] == "dclid:D9"


def test_where_the_device_first_came_from_is_no_campaign_of_the_event(parse):
    first = {"traffic_source": {"name": "spring", "medium": "cpc", "source": "google"}}

    assert only_event(parse(first))["utm_campaign"] is None


def test_the_same_row_in_another_file_is_the_same_event(parse):
    later = {"event_server_timestamp_offset": "9", "user_ltv": {"revenue": 5.0}}
    ids = [row["event_id"] for row in parse({}, {}, later).rows["web_event"]]

    assert len(set(ids)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"event_timestamp": "1740823200123457"},
        {"event_name": "scroll"},
        {"user_pseudo_id": "2.2"},
        {"stream_id": "1"},
        {"event_bundle_sequence_id": "43"},
        {"batch_event_index": "2"},
    ],
)
def test_what_an_event_id_is_made_of(parse, change):
    one, other = parse({}, change).rows["web_event"]

    assert one["event_id"] != other["event_id"]


def test_without_a_place_in_the_batch_the_parameters_tell_events_apart(parse):
    unnumbered = {"batch_event_index": None, "batch_page_id": None, "batch_ordering_id": None}
    shuffled = {**unnumbered, "event_params": PARAMS[::-1]}
    viewed = {**unnumbered, "items": ITEMS}
    scrolled = {**unnumbered, "event_params": PARAMS[:-1]}
    ids = [r["event_id"] for r in parse(unnumbered, shuffled, viewed, scrolled).rows["web_event"]]

    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


def test_events_without_consent_belong_to_nobody(parse):
    denied = {"user_pseudo_id": None, "privacy_info": {"analytics_storage": "No"}}
    event = only_event(parse(denied))

    assert (event["anonymous_id"], event["user_id"]) == (None, None)
    assert json.loads(event["attributes"])["privacy_info"] == {"analytics_storage": "No"}


def test_a_purchase_is_an_order_with_its_lines(parse):
    outcome = parse(PURCHASE)

    (order,) = outcome.rows["order"]
    assert (order["order_id"], order["status"]) == ("T_1", "completed")
    assert order["customer_ref"] == "user_id:u7"
    assert (order["revenue"], order["shipping"], order["tax"]) == (Decimal("22.25"), 3.5, 1)
    assert order["total"] is None
    assert (order["currency"], order["coupon"]) == ("EUR", "SOCKS")
    socks, hat = outcome.rows["order_line"]
    assert (socks["order_line_id"], socks["order_ref"]) == ("T_1|1", "T_1")
    assert (socks["unit_price"], socks["list_price"], socks["quantity"]) == (4, 6, 3)
    assert (hat["sku"], hat["quantity"], hat["currency"]) == ("SKU_2", 1, "EUR")
    assert json.loads(socks["attributes"])["item"]["item_brand"] == "Acme"


def test_a_refund_is_a_document_with_negative_amounts(parse):
    refund = {**PURCHASE, "event_name": "refund", "items": ITEMS[:1],
              "ecommerce": {"transaction_id": "T_1", "refund_value": 4.0}}  # fmt: skip
    outcome = parse(refund)

    (order,) = outcome.rows["order"]
    event = only_event(outcome)
    assert order["order_id"] == f"T_1|refund|{event['event_id']}"
    assert (order["revenue"], order["refunded_amount"]) == (-4, 4)
    assert outcome.rows["order_line"][0]["quantity"] == -3


@pytest.mark.parametrize("sign", [1, -1])
def test_a_refund_lowers_revenue_whether_it_is_written_with_a_minus_or_not(parse, sign):
    items = [{**ITEMS[0], "quantity": 3 * sign}]
    refund = {"event_name": "refund", "items": items,
              "event_params": [*PARAMS, param("value", double_value=12.0 * sign)],
              "ecommerce": {"transaction_id": "T_1"}}  # fmt: skip
    outcome = parse(refund)

    (order,) = outcome.rows["order"]
    assert (order["total"], order["revenue"], order["refunded_amount"]) == (-12, -12, 12)
    assert outcome.rows["order_line"][0]["quantity"] == -3


def test_a_refund_without_a_value_is_worth_its_items(parse):
    def refund(*items):
        return {"event_name": "refund", "items": items, "event_params": PARAMS,
                "ecommerce": {"transaction_id": "T_1"}}  # fmt: skip

    (order,) = parse(refund(*ITEMS)).rows["order"]
    assert order["refunded_amount"] == Decimal("22.25")
    (stated,) = parse(refund({**ITEMS[0], "item_refund": 5.5})).rows["order"]
    assert stated["refunded_amount"] == Decimal("5.5")
    for unknown in ([], [ITEMS[0], {"item_id": "SKU_3"}]):
        assert "order" not in parse(refund(*unknown)).rows


def test_a_number_may_be_an_order_a_coupon_or_a_campaign(parse):
    params = [
        *PARAMS,
        param("transaction_id", int_value="4711"),
        param("value", string_value="9.5"),
        param("coupon", int_value="2025"),
        param("campaign", int_value="7"),
    ]
    outcome = parse({"event_name": "purchase", "items": [], "event_params": params,
                     "ecommerce": {"transaction_id": "(not set)"}})  # fmt: skip

    (order,) = outcome.rows["order"]
    assert (order["order_id"], order["coupon"]) == ("4711", "2025")
    assert order["revenue"] == Decimal("9.5")
    assert only_event(outcome)["utm_campaign"] == "7"


def test_an_item_that_is_not_set_is_no_product(parse):
    (line,) = parse(
        {**PURCHASE, "items": [{"item_id": "(not set)", "item_name": "(not set)", "price": 1}]}
    ).rows["order_line"]

    assert (line["product_ref"], line["sku"], line["product_name"]) == (None, None, None)
    assert line["unit_price"] == 1


def test_a_user_id_that_is_an_address_is_one(parse):
    event = only_event(parse({"user_id": " jane@customer.example "}))

    assert event["email"] == "jane@customer.example"
    assert event["user_id"] == "user_id:jane@customer.example"
    assert only_event(parse({"user_id": "u7"}))["email"] is None


def test_every_field_of_the_schema_has_a_column_or_is_kept(parse):
    said = {"publisher": {"ad_revenue_in_usd": 0.25}, "event_dimensions": {"hostname": "a.example"},
            "event_previous_timestamp": "1740823100000000"}  # fmt: skip

    kept = json.loads(only_event(parse(said))["attributes"])

    assert {name: kept[name] for name in said} == said
    assert (kept["is_active_user"], kept["event_server_timestamp_offset"]) == (True, "7")
    assert (kept["event_bundle_sequence_id"], kept["batch_page_id"]) == ("42", "9")
    assert kept["batch_ordering_id"] == "2"


@pytest.mark.parametrize("order_id", ["(not set)", "", None])
def test_a_purchase_without_transaction_stays_an_event(parse, order_id):
    purchase = {**PURCHASE, "ecommerce": {"transaction_id": order_id, "purchase_revenue": 1}}

    assert set(parse(purchase).rows) == {"web_event"}


def test_cart_events_know_their_session(parse):
    outcome = parse(
        {"event_name": "add_to_cart", "items": ITEMS},
        {"event_name": "remove_from_cart", "items": []},
        {"event_name": "begin_checkout", "items": ITEMS},
        {"event_name": "add_payment_info", "items": ITEMS},
        {"event_name": "view_item", "items": ITEMS},
    )

    carts = outcome.rows["cart_event"]
    by_type = sorted((row["position"], row["event_type"], row["product_ref"]) for row in carts)
    assert [row[:2] for row in by_type] == [
        (1, "added"), (1, "added"), (2, "removed"), (3, "checkout_started"), (4, "step"),
    ]  # fmt: skip
    assert {row["product_ref"] for row in carts if row["position"] == 1} == {"SKU_1", "SKU_2"}
    assert {row["cart_id"] for row in carts} == {"1234567890.1740000000.1670474519"}
    assert len({row["cart_event_id"] for row in carts}) == 5
    assert len(outcome.rows["web_event"]) == 5


def test_a_source_may_leave_orders_to_the_shop(parse):
    assert set(parse(PURCHASE, entities=["cart_event"]).rows) == {"web_event"}
    with pytest.raises(UnreadableFile, match="names purchase; write a list of cart_event"):
        parse(PURCHASE, entities=["purchase"])


def test_lines_that_are_no_events_have_a_reason(parse):
    outcome = parse(
        "[1]", "{", '{"event_date": "20250301"}', {"event_timestamp": "soon"},
        {"geo": json.loads("[" * 70 + "]" * 70)}, {},
    )  # fmt: skip

    assert outcome.reasons() == {
        1: "malformed_json", 2: "malformed_json", 3: "missing_name", 4: "missing_timestamp",
        5: "nested_too_deep",
    }  # fmt: skip


def test_every_row_keeps_its_contract(parse):
    outcome = parse(PURCHASE, {**PURCHASE, "event_name": "refund"}, {"event_name": "add_to_cart"})
    source = Source(name="s", format="ga4", path="*", namespace="ns")

    for entity, dicts in outcome.rows.items():
        frame = pl.DataFrame(dicts, infer_schema_length=None).with_columns(
            pl.lit("f").alias("$file"), pl.lit(at("2025-04-01")).alias("$ingested_at")
        )
        conformed = conform(entity, frame, Origin(source=source, batch_id="b"))
        assert conformed.rejected.is_empty(), (entity, conformed.rejected.to_dicts())


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def test_any_json_in_any_field_gives_an_event_or_a_reason(parse):
    @settings(
        max_examples=10, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(
        st.lists(
            st.dictionaries(st.sampled_from(list(PAGE_VIEW)), ANY_JSON, max_size=4), max_size=8
        )
    )
    def check(changes):
        parse(*(PURCHASE | change for change in changes))

    check()
