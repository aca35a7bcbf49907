from __future__ import annotations

import json
from datetime import datetime

import pytest

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
