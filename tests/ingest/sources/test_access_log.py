from __future__ import annotations

import gzip
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
    assert login["user_agent"] == 'Mozilla/5.0 "quoted" agent'
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


CADDY = {
    "level": "info", "ts": 1761438600.25, "logger": "http.log.access.log0",
    "msg": "handled request",
    "request": {
        "remote_ip": "10.0.0.1", "remote_port": "41342", "client_ip": "192.0.2.7",
        "proto": "HTTP/2.0", "method": "GET", "host": "shop.example",
        "uri": "/lamps?utm_source=news&gclid=G",
        "headers": {
            "User-Agent": ["Mozilla/5.0 (compatible; Googlebot/2.1)"], "Accept": ["*/*"],
            "Referer": ["https://search.example/"],
        },
    },
    "bytes_read": 0, "user_id": "", "duration": 0.0009, "size": 5120, "status": 200,
    "resp_headers": {"Server": ["Caddy"]},
}  # fmt: skip
TRAEFIK = {
    "ClientAddr": "192.0.2.7:4711", "ClientHost": "192.0.2.7", "ClientUsername": "-",
    "DownstreamContentSize": 5120, "DownstreamStatus": 200, "Duration": 900000,
    "RequestHost": "shop.example", "RequestMethod": "GET",
    "RequestPath": "/lamps?utm_source=news&gclid=G", "RequestProtocol": "HTTP/2.0",
    "RouterName": "shop@docker", "StartUTC": "2025-10-26T00:30:00.250000000Z",
    "level": "info", "msg": "", "request_Referer": "https://search.example/",
    "request_User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)", "time": "2025-10-26T00:30:02Z",
}  # fmt: skip


def test_json_of_caddy_and_of_traefik_is_the_same_request(read, tmp_path):
    nginx = {**NGINX, "time_iso8601": "2025-10-26T00:30:00.250Z"}
    one, caddy, traefik = read("access_log", written(tmp_path, nginx, CADDY, TRAEFIK)).rows[
        "web_event"
    ]

    for other in (caddy, traefik):
        differing = {name for name in one if one[name] != other[name]}
        assert differing == {"position", "event_id", "attributes"}
    kept = json.loads(caddy["attributes"])
    assert kept["request"] == {
        "remote_port": "41342", "proto": "HTTP/2.0", "host": "shop.example",
        "headers": {"Accept": ["*/*"]},
    }  # fmt: skip
    assert json.loads(traefik["attributes"])["RequestHost"] == "shop.example"


def test_caddy_before_its_version_2_5_states_the_client_with_its_port(read, tmp_path):
    asked = {
        name: value
        for name, value in CADDY["request"].items()
        if name not in ("remote_ip", "remote_port", "client_ip")
    }
    old = CADDY | {"request": {"remote_addr": "192.0.2.7:41342", **asked}}

    before, after = read("access_log", written(tmp_path, old, CADDY)).rows["web_event"]

    assert before["ip"] == "192.0.2.7"
    assert before["anonymous_id"] == after["anonymous_id"]
    assert json.loads(before["attributes"])["client_port"] == "41342"


def test_what_caddy_could_not_answer_is_one_request(read, tmp_path):
    error = CADDY | {"logger": "http.log.error.log0", "level": "error", "status": 502}

    outcome = read("access_log", written(tmp_path, error, CADDY | {"status": 502}))

    assert [row["status"] for row in outcome.rows["web_event"]] == [502]
    assert outcome.reasons() == {1: "error_entry"}


BALANCER = (
    "https 2025-10-26T00:30:00.250000Z app/shop/50dc6c495c0c9188 192.0.2.7:2817 10.0.0.1:80 0.086 "
    '0.048 0.037 200 502 0 5120 "GET https://shop.example:443/lamps?utm_source=news HTTP/1.1" '
    '"Mozilla/5.0 (X11; Linux x86_64) Firefox/120.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:x '
    '"Root=1-58337281" "shop.example" "arn:aws:y" 1 2025-10-26T00:30:00.100000Z "forward" "-" "-" '
    '"10.0.0.1:80" "200" "-" "-"'
)


def test_an_entry_of_a_load_balancer_of_aws_is_a_request(read, tmp_path):
    v6 = BALANCER.replace("192.0.2.7:2817", "2001:db8::7:2817").replace("10.0.0.1:80 0.086", "- -1")
    cut = BALANCER[: BALANCER.index('" "Mozilla')]
    outcome = read("access_log", written(tmp_path, BALANCER, v6, cut))

    request, other = outcome.rows["web_event"]
    assert request["event_at"] == at("2025-10-26 00:30:00.250")
    assert (request["ip"], request["method"], request["status"]) == ("192.0.2.7", "GET", 200)
    assert request["url"] == "https://shop.example:443/lamps?utm_source=news"
    assert (request["path"], request["utm_source"]) == ("/lamps", "news")
    assert (request["bytes_sent"], request["referrer"]) == (5120, None)
    assert request["user_agent"].endswith("Firefox/120.0")
    rest = json.loads(request["attributes"])["rest"]
    assert rest.startswith("app/shop/50dc6c495c0c9188 10.0.0.1:80 0.086 0.048 0.037 502 0 ECDHE")
    assert other["ip"] == "2001:db8::7"
    assert outcome.reasons() == {3: "malformed_line"}


CLOUDFLARE = {
    "ClientIP": "203.0.113.7", "ClientRequestHost": "shop.example", "ClientRequestMethod": "GET",
    "ClientRequestURI": "/lamps?utm_source=news&gclid=G", "RayID": "3a6050bcbe121a87",
    "ClientRequestReferer": "https://search.example/", "ClientRequestUserAgent": "Mozilla/5.0 (x)",
    "EdgeStartTimestamp": 1761438600000000200, "EdgeResponseStatus": 200, "EdgeResponseBytes": 5120,
}  # fmt: skip
GOOGLE = {
    "httpRequest": {
        "requestMethod": "GET", "requestUrl": "/lamps?utm_source=news&gclid=G", "status": 200,
        "responseSize": "5120", "userAgent": "Mozilla/5.0 (x)", "remoteIp": "203.0.113.7",
        "referer": "https://search.example/", "latency": "0.1s",
    },
    "timestamp": "2025-10-26T00:30:00Z", "insertId": "a",
}  # fmt: skip
ISTIO = {
    "authority": "shop.example", "bytes_sent": 5120, "method": "GET", "response_code": 200,
    "downstream_remote_address": "10.0.0.1:35842", "x_forwarded_for": "203.0.113.7,10.0.0.1",
    "path": "/lamps?utm_source=news&gclid=G", "user_agent": "Mozilla/5.0 (x)",
    "start_time": "2025-10-26T00:30:00.000Z",
}  # fmt: skip
ENVOY_GATEWAY = {
    ":authority": "shop.example", "bytes_sent": 5120, "method": "GET", "response_code": 200,
    "downstream_remote_address": "203.0.113.7:40937", "x-forwarded-for": None,
    "x-envoy-origin-path": "/lamps?utm_source=news&gclid=G", "user-agent": "Mozilla/5.0 (x)",
    "start_time": "2025-10-26T00:30:00.000Z",
}  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "kept"),
    [
        (CLOUDFLARE, {"ClientRequestHost": "shop.example", "RayID": "3a6050bcbe121a87"}),
        ({**CLOUDFLARE, "EdgeStartTimestamp": "2025-10-26T00:30:00Z"},
         {"ClientRequestHost": "shop.example", "RayID": "3a6050bcbe121a87"}),
        (GOOGLE, {"httpRequest": {"latency": "0.1s"}, "insertId": "a"}),
        (ISTIO, {"proxies": "10.0.0.1", "authority": "shop.example"} | {
            name: ISTIO[name] for name in ("downstream_remote_address", "x_forwarded_for",
                                           "response_code", "start_time")}),
        ({**ISTIO, "x_forwarded_for": "-", "downstream_remote_address": "203.0.113.7:35842"},
         {"client_port": "35842", "authority": "shop.example", "x_forwarded_for": "-",
          "downstream_remote_address": "203.0.113.7:35842", "response_code": 200,
          "start_time": "2025-10-26T00:30:00.000Z"}),
        (ENVOY_GATEWAY, {"client_port": "40937"} | {
            name: value for name, value in ENVOY_GATEWAY.items()
            if name not in ("bytes_sent", "method")}),
    ],
)  # fmt: skip
def test_json_of_edges_and_meshes_is_the_same_request(read, tmp_path, entry, kept):
    is_told = "ClientIP" in entry or "httpRequest" in entry
    usual = {
        "time_iso8601": "2025-10-26T00:30:00Z", "remote_addr": "203.0.113.7",
        "request": "GET /lamps?utm_source=news&gclid=G HTTP/1.1", "status": 200,
        "body_bytes_sent": 5120, "http_user_agent": "Mozilla/5.0 (x)",
        "http_referer": "https://search.example/" if is_told else None,
    }  # fmt: skip

    found, same = entries(read, tmp_path, entry, usual).values()

    differing = {name for name in found if found[name] != same[name]}
    assert differing == {"position", "event_id", "attributes"}
    assert json.loads(found["attributes"]) == kept


def test_a_header_beside_the_address_of_a_client_stays_what_it_is(read, tmp_path):
    header = {"x_forwarded_for": "198.51.100.1", "start_time": "soon", "response_code": "x"}

    (request,) = entries(read, tmp_path, {**NGINX, **header}).values()

    assert request["ip"] == NGINX["remote_addr"]
    assert json.loads(request["attributes"]).items() >= header.items()


@pytest.fixture
def request_of(read, tmp_path):
    def parse(**entry):
        entry = {"@timestamp": "2025-03-01T10:00:00Z", "remote_addr": "192.0.2.7"} | entry
        (tmp_path / "x.json").write_text(json.dumps(entry) + "\n")
        (request,) = read("access_log", tmp_path / "x.json").rows["web_event"]
        return request

    return parse


def test_json_of_logstash_has_the_address_as_its_request(request_of):
    request = request_of(
        path="/var/log/nginx/access.log", verb="GET", request="/lamps?utm_source=news",
        referrer='"https://search.example/"', agent='"Mozilla/5.0 \\"x\\""',
    )  # fmt: skip

    assert (request["url"], request["method"]) == ("/lamps?utm_source=news", "GET")
    assert (request["path"], request["utm_source"]) == ("/lamps", "news")
    assert request["referrer"] == "https://search.example/"
    assert request["user_agent"].startswith("Mozilla/5.0")


def test_what_a_rewrite_made_of_an_address_does_not_hide_what_was_asked_for(request_of):
    request = request_of(request="GET /lamps?utm_source=news HTTP/1.1", uri="/index.php", args="")

    assert (request["path"], request["utm_source"]) == ("/lamps", "news")
    assert request_of(uri="/lamps", args="a=1")["url"] == "/lamps?a=1"
    assert request_of(request_uri="/lamps?a=1", uri="/index.php")["url"] == "/lamps?a=1"
    assert request_of(request="\\x16\\x03", path="/lamps")["url"] == "/lamps"


def test_of_forwarded_addresses_in_json_the_first_is_the_client(request_of):
    request = request_of(remote_addr="198.51.100.9, 10.0.0.1,10.0.0.2")

    assert request["ip"] == "198.51.100.9"
    assert json.loads(request["attributes"]) == {"proxies": "10.0.0.1,10.0.0.2"}
    assert request["anonymous_id"] == request_of(remote_addr="198.51.100.9")["anonymous_id"]


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
        max_examples=12, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.lists(st.dictionaries(names, values, max_size=4), min_size=1, max_size=4))
    def check(changes):
        read("access_log", written(tmp_path, *({**NGINX, **change} for change in changes)))

    check()


def entries(read, tmp_path, *lines):
    return by_line(read("access_log", written(tmp_path, *lines)))


AT = "[26/Oct/2025:02:30:00 +0200]"
END = '200 12 "-" "Mozilla/5.0"'


def test_a_virtual_host_before_the_line_is_not_the_client(read, tmp_path):
    found = entries(
        read, tmp_path,
        f'shop.example:443 192.0.2.7 - - {AT} "GET /a HTTP/2.0" {END}',
        f'shop.example 2001:db8::7 - jane doe {AT} "GET /a HTTP/2.0" {END}',
        f'192.0.2.7 - - {AT} "GET /a HTTP/2.0" {END}',
        f'pc.example - john.doe {AT} "GET /a HTTP/2.0" {END}',
    )  # fmt: skip

    assert [row["ip"] for row in found.values()] == [
        "192.0.2.7", "2001:db8::7", "192.0.2.7", "pc.example",
    ]  # fmt: skip
    assert found[1]["anonymous_id"] == found[3]["anonymous_id"]
    assert json.loads(found[1]["attributes"]) == {"virtual_host": "shop.example:443"}
    assert json.loads(found[2]["attributes"]) == {
        "remote_user": "jane doe", "virtual_host": "shop.example",
    }  # fmt: skip
    assert json.loads(found[4]["attributes"]) == {"remote_user": "john.doe"}


def test_a_client_by_its_name_after_a_virtual_host_is_a_visitor_of_its_own(read, tmp_path):
    line = 'shop.example:443 {} - - [10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "x"'

    found = entries(
        read, tmp_path, line.format("dsl-1.isp.example"), line.format("dsl-2.isp.example")
    )

    assert [one["ip"] for one in found.values()] == ["dsl-1.isp.example", "dsl-2.isp.example"]
    assert json.loads(found[2]["attributes"]) == {"virtual_host": "shop.example:443"}


def test_clients_that_a_proxy_hides_are_not_one_visitor(read, tmp_path):
    line = '{} - - [10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "x"'

    found = entries(
        read, tmp_path, *(line.format(one) for one in ("unknown, 10.0.0.1", "unknown", "unix:"))
    )

    assert [(one["ip"], one["anonymous_id"]) for one in found.values()] == [(None, None)] * 3


def test_two_slashes_at_the_start_of_a_request_are_no_host(read, tmp_path):
    line = '192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "GET {} HTTP/1.1" 200 5 "-" "x"'

    found = entries(
        read, tmp_path, line.format("//wp-login.php?a=1"), line.format("http://x.example/a")
    )

    assert [one["path"] for one in found.values()] == ["//wp-login.php", "/a"]


def test_of_forwarded_addresses_the_first_is_the_client(read, tmp_path):
    found = entries(
        read, tmp_path,
        f'203.0.113.5, 10.0.0.1,10.0.0.2 - - {AT} "GET /a HTTP/1.1" {END}',
        f'- - - {AT} "GET /a HTTP/1.1" {END}',
    )  # fmt: skip

    assert found[1]["ip"] == "203.0.113.5"
    assert json.loads(found[1]["attributes"]) == {"proxies": "10.0.0.1,10.0.0.2"}
    # whoever came without the header is no one visitor
    assert (found[2]["ip"], found[2]["anonymous_id"]) == (None, None)


def test_the_port_of_a_connection_is_no_part_of_its_client(read, tmp_path, request_of):
    line = '{} - - [10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "x"'
    written = ("203.0.113.7", "203.0.113.7:51234", "::ffff:203.0.113.7", "[2001:db8::1]:443")

    found = entries(read, tmp_path, *(line.format(one) for one in written))

    assert [one["ip"] for one in found.values()] == [*["203.0.113.7"] * 3, "2001:db8::1"]
    assert len({one["anonymous_id"] for one in found.values()}) == 2
    assert json.loads(found[2]["attributes"]) == {"client_port": "51234"}
    assert request_of(remote_addr="203.0.113.7:51234")["ip"] == "203.0.113.7"
    assert request_of(remote_addr="[2001:db8::1]:51234")["ip"] == "2001:db8::1"


@pytest.mark.parametrize(
    "before",
    [
        "Oct 10 13:55:36 web nginx:",
        "Oct  1 13:55:36 web nginx:",
        "<134>Oct 10 13:55:36 web nginx:",
        "2025-10-10T13:55:36.123456+00:00 web nginx[12]:",
        "2025-10-10T13:55:36.123456789Z stdout F",
        "web-1 |",
        "web_1  |",
        "1760104536.123",
    ],
)
def test_what_syslog_and_containers_write_before_a_line_is_not_the_client(read, tmp_path, before):
    line = f'203.0.113.7 - jane {AT} "GET /a HTTP/1.1" {END}'

    found = entries(read, tmp_path, f"{before} {line}", line)

    assert found[1]["ip"] == "203.0.113.7"
    assert found[1]["anonymous_id"] == found[2]["anonymous_id"]
    assert json.loads(found[1]["attributes"]) == {"remote_user": "jane", "before": before}


LINE = f'203.0.113.7 - jane {AT} "GET /a HTTP/1.1" {END}'
JSON_LINE = json.dumps(NGINX | {"host": "shop.example"})


@pytest.mark.parametrize(
    ("wrapper", "around"),
    [
        # Docker's json-file driver
        ({"log": "LINE\n", "stream": "stdout", "time": "2025-10-26T00:30:00.1Z"},
         {"stream": "stdout", "time": "2025-10-26T00:30:00.1Z"}),
        # Filebeat
        ({"@timestamp": "2025-10-26T00:30:01Z", "message": "LINE", "log": {"offset": 5}},
         {"@timestamp": "2025-10-26T00:30:01Z", "log": {"offset": 5}}),
        # an event of CloudWatch, and a row of its Insights
        ({"id": "36", "timestamp": 1761438600000, "message": "LINE"},
         {"id": "36", "timestamp": 1761438600000}),
        ({"@timestamp": "2025-10-26 00:30:00.000", "@message": "LINE"},
         {"@timestamp": "2025-10-26 00:30:00.000"}),
        # journald, Google's logging, Splunk, Loki
        ({"MESSAGE": "LINE", "PRIORITY": "6"}, {"PRIORITY": "6"}),
        ({"textPayload": "LINE", "insertId": "a"}, {"insertId": "a"}),
        ({"preview": False, "result": {"_raw": "LINE", "host": "web"}},
         {"preview": False, "within": {"host": "web"}}),
        ({"labels": {"job": "web"}, "line": "LINE"}, {"labels": {"job": "web"}}),
        ({"msg": "LINE"}, None),
        # what Fluent Bit read from Docker, as CloudWatch has it
        ({"@message": json.dumps({"log": "LINE\n", "kubernetes": {"pod_name": "p"}}), "x": None},
         {"x": None, "within": {"kubernetes": {"pod_name": "p"}}}),
    ],
)  # fmt: skip
def test_a_line_within_json_is_the_request_on_it(read, tmp_path, wrapper, around):
    def wrapped(line):
        escaped = json.dumps(line)[1:-1]
        if "@message" in wrapper and wrapper["@message"] != "LINE":
            escaped = json.dumps(escaped)[1:-1]
        return json.dumps(wrapper).replace("LINE", escaped)

    found = entries(read, tmp_path, wrapped(LINE), LINE, wrapped(JSON_LINE), JSON_LINE)

    for position, extra in ((1, {"remote_user": "jane"}), (3, json.loads(found[4]["attributes"]))):
        held, bare = found[position], found[position + 1]
        differing = {name for name in held if held[name] != bare[name]}
        assert differing <= {"position", "event_id", "attributes"}
        expected = extra if around is None else {**extra, "wrapper": around}
        assert json.loads(held["attributes"]) == expected
    assert (found[1]["ip"], found[1]["event_at"]) == ("203.0.113.7", at("2025-10-26 00:30"))
    assert found[1]["event_id"] != found[2]["event_id"]


def test_json_behind_what_kubernetes_or_fluentd_write_is_read(read, tmp_path):
    docker = json.dumps({"log": LINE + "\n", "stream": "stdout"})

    found = entries(
        read,
        tmp_path,
        f"2025-10-26T00:30:00.1Z stdout F {JSON_LINE}",
        f"2025-10-26T00:30:00+00:00\tkong.log\t{docker}",
        JSON_LINE,
        LINE,
    )

    assert found[1]["anonymous_id"] == found[3]["anonymous_id"]
    assert found[1]["event_at"] == found[3]["event_at"]
    assert json.loads(found[1]["attributes"])["before"] == "2025-10-26T00:30:00.1Z stdout F"
    assert found[2]["anonymous_id"] == found[4]["anonymous_id"]
    assert json.loads(found[2]["attributes"]) == {
        "remote_user": "jane", "before": "2025-10-26T00:30:00+00:00\tkong.log",
        "wrapper": {"stream": "stdout"},
    }  # fmt: skip


def test_wrapped_requests_of_one_second_are_as_many_as_there_are(read, tmp_path):
    def wrapped(nanoseconds):
        return {"log": LINE + "\n", "time": f"2025-10-26T00:30:00.{nanoseconds}Z"}

    lines = [wrapped(1), wrapped(2), wrapped(2)]
    ids = [row["event_id"] for row in entries(read, tmp_path, *lines).values()]

    assert len(set(ids)) == 3
    assert [row["event_id"] for row in entries(read, tmp_path, *lines[:2]).values()] == ids[:2]


def test_json_that_names_its_client_is_not_searched_for_another(read, tmp_path):
    (request,) = entries(read, tmp_path, {**NGINX, "message": LINE}).values()

    assert request["ip"] == NGINX["remote_addr"]
    assert json.loads(request["attributes"])["message"] == LINE


def test_what_wraps_no_request_is_rejected_whole_with_what_it_lacks(read, tmp_path):
    started = {"log": "2025/10/26 02:30:00 [notice] 1#1: start worker process 36\n", "time": "x"}
    without_time = {name: value for name, value in NGINX.items() if name != "time_iso8601"}
    outcome = read(
        "access_log",
        written(
            tmp_path,
            started,
            {"level": "info", "message": "started"},
            {"log": json.dumps(without_time), "time": "2025-10-26T00:30:00Z"},
            {"log": "[" * 100},
            {"log": '{"a":' * 70 + "1" + "}" * 70},
            {"log": {"log": {"event": {"event": {"event": {"event": {"line": LINE}}}}}}},
            f"before {json.dumps(started)[:-1]}",
            {"log": ["x"], "event": {}},
        ),
    )

    assert outcome.rows["web_event"] == []
    assert outcome.reasons() == {
        1: "missing_address", 2: "missing_address", 3: "missing_timestamp", 4: "missing_address",
        5: "nested_too_deep", 6: "missing_address", 7: "malformed_line", 8: "missing_address",
    }  # fmt: skip
    (first,) = (one for one in outcome.rejected if one["position"] == 1)
    assert "holds no line of an access log" in first["reason"]
    assert json.loads(first["payload"]) == started


@pytest.mark.parametrize(
    "line",
    [
        '{"log":"' + "\\u0000" * 10_000 + '"}',
        '{"log":"' + '{\\"log\\":' * 10_000 + '"}',
        "x " * 50_000 + "{}" * 1_000,
        "a {" * 30_000 + "}",
        " " * 100_000 + "{}",
        json.dumps({"log": json.dumps({"log": json.dumps({"log": "\\" * 10_000})})}),
        '{"log":"\\ud800 - - [","message":"\\udc00"}',
    ],
)
def test_hostile_wrappers_are_rejected(read, tmp_path, line):
    assert read("access_log", written(tmp_path, line)).reasons().keys() == {1}


def test_forwarded_addresses_before_the_peer_are_the_client_and_its_proxies(read, tmp_path):
    rest = f'10.2.1.185 - - {AT} "GET /a HTTP/1.1" {END}'

    found = entries(
        read, tmp_path,
        f'"203.0.113.5, 199.96.1.1" {rest}',
        f"2001:db8::7, 10.0.0.1 {rest}",
        f"(203.0.113.5) {rest}",
        f"- {rest}",
    )  # fmt: skip

    assert [row["ip"] for row in found.values()] == [
        "203.0.113.5", "2001:db8::7", "203.0.113.5", "10.2.1.185",
    ]  # fmt: skip
    assert [json.loads(found[line]["attributes"]) for line in (1, 2, 3)] == [
        {"proxies": "199.96.1.1, 10.2.1.185"},
        {"proxies": "10.0.0.1, 10.2.1.185"},
        {"proxies": "10.2.1.185"},
    ]
    assert found[4]["attributes"] is None


def test_referrer_and_browser_are_read_behind_durations_and_counts(read, tmp_path):
    found = entries(
        read, tmp_path,
        f'192.0.2.7 - - {AT} "GET /a HTTP/1.1" 200 12 0.012 0.004 "https://a.example/" "bot/1" x',
        f'192.0.2.7 - - {AT} "GET /a HTTP/1.1" 200 12 0.012 "-" "Mozilla/5.0 (X11)"',
        f'192.0.2.7 - - {AT} "GET /a HTTP/1.1" 200 12 0.012 "backend" "10.0.0.1:80"',
    )  # fmt: skip

    assert [(row["referrer"], row["user_agent"]) for row in found.values()] == [
        ("https://a.example/", "bot/1"), (None, "Mozilla/5.0 (X11)"), (None, None),
    ]  # fmt: skip
    assert [row["is_bot"] for row in found.values()] == [True, False, False]
    assert [json.loads(row["attributes"])["rest"] for row in found.values()] == [
        "0.012 0.004 x", "0.012", '0.012 "backend" "10.0.0.1:80"',
    ]  # fmt: skip


def test_zeros_that_a_rotation_leaves_are_no_part_of_the_client(read, tmp_path):
    line = f'203.0.113.7 - - {AT} "GET /a HTTP/1.1" {END}'

    found = entries(read, tmp_path, "\x00" * 5_000 + line, line)

    assert [row["ip"] for row in found.values()] == ["203.0.113.7"] * 2
    assert len({row["anonymous_id"] for row in found.values()}) == 1


def test_escapes_of_apache_and_nginx_are_undone_alike(read, tmp_path):
    found = entries(
        read, tmp_path,
        rf'192.0.2.7 - - {AT} "GET /\"a\" HTTP/1.1" 200 1 "https://x.example/\xc3\xa4" '
        r'"A \"b\" \\"',
        rf'192.0.2.7 - - {AT} "GET /\x22a\x22 HTTP/1.1" 200 1 "https://x.example/\xC3\xA4" '
        r'"A \x22b\x22 \x5C"',
        rf'192.0.2.7 - - {AT} "GET /\xff HTTP/1.1" 200 1 "-" "\x00\x16"',
    )  # fmt: skip

    for row in (found[1], found[2]):
        assert (row["path"], row["referrer"]) == ('/"a"', "https://x.example/ä")
        assert row["user_agent"] == 'A "b" \\'
    assert found[1]["anonymous_id"] == found[2]["anonymous_id"]
    # bytes that are no text stay as the server wrote them
    assert (found[3]["path"], found[3]["user_agent"]) == (r"/\xff", r"\x00\x16")


def test_request_lines_that_are_broken_keep_what_they_say(read, tmp_path):
    found = entries(
        read, tmp_path,
        f'192.0.2.7 - - {AT} "GET /a b HTTP/1.1" {END}',
        f'192.0.2.7 - - {AT} "GET /old" {END}',
        f'192.0.2.7 - - {AT} "VERSION-CONTROL /x HTTP/1.1" {END}',
        f'192.0.2.7 - - {AT} "CONNECT a.example:443 HTTP/1.1" {END}',
        f'192.0.2.7 - - {AT} "OPTIONS * HTTP/1.1" {END}',
        f'192.0.2.7 - - {AT} "-" 408 - "-" "-"',
        f'192.0.2.7 - - {AT} "" - 0 "-" "-"',
        f'192.0.2.7 - - {AT} "HELP me with this" 400 0 "-" "-"',
    )  # fmt: skip

    assert [(row["method"], row["url"], row["path"]) for row in found.values()] == [
        ("GET", "/a b", "/a b"), ("GET", "/old", "/old"), ("VERSION-CONTROL", "/x", "/x"),
        ("CONNECT", "a.example:443", None), ("OPTIONS", "*", None),
        (None, None, None), (None, None, None), (None, None, None),
    ]  # fmt: skip
    assert [row["status"] for row in found.values()][-3:] == [408, None, 400]
    assert json.loads(found[8]["attributes"]) == {"request": "HELP me with this"}


def test_what_a_server_adds_to_either_format_is_kept(read, tmp_path):
    found = entries(
        read, tmp_path,
        f'192.0.2.7 - - {AT} "GET /a HTTP/1.1" 200 12 0.012 "backend"',
        f'192.0.2.7 - - {AT} "GET /a HTTP/1.1" {END} "203.0.113.5" rt=0.012 0.010, 0.2 : -',
    )  # fmt: skip

    assert [json.loads(row["attributes"])["rest"] for row in found.values()] == [
        '0.012 "backend"', '"203.0.113.5" rt=0.012 0.010, 0.2 : -',
    ]  # fmt: skip


def test_times_with_fractions_odd_offsets_and_iso_are_read(read, tmp_path):
    times = ("26/Oct/2025:02:30:00.125 +0530", "26/Oct/2025:02:30:00 -0330",
             "2025-10-26T02:30:00+02:00", "2025-01-15T02:30:00")  # fmt: skip
    found = entries(
        read, tmp_path, *(f'192.0.2.7 - - [{one}] "GET /a HTTP/1.1" {END}' for one in times)
    )  # fmt: skip

    assert [row["event_at"] for row in found.values()] == [
        at("2025-10-25 21:00:00.125"), at("2025-10-26 06:00"), at("2025-10-26 00:30"),
        at("2025-01-15 01:30"),
    ]  # fmt: skip


def test_a_log_rotated_and_packed_holds_the_requests_of_the_open_one(read, fixtures, tmp_path, log):
    content = (fixtures / "access_log" / "access.log").read_bytes()
    for name in ("access.log.1", "access.log-20251026.gz", "access.log.2.gz"):
        packed = gzip.compress(content) if name.endswith(".gz") else content
        (tmp_path / name).write_bytes(packed)

        assert read("access_log", tmp_path / name).rows == log.rows
