"""Loaded records keep their contracts, and whatever a file holds, no record is lost."""

from __future__ import annotations

from crm_anything import QUICK, VALUES, any_json, survives, unmapped
from hubspot_records import DEAL, PIPELINE, of, page
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.loading.load_source import load_source
from ingest.source import Source
from ingest.sources.hubspot.reading import OBJECTS


def test_everything_that_a_contract_requires_is_mapped():
    assert unmapped(OBJECTS) == []


def test_loaded_records_of_every_object_keep_their_contracts(warehouse, landing, put):
    said = {"hs_timestamp": "2024-01-01T10:00:00Z", "hs_lastmodifieddate": "2024-02-01T00:00:00Z"}
    ticket = of("7", subject="Help", hs_ticket_priority="HIGH", createdate="2024-01-01T00:00:00Z")
    ticket["properties"] |= {"hs_pipeline_stage": "2", "hs_merged_object_ids": "6"}
    ticket["propertiesWithHistory"] = {
        "hs_pipeline_stage": [{"value": "2", "timestamp": "2024-01-02T00:00:00Z"}],
        "hubspot_owner_id": [{"value": "910901", "timestamp": "2024-01-03T00:00:00Z"}],
    }
    event = {"id": "e", "created": 1580000000000, "type": "OPEN", "recipient": "a@b.example"}
    leaving = {
        **event,
        "id": "f",
        "type": "STATUSCHANGE",
        "portalSubscriptionStatus": "UNSUBSCRIBED",
    }
    records = {
        "deals": [DEAL],
        "pipelines": [PIPELINE],
        "contacts": [of("101", firstname="Ana", email="Ana@Acme.example", country="France")],
        "companies": [of("201", name="Acme", annualrevenue="1000000", hs_merged_object_ids="200")],
        "owners": [{"id": "910901", "firstName": "Rita", "email": "rita@nordlicht.example"}],
        "goals": [
            of(
                "1",
                hs_target_amount="5",
                hubspot_owner_id="7",
                hs_start_datetime="2024-01-01T00:00:00Z",
            )
        ],
        "tickets": [ticket],
        "calls": [of("c", hs_call_direction="OUTBOUND", hs_call_duration="1500", **said)],
        "emails": [of("m", hs_email_status="BOUNCED", **said)],
        "meetings": [of("n", hs_meeting_outcome="NO_SHOW", **said)],
        "notes": [of("o", hs_note_body="<b>x</b>", **said)],
        "tasks": [of("p", hs_task_status="COMPLETED", **said)],
        "communications": [of("q", hs_communication_channel_type="WHATS_APP", **said)],
        "campaigns": [
            of("g", hs_name="Spring", hs_start_date="2024-03-01", hs_campaign_status="in_progress")
        ],
        "email_campaigns": [{"id": 7, "name": "Newsletter", "lastUpdatedTime": 1580000000000}],
        "lists": [{"listId": "42", "name": "VIP", "createdAt": "2024-01-01T00:00:00Z"}],
        "memberships-42": [{"recordId": "101", "membershipTimestamp": "2024-01-01T00:00:00Z"}],
        "email_events": [event, leaving],
        "products": [of("5", name="Chair", price="49.95", hs_sku="C-1")],
        "line_items": [
            {
                **of("1", quantity="2", price="5"),
                "associations": {"orders": {"results": [{"id": "7"}]}},
            }
        ],
    }
    for name, found in records.items():
        put(f"hs/{name}.json", page(*found))
    source = Source(name="hs", format="hubspot", path="hs/*", namespace="hub")

    result = load_source(warehouse, source, landing)

    assert (result.status, result.rows_quarantined, result.message) == ("loaded", 0, None)
    deal = warehouse.execute(
        "select account_ref, owner_ref, amount from raw.opportunity where not is_deleted"
    ).fetchone()
    assert (deal[0], deal[1], float(deal[2])) == ("hub:201", "hub:910901", 1500.0)
    merged = warehouse.execute(
        "select record_key, merged_into_ref from raw.opportunity where is_deleted order by 1"
    ).fetchall()
    assert merged == [("hub:8001", "hub:9001"), ("hub:8002", "hub:9001")]


@QUICK
@given(
    any_json(
        "id", "properties", "propertiesWithHistory", "associations", "stages", "results",
        "recordId", "dealstage", "timestamp", "value", "$history", "from", "to", "toObjectId",
    )
)  # fmt: skip
@example([{"id": "1", "$history": "x", "properties": {"$stages": 1, "dealname": "\ud800\x00"}}])
@example([{"\ud800": "\x00"}, {"dealname": "x"}, "\ud800"])
@example([{"stages": [{"id": ["\ud800"], "displayOrder": {}, "metadata": []}]}])
@example([{"from": {"id": []}, "to": [1, {"toObjectId": "\x00", "associationTypes": [{}]}]}])
@example([{"recordId": {}, "recordListMemberships": [{"listId": "\x00"}]}])
def test_any_json_gives_rows_and_reasons(read, tmp_path, value):
    survives(read, "hubspot", tmp_path / "any.json", value)


@QUICK
@given(st.sampled_from([each.name for each in OBJECTS]), st.data())
def test_any_values_of_any_object_give_rows_and_reasons(read, tmp_path, name, data):
    native = next(each for each in OBJECTS if each.name == name)
    fields = st.sampled_from([one for one in native.fields if not one.startswith("$")] or ["id"])
    properties = st.dictionaries(fields, VALUES)
    change = st.fixed_dictionaries({"value": VALUES, "timestamp": VALUES})
    record = st.fixed_dictionaries(
        {
            "id": VALUES,
            "properties": properties,
            "propertiesWithHistory": st.dictionaries(fields, st.lists(change, max_size=3)),
        }
    )
    records = data.draw(st.lists(record | properties, max_size=4))
    survives(read, "hubspot", tmp_path / "any.json", records, object=name)


@QUICK
@given(st.binary(max_size=120))
@example(b"")
@example(b"Deal Name,dealname,Deal Name,$file,$attributes\na,b,c,d,e\n")
@example(b"Record ID\n\x00\n")
def test_any_bytes_give_rows_and_reasons(read, tmp_path, content):
    survives(read, "hubspot", tmp_path / "deals.csv", content)
