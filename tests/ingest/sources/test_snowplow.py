from __future__ import annotations

import gzip
import json
from datetime import datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.conform import Origin, conform
from ingest.source import Source
from ingest.sources.snowplow.columns import COLUMNS

at = datetime.fromisoformat

IGLU = "iglu:com.snowplowanalytics.snowplow"
# the page view that Snowplow's own libraries are tested with
PAGE_VIEW = {
    "app_id": "angry-birds", "platform": "web", "etl_tstamp": "2017-01-26 00:01:25.292",
    "collector_tstamp": "2013-11-26 00:02:05", "dvce_created_tstamp": "2013-11-26 00:03:57.885",
    "event": "page_view", "event_id": "c6ef3124-b53a-4b13-a233-0088f79dcbcb", "txn_id": "41828",
    "name_tracker": "cloudfront-1", "v_tracker": "js-2.1.0", "v_collector": "clj-tomcat-0.1.0",
    "v_etl": "serde-0.5.2", "user_id": "jon.doe@email.com", "user_ipaddress": "92.231.54.234",
    "user_fingerprint": "2161814971", "domain_userid": "bc2e92ec6c204a14",
    "domain_sessionidx": "3", "network_userid": "ecdff4d0-9175-40ac-a8bb-325c49733607",
    "geo_country": "US", "geo_city": "New York", "geo_latitude": "37.443604",
    "page_url": "http://www.snowplowanalytics.com/product/index.html?id=GTM-DLRG#4-conclusion",
    "page_title": "On Analytics", "page_urlpath": "/product/index.html",
    "page_urlquery": "id=GTM-DLRG", "page_urlfragment": "4-conclusion",
    "br_features_pdf": "1", "domain_sessionid": "2b15e5c8-d3b1-11e4-b9d6-1681e6b88ec1",
    "derived_tstamp": "2013-11-26 00:03:57.886", "event_name": "page_view",
    "event_vendor": "com.snowplowanalytics.snowplow", "event_format": "jsonschema",
    "event_version": "1-0-0", "event_fingerprint": "e3dbfa9cca0412c3d4052863cefb547f",
}  # fmt: skip


def entity(kind, /, **data):
    return {"schema": f"{IGLU}.ecommerce/{kind}/jsonschema/1-0-0", "data": data}


def contexts(*entities):
    return json.dumps({"schema": f"{IGLU}/contexts/jsonschema/1-0-1", "data": list(entities)})


def unstruct(schema, /, **data):
    described = {"schema": f"{IGLU}/{schema}/jsonschema/1-0-1", "data": data}
    return json.dumps({"schema": f"{IGLU}/unstruct_event/jsonschema/1-0-0", "data": described})


def action(kind, *entities, **changes):
    return {
        "event": "unstruct", "event_name": "snowplow_ecommerce_action",
        "unstruct_event": unstruct("snowplow_ecommerce_action", type=kind),
        "contexts": contexts(*entities), "user_id": "17", **changes,
    }  # fmt: skip


def line(**changes):
    fields = PAGE_VIEW | changes
    assert set(fields) <= set(COLUMNS)
    return "\t".join(fields.get(name, "") for name in COLUMNS)


@pytest.fixture
def parse(read, tmp_path):
    def parse(*events, **options):
        options.setdefault("entities", ["cart_event", "order", "order_line"])
        path = tmp_path / "events.tsv"
        lines = (event if isinstance(event, str) else line(**event) for event in events)
        path.write_text("".join(one + "\n" for one in lines))
        return read("snowplow", path, **options)

    return parse


def only_event(outcome):
    (event,) = outcome.rows["web_event"]
    return event


def test_columns_stand_where_the_published_order_has_them():
    published = {
        0: "app_id", 3: "collector_tstamp", 6: "event_id", 12: "user_id", 15: "domain_userid",
        17: "network_userid", 29: "page_url", 31: "page_referrer", 36: "page_urlquery",
        44: "refr_medium", 46: "refr_term", 47: "mkt_medium", 48: "mkt_source", 49: "mkt_term",
        50: "mkt_content", 51: "mkt_campaign", 52: "contexts", 54: "se_action",
        58: "unstruct_event", 59: "tr_orderid", 61: "tr_total", 67: "ti_orderid", 72: "ti_quantity",
        77: "useragent", 83: "br_lang", 100: "os_timezone", 108: "tr_currency", 112: "ti_currency",
        116: "mkt_clickid", 117: "mkt_network", 122: "derived_contexts", 123: "domain_sessionid",
        124: "derived_tstamp", 126: "event_name", 129: "event_fingerprint", 130: "true_tstamp",
    }  # fmt: skip

    assert len(COLUMNS) == 131
    assert {index: COLUMNS[index] for index in published} == published


def test_a_page_view_is_a_page_of_its_cookie_and_user(parse):
    event = only_event(parse({}))

    assert (event["event_type"], event["event_name"]) == ("page", "page_view")
    assert event["anonymous_id"] == "anonymous_id:bc2e92ec6c204a14"
    assert event["user_id"] == "user_id:jon.doe@email.com"
    assert event["email"] == "jon.doe@email.com"
    assert event["url"] == "http://www.snowplowanalytics.com/product/index.html?id=GTM-DLRG"
    assert (event["path"], event["search"]) == ("/product/index.html", "id=GTM-DLRG")
    assert event["title"] == "On Analytics"
    assert event["ip"] == "92.231.54.234"
    assert event["referrer"] is None
    assert event["recorded_at"] == at("2013-11-26 00:02:05")
    kept = json.loads(event["attributes"])
    assert kept["domain_sessionid"] == "2b15e5c8-d3b1-11e4-b9d6-1681e6b88ec1"
    assert kept["network_userid"] == "ecdff4d0-9175-40ac-a8bb-325c49733607"
    assert "etl_tstamp" not in kept


def test_the_true_time_comes_before_the_derived_and_that_before_the_collectors(parse):
    true = {"true_tstamp": "2013-11-26 00:01:00.5"}
    outcome = parse(true, {}, {"derived_tstamp": ""})

    assert [row["event_at"] for row in outcome.rows["web_event"]] == [
        at("2013-11-26 00:01:00.500"),
        at("2013-11-26 00:03:57.886"),
        at("2013-11-26 00:02:05"),
    ]


def raw(outcome):
    frame = pl.DataFrame(outcome.rows["web_event"], infer_schema_length=None).with_columns(
        pl.lit("f").alias("$file"), pl.lit(at("2025-04-01")).alias("$ingested_at")
    )
    source = Source(name="s", format="snowplow", path="*", namespace="ns")
    conformed = conform("web_event", frame, Origin(source=source, batch_id="b"))
    assert conformed.rejected.is_empty()
    return conformed.rows


def test_an_event_sent_or_processed_twice_is_one_record(parse):
    again = {"etl_tstamp": "2017-02-01 00:00:00", "v_etl": "stream-enrich-3"}
    rows = raw(parse({}, again))

    assert rows["record_key"].n_unique() == 1
    assert rows["record_hash"].n_unique() == 1


def test_one_id_with_two_fingerprints_is_two_events(parse):
    rows = raw(parse({}, {"event_fingerprint": "AADCE520"}, {"event_fingerprint": ""}))

    assert rows["source_record_id"].to_list() == [
        f"{PAGE_VIEW['event_id']}|{PAGE_VIEW['event_fingerprint']}",
        f"{PAGE_VIEW['event_id']}|AADCE520",
        PAGE_VIEW["event_id"],
    ]


def test_campaign_and_click_id_come_from_the_enrichment(parse):
    event = only_event(
        parse(
            {
                "mkt_medium": "cpc", "mkt_source": "google", "mkt_campaign": "spring",
                "mkt_term": "lamp", "mkt_content": "red", "mkt_clickid": "C1",
                "mkt_network": "DoubleClick",
            }
        )
    )  # fmt: skip

    assert (event["utm_source"], event["utm_medium"]) == ("google", "cpc")
    assert (event["utm_campaign"], event["utm_content"]) == ("spring", "red")
    assert event["click_id"] == "dclid:C1"


def test_the_query_names_the_click_id_too(parse):
    tagged = {"page_urlquery": "gclid=G1&utm_source=x", "mkt_clickid": "G1", "mkt_network": "G"}

    assert only_event(parse(tagged))["click_id"] == "gclid:G1"
    assert only_event(parse(tagged))["utm_source"] == "x"


def test_a_structured_event_is_named_after_its_action(parse):
    event = only_event(
        parse({"event": "struct", "event_name": "event", "se_category": "Mixes",
               "se_action": "play", "se_label": "MRC", "se_value": "0.0"})
    )  # fmt: skip

    assert (event["event_type"], event["event_name"]) == ("track", "play")
    assert json.loads(event["attributes"])["se_category"] == "Mixes"


def test_an_action_of_the_shop_is_named_after_what_it_is(parse):
    outcome = parse(action("add_to_cart"), action("transaction", event_id="e2"))

    names = [event["event_name"] for event in outcome.rows["web_event"]]
    assert names == ["add_to_cart", "transaction"]


def test_pings_links_and_screens_keep_their_names_and_json(parse):
    click = unstruct("link_click", targetUrl="http://www.example.com", elementId="exampleLink")
    outcome = parse(
        {"event": "page_ping", "event_name": "page_ping", "pp_yoffset_max": "480"},
        {"event": "unstruct", "event_name": "link_click", "unstruct_event": click},
        {"event": "unstruct", "event_name": "screen_view", "platform": "mob"},
    )

    ping, link, screen = outcome.rows["web_event"]
    assert (ping["event_type"], ping["event_name"]) == ("track", "page_ping")
    assert (screen["event_type"], screen["event_name"]) == ("screen", "screen_view")
    kept = json.loads(link["attributes"])
    assert kept["unstruct_event"]["data"]["data"]["targetUrl"] == "http://www.example.com"


def test_a_visitor_is_known_by_the_next_best_id(parse):
    session = {
        "schema": f"{IGLU}/client_session/jsonschema/1-0-2",
        "data": {"userId": "5a2b", "sessionId": "s"},
    }
    mobile = {"domain_userid": "", "contexts": contexts(session)}
    network = {"domain_userid": "", "user_id": "undefined"}
    nobody = {"domain_userid": "", "network_userid": "00000000-0000-0000-0000-000000000000"}
    outcome = parse(mobile, network, nobody)

    assert [row["anonymous_id"] for row in outcome.rows["web_event"]] == [
        "anonymous_id:5a2b", f"anonymous_id:{PAGE_VIEW['network_userid']}", None,
    ]  # fmt: skip
    assert outcome.rows["web_event"][1]["user_id"] is None


def test_the_user_of_the_shop_gives_an_address(parse):
    user = entity("user", id="U12345", email="john@email.example", is_guest=True)

    assert only_event(parse({"contexts": contexts(user)}))["email"] == "john@email.example"


def test_the_user_of_the_shop_is_who_is_logged_in_unless_a_guest_or_the_tracker_says(parse):
    shop_user = contexts(entity("user", id="U12345", email=None))
    guest = contexts(entity("user", id="G1", is_guest=True))
    outcome = parse(
        {"user_id": "", "contexts": shop_user},
        {"user_id": "17", "contexts": shop_user},
        {"user_id": "", "contexts": guest},
    )

    assert [row["user_id"] for row in outcome.rows["web_event"]] == [
        "user_id:U12345", "user_id:17", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("schema", "data", "is_bot"),
    [
        (
            "com.snowplowanalytics.snowplow/bot_detection",
            {"bot": True, "indicators": ["yauaa"]},
            True,
        ),
        ("com.snowplowanalytics.snowplow/bot_detection", {"bot": False, "indicators": []}, False),
        ("nl.basjes/yauaa_context", {"deviceClass": "Robot Mobile", "agentName": "X"}, True),
        ("nl.basjes/yauaa_context", {"deviceClass": "Phone", "agentClass": "Robot"}, True),
        ("nl.basjes/yauaa_context", {"deviceClass": "Phone", "agentClass": "Browser"}, False),
        ("com.snowplowanalytics.snowplow/asn", {"number": 1, "likelyBot": True}, False),
    ],
)
def test_machines_are_found_by_the_enrichments(parse, schema, data, is_bot):
    found = contexts({"schema": f"iglu:{schema}/jsonschema/1-0-0", "data": data})

    assert only_event(parse({"derived_contexts": found}))["is_bot"] is is_bot


def test_machines_are_found_by_agent_and_by_the_iab_list(parse):
    listed = contexts({"schema": "iglu:com.iab.snowplow/spiders_and_robots/jsonschema/1-0-0",
                       "data": {"spiderOrRobot": True, "category": "SPIDER_OR_ROBOT"}})  # fmt: skip
    outcome = parse({"useragent": "Googlebot/2.1"}, {"derived_contexts": listed}, {})

    assert [row["is_bot"] for row in outcome.rows["web_event"]] == [True, True, False]


def test_lines_with_another_number_of_columns_are_rejected(parse):
    outcome = parse(
        line().removesuffix("\t"), "\t".join(["x"] * 108), line() + "\t", {}, {"event_id": ""},
        {"derived_tstamp": "", "collector_tstamp": "yesterday"},
    )  # fmt: skip

    assert outcome.reasons() == {
        1: "wrong_column_count", 2: "wrong_column_count", 3: "wrong_column_count",
        5: "missing_id", 6: "missing_timestamp",
    }  # fmt: skip
    reasons = {reject["position"]: reject["reason"] for reject in outcome.rejected}
    assert reasons[2].startswith("line has 108 columns; an enriched event has 131")


def test_contexts_that_are_no_json_are_kept_as_text_and_deep_ones_refused(parse):
    outcome = parse({"contexts": '{"cut off'}, {"contexts": "[" * 100 + "]" * 100})

    assert json.loads(only_event(outcome)["attributes"])["contexts"] == '{"cut off'
    assert outcome.reasons() == {2: "nested_too_deep"}


LAMP = entity("product", id="L-1", name="Lamp", category="Home", price=12.5, quantity=2,
              list_price=15, currency="EUR")  # fmt: skip
SHADE = entity("product", id="S-1", name=None, category="Home", price=3, quantity=1, currency="EUR")


def test_products_put_into_a_cart_are_one_event_each(parse):
    cart = entity("cart", cart_id=None, currency="EUR", total_value=28)
    outcome = parse(
        action("add_to_cart", LAMP, SHADE, cart),
        action("remove_from_cart", LAMP, entity("cart", cart_id="c9", currency="EUR")),
        action("checkout_step", entity("checkout_step", step=2), SHADE, LAMP),
        action("product_view", LAMP),
    )

    carts = outcome.rows["cart_event"]
    assert [row["event_type"] for row in carts] == ["added", "added", "removed", "step"]
    assert [row["product_ref"] for row in carts] == ["L-1", "S-1", "L-1", None]
    assert [row["cart_id"] for row in carts] == [
        "anonymous_id:bc2e92ec6c204a14", "anonymous_id:bc2e92ec6c204a14", "c9",
        "anonymous_id:bc2e92ec6c204a14",
    ]  # fmt: skip
    assert len({row["cart_event_id"] for row in carts[:2]}) == 2
    assert (carts[0]["price"], carts[0]["quantity"]) == (Decimal("12.5"), 2)
    assert len(outcome.rows["web_event"]) == 4


def test_older_cart_events_are_about_one_product(parse):
    product = {
        "sku": "000345",
        "name": "blue tie",
        "unitPrice": 3.49,
        "quantity": 2,
        "currency": "gbp",
    }
    older = {"event": "unstruct", "user_id": "17"}
    added = older | {
        "event_name": "add_to_cart",
        "unstruct_event": unstruct("add_to_cart", **product),
    }
    outcome = parse(
        added,
        older | {"event_name": "remove_from_cart", "event_id": "e2",
                 "unstruct_event": unstruct("remove_from_cart", sku="000345", quantity=1)},
        added | {"event_vendor": "com.acme"},
    )  # fmt: skip

    first, second = outcome.rows["cart_event"]
    assert (first["event_type"], first["product_ref"], first["quantity"]) == ("added", "000345", 2)
    assert (first["price"], first["currency"]) == (Decimal("3.49"), "GBP")
    assert (first["cart_id"], first["customer_ref"]) == (
        "anonymous_id:bc2e92ec6c204a14", "user_id:17",
    )  # fmt: skip
    assert json.loads(first["attributes"])["product"]["name"] == "blue tie"
    assert (second["event_type"], second["price"]) == ("removed", None)
    assert [row["position"] for row in (first, second)] == [1, 2]


def test_a_transaction_is_an_order_and_a_refund_takes_it_back(parse):
    transaction = entity("transaction", transaction_id="T1", revenue=31.0, currency="EUR", tax=2,
                         shipping=1, discount_code="SPRING", discount_amount=1,
                         payment_method="card", total_quantity=3)  # fmt: skip
    refund = entity("refund", transaction_id="T1", currency="EUR", refund_amount=12.5)
    outcome = parse(
        action("transaction", transaction, LAMP, SHADE),
        action("refund", refund, LAMP, event_fingerprint="f2"),
    )

    order, refunded = outcome.rows["order"]
    assert (order["order_id"], order["status"], order["total"]) == ("T1", "completed", 31)
    assert (order["customer_ref"], order["coupon"]) == ("user_id:17", "SPRING")
    assert order["placed_at"] == at("2013-11-26 00:03:57.886")
    assert refunded["order_id"] == f"T1|refund|{PAGE_VIEW['event_id']}|f2"
    assert (refunded["total"], refunded["refunded_amount"]) == (Decimal("-12.5"), Decimal("12.5"))
    assert refunded["revenue"] is None
    quantities = [(row["order_line_id"], row["quantity"]) for row in outcome.rows["order_line"]]
    assert quantities[:2] == [("T1|1", 2), ("T1|2", 1)]
    assert quantities[2][1] == -2
    assert outcome.rows["order_line"][0]["list_price"] == 15


def test_a_transaction_beside_a_refund_adds_nothing_to_it(parse):
    bought = entity("transaction", transaction_id="T1", revenue=50, tax=8, shipping=5,
                    discount_amount=2, currency="EUR")  # fmt: skip
    back = entity("refund", transaction_id="T1", refund_amount=10, currency="EUR")

    (order,) = parse(action("refund", bought, back)).rows["order"]

    assert (order["total"], order["refunded_amount"]) == (-10, 10)
    assert [order[name] for name in ("tax", "shipping", "discount", "revenue")] == [None] * 4


def test_older_transactions_and_their_items_make_an_order_too(parse):
    outcome = parse(
        {"event": "transaction", "event_name": "transaction", "tr_orderid": "o1",
         "tr_affiliation": "acme", "tr_total": "8000", "tr_tax": "100", "tr_shipping": "50",
         "tr_country": "JP", "tr_currency": "JPY"},
        {"event": "transaction_item", "event_name": "transaction_item", "ti_orderid": "o1",
         "ti_sku": "1001", "ti_name": "Blue t-shirt", "ti_price": "2000", "ti_quantity": "2",
         "ti_currency": "JPY"},
    )  # fmt: skip

    (order,), (item,) = outcome.rows["order"], outcome.rows["order_line"]
    assert (order["order_id"], order["total"], order["country_code"]) == ("o1", 8000, "JP")
    assert (item["order_line_id"], item["order_ref"]) == ("o1|1001", "o1")
    assert (item["quantity"], item["unit_price"], item["currency"]) == (2, 2000, "JPY")
    assert set(parse({"event": "transaction", "tr_orderid": "o1"}, entities=[]).rows) == {
        "web_event"
    }


def test_gzip_gives_the_same_and_chunks_too(read, parse, tmp_path, monkeypatch):
    events = [action("add_to_cart", LAMP), {}, "x", {"contexts": contexts(LAMP)}]
    whole = parse(*events)
    packed = tmp_path / "events.tsv.gz"
    packed.write_bytes(gzip.compress((tmp_path / "events.tsv").read_bytes()))

    assert read("snowplow", packed) == whole
    monkeypatch.setattr("ingest.sources.snowplow.reading.CHUNK_LINES", 2)
    assert read("snowplow", packed) == whole


def test_any_fields_give_an_event_or_a_reason(parse):
    text = st.text(st.characters(exclude_characters="\t\n\r", exclude_categories=["Cs"]))
    json_like = st.sampled_from(
        ["{", '{"data":[{"schema":1}]}', '{"data":{"data":{"type":"refund"}}}', "null", "[]",
         contexts(LAMP, entity("transaction", transaction_id=[1]))]
    )  # fmt: skip
    shop = st.just("snowplow_ecommerce_action")

    @settings(
        max_examples=20, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.lists(st.dictionaries(st.sampled_from(COLUMNS), text | json_like | shop), max_size=3))
    def check(changes):
        parse(*({**action("transaction", LAMP), **change} for change in changes))

    check()
