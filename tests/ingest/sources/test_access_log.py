from __future__ import annotations

import json
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

at = datetime.fromisoformat


@pytest.fixture
def log(read, fixtures):
    return read("access_log", fixtures / "access_log" / "access.log")


def by_line(outcome):
    return {row["position"]: row for row in outcome.rows["web_event"]}


def test_a_request_gives_path_campaign_and_the_paid_click_first(log):
    request = by_line(log)[1]

    assert request["event_type"] == "request"
    assert request["method"] == "GET"
    assert request["path"] == "/lamps"
    assert request["search"] == "utm_source=news&utm_term=a%2Bb&fbclid=F&gclid=G"
    assert (request["utm_source"], request["utm_term"]) == ("news", "a+b")
    assert request["click_id"] == "gclid:G"
    assert request["referrer"] == "https://search.example/?q=lamp"
    assert (request["status"], request["bytes_sent"]) == (200, 5120)
    assert request["attributes"] is None


def test_the_hour_that_occurs_twice_is_told_apart_by_its_offset(log):
    assert by_line(log)[1]["event_at"] == at("2025-10-26 00:30")
    assert by_line(log)[4]["event_at"] == at("2025-10-26 01:30")


def test_identical_lines_are_distinct_requests_with_lasting_ids(log, read, fixtures):
    ids = [by_line(log)[line]["event_id"] for line in (2, 3)]

    again = read("access_log", fixtures / "access_log" / "access.log")

    assert ids[0] != ids[1]
    assert [by_line(again)[line]["event_id"] for line in (2, 3)] == ids


def test_identical_lines_in_two_chunks_are_distinct_requests(
    log, read, fixtures, monkeypatch, tmp_path
):
    monkeypatch.setattr("ingest.sources.text_lines.CHUNK_LINES", 2)

    chunked = read("access_log", fixtures / "access_log" / "access.log")

    assert chunked.rows == log.rows


def test_a_visitor_is_an_address_with_a_user_agent(log):
    rows = by_line(log)

    assert rows[1]["anonymous_id"] == rows[2]["anonymous_id"]
    assert rows[1]["anonymous_id"] != rows[4]["anonymous_id"]
    assert rows[1]["anonymous_id"].startswith("anonymous_id:")


def test_what_has_no_column_is_kept(log):
    login, handshake = by_line(log)[4], by_line(log)[5]

    assert json.loads(login["attributes"]) == {"remote_user": "jane", "rest": "0.012"}
    assert login["bytes_sent"] is None
    assert login["user_agent"] == r"Mozilla/5.0 \"quoted\" agent"
    assert json.loads(handshake["attributes"]) == {"request": r"\x16\x03\x01"}
    assert handshake["method"] is None
    assert handshake["user_agent"] is None


def test_an_absolute_address_loses_its_fragment(log):
    proxied = by_line(log)[9]

    assert proxied["url"] == "https://shop.example/a/b?x=1"
    assert proxied["path"] == "/a/b"
    assert proxied["is_bot"] is True


def test_lines_of_another_form_are_rejected(log):
    assert log.reasons() == {6: "malformed_line", 7: "malformed_line", 8: "malformed_line"}


def test_bytes_that_are_no_utf_8_cost_nothing(read, fixtures, tmp_path):
    lines = (fixtures / "access_log" / "access.log").read_bytes().splitlines(keepends=True)
    (tmp_path / "a.log").write_bytes(lines[0].replace(b"Linux", b"L\xfcnux") + lines[1])

    outcome = read("access_log", tmp_path / "a.log")

    assert "Lünux" in outcome.rows["web_event"][0]["user_agent"]
    assert json.loads(outcome.rows["web_event"][0]["attributes"]) == {"encoding": "windows-1252"}


@pytest.mark.real_data
def test_a_real_log_of_ten_thousand_lines(read, real_data):
    outcome = read("access_log", real_data / "web_access_logs" / "elastic_apache_logs.gz")

    rows = outcome.rows["web_event"]
    assert outcome.read == 10_000
    assert len(rows) == 9_999
    assert outcome.reasons() == {8899: "malformed_line"}
    assert len({row["ip"] for row in rows}) == 1_753
    assert sum(row["status"] == 200 for row in rows) == 9_125
    assert len({row["event_id"] for row in rows}) == 9_999
    assert (rows[0]["event_at"], rows[-1]["event_at"]) == (
        at("2015-05-17 10:05:03"),
        at("2015-05-20 21:05:15"),
    )


NGINX = {
    "time_iso8601": "2025-10-26T02:30:00+02:00", "remote_addr": "192.0.2.7", "remote_user": "",
    "request": "GET /lamps?utm_source=news&gclid=G HTTP/1.1", "status": "200",
    "body_bytes_sent": "5120", "request_time": "0.012", "http_referer": "https://search.example/",
    "http_user_agent": "Mozilla/5.0 (compatible; Googlebot/2.1)", "host": "shop.example",
}  # fmt: skip
ECS = {
    "@timestamp": "2025-10-26T00:30:00.250Z",
    "client": {"ip": "192.0.2.7", "port": 4711},
    "http": {
        "version": "1.1",
        "request": {"method": "POST", "referrer": "https://shop.example/cart"},
        "response": {"status_code": 302, "body": {"bytes": 10}},
    },
    "url": {"path": "/login", "query": "next=%2F"},
    "user_agent": {"original": "Mozilla/5.0 (X11; Linux x86_64) Firefox/120.0"},
    "ecs": {"version": "1.6.0"},
}


def written(tmp_path, *entries):
    path = tmp_path / "access.json"
    lines = (entry if isinstance(entry, str) else json.dumps(entry) for entry in entries)
    path.write_text("".join(line + "\n" for line in lines))
    return path


def test_json_with_the_names_of_nginx_is_the_same_request(read, tmp_path):
    combined = (
        '192.0.2.7 - - [26/Oct/2025:02:30:00 +0200] "GET /lamps?utm_source=news&gclid=G HTTP/1.1" '
        '200 5120 "https://search.example/" "Mozilla/5.0 (compatible; Googlebot/2.1)"'
    )
    outcome = read("access_log", written(tmp_path, NGINX, combined))

    one, other = outcome.rows["web_event"]
    differing = {name for name in one if one[name] != other[name]}
    assert differing == {"position", "event_id", "attributes"}
    assert one["is_bot"] is True
    assert one["click_id"] == "gclid:G"
    assert json.loads(one["attributes"]) == {"host": "shop.example", "request_time": "0.012"}


def test_json_of_the_elastic_common_schema_is_read_nested_and_dotted(read, tmp_path):
    dotted = {
        "@timestamp": "2025-10-26T00:30:00.250Z", "client.address": "192.0.2.7",
        "http.request.method": "POST", "url.path": "/login", "url.query": "next=%2F",
        "http.response.status_code": 302, "http.response.body.bytes": 10,
        "http.request.referrer": "https://shop.example/cart",
        "user_agent.original": ECS["user_agent"]["original"],
    }  # fmt: skip
    nested, flat = read("access_log", written(tmp_path, ECS, dotted)).rows["web_event"]

    assert nested["event_at"] == at("2025-10-26 00:30:00.250")
    assert (nested["method"], nested["url"]) == ("POST", "/login?next=%2F")
    assert (nested["path"], nested["search"]) == ("/login", "next=%2F")
    assert (nested["status"], nested["bytes_sent"]) == (302, 10)
    assert nested["referrer"] == "https://shop.example/cart"
    assert json.loads(nested["attributes"]) == {
        "client": {"port": 4711}, "http": {"version": "1.1"}, "ecs": {"version": "1.6.0"},
    }  # fmt: skip
    assert flat["attributes"] is None
    same = ("event_at", "method", "url", "status", "bytes_sent", "user_agent", "anonymous_id")
    assert [flat[name] for name in same] == [nested[name] for name in same]


def test_apache_json_with_short_names_and_a_local_time(read, tmp_path):
    apache = {
        "time": "2025-01-15T12:00:00", "remoteIP": "192.0.2.9", "request": "/index.html",
        "query": "?a=1", "method": "GET", "status": "404", "userAgent": "curl/8.0", "referer": "-",
        "path": "/index.html", "bytes": "-",
    }  # fmt: skip
    (request,) = read("access_log", written(tmp_path, apache)).rows["web_event"]

    assert request["event_at"] == at("2025-01-15 11:00")
    assert (request["url"], request["status"]) == ("/index.html?a=1", 404)
    assert (request["referrer"], request["bytes_sent"]) == (None, None)
    assert request["is_bot"] is True


def test_json_that_lacks_address_or_time_is_rejected_with_what_is_missing(read, tmp_path):
    without_address = {name: value for name, value in NGINX.items() if name != "remote_addr"}
    deep = '{"remote_addr":"192.0.2.7","x":' + "[" * 100 + "]" * 100 + "}"
    outcome = read(
        "access_log",
        written(tmp_path, without_address, {**NGINX, "time_iso8601": "soon"}, '{"a":', deep),
    )

    assert outcome.reasons() == {
        1: "missing_address", 2: "missing_timestamp", 3: "malformed_json", 4: "nested_too_deep",
    }  # fmt: skip
    (reason,) = (r["reason"] for r in outcome.rejected if r["position"] == 1)
    assert "remote_addr, client_ip" in reason


def test_the_common_format_ends_with_the_size(read, tmp_path):
    line = '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326'

    (request,) = read("access_log", written(tmp_path, line)).rows["web_event"]

    assert request["event_at"] == at("2000-10-10 20:55:36")
    assert (request["path"], request["bytes_sent"]) == ("/apache_pb.gif", 2326)
    assert (request["user_agent"], request["referrer"], request["is_bot"]) == (None, None, False)
    assert json.loads(request["attributes"]) == {"remote_user": "frank"}


def test_any_json_object_is_a_request_or_has_a_reason(read, tmp_path):
    values = st.none() | st.integers() | st.text(max_size=12) | st.just({"ip": ["x"]})
    names = st.sampled_from([*NGINX, *ECS, "client.ip", "x", "url", "msec"])

    @settings(
        max_examples=12, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.lists(st.dictionaries(names, values, max_size=4), min_size=1, max_size=4))
    def check(changes):
        read("access_log", written(tmp_path, *({**NGINX, **change} for change in changes)))

    check()
