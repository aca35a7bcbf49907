"""The text of a redacted message is in no version of it, whatever the order of the files."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest.loading.load import load_source
from ingest.source import Company, Source

Con = duckdb.DuckDBPyConnection
Put = Callable[[str, str | bytes], Path]

NUMBER = "4111 1111"
"""With its blank no hash or time can hold it."""
SECRET = f"My card is {NUMBER} 1111 1111"
AFTER = "My card is ▇▇▇▇ ▇▇▇▇ ▇▇▇▇ ▇▇▇▇"


def zendesk(**given: Any) -> Source:
    settings: dict[str, Any] = {
        "name": "desk", "format": "zendesk", "path": "**/*.json", "namespace": "desk",
        "options": {"agents": [9]}, "company": Company(),
    }  # fmt: skip
    return Source(**(settings | given))


def intercom() -> Source:
    return Source(
        name="chat", format="intercom", path="**/*.json", namespace="chat", company=Company()
    )


def comment(body: str, comment_id: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": comment_id, "ticket_id": 7, "author_id": 5, "body": body, "public": True,
            "created_at": "2026-03-02T08:00:00Z", "via": {"channel": "email"}, **more}  # fmt: skip


def redaction(event_id: int = 31, comment_id: int = 1) -> dict[str, Any]:
    """Return the audit of a redaction."""
    return {"id": event_id * 10, "ticket_id": 7, "author_id": 9,
            "created_at": "2026-03-03T08:00:00Z", "via": {"channel": "web"},
            "events": [{"id": event_id, "type": "CommentRedactionEvent",
                        "comment_id": comment_id}]}  # fmt: skip


def ticket(description: str, updated: str) -> dict[str, Any]:
    return {"id": 7, "requester_id": 5, "status": "open", "subject": "Case", "priority": "high",
            "description": description, "created_at": "2026-03-02T08:00:00Z",
            "updated_at": updated}  # fmt: skip


def everything(con: Con) -> str:
    """Return every value of every table of raw."""
    tables = con.execute(
        "select table_name from duckdb_tables() where schema_name = 'raw'"
    ).fetchall()
    return "".join(str(con.execute(f"from raw.{name}").fetchall()) for (name,) in tables)


def texts(con: Con) -> list[tuple[str, str | None]]:
    query = "select file, body_text from raw.interaction order by file, record_key"
    return con.execute(query).fetchall()


@pytest.mark.parametrize("order", list(permutations(["1.json", "2.json"])))
def test_only_the_redacted_version_of_a_comment_keeps_its_text(
    warehouse: Con, landing: Path, put: Put, order: tuple[str, ...]
) -> None:
    content = {"1.json": [comment(SECRET), comment("Another", 2)], "2.json": [comment(AFTER)]}
    for name in order:
        put(name, json.dumps(content[name]))
        load_source(warehouse, zendesk(), landing)

    assert NUMBER not in everything(warehouse)
    assert texts(warehouse) == [("1.json", None), ("1.json", "Another"), ("2.json", AFTER)]
    (times,) = warehouse.execute(
        "select distinct started_at, recorded_at, conversation_ref, direction from raw.interaction "
        "where record_key = 'desk:1'"
    ).fetchall()
    assert (str(times[0]), *times[1:]) == (
        "2026-03-02 08:00:00", None, "desk:7", "inbound",
    )  # fmt: skip


def test_what_is_told_again_does_not_bring_the_text_back(
    warehouse: Con, landing: Path, put: Put
) -> None:
    put("1.json", json.dumps([comment(SECRET)]))
    put("2.json", json.dumps([comment(AFTER)]))
    load_source(warehouse, zendesk(), landing)
    put("3.json", json.dumps([comment(SECRET, subject="as a new version")]))
    load_source(warehouse, zendesk(), landing)

    assert NUMBER not in everything(warehouse)
    load_source(warehouse, zendesk(), landing, replay=True)
    assert NUMBER not in everything(warehouse)
    assert ("2.json", AFTER) in texts(warehouse)


@pytest.mark.parametrize("names", [("1.json", "2.json"), ("2.json", "1.json")])
def test_an_event_alone_takes_the_text(
    warehouse: Con, landing: Path, put: Put, names: tuple[str, str]
) -> None:
    put(names[0], json.dumps({"comments": [comment(SECRET), comment("Another", 2)]}))
    load_source(warehouse, zendesk(), landing)
    put(names[1], json.dumps({"audits": [redaction()]}))
    load_source(warehouse, zendesk(), landing)

    assert NUMBER not in everything(warehouse)
    assert [text for _, text in texts(warehouse)] == [None, "Another"]
    told = warehouse.execute(
        "select value, actor_ref from raw.ticket_event where event_type = 'redacted'"
    ).fetchall()
    assert told == [("1", "desk:9")]


def test_of_two_redactions_the_first_version_may_hold_what_the_second_took(
    warehouse: Con, landing: Path, put: Put
) -> None:
    put("1.json", json.dumps([comment("PIN 1234, card 4111")]))
    put(
        "2.json",
        json.dumps({"audits": [redaction(31)], "comments": [comment("PIN ▇▇▇▇, card 4111")]}),
    )
    load_source(warehouse, zendesk(), landing)
    assert [text for _, text in texts(warehouse)] == [None, "PIN ▇▇▇▇, card 4111"]

    put("3.json", json.dumps({"audits": [redaction(32)]}))
    load_source(warehouse, zendesk(), landing)
    assert [text for _, text in texts(warehouse)] == [None, None]

    put("4.json", json.dumps([comment("PIN ▇▇▇▇, card ▇▇▇▇")]))
    load_source(warehouse, zendesk(), landing)
    assert [text for _, text in texts(warehouse)] == [None, None, "PIN ▇▇▇▇, card ▇▇▇▇"]


@pytest.mark.parametrize("order", list(permutations(["1.json", "2.json", "3.json"])))
def test_the_ticket_does_not_keep_the_text_as_its_description(
    warehouse: Con, landing: Path, put: Put, order: tuple[str, ...]
) -> None:
    content = {
        "1.json": {
            "tickets": [ticket(SECRET, "2026-03-02T08:00:00Z")],
            "comments": [comment(SECRET)],
        },
        "2.json": {"comments": [comment(AFTER)]},
        "3.json": {"tickets": [ticket(AFTER, "2026-03-03T08:00:00Z")]},
    }
    for name in order:
        put(name, json.dumps(content[name]))
        load_source(warehouse, zendesk(), landing)

    assert NUMBER not in everything(warehouse)
    versions = warehouse.execute(
        "select file, json_extract_string(attributes, '$.description'), subject from raw.ticket "
        "order by file"
    ).fetchall()
    assert versions == [("1.json", None, "Case"), ("3.json", AFTER, "Case")]


def test_a_part_that_intercom_redacted_loses_its_text(
    warehouse: Con, landing: Path, put: Put
) -> None:
    author = {"type": "user", "id": "u1", "email": "jane@customer.example"}
    part = {"type": "conversation_part", "id": "p1", "part_type": "comment", "author": author,
            "created_at": 1772438400, "updated_at": 1772438400}  # fmt: skip
    source = {"type": "conversation", "id": "s1", "author": author, "subject": "Card 4111"}

    def conversation(said: dict[str, Any], replied: dict[str, Any]) -> str:
        return json.dumps({
            "type": "conversation", "id": "c1", "created_at": 1772438300,
            "source": {**source, **said},
            "conversation_parts": {"conversation_parts": [{**part, **replied}]},
        })  # fmt: skip

    put("1.json", conversation({"body": "Hi", "redacted": False}, {"body": SECRET}))
    load_source(warehouse, intercom(), landing)
    gone = {"body": None, "redacted": True, "updated_at": 1772442000}
    put("2.json", conversation({"body": "Hi", "redacted": False}, gone))
    load_source(warehouse, intercom(), landing)

    found = warehouse.execute(
        "select record_key, file, body_text, is_redacted from raw.interaction order by all"
    ).fetchall()
    assert ("chat:c1|p1", "1.json", None, None) in found
    assert ("chat:c1|p1", "2.json", None, True) in found
    assert ("chat:c1|s1", "1.json", "Hi", None) in found
    assert NUMBER not in everything(warehouse)
    assert "Card 4111" in everything(warehouse)

    put("3.json", conversation({"body": "<i>deleted</i>", "redacted": True}, gone))
    load_source(warehouse, intercom(), landing)
    assert NUMBER not in everything(warehouse)
    assert "Card 4111" not in everything(warehouse)


def test_a_deleted_message_of_slack_loses_its_text(warehouse: Con, landing: Path, put: Put) -> None:
    source = Source(
        name="slack", format="slack", path="**/*.json", namespace="slack", company=Company()
    )
    put("users.json", json.dumps([{"id": "U1", "name": "jane", "profile": {}}]))
    said = {"type": "message", "user": "U1", "ts": "1772438400.000100", "text": SECRET}
    put("support/2026-03-02.json", json.dumps([said]))
    load_source(warehouse, source, landing)
    gone = {**said, "subtype": "tombstone", "text": "This message was deleted."}
    put("support/2026-03-03.json", json.dumps([gone]))
    load_source(warehouse, source, landing)

    assert len(texts(warehouse)) == 2
    assert NUMBER not in everything(warehouse)


@pytest.mark.parametrize("names", list(permutations(["2026-03-02.json", "2026-03-03.json"])))
def test_the_files_of_a_deleted_message_of_slack_lose_their_names(
    warehouse: Con, landing: Path, put: Put, names: tuple[str, str]
) -> None:
    source = Source(
        name="slack", format="slack", path="**/*.json", namespace="slack", company=Company()
    )
    put("users.json", json.dumps([{"id": "U1", "name": "jane", "profile": {}}]))
    said = {"type": "message", "user": "U1", "ts": "1772438400.000100", "text": "see"}
    other = {**said, "ts": "1772438401.000100", "files": [{"id": "F2", "name": "menu.pdf"}]}
    said["files"] = [{"id": "F1", "name": f"{NUMBER}.pdf", "url_private": f"https://x/{NUMBER}"}]
    gone = {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "ts": said["ts"],
            "text": "This message was deleted."}  # fmt: skip
    contents = {"2026-03-02.json": [said, other], "2026-03-03.json": [gone]}
    for name in names:
        put(f"support/{name}", json.dumps(contents[name]))
        load_source(warehouse, source, landing)

    assert NUMBER not in everything(warehouse)
    assert "menu.pdf" in everything(warehouse)
    load_source(warehouse, source, landing, replay=True)
    assert NUMBER not in everything(warehouse)
