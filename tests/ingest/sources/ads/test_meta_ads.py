from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

BY_DAY = """\ufeff"Reporting starts","Reporting ends","Campaign name","Campaign ID","Account ID",\
Day,"Amount spent (EUR)",Impressions,"Link clicks","Clicks (all)",Purchases,\
"Purchases conversion value"
2026-09-01,2026-09-30,,,,,"3,084.40","241,300","2,402",3000,40,900
2026-09-01,2026-09-30,"Leads",120210000000000001,55,2026-09-01,924.16,"49,434",611,700,38,850.5
2026-09-01,2026-09-30,"Leads",120210000000000001,55,2026-09-02,0,0,,,,
"""


def put(tmp_path, content):
    path = tmp_path / "meta.csv"
    path.write_text(content)
    return path


def test_an_export_by_day_is_read_without_its_total(read, tmp_path):
    outcome = read("meta_ads", put(tmp_path, BY_DAY))

    first, second = outcome.rows["ad_spend"]
    assert outcome.rejected == []
    assert (first["position"], first["spend_date"]) == (1, date(2026, 9, 1))
    assert (first["platform"], first["ad_account_id"]) == ("meta", "55")
    assert (first["spend"], first["currency"]) == (Decimal("924.16"), "EUR")
    assert (first["impressions"], first["clicks"]) == (49_434, 611)
    assert (first["conversions"], first["conversions_value"]) == (38, Decimal("850.5"))
    assert json.loads(first["attributes"])["Clicks (all)"] == "700"
    assert (second["spend"], second["clicks"]) == (0, None)


def test_a_range_longer_than_a_day_is_rejected_with_the_way_to_export_days(read, tmp_path):
    export = (
        '"Reporting starts","Reporting ends","Campaign ID","Account ID","Amount spent (USD)"\n'
        "2026-05-25,2026-06-07,1,55,159.51\n"
        "2026-05-25,2026-05-25,2,55,10.00\n"
    )

    outcome = read("meta_ads", put(tmp_path, export))

    assert outcome.reasons() == {1: "range_longer_than_a_day"}
    assert outcome.rejected[0]["reason"] == (
        "covers 2026-05-25 to 2026-06-07; export it with the breakdown By time, Day"
    )
    assert [row["spend_date"] for row in outcome.rows["ad_spend"]] == [date(2026, 5, 25)]


def test_the_total_of_a_campaign_over_its_days_is_not_spent_on_the_first_of_them(read, tmp_path):
    subtotal = '2026-09-01,2026-09-30,"Leads",120210000000000001,55,{},924.16,"49,434",611,,,\n'

    for shown in ("", "All"):
        outcome = read("meta_ads", put(tmp_path, BY_DAY + subtotal.format(shown)))

        assert outcome.reasons() == {3: "missing_date"}
        assert [row["spend"] for row in outcome.rows["ad_spend"]] == [Decimal("924.16"), 0]


def test_insights_of_the_api_are_read_by_their_names(read, tmp_path):
    insights = (
        "account_id,account_currency,campaign_id,adset_id,ad_id,date_start,date_stop,spend,"
        "impressions,clicks,inline_link_clicks\n"
        "act_55,EUR,1,2,3,2026-09-01,2026-09-01,10.5,100,9,4\n"
    )

    (row,) = read("meta_ads", put(tmp_path, insights)).rows["ad_spend"]

    assert (row["ad_account_id"], row["ad_group_id"], row["ad_id"]) == ("55", "2", "3")
    assert (row["spend"], row["clicks"]) == (Decimal("10.5"), 4)
