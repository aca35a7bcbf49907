"""What is asked of a Salesforce org is what the format reads, and no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fake_salesforce import FakeSalesforce
from vendor_server import Asked, Told, serving

from ingest.collect.errors import StreamMissing, Unreachable
from ingest.collect.patience import Patience
from ingest.collect.rest.salesforce_object import HISTORIES
from ingest.collect.run import collect, preview
from ingest.source import Source
from ingest.sources.salesforce.history import CASE_FIELDS, OPPORTUNITY_FIELDS
from tests.current_rows import current, load

Make = Callable[..., Source]

WROTE = {"CreatedById": "005000000000001AAA", "IsDeleted": "false"}


def salesforce(make: Make, url: str, *streams: str) -> Source:
    return make("salesforce", "sf/*.csv", kind="salesforce", base_url=url, client_id="id",
                client_secret="env:VENDOR_TOKEN", streams=list(streams))  # fmt: skip


def test_only_changes_that_are_kept_are_asked_for(
    home: Path, source_of: Make, patience: Patience
) -> None:
    org = FakeSalesforce()
    fields = ["created", "NextStep", "Description", "StageName", "Owner"]
    for number, field in enumerate(fields):
        org.put("OpportunityFieldHistory", f"017{number:012d}AAA", "2024-01-01T00:00:00.000Z",
                OpportunityId="006000000000001AAA", Field=field, OldValue="a", NewValue="b",
                CreatedDate="2024-01-01T00:00:00.000Z", **WROTE)  # fmt: skip
    with serving(org.answer) as url:
        source = salesforce(source_of, url, "OpportunityFieldHistory")
        (waiting,) = preview(source, home, patience=patience).streams
        collected = collect(source, home, patience=patience)
    (home / "sources.yml").write_bytes((home.parent / "sources.yml").read_bytes())
    load(home)

    assert (waiting.waiting, collected.records) == (2, 2)
    told = current(home, "opportunity_history").values()
    assert {row["field"] for row in told} == {"stage", "owner"}


def test_calls_and_chats_are_asked_for_if_they_are_named(
    home: Path, source_of: Make, patience: Patience
) -> None:
    org = FakeSalesforce()
    made = {"CreatedDate": "2024-01-01T00:00:00.000Z", **WROTE}
    org.put("VoiceCall", "0LQ000000000001AAA", "2024-01-01T00:00:00.000Z", CallType="Inbound",
            FromPhoneNumber="+4930901820", CallDurationInSeconds="60", **made)  # fmt: skip
    org.put("LiveChatTranscript", "570000000000001AAA", "2024-01-01T00:00:00.000Z",
            Status="Missed", ContactId="003000000000001AAA", **made)  # fmt: skip
    org.put("MessagingSession", "0Mw000000000001AAA", "2024-01-01T00:00:00.000Z",
            ChannelType="Text", EndUserContactId="003000000000001AAA", **made)  # fmt: skip
    named = ("VoiceCall", "LiveChatTranscript", "MessagingSession")
    with serving(org.answer) as url:
        source = salesforce(source_of, url, *named)
        assert collect(source, home, patience=patience).records == 3
    (home / "sources.yml").write_bytes((home.parent / "sources.yml").read_bytes())
    load(home)

    told = current(home, "interaction").values()
    assert sorted(
        (row["channel"], row["interaction_type"], row["customer_ref"]) for row in told
    ) == [
        ("chat", "chat", "contact:live:003000000000001AAA"),
        ("phone", "call", "phone:+4930901820"),
        ("sms", "chat", "contact:live:003000000000001AAA"),
    ]
    every = source_of("salesforce", "sf/*.csv", kind="salesforce", base_url="https://x.example",
                      client_id="id", client_secret="env:VENDOR_TOKEN").collect  # fmt: skip
    assert every is not None
    assert "Task" in every.settings["streams"]
    assert not set(named) & set(every.settings["streams"])


def test_an_org_with_too_many_requests_is_asked_again_and_later_from_where_it_was(
    home: Path, source_of: Make, patience: Patience
) -> None:
    org = FakeSalesforce()
    org.put("Lead", "00Q000000000001AAA", "2024-01-01T00:00:00.000Z", **WROTE)
    troubles = 2

    def answer(asked: Asked) -> Told:
        nonlocal troubles
        if "/results" in asked.path and troubles:
            troubles -= 1
            said = "TotalRequests Limit exceeded."
            return Told([{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": said}], 403)
        return org.answer(asked)

    with serving(answer) as url:
        source = salesforce(source_of, url, "Lead")
        few = Patience(attempts=1, first_wait_s=0.001)
        with pytest.raises(Unreachable, match="collect again later"):
            collect(source, home, patience=few)
        assert collect(source, home, patience=patience).records == 1

    assert (troubles, len(org.jobs)) == (0, 1)


def test_the_histories_that_are_asked_for_are_those_that_are_read() -> None:
    assert set(HISTORIES["OpportunityFieldHistory"]) <= set(OPPORTUNITY_FIELDS)
    assert set(HISTORIES["CaseHistory"]) <= set(CASE_FIELDS)
    asked = {OPPORTUNITY_FIELDS[name] for name in HISTORIES["OpportunityFieldHistory"]}
    assert asked == set(OPPORTUNITY_FIELDS.values())
    assert {CASE_FIELDS[name] for name in HISTORIES["CaseHistory"]} == set(CASE_FIELDS.values())


def test_a_quota_has_its_period_and_a_line_its_product(
    home: Path, source_of: Make, patience: Patience
) -> None:
    org = FakeSalesforce(parents={"PeriodId": "Period", "Product2Id": "Product2"})
    org.put("ForecastingQuota", "0J9000000000001AAA", "2024-01-01T00:00:00.000Z",
            QuotaOwnerId="005000000000001AAA", StartDate="2024-01-01", QuotaAmount="50000.0",
            PeriodId="026000000000001AAA", **{"Period.Type": "Quarter"})  # fmt: skip
    org.put("OpportunityLineItem", "00k000000000001AAA", "2024-01-01T00:00:00.000Z",
            OpportunityId="006000000000001AAA", Name="Acme, chairs", Quantity="2.0",
            Product2Id="01t000000000001AAA", IsDeleted="false",
            **{"Product2.Name": "Chair", "Product2.ProductCode": "CH-1"})  # fmt: skip
    with serving(org.answer) as url:
        collect(salesforce(source_of, url, "ForecastingQuota", "OpportunityLineItem"), home,
                patience=patience)  # fmt: skip
    (home / "sources.yml").write_bytes((home.parent / "sources.yml").read_bytes())
    load(home)

    (quota,) = current(home, "quota").values()
    assert (quota["period_type"], str(quota["period_start"])) == ("quarter", "2024-01-01")
    (line,) = current(home, "opportunity_line").values()
    assert (line["product_name"], line["sku"]) == ("Chair", "CH-1")


def test_an_org_collected_twice_is_as_it_is_now(
    home: Path, source_of: Make, patience: Patience
) -> None:
    before = "2024-01-01T08:00:00.000Z"
    # within the ten minutes that two windows share
    now = f"{datetime.now(UTC) - timedelta(minutes=1):%Y-%m-%dT%H:%M:%S}.000Z"
    org = FakeSalesforce()

    def put(name: str, record_id: str, changed: str, **fields: str) -> None:
        record = {"IsDeleted": "false", "MasterRecordId": "", "CreatedDate": before} | fields
        org.put(name, record_id.ljust(15, "0"), changed, **record)

    def contact(record_id: str, changed: str, **more: str) -> None:
        put("Contact", record_id, changed, LastName="Doe", AccountId="001000000000001", **more)

    def opportunity(record_id: str, changed: str, stage: str, amount: str, **more: str) -> None:
        put("Opportunity", record_id, changed, Name="Chairs", StageName=stage, Amount=amount,
            Probability="10.0", CloseDate="2024-06-01", IsClosed="false", IsWon="false",
            **more)  # fmt: skip

    def state(record_id: str, changed: str, stage: str, amount: str) -> None:
        put("OpportunityHistory", record_id, changed, OpportunityId="006100000000000",
            StageName=stage, Amount=amount, CloseDate="2024-06-01", Probability="10.0",
            ForecastCategory="Pipeline", CreatedDate=changed)  # fmt: skip

    def role(record_id: str, changed: str, person: str, **more: str) -> None:
        put("OpportunityContactRole", record_id, changed, OpportunityId="006100000000000",
            ContactId=person, IsPrimary="false", Role="Evaluator", **more)  # fmt: skip

    for number in "123":
        contact(f"003{number}", before)
    for number in "12":
        opportunity(f"006{number}", before, "Prospecting", "1000.0")
        role(f"00K{number}", before, f"003{number}".ljust(15, "0"))
    state("0081", before, "Prospecting", "1000.0")
    streams = ("Contact", "Opportunity", "OpportunityContactRole", "OpportunityHistory")
    with serving(org.answer) as url:
        source = salesforce(source_of, url, *streams)
        (home / "sources.yml").write_bytes((home.parent / "sources.yml").read_bytes())
        collect(source, home, patience=patience)
        load(home)
        contact("0032", now, IsDeleted="true", MasterRecordId="003100000000000")
        contact("0033", now, IsDeleted="true")
        opportunity("0061", now, "Negotiation", "1200.0")
        state("0082", now, "Negotiation", "1200.0")
        opportunity("0062", now, "Prospecting", "1000.0", IsDeleted="true")
        role("00K2", now, "003200000000000", IsDeleted="true")
        collect(source, home, patience=patience)
        load(home)

    assert set(current(home, "contact")) == {"live:003100000000000"}
    (deal,) = current(home, "opportunity").values()
    assert (deal["stage_name"], deal["amount"]) == ("Negotiation", 1200)
    (person,) = current(home, "opportunity_contact").values()
    assert person["contact_ref"] == "live:003100000000000"
    stages = [
        row["new_value"]
        for row in sorted(
            current(home, "opportunity_history").values(), key=lambda row: row["changed_at"]
        )
        if row["field"] == "stage"
    ]
    assert stages == ["Prospecting", "Negotiation"]


def test_what_is_written_while_our_clock_is_ahead_is_not_lost(
    home: Path, source_of: Make, patience: Patience
) -> None:
    org = FakeSalesforce(clock_s=3_600)

    def written(minutes_ago: int) -> str:
        at = datetime.now(UTC) - timedelta(hours=1, minutes=minutes_ago)
        return f"{at:%Y-%m-%dT%H:%M:%S}.000Z"

    org.put("Lead", "00Q000000000001", written(minutes_ago=30))
    with serving(org.answer) as url:
        source = salesforce(source_of, url, "Lead")
        first = collect(source, home, patience=patience)
        org.put("Lead", "00Q000000000002", written(minutes_ago=0))
        second = collect(source, home, patience=patience)

    assert (first.records, second.records) == (1, 1)


def test_a_body_longer_than_a_reader_of_csv_takes_lands(
    home: Path, source_of: Make, patience: Patience
) -> None:
    org = FakeSalesforce()
    body = '<p>He said ""hello"",\n</p>' * 8_000
    for number in range(3):
        org.put("EmailMessage", f"02s00000000000{number}", "2024-01-01T00:00:00Z", HtmlBody=body)
    with serving(org.answer) as url:
        source = salesforce(source_of, url, "EmailMessage")
        assert collect(source, home, patience=patience).records == 3


@pytest.mark.parametrize("lost", [3, 24])
def test_a_set_that_ends_within_its_last_record_is_asked_for_again(
    lost: int, home: Path, source_of: Make, patience: Patience
) -> None:
    org = FakeSalesforce()
    for number in range(2):
        org.put("Lead", f"00Q00000000000{number}", "2024-01-01T00:00:00Z", Name="Jane Doe")
    cuts = [lost]

    def answer(asked: Asked) -> Told:
        told = org.answer(asked)
        if asked.path.endswith("/results") and cuts:
            told.content = told.body[: -cuts.pop()]
        return told

    with serving(answer) as url:
        (file,) = collect(salesforce(source_of, url, "Lead"), home, patience=patience).files
    last = (home / file).read_text().splitlines()[-1]
    assert last == '"00Q000000000001","Jane Doe","2024-01-01T00:00:00Z"'


def test_an_object_that_is_not_given_holds_up_no_other(
    home: Path, source_of: Make, patience: Patience
) -> None:
    org = FakeSalesforce()
    for name, record_id in (("Account", "001"), ("Contact", "003"), ("Lead", "00Q")):
        org.put(name, f"{record_id}000000000001", "2024-01-01T00:00:00Z")
    is_broken = True

    def answer(asked: Asked) -> Told:
        told = org.answer(asked)
        if is_broken and asked.method == "POST" and "FROM Account" in asked.body.get("query", ""):
            return Told(
                [{"errorCode": "API_ERROR", "message": "not supported by the Bulk API"}], 400
            )
        if is_broken and asked.path.endswith("/jobs/query/750000000000000001"):
            return Told({"state": "Failed", "errorMessage": "timeout"})
        return told

    with serving(answer) as url:
        source = salesforce(source_of, url, "Account", "Contact", "Lead")
        with pytest.raises(
            StreamMissing, match=r"not supported by the Bulk API.*as Failed: timeout"
        ):
            collect(source, home, patience=patience)
        assert [file.name for file in (home / "landing" / "sf").iterdir()] == ["Lead-00000001.csv"]
        is_broken = False
        assert collect(source, home, patience=patience).records == 2
