from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

EXPORT = """Campaign Performance Report (in UTC)
Report Start: 09/01/2026, Report End: 09/02/2026

Start Date (in UTC),Account Name,Campaign Name,Campaign ID,Total Spent,Impressions,Clicks,\
Conversions,Total Conversion Value,Currency
09/01/2026,Acme,"Leads, directors",11,"1,234.50",10000,200,3,300.00,USD
9/1/2026,Acme,Brand,12,10.25,500,4,0,0,USD
09/02/2026,Acme,"Leads, directors",11,100.00,2000,40,1,100.00,USD
Total,,,,"1,344.75",12500,244,4,400.00,USD
"""


def put(tmp_path, content):
    path = tmp_path / "linkedin.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_an_export_is_read_without_what_stands_around_its_table(read, tmp_path):
    outcome = read("linkedin_ads", put(tmp_path, EXPORT), account_id=507)

    rows = outcome.rows["ad_spend"]
    assert outcome.rejected == []
    assert sum(row["spend"] for row in rows) == Decimal("1344.75")
    assert [row["spend_date"].day for row in rows] == [1, 1, 2]
    assert {row["account_time_zone"] for row in rows} == {"UTC"}
    assert {(row["platform"], row["ad_account_id"]) for row in rows} == {("linkedin", "507")}
    assert rows[0]["conversions_value"] == 300
    assert json.loads(rows[0]["attributes"]) == {
        "Account Name": "Acme",
        "Campaign Name": "Leads, directors",
    }


def test_the_same_export_in_utf_16_with_tabs_says_the_same(read, tmp_path):
    lines = [line.split(",") for line in EXPORT.replace('"1,234.50"', "1234.50")
             .replace('"1,344.75"', "1344.75").replace('"Leads, directors"', "Leads; directors")
             .splitlines()]  # fmt: skip
    tabs = "\r\n".join("\t".join(cells) for cells in lines)

    rows = read("linkedin_ads", put(tmp_path, tabs.encode("utf-16")), account_id=507)

    assert sum(row["spend"] for row in rows.rows["ad_spend"]) == Decimal("1344.75")


@pytest.mark.parametrize(
    "range_",
    [
        "Report Start: 09/01/2026, Report End: 09/30/2026",
        '"Report Start: September 1, 2026, 12:00 AM"\n"Report End: September 30, 2026, 11:59 PM"',
    ],
)
def test_a_month_in_one_line_is_rejected_although_it_carries_one_day(read, tmp_path, range_):
    lines = EXPORT.splitlines()
    whole = "\n".join([lines[0], range_, "", *lines[3:6]]) + "\n"

    outcome = read("linkedin_ads", put(tmp_path, whole), account_id=507)

    assert set(outcome.reasons().values()) == {"range_longer_than_a_day"}
    assert "covers 2026-09-01 to 2026-09-30" in outcome.rejected[0]["reason"]
    assert "time breakdown Daily" in outcome.rejected[0]["reason"]


def test_a_line_whose_end_date_is_another_day_is_rejected(read, tmp_path):
    lines = (
        "Start Date (in UTC),End Date (in UTC),Campaign ID,Total Spent,Currency\n"
        "9/1/2026,9/30/2026,11,1200.00,USD\n9/13/2026,9/13/2026,11,3.00,USD\n"
    )

    outcome = read("linkedin_ads", put(tmp_path, lines), account_id=507)

    assert outcome.reasons() == {1: "range_longer_than_a_day"}
    assert [row["spend"] for row in outcome.rows["ad_spend"]] == [3]


def test_months_are_rejected_although_each_line_carries_a_day(read, tmp_path):
    head = "Report Start: 08/10/2026, Report End: 10/31/2026\n\nStart Date (in UTC),Campaign ID,"
    lines = "8/10/2026,11,5.00,USD\n9/1/2026,11,7.00,USD\n10/1/2026,12,9.00,USD\n"
    daily = lines + "10/2/2026,12,9.00,USD\n"

    for table, reasons in ((lines, dict.fromkeys((1, 2, 3), "range_longer_than_a_day")),
                           (daily, {})):  # fmt: skip
        export = head + "Total Spent,Currency\n" + table
        assert read("linkedin_ads", put(tmp_path, export), account_id=507).reasons() == reasons


def test_a_dash_is_nothing_and_takes_no_line_with_it(read, tmp_path):
    export = EXPORT.replace("10000,200,3,300.00", "10000,200,-,-")

    outcome = read("linkedin_ads", put(tmp_path, export), account_id=507)

    assert outcome.rejected == []
    assert outcome.rows["ad_spend"][0]["conversions"] is None
    assert outcome.rows["ad_spend"][0]["spend"] == Decimal("1234.50")


def test_rows_of_the_api_are_read_by_their_names(read, tmp_path):
    rows = (
        "day,account_id,campaign_id,creative_id,cost_in_local_currency,currency,clicks\n"
        "2026-09-01,507,urn:li:sponsoredCampaign:11,urn:li:sponsoredCreative:9,5.5,EUR,1\n"
    )

    (row,) = read("linkedin_ads", put(tmp_path, rows)).rows["ad_spend"]

    assert (row["ad_campaign_id"], row["ad_id"]) == ("11", "9")
    assert (row["spend_date"], row["spend"]) == (date(2026, 9, 1), Decimal("5.5"))
