from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.collect.listen.exchange import Accepted, Refused, Request
from ingest.collect.listen.segment import MAX_BATCH_BYTES, MAX_EVENT_BYTES, SegmentEndpoint
from ingest.collect.listen.webhook import Webhook
from ingest.sources.segment.reading import CALL_TYPES

SAID = {"userId": "17", "event": "Order Completed", "messageId": "m1"}


@pytest.mark.parametrize("path", [*CALL_TYPES, *(call[0] for call in CALL_TYPES)])
def test_every_path_lands_an_event_of_its_type(home, path):
    answer = home.post(f"/v1/{path}", SAID)

    assert answer.status_code == 200
    assert answer.json() == {"success": True}
    (event,) = home.parsed("segment", "web")["web_event"]
    assert event["event_type"][0] == path[0]
    assert event["event_id"] == "m1"


@pytest.mark.parametrize("path", ["batch", "import", "b"])
def test_a_batch_lands_a_line_per_event(home, path):
    batch = [{"type": call, "userId": "17", "messageId": call} for call in CALL_TYPES]

    assert home.post(f"/v1/{path}", {"batch": batch}).json() == {"success": True}
    assert [event["type"] for event in home.landed()] == list(CALL_TYPES)
    assert len(home.parsed("segment", "web")["web_event"]) == len(CALL_TYPES)


def test_the_context_of_a_batch_holds_for_its_events_and_their_own_comes_first(home):
    home.post(
        "/v1/batch",
        {
            "sentAt": "2026-03-01T10:00:00.000Z",
            "context": {"locale": "de-DE", "app": {"name": "shop"}},
            "integrations": {"All": True},
            "batch": [
                {"type": "track", "userId": "1", "event": "a", "context": {"locale": "en-GB"}},
                {"type": "track", "userId": "1", "event": "b", "sentAt": "2026-03-01T09:00:00Z"},
            ],
        },
    )

    first, second = home.landed()
    assert first["context"] == {"locale": "en-GB", "app": {"name": "shop"}}
    assert first["sentAt"] == "2026-03-01T10:00:00.000Z"
    assert first["integrations"] == {"All": True}
    assert second["context"]["locale"] == "de-DE"
    assert second["sentAt"] == "2026-03-01T09:00:00Z"


def test_a_clock_a_year_ahead_is_corrected_by_the_time_of_receipt(home):
    ahead = datetime.now(UTC) + timedelta(days=365)
    event = {**SAID, "timestamp": (ahead - timedelta(seconds=30)).isoformat()}
    home.post("/v1/track", {**event, "sentAt": ahead.isoformat()})

    (event,) = home.parsed("segment", "web")["web_event"]
    now = datetime.now(UTC).replace(tzinfo=None)
    assert timedelta(seconds=29) < now - event["event_at"] < timedelta(seconds=60)
    (line,) = home.landed()
    assert line["originalTimestamp"] == line["timestamp"]


@pytest.mark.parametrize(
    "stated",
    ["gestern", "2026-02-30T11:00:00Z", "2026-03-01T11:00:00+25:00", 5, True, [1], {"a": 1}],
)
def test_an_event_whose_time_cannot_be_read_has_that_of_its_receipt(home, stated):
    before = datetime.now(UTC).replace(tzinfo=None) - timedelta(milliseconds=2)
    home.post("/v1/track", {**SAID, "timestamp": stated, "messageId": " "})

    # nothing is refused: with a fifth of a file refused, all that the others sent would wait
    (event,) = home.parsed("segment", "web")["web_event"]
    assert before <= event["event_at"] <= datetime.now(UTC).replace(tzinfo=None)
    assert event["event_id"].startswith("api-")
    assert home.landed()[0]["originalTimestamp"] == stated


@pytest.mark.parametrize(
    "stated",
    ["2026-03-01 11:00:00", "2026-03-01T12:00+01:00", "2026-3-1 11:00:00", 1772362800,
     1772362800000, "1772362800.0", "2026-03-01T11:00:00.000000000Z"],
)  # fmt: skip
def test_a_time_that_is_written_otherwise_is_kept(home, stated):
    home.post("/v1/track", {**SAID, "timestamp": stated})

    (event,) = home.parsed("segment", "web")["web_event"]
    assert event["event_at"] == datetime(2026, 3, 1, 11)  # noqa: DTZ001 - as the loader has it


def test_time_of_receipt_and_ids_are_ours_where_the_sender_gave_none(home):
    before = datetime.now(UTC).replace(tzinfo=None) - timedelta(milliseconds=2)
    home.post("/v1/track", {"userId": "17", "event": "a", "receivedAt": "1999-01-01T00:00:00Z"})

    (event,) = home.parsed("segment", "web")["web_event"]
    assert event["recorded_at"] >= before
    assert event["event_at"] == event["recorded_at"]
    assert event["event_id"].startswith("api-")


def test_an_event_of_long_ago_keeps_its_time(home):
    home.post(
        "/v1/import", {"batch": [{**SAID, "type": "track", "timestamp": "2019-05-01T08:00:00Z"}]}
    )

    (event,) = home.parsed("segment", "web")["web_event"]
    assert event["event_at"] == datetime(2019, 5, 1, 8)  # noqa: DTZ001


def test_the_write_key_counts_in_the_body_too_and_is_not_landed(home):
    answer = home.post("/v1/track", {**SAID, "writeKey": "web-key"}, headers={"authorization": ""})

    assert answer.status_code == 200
    assert "web-key" not in home.files("web")[0].read_text()


@pytest.mark.parametrize("key", ["", "wrong", "web-key2", "ключ"])
def test_a_wrong_write_key_is_401_and_leaves_a_trace_without_the_payload(home, key):
    said = {**SAID, "userId": "jane-secret", "writeKey": key}
    answer = home.post("/v1/track", said, headers={"authorization": ""})

    assert answer.status_code == 401
    assert answer.json()["code"] == "unknown_write_key"
    assert home.files("web") == []
    (trace,) = home.rejected()
    assert trace["path"] == "/v1/track"
    assert trace["reason_code"] == "unknown_write_key"
    assert "jane-secret" not in json.dumps(trace)
    assert trace["remote"] not in (None, "127.0.0.1")


def test_two_sources_on_one_path_are_told_apart_by_their_keys(home):
    app = home.segment(write_key="env:LISTEN_TEST_OTHER_KEY") | {"path": "app/**/*.jsonl"}
    home.configure(web=home.segment(), app=app)
    home.post("/v1/track", SAID)
    home.post("/v1/track", SAID, headers={"authorization": home.basic("app-key")})

    assert len(home.landed("web")) == len(home.landed("app")) == 1


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("track", b"", "malformed_json"),
        ("track", b"{", "malformed_json"),
        ("track", b"\xff{}", "malformed_json"),
        ("track", b'{"userId": "1", "total": nan}', "malformed_json"),
        ("track", b'{"userId": NaN}', "missing_identity"),
        ("track", b"[]", "not_an_object"),
        ("track", b'{"a":' * 70 + b"1" + b"}" * 70, "nested_too_deep"),
        ("track", b"[" * 15_000, "nested_too_deep"),
        ("track", b"{}", "missing_identity"),
        ("track", b'{"userId": " "}', "missing_identity"),
        ("track", b'{"userId": {"id": 1}}', "missing_identity"),
        ("track", b'{"userId": "1", "context": "web"}', "malformed_context"),
        ("batch", b"{}", "no_batch"),
        ("batch", b'{"batch": {}}', "no_batch"),
        ("batch", b'{"batch": [1]}', "not_an_object"),
        ("batch", b'{"batch": [{"userId": "1", "type": "shout"}]}', "unknown_type"),
        ("batch", json.dumps({"batch": [{}] * 2_501}).encode(), "too_many_events"),
        ("track", json.dumps({**SAID, "x": "y" * MAX_EVENT_BYTES}).encode(), "body_too_large"),
        ("batch", b" " * (MAX_BATCH_BYTES + 1), "body_too_large"),
        ("batch", b" " * 9_000_000, "body_too_large"),
        (
            "batch",
            json.dumps({"batch": [SAID, {**SAID, "type": "track", "x": "y" * 33_000}]}).encode(),
            "event_too_large",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_landed_is_400_with_a_reason(home, path, body, code):
    answer = home.post(f"/v1/{path}", content=body)

    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert home.files("web") == []


def test_the_largest_event_and_the_largest_batch_pass(home):
    event = {**SAID, "type": "track", "x": ""}
    event["x"] = "y" * (MAX_EVENT_BYTES - len(json.dumps(event, separators=(",", ":"))))
    body = json.dumps(event, separators=(",", ":")).encode()
    assert len(body) == MAX_EVENT_BYTES
    batch = b'{"batch":[' + b",".join([body] * 15) + b"]}"

    assert home.post("/v1/track", content=body).status_code == 200
    assert home.post("/v1/batch", content=batch.ljust(MAX_BATCH_BYTES)).status_code == 200
    assert len(home.landed()) == 16


def test_one_bad_event_of_a_batch_does_not_cost_the_others(home):
    good = {"type": "track", "userId": "1", "event": "a"}
    answer = home.post("/v1/batch", {"batch": [good, {"type": "track"}, good]})

    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "rejected": 1,
        "rejections": [{"index": 1, "code": "missing_identity"}],
    }
    assert len(home.landed()) == 2
    assert [trace["reason_code"] for trace in home.rejected()] == ["missing_identity"]


def test_a_number_that_is_none_is_null_and_costs_no_other_event(home):
    unknown = {"total": float("nan"), "discount": float("-inf"), "tax": 1.5}
    events = [
        {"type": "track", "userId": "1", "event": "Priced", "properties": unknown},
        {"type": "track", "userId": "2", "event": "Seen"},
    ]
    # as Python writes what its own clients send
    body = json.dumps({"batch": events}).replace("1.5", "1e999").encode()
    assert b"NaN" in body
    assert b"-Infinity" in body

    assert home.post("/v1/batch", content=body).json() == {"success": True}
    assert home.post("/v1/track", content=json.dumps(events[0]).encode()).status_code == 200
    priced, seen, again = home.landed()
    assert priced["properties"] == {"total": None, "discount": None, "tax": None}
    assert seen["event"] == "Seen"
    assert again["properties"] == {"total": None, "discount": None, "tax": 1.5}
    assert len(home.parsed("segment", "web")["web_event"]) == 3


def test_gzip_is_unpacked(home):
    body = gzip.compress(json.dumps({"batch": [{**SAID, "type": "track"}]}).encode())

    assert home.post("/v1/batch", content=body, headers={"content-encoding": "gzip"}).is_success
    assert len(home.landed()) == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (gzip.compress(b" " * 200_000_000, 1)[:400_000], 400, "body_too_large"),
        (gzip.compress(b'{"batch": []}')[:-9], 400, "malformed_gzip"),
        (gzip.compress(b'{"batch": []}') + b"x", 400, "malformed_gzip"),
        (b"{}", 400, "malformed_gzip"),
    ],
    ids=["bomb", "cut off", "with a tail", "no archive"],
)
def test_a_bad_archive_is_refused_without_unpacking_it_whole(home, body, status, code):
    answer = home.post("/v1/batch", content=body, headers={"content-encoding": "gzip"})

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_another_encoding_is_415(home):
    assert (
        home.post("/v1/track", content=b"", headers={"content-encoding": "br"}).status_code == 415
    )


def test_the_address_of_the_sender_is_kept_only_where_that_is_set(home):
    home.post("/v1/track", SAID)
    home.configure(web=home.segment(keep_ip=True)).post("/v1/track", SAID)
    home.post("/v1/track", {**SAID, "context": {"ip": "192.0.2.7"}})

    assert [event.get("context") for event in home.landed()] == [
        None,
        {"ip": "127.0.0.1"},
        {"ip": "192.0.2.7"},
    ]


def test_a_proxy_that_adds_a_header_of_its_own_is_believed_and_the_sender_is_not(home):
    home.configure(web=home.segment(keep_ip=True))
    headers = [
        ("authorization", home.basic("web-key")),
        ("x-forwarded-for", "198.51.100.1"),
        ("x-forwarded-for", "203.0.113.9"),
    ]
    home.send(httpx.Request("POST", "http://crm/v1/track", headers=headers, json=SAID))

    assert [event["context"] for event in home.landed()] == [{"ip": "203.0.113.9"}]


def test_pages_of_named_sites_only_may_read_the_answer(home):
    home.configure(web=home.segment(origins=["https://shop.example"]))
    ours, theirs = {"origin": "https://shop.example"}, {"origin": "https://evil.example"}
    allowed = "access-control-allow-origin"

    assert home.post("/v1/t", SAID, headers=ours).headers[allowed] == "https://shop.example"
    assert allowed not in home.post("/v1/t", SAID, headers=theirs).headers
    preflight = httpx.Request("OPTIONS", "http://crm/v1/t", headers=ours)
    (answer,) = home.send(preflight)
    assert (answer.status_code, answer.headers[allowed]) == (204, "https://shop.example")
    assert "x-retry-count" in answer.headers["access-control-allow-headers"]
    # HTTP forbids to tell the length of what is not there
    assert "content-length" not in answer.headers


def test_a_page_may_send_headers_of_its_own_and_read_how_long_to_wait(home):
    home.configure(web=home.segment(origins=["https://shop.example"], events_per_second=1))
    asks = {"origin": "https://shop.example", "access-control-request-headers": "x-api-key"}
    key = {"authorization": home.basic("web-key")}
    sent = httpx.Request("POST", "http://crm/v1/t", headers=asks | key, json=SAID)
    preflight, _, _, late = home.send(
        httpx.Request("OPTIONS", "http://crm/v1/t", headers=asks), *[sent] * 3
    )

    assert preflight.headers["access-control-allow-headers"] == "x-api-key"
    assert (late.status_code, late.headers["retry-after"]) == (429, "1")
    assert "retry-after" in late.headers["access-control-expose-headers"]


def test_more_events_than_allowed_are_429_with_the_time_to_wait(home):
    home.configure(web=home.segment(events_per_second=5))
    headers = {"authorization": home.basic("web-key")}
    one = httpx.Request("POST", "http://crm/v1/track", headers=headers, json=SAID)
    answers = home.send(*[one] * 11)

    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert answers[-1].headers["retry-after"] == "1"
    assert len(home.landed()) == 10


def test_half_of_a_surrogate_pair_does_not_cost_the_event(home):
    body = rb'{"userId": "1", "event": "a \ud800 b"}'

    assert home.post("/v1/track", content=body).status_code == 200
    (event,) = home.parsed("segment", "web")["web_event"]
    assert event["event_name"] == "a ? b"


def test_other_paths_and_methods_are_told_so(home):
    unknown = httpx.Request("POST", "http://crm/v1/shout")
    get = httpx.Request("GET", "http://crm/v1/track")
    head = httpx.Request("HEAD", "http://crm/v1/track")

    assert [one.status_code for one in home.send(unknown, get, head)] == [404, 405, 200]


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
_said = st.fixed_dictionaries(
    {},
    optional={
        "userId": _json,
        "anonymousId": _json,
        "type": st.sampled_from([*CALL_TYPES, "shout"]) | _json,
        "context": _json,
        "integrations": _json,
        "timestamp": _json,
        "originalTimestamp": _json,
        "sentAt": _json,
        "messageId": _json,
    },
)
_webhook = Webhook(source="web", api="segment", path="/v1", secret=b"k", keep_ip=True)


def _received(call: str | None, request: Request) -> Accepted | None:
    """Return what is landed; None where the request is refused as unreadable."""
    try:
        return SegmentEndpoint(call, [_webhook]).receive(request)
    except Refused as refused:
        if refused.status != 400:
            raise
        return None


@given(
    call=st.sampled_from(["track", None]),
    body=st.binary(max_size=100)
    | _said.map(lambda said: json.dumps(said).encode())
    | st.tuples(_said, st.lists(_said | _json, max_size=4)).map(
        lambda pair: json.dumps({**pair[0], "batch": pair[1]}).encode()
    ),
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_sent_becomes_lines_of_json_or_a_refusal(call, body):
    request = Request(
        "/v1/x",
        "",
        {b"authorization": b"Basic azo="},
        body,
        "192.0.2.1",
        datetime.now(UTC),
    )
    accepted = _received(call, request)
    if accepted is None:
        return
    assert len(accepted.lines) + len(accepted.rejections) == accepted.events
    for line in accepted.lines:
        assert b"\n" not in line
        event = json.loads(line)
        assert event["type"] in CALL_TYPES
        assert event["receivedAt"]
        assert event["messageId"]
        assert event["timestamp"]
