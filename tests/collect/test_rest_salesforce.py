"""What is asked of a Salesforce org is what the format reads, and no more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fake_salesforce import FakeSalesforce
from vendor_server import serving

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
