"""What holds for the reports of every advertising platform."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.parsed import UnreadableFile
from ingest.sources.ad_report.numbers import decimal_sign

PLATFORMS = ("google_ads", "meta_ads", "linkedin_ads", "microsoft_ads")
HEADER = {
    "google_ads": "Day,Campaign ID,Customer ID,Cost,Impr.,Clicks,Currency code,Campaign,Device",
    "meta_ads": (
        "Day,Campaign ID,Account ID,Amount spent,Impressions,Link clicks,Currency,Campaign name,"
        "Device"
    ),
    "linkedin_ads": (
        "Start Date (in UTC),Campaign ID,Account ID,Total Spent,Impressions,Clicks,Currency,"
        "Campaign Name,Device"
    ),
    "microsoft_ads": (
        "GregorianDate,CampaignId,AccountId,Spend,Impressions,Clicks,CurrencyCode,CampaignName,"
        "Device"
    ),
}


@pytest.fixture
def report(read, tmp_path):
    """Return a function that reads lines below the header of a platform."""

    def read_lines(format_: str, *lines: str, **options):
        path = tmp_path / "report.csv"
        path.write_text("\n".join((HEADER[format_], *lines)) + "\n")
        return read(format_, path, **options)

    return read_lines


@pytest.mark.parametrize("format_", PLATFORMS)
def test_a_title_in_windows_1252_is_read_as_its_lines_are(read, tmp_path, format_):
    path = tmp_path / "report.csv"
    text = f"{HEADER[format_]},Größe\n2026-09-01,11,7,12.34,1000,20,EUR,Brand,Mobile,weiß\n"
    path.write_bytes(text.encode("cp1252"))

    (row,) = read(format_, path).rows["ad_spend"]

    assert json.loads(row["attributes"])["Größe"] == "weiß"


COUNTRY = {
    "google_ads": "Country",
    "meta_ads": "Country",
    "linkedin_ads": "Country",
    "microsoft_ads": "CountryOrRegion",
}


@pytest.mark.parametrize("format_", PLATFORMS)
@pytest.mark.parametrize(
    ("written", "code"), [("DE", "DE"), ("Germany", "DE"), ("South Korea", "KR"), ("2276", None)]
)
def test_a_country_is_told_by_its_name_too(read, tmp_path, format_, written, code):
    path = tmp_path / "report.csv"
    line = f"2026-09-01,11,7,12.34,1000,20,EUR,Brand,Mobile,{written}"
    path.write_text(f"{HEADER[format_]},{COUNTRY[format_]}\n{line}\n")

    (row,) = read(format_, path).rows["ad_spend"]

    assert row["country_code"] == code
    assert json.loads(row["attributes"])[COUNTRY[format_]] == written


def test_braces_in_a_title_are_braces(read, tmp_path):
    path = tmp_path / "report.csv"
    path.write_text("Day,{Campaign ID},Customer ID,Cost,Currency code\n2026-09-01,11,7,a lot,EUR\n")

    assert read("google_ads", path).reasons() == {1: "bad_type"}


def test_titles_that_quotes_join_with_the_next_line_are_refused(read, tmp_path):
    path = tmp_path / "report.csv"
    path.write_text(f'{HEADER["google_ads"]},"Size\n2026-09-01,11,7,12.34,1000,20,EUR,A,M",1\n')

    with pytest.raises(UnreadableFile, match="no line of column names"):
        read("google_ads", path)


@pytest.mark.parametrize("format_", PLATFORMS)
def test_a_line_of_one_campaign_and_day_is_a_row(report, format_):
    outcome = report(format_, "2026-09-01,11,7,12.34,1000,20,EUR,Brand,Mobile")

    (row,) = outcome.rows["ad_spend"]
    assert row["spend_date"] == date(2026, 9, 1)
    assert (row["ad_account_id"], row["ad_campaign_id"]) == ("7", "11")
    assert (row["spend"], row["currency"]) == (Decimal("12.34"), "EUR")
    assert (row["impressions"], row["clicks"]) == (1000, 20)
    assert row["ad_group_id"] is row["ad_id"] is row["campaign_ref"] is None
    assert "Mobile" in json.loads(row["attributes"]).values()


@pytest.mark.parametrize("format_", PLATFORMS)
def test_lines_of_the_same_campaign_and_day_add_up_to_the_last_version(report, format_):
    outcome = report(
        format_,
        "2026-09-01,11,7,1.10,10,1,EUR,Brand,Mobile",
        "2026-09-01,12,7,9.00,90,9,EUR,Other,Mobile",
        "2026-09-01,11,7,2.20,20,--,EUR,Brand,Desktop",
        "2026-09-01,11,7,0,0,0,EUR,Brand,Tablet",
    )

    brand = [row for row in outcome.rows["ad_spend"] if row["ad_campaign_id"] == "11"]
    assert [row["spend"] for row in brand] == [Decimal("1.10"), Decimal("3.30"), Decimal("3.30")]
    assert [row["impressions"] for row in brand] == [10, 30, 30]
    assert [row["clicks"] for row in brand] == [1, 1, 1]
    assert json.loads(brand[-1]["attributes"]) == {"campaign_name": "Brand", "lines": 3}


def test_a_campaign_may_be_called_total(read, tmp_path):
    path = tmp_path / "report.csv"
    path.write_text(
        "Campaign,Day,Campaign ID,Customer ID,Currency code,Cost\n"
        "Total: Brand,2026-09-01,1,7,EUR,5\nTotal,2026-09-02,1,7,EUR,6\n"
        "Total: Campaigns, --,--,7,EUR,11\n"
    )

    outcome = read("google_ads", path)

    assert [row["spend"] for row in outcome.rows["ad_spend"]] == [5, 6]
    assert outcome.rejected == []


@pytest.mark.parametrize(
    ("format_", "first", "second", "day"),
    [
        ("microsoft_ads", "9/1/2026", "9/2/2026", date(2026, 9, 1)),
        ("microsoft_ads", "9/1/2026", "13/1/2026", date(2026, 1, 9)),
        ("meta_ads", "9/1/2026", "9/13/2026", date(2026, 9, 1)),
        ("meta_ads", "9/1/2026", "13/1/2026", date(2026, 1, 9)),
        # nobody can say which of the two is the month, so no day is invented
        ("meta_ads", "9/1/2026", "9/2/2026", None),
    ],
)
def test_days_of_a_file_are_written_in_one_order(report, format_, first, second, day):
    outcome = report(format_, *(f"{one},11,7,1,1,1,EUR,B,M" for one in (first, second)))

    if day is None:
        assert outcome.reasons() == {1: "missing_date", 2: "missing_date"}
    else:
        assert outcome.rejected == []
        assert outcome.rows["ad_spend"][0]["spend_date"] == day


def test_lines_in_two_currencies_do_not_add_up(report):
    outcome = report(
        "google_ads",
        "2026-09-01,11,7,1,10,1,EUR,Brand,Mobile",
        "2026-09-01,11,7,1,10,1,USD,Brand,Desktop",
    )

    assert set(outcome.reasons().values()) == {"several_currencies"}


def test_a_day_without_any_cost_is_a_row_of_zero(report):
    (row,) = report("google_ads", "2026-09-01,11,7,0.00,0,0,EUR,Brand,x").rows["ad_spend"]

    assert (row["spend"], row["impressions"], row["clicks"]) == (0, 0, 0)


@pytest.mark.parametrize("format_", PLATFORMS)
def test_a_report_without_lines_gives_no_rows(report, format_):
    assert report(format_).read == 0


@pytest.mark.parametrize(
    ("cells", "spend", "impressions"),
    [
        ('"1,234.56","12,345"', "1234.56", 12345),
        ('"1.234,56","12.345"', "1234.56", 12345),
        ('"1 234,56","12 345"', "1234.56", 12345),
        ('"12,34,567.80","1,00,000"', "1234567.80", 100000),
        ('"$1,234.50","12,345"', "1234.50", 12345),
        ('"EUR 0,5",7', "0.5", 7),
        ('"(12.50)",0', "-12.50", 0),
    ],
)
def test_numbers_are_read_as_the_account_writes_them(report, cells, spend, impressions):
    outcome = report("google_ads", f"2026-09-01,11,7,{cells},1,EUR,Brand,x")

    (row,) = outcome.rows["ad_spend"]
    assert (row["spend"], row["impressions"]) == (Decimal(spend), impressions)


def test_the_decimal_sign_can_be_set_where_a_file_leaves_it_open(report):
    line = '2026-09-01,11,7,"1.234",5,1,EUR,Brand,x'

    assert report("google_ads", line).rows["ad_spend"][0]["spend"] == Decimal("1.234")
    assert report("google_ads", line, decimal=",").rows["ad_spend"][0]["spend"] == 1234


@given(
    st.lists(st.decimals(0, 10**9, places=2), min_size=1, max_size=20),
    st.sampled_from([(",", "."), (".", ","), (" ", ","), ("", "."), ("", ",")]),
)
@settings(max_examples=60, derandomize=True, database=None)
def test_the_decimal_sign_of_amounts_with_cents_is_always_found(amounts, signs):
    import polars as pl

    thousands, sign = signs
    texts = [
        f"{amount:,.2f}".replace(",", "T").replace(".", sign).replace("T", thousands)
        for amount in amounts
    ]

    assert decimal_sign([pl.Series(texts)]) == sign


@pytest.mark.parametrize(
    ("line", "code", "reason"),
    [
        ("soon,11,7,1,1,1,EUR,B,x", "missing_date", "'soon' is no day"),
        (",11,7,1,1,1,EUR,B,x", "missing_date", "add the column Day"),
        ("2026-09-01,--,7,1,1,1,EUR,B,x", "missing_id", "Campaign ID is empty"),
        ("2026-09-01,1.2025E+17,7,1,1,1,EUR,B,x", "rounded_id", "rounded by a spreadsheet"),
        ("2026-09-01,11,7,cheap,1,1,EUR,B,x", "bad_type", "Cost is 'cheap', no amount"),
        ("2026-09-01,11,7,1,1.5,1,EUR,B,x", "bad_type", "Impr. is '1.5', no whole number"),
        ("2026-09-01,11,7,1e300,1,1,EUR,B,x", "bad_type", "no amount"),
        ("2026-09-01,11,7,--,1,1,EUR,B,x", "missing_amount", "there is no cost"),
        ("2026-09-01,11,7,1,1,1,,B,x", "missing_currency", "there is no currency"),
        ("2026-09-01,11,7", "malformed_line", "3 fields, not 9"),
    ],
)
def test_a_line_that_is_no_spend_is_rejected_with_the_reason(report, line, code, reason):
    outcome = report("google_ads", "2026-09-01,11,7,1,1,1,EUR,B,x", line)

    assert outcome.reasons() == {2: code}
    assert reason in outcome.rejected[0]["reason"]
    assert len(outcome.rows["ad_spend"]) == 1


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        ("Campaign ID,Customer ID,Cost,Currency code", "no column 'Day'; add the column Day"),
        ("Day,Customer ID,Cost,Currency code", "no column 'Campaign ID'; add it"),
        ("Day,Campaign ID,Cost,Currency code", "or set options.account_id"),
        ("Day,Campaign ID,Customer ID,Cost", "or set options.currency"),
        ("Day,Campaign ID,Customer ID,Currency code", "no column 'Cost'; add it"),
        ("Tag,Kampagne,Kosten,Währungscode", "export the report in English"),
        ("", "is empty"),
    ],
)
def test_a_file_that_lacks_what_every_row_needs_is_refused_with_the_remedy(
    read, tmp_path, header, complaint
):
    (tmp_path / "r.csv").write_text(f"{header}\n")

    with pytest.raises(UnreadableFile, match=complaint):
        read("google_ads", tmp_path / "r.csv")


def test_options_fill_what_no_column_says(read, tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("Day,Campaign ID,Cost\n01.09.2026,11,5\n")

    (row,) = read(
        "google_ads",
        path,
        account_id=123,
        currency="CHF",
        time_zone="Europe/Zurich",
        date_format="%d.%m.%Y",
    ).rows["ad_spend"]

    assert (row["ad_account_id"], row["currency"]) == ("123", "CHF")
    assert (row["spend_date"], row["account_time_zone"]) == (date(2026, 9, 1), "Europe/Zurich")


def test_a_campaign_of_ours_is_named_only_where_an_option_says_so(report):
    line = "2026-09-01,11,7,1,1,1,EUR,Spring sale,x"

    def ref(**options):
        return report("google_ads", line, **options).rows["ad_spend"][0]["campaign_ref"]

    assert ref() is None
    assert ref(campaigns={"11": "CMP-1"}) == "CMP-1"
    assert ref(campaigns={"Spring sale": "CMP-2"}) == "CMP-2"
    assert ref(campaigns={"99": "CMP-3"}) is None
    assert ref(campaign_ref="campaign_name") == "Spring sale"
    assert ref(campaign_ref="ad_campaign_id") == "11"


def test_a_campaign_of_ours_is_found_in_the_utm_of_the_landing_page(read, tmp_path):
    path = tmp_path / "r.csv"
    path.write_text(
        "Day,Campaign ID,Customer ID,Cost,Currency code,Final URL\n"
        "2026-09-01,11,7,1,EUR,https://a.example/?utm_source=g&utm_campaign=spring+%2026#x\n"
        "2026-09-01,12,7,1,EUR,https://a.example/\n"
    )

    rows = read("google_ads", path, campaign_ref="utm_campaign").rows["ad_spend"]

    assert [row["campaign_ref"] for row in rows] == ["spring  26", None]


@pytest.mark.parametrize("format_", PLATFORMS)
def test_whatever_stands_in_the_cells_every_line_comes_out_once(read, tmp_path, format_):
    path = tmp_path / "r.csv"
    cell = st.sampled_from(
        ["", "--", "2026-09-01", "9/1/2026", "11", "1,5", "1.234,5", '"', "Total: x", "< 10%",
         "EUR", "NaN", "-1", "1e99", "9" * 40, "\x00", "ü", "Brand;x"]
    ) | st.text(max_size=6)  # fmt: skip

    @settings(
        max_examples=15, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.lists(st.lists(cell, min_size=7, max_size=10), max_size=6))
    def check(lines: list[list[str]]) -> None:
        text = "\n".join(",".join(line) for line in lines)
        path.write_bytes(f"{HEADER[format_]}\n{text}\n".encode("utf-8", "replace"))
        with suppress(UnreadableFile):
            read(format_, path)

    check()


@pytest.mark.parametrize("whole", ["", "--", "All", "الكل"])
def test_a_campaign_costs_once_where_its_ads_and_their_sums_have_lines(read, tmp_path, whole):
    path = tmp_path / "levels.csv"
    lines = (
        f"2026-09-01,11,7,EUR,{whole},{whole},15",
        f"2026-09-01,11,7,EUR,21,{whole},10",
        "2026-09-01,11,7,EUR,21,31,4",
        "2026-09-01,11,7,EUR,21,32,6",
        "2026-09-01,11,7,EUR,22,33,5",
        # of the next day there is no more than the campaign, nor of a campaign without ad groups
        f"2026-09-02,11,7,EUR,{whole},{whole},8",
        f"2026-09-01,12,7,EUR,{whole},{whole},9",
    )
    header = "Day,Campaign ID,Account ID,Currency,Ad set ID,Ad ID,Amount spent"
    path.write_text("\n".join((header, *lines)) + "\n")

    outcome = read("meta_ads", path)

    assert outcome.reasons() == {1: "sum_of_other_lines", 2: "sum_of_other_lines"}
    assert sum(row["spend"] for row in outcome.rows["ad_spend"]) == 15 + 8 + 9


def test_the_sum_over_ages_is_not_added_to_the_ages(read, tmp_path):
    path = tmp_path / "ages.csv"
    path.write_text(
        "Campaign name,Day,Age,Campaign ID,Account ID,Amount spent (EUR)\n"
        "All,2026-09-01,All,1,7,15.00\nAll,2026-09-01,18-24,1,7,10.00\n"
        "All,2026-09-01,25-34,1,7,5.00\nAll,2026-09-02,All,1,7,6.00\n"
        # no sum of the other
        "All,2026-09-03,All,1,7,6.00\nAll,2026-09-03,18-24,1,7,1.00\n"
    )

    outcome = read("meta_ads", path)

    assert outcome.reasons() == {1: "sum_of_other_lines"}
    days = {row["spend_date"].day: row["spend"] for row in outcome.rows["ad_spend"]}
    assert days == {1: 15, 2: 6, 3: 7}


@pytest.mark.parametrize("format_", PLATFORMS)
def test_days_with_dots_have_the_day_first(report, format_):
    (row,) = report(format_, "02.09.2026,11,7,1,1,1,EUR,B,M").rows["ad_spend"]

    assert row["spend_date"] == date(2026, 9, 2)


GERMAN = """Kampagnenbericht
"1. September 2026 - 3. September 2026"
Tag,Kampagne,Kampagnen-ID,Kundennummer,Währungscode,Kosten,Impr.,Klicks,Conv.-Wert
2026-09-01,Marke,1,877-953-6058,EUR,"1.234,50","1.000",7,"5,00"
Gesamt: Konto, --, --, --,EUR,"1.234,50","1.000",7,"5,00"
"""


def test_the_page_of_an_advertising_format_tells_how_to_name_columns_in_another_language(
    read, tmp_path
):
    page = Path(__file__).parents[4] / "docs" / "sources" / "google_ads.md"
    entries = re.findall(r"```yaml\n(.*?)```", page.read_text(), flags=re.DOTALL)
    (entry,) = [yaml.safe_load(text) for text in entries if "Kosten" in text]
    (source,) = entry["sources"].values()
    path = tmp_path / "german.csv"
    path.write_text(GERMAN)

    outcome = read(source["format"], path, **source["options"])

    (row,) = outcome.rows["ad_spend"]
    assert outcome.rejected == []
    assert (row["spend"], row["clicks"], row["impressions"]) == (Decimal("1234.5"), 7, 1000)
    assert row["conversions_value"] == 5
    assert json.loads(row["attributes"]) == {"Kampagne": "Marke"}


def test_a_column_that_no_report_fills_is_told(report):
    with pytest.raises(UnreadableFile, match="'spent'; it may have spend_date"):
        report("google_ads", columns={"spent": "Kosten"})
