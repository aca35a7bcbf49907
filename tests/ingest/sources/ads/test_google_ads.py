from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from ingest.from_contracts.schema import create_schemas_and_tables
from ingest.loading.load_source import load_source
from ingest.source import Source

DOWNLOADED = """Campaign report
"September 1, 2026 - September 3, 2026"
Day,Campaign,Campaign ID,Customer ID,Currency code,Cost,Impr.,Clicks,Conversions,Conv. value,Top IS
2026-09-01,Spring Roofs & Gutters,12345678901,877-953-6058,CAD,12.34,"1,234",7,1.00,250.00,< 10%
2026-09-02,Spring Roofs & Gutters,12345678901,877-953-6058,CAD,"1,020.50","10,500",88,2.50,0,--
2026-09-03,Brand - Search,22222222222,877-953-6058,CAD,0.00,0,0,0.00,0,--
Total: Account,--,--,--,CAD,"1,032.84","11,734",95,3.50,250.00,--
Total: Campaigns,--,--,--,CAD,"1,032.84","11,734",95,3.50,250.00,--
"""


def put(tmp_path, content):
    path = tmp_path / "google.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_download_is_read_without_its_title_and_totals(read, tmp_path):
    outcome = read("google_ads", put(tmp_path, DOWNLOADED))

    rows = outcome.rows["ad_spend"]
    assert outcome.rejected == []
    assert [row["position"] for row in rows] == [1, 2, 3]
    assert sum(row["spend"] for row in rows) == Decimal("1032.84")
    assert sum(row["impressions"] for row in rows) == 11_734
    assert sum(row["conversions"] for row in rows) == 3.5
    assert rows[0]["conversions_value"] == 250
    assert {row["platform"] for row in rows} == {"google_ads"}
    assert json.loads(rows[0]["attributes"]) == {
        "Campaign": "Spring Roofs & Gutters",
        "Top IS": "< 10%",
    }


def test_the_excel_download_is_utf_16_with_tabs(read, tmp_path):
    excel = DOWNLOADED.replace('"1,020.50"', "1020.50").replace('"1,032.84"', "1032.84")
    excel = excel.replace('"10,500"', "10500").replace('"11,734"', "11734")
    excel = excel.replace('"1,234"', "1234").replace(",", "\t").replace("\n", "\r\n")

    assert read("google_ads", put(tmp_path, excel.encode("utf-16"))).rows == (
        read("google_ads", put(tmp_path, DOWNLOADED)).rows
    )


def test_the_page_and_the_api_name_an_account_alike(read, tmp_path):
    api = (
        "customer.id,customer.currency_code,customer.time_zone,campaign.id,ad_group.id,"
        "ad_group_ad.ad.id,segments.date,metrics.cost_micros,metrics.clicks,metrics.impressions\n"
        "8779536058,CAD,America/Toronto,12345678901,5,777001,2026-09-01,12340000,37,1500\n"
    )

    (row,) = read("google_ads", put(tmp_path, api)).rows["ad_spend"]

    assert row["ad_account_id"] == "8779536058"
    assert (row["ad_group_id"], row["ad_id"]) == ("5", "777001")
    assert row["spend"] == Decimal("12.34")
    assert row["account_time_zone"] == "America/Toronto"
    assert row["spend_date"] == date(2026, 9, 1)
    downloaded = read("google_ads", put(tmp_path, DOWNLOADED)).rows["ad_spend"][0]
    assert downloaded["ad_account_id"] == row["ad_account_id"]


def test_millions_in_a_small_currency_fit_in_micros(read, tmp_path):
    api = (
        "customer.id,customer.currency_code,campaign.id,segments.date,metrics.cost_micros\n"
        "1,IDR,2,2026-09-01,2500000000123456\n"
    )

    (row,) = read("google_ads", put(tmp_path, api)).rows["ad_spend"]

    assert row["spend"] == Decimal("2500000000.1235")


@pytest.mark.parametrize("total", ["Total: Search,--,CAD", "Total: Account,,,,,,,,,,"])
def test_totals_of_any_width_are_no_records(read, tmp_path, total):
    lines = DOWNLOADED.splitlines()[:4]

    outcome = read("google_ads", put(tmp_path, "\n".join([*lines, total]) + "\n"))

    assert (outcome.read, outcome.rejected) == (1, [])


def test_an_account_of_the_options_is_named_as_in_the_api(read, tmp_path):
    report = "Day,Campaign ID,Cost,Currency code\n2026-09-01,11,1,EUR\n"

    (row,) = read("google_ads", put(tmp_path, report), account_id="877-953-6058").rows["ad_spend"]

    assert row["ad_account_id"] == "8779536058"


def test_the_current_version_of_a_divided_day_is_its_sum(tmp_path):
    landing = tmp_path / "landing"
    landing.mkdir()
    source = Source(name="ads", format="google_ads", path="*.csv", namespace="ads")
    header = "Day,Campaign ID,Customer ID,Currency code,Cost,Device\n"
    for name, costs in {"2026-09-02.csv": (1, 2, 3), "2026-09-03.csv": (1, 2, 3.5)}.items():
        lines = [f"2026-09-01,11,7,EUR,{cost},d{n}\n" for n, cost in enumerate(costs)]
        (landing / name).write_text(header + "".join(lines))
    con = duckdb.connect(":memory:")
    create_schemas_and_tables(con)

    load_source(con, source, landing)

    current = con.execute(
        "select spend from raw.ad_spend qualify row_number() over (partition by record_key "
        "order by recorded_at desc nulls last, file desc, position desc) = 1"
    ).fetchall()
    assert current == [(Decimal("6.5"),)]


@pytest.mark.parametrize("number", ["", " 1370029981335", " #5"])
def test_costs_of_the_old_api_are_millionths_although_the_page_calls_them_so(
    read, tmp_path, number
):
    # https://developers.google.com/adwords/api/docs/guides/reporting-concepts, Money fields
    path = tmp_path / "adwords.csv"
    path.write_text(
        f'"CAMPAIGN_PERFORMANCE_REPORT{number} (Feb 22, 2016-Feb 23, 2016)"\n'
        "Cost,Campaign ID,Campaign,Day,Customer ID,Currency\n"
        '3310000,838383833,"Terms (Q1, 16)",2016-02-22,8779536058,USD\n'
        "13.90,838383834,Brand,2016-02-22,8779536058,USD\n"
        "Total,--,--,--,--,--\n"
    )

    outcome = read("google_ads", path)

    assert [row["spend"] for row in outcome.rows["ad_spend"]] == [Decimal("3.31")]
    assert outcome.reasons() == {2: "bad_type"}
