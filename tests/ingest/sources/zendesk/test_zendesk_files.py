"""Zendesk files of every shape: each record comes out, as a row or with a reason."""

from __future__ import annotations

import json
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from zendesk_examples import ANSWER, AUDIT, PUBLIC, TICKET, USERS, at, only

from ingest.loading.load_source import load_source
from ingest.parsed import UnreadableFile
from ingest.source import Company, Source


def test_every_shape_of_export_gives_the_same(parsed):
    page = {"tickets": [TICKET], "users": USERS}
    objects = [TICKET, *USERS]
    expected = parsed(page).rows["contact"]

    bare = parsed(objects)
    lines = parsed("\n".join(json.dumps(one) for one in objects), "a.jsonl")
    pages = parsed(json.dumps(page) + "\n" + json.dumps({"ticket": TICKET}), "b.jsonl")

    assert [bare.read, lines.read, pages.read] == [4, 4, 2]
    same = {**expected[0], "position": 0}
    for outcome in (bare, lines, pages):
        assert {**only(outcome, "contact"), "position": 0} == same
    assert len(pages.rows["ticket"]) == 2


def test_a_page_that_is_cut_off_gives_what_stands_before(parsed):
    whole = json.dumps({"tickets": [TICKET, TICKET]})
    outcome = parsed(whole[:-40])

    assert len(outcome.rows["ticket"]) == 1
    assert outcome.reasons() == {2: "malformed_json"}


def test_what_zendesk_does_not_have_is_rejected(parsed):
    outcome = parsed([{"id": 1}, 5, {**USERS[0], "role": "chief"}, {"tickets": []}])

    assert outcome.reasons() == {
        1: "unknown_kind", 2: "not_an_object", 3: "unknown_role", 4: "empty_page",
    }  # fmt: skip


def test_the_loader_takes_every_row(warehouse, landing, put):
    rating = {"id": 9, "ticket_id": 35436, "score": "bad", "requester_id": 20978392,
              "created_at": "2011-07-20T22:55:29Z"}  # fmt: skip
    organization = {"id": 509974, "name": "Acme", "domain_names": ["acme.example"]}
    put("users.json", json.dumps({"users": USERS}))
    deleted = {**TICKET, "id": 2, "status": "deleted"}
    tickets = [{**TICKET, "comments": [PUBLIC, ANSWER]}, deleted]
    put("tickets.json", json.dumps({"tickets": tickets}))
    put("audits.json", json.dumps({"audits": [{**AUDIT, "author_id": 235323}]}))
    put(
        "rest.json", json.dumps({"satisfaction_ratings": [rating], "organizations": [organization]})
    )
    source = Source(name="help", format="zendesk", path="*.json", namespace="zd", company=Company())
    result = load_source(warehouse, source, landing)

    assert (result.status, result.rows_quarantined) == ("loaded", 0)
    assert warehouse.execute(
        "select actor_ref, value from raw.ticket_event where record_key = 'zd:1274'"
        " and event_type = 'status'"
    ).fetchone() == ("zd:235323", "open")
    assert warehouse.execute(
        "select requester_ref, assignee_ref, recorded_at, is_deleted from raw.ticket order by 4"
    ).fetchone() == ("contact:zd:20978392", "zd:235323", at("2011-05-05 10:38:52"), False)
    assert warehouse.execute(
        "select person_ref, ticket_ref from raw.survey_response"
    ).fetchall() == [("contact:zd:20978392", "zd:35436")]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
    | st.sampled_from(["deleted", "good", "2020-01-01T00:00:00Z", "Comment", "Change", "agent"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from([*TICKET, *AUDIT, *PUBLIC, *USERS[0], "value"]), inner),
    max_leaves=8,
)  # fmt: skip


KINDS = ("tickets", "comments", "audits", "users", "organizations", "ticket_events", "results",
         "satisfaction_ratings", "survey_responses", "metric_sets", "groups")  # fmt: skip


@settings(
    max_examples=30, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(
    page=st.dictionaries(st.sampled_from(KINDS), st.lists(VALUES, max_size=3) | VALUES),
    data=st.data(),
)
def test_whatever_a_page_holds_each_record_comes_out(read, tmp_path, page, data):
    page["results"] = [
        {**sample, data.draw(st.sampled_from(sorted(sample))): data.draw(VALUES)}
        for sample in (TICKET, AUDIT, PUBLIC, USERS[0])
    ]
    (tmp_path / "page.json").write_text(json.dumps(page))

    with suppress(UnreadableFile):
        read("zendesk", tmp_path / "page.json")
