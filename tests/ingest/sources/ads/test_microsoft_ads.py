from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ingest.parsed import UnreadableFile
from ingest.sources import FORMATS

REPORT = """"Report Name: My Campaign Performance Report"
"Report Time: 2/7/2020, 2/8/2020"
"Time Zone: (GMT-08:00) Pacific Time (US & Canada); Tijuana"
"Last Completed Available Day: 2/8/2020 10:15:00 PM (GMT)"
"Report Aggregation: Daily"
"Report Filter: "
"Potential Incomplete Data: true"
"Rows: 2"

"TimePeriod","AccountId","CampaignId","CampaignName","CurrencyCode","Impressions","Clicks","Spend","ConversionsQualified","Revenue"
"2/7/2020","55","111","KubeCon","EUR","1,000","50","25.50","2.5","1,000.00"
"2020-02-08","55","111","KubeCon","EUR","0","0","0.00","","0.00"

"@2020 Microsoft Corporation. All rights reserved. "
"""


def put(tmp_path, content):
    path = tmp_path / "microsoft.csv"
    path.write_text(content)
    return path


@pytest.mark.parametrize("sign", ["@", "©", "Ã‚Â©"])
@pytest.mark.parametrize("cells", ["", ",,,,,,,,,"])
def test_a_report_is_read_without_its_head_and_copyright(read, tmp_path, sign, cells):
    report = REPORT.replace("@", sign).replace('reserved. "', f'reserved. "{cells}')

    outcome = read("microsoft_ads", put(tmp_path, report))

    first, second = outcome.rows["ad_spend"]
    assert outcome.rejected == []
    assert (first["spend_date"], second["spend_date"]) == (date(2020, 2, 7), date(2020, 2, 8))
    assert (first["platform"], first["ad_account_id"]) == ("microsoft_ads", "55")
    assert (first["spend"], first["impressions"]) == (Decimal("25.5"), 1000)
    assert (first["conversions"], first["conversions_value"]) == (2.5, 1000)
    assert second["conversions"] is None
    assert first["account_time_zone"] == "Europe/Berlin"  # of the source: a GMT label is no zone


def test_the_names_of_the_page_are_read_too(read, tmp_path):
    page = (
        '"Gregorian date","Account number","Campaign ID","Ad group ID","Currency code",'
        '"Spend","Impr.","Clicks","Conv."\n'
        '"2/7/2020","F1000","111","5","EUR","25.50","1000","50","2"\n'
    )

    (row,) = read("microsoft_ads", put(tmp_path, page)).rows["ad_spend"]

    assert (row["ad_account_id"], row["ad_group_id"]) == ("F1000", "5")
    assert (row["impressions"], row["conversions"]) == (1000, 2)


@pytest.mark.parametrize(
    "hours",
    [
        ("2020-02-07|7", "2020-02-07|8"),
        ("2/7/2020 12:00:00 AM|7", "2/7/2020 12:00:00 AM|8"),
    ],
)
def test_hours_add_up_to_their_day(read, tmp_path, hours):
    lines = ["TimePeriod,AccountId,CampaignId,CurrencyCode,Spend"]
    lines += [f"{hour},55,111,EUR,1.25" for hour in hours]

    rows = read("microsoft_ads", put(tmp_path, "\n".join(lines) + "\n")).rows["ad_spend"]

    assert {row["spend_date"] for row in rows} == {date(2020, 2, 7)}
    assert rows[-1]["spend"] == Decimal("2.5")


@pytest.mark.parametrize("aggregation", ["Weekly", "Monthly", "Summary"])
def test_weeks_and_months_are_refused(read, tmp_path, aggregation):
    report = REPORT.replace("Aggregation: Daily", f"Aggregation: {aggregation}")

    with pytest.raises(UnreadableFile, match=f"is {aggregation}; request it with .* Daily"):
        read("microsoft_ads", put(tmp_path, report))


def test_a_report_that_calls_itself_incomplete_is_noted(tmp_path):
    from ingest.source import Source

    source = Source(name="s", format="microsoft_ads", path="*", namespace="ns")
    (chunk,) = FORMATS["microsoft_ads"](put(tmp_path, REPORT), source)

    assert any("may be incomplete" in note for note in chunk.notes)
