"""Times in every spelling become UTC, and no clock change is an error."""
# ruff: noqa: DTZ001 - times in the warehouse are UTC without zone

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.times.timestamps import parse_timestamps, to_naive_utc


def parsed(*texts: str | None, zone: str = "UTC", format_: str | None = None) -> list:
    frame = pl.DataFrame({"t": texts}, schema={"t": pl.String})
    return frame.select(parse_timestamps(pl.col("t"), zone, format_)).to_series().to_list()


TEN = datetime(2024, 6, 1, 10)


@pytest.mark.parametrize(
    "text",
    [
        "2024-06-01T10:00:00Z",
        "2024-06-01 10:00:00",
        "2024-06-01 10:00",
        "2024-06-01T12:00:00+02:00",
        "2024-06-01T12:00+0200",
        "2024-06-01 12:00:00 +02",
        "2024-06-01 10:00:00 UTC",
        "2024-06-01T10:00:00.000000000Z",
        "1717236000",
        "1717236000000",
        "1717236000.0",
    ],
)
def test_iso_variants_and_epochs_are_read(text: str) -> None:
    assert parsed(text, "2024-06-01 10:00:00", "x", None) == [TEN, TEN, None, None]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-06-01 10:00:00,5", datetime(2024, 6, 1, 10, 0, 0, 500000)),
        ("2024-06-01T12:00:00,123456+02:00", datetime(2024, 6, 1, 10, 0, 0, 123456)),
        ("20240601", datetime(2024, 6, 1)),
        ("20240601T100000", TEN),
        ("20240601T100000Z", TEN),
        ("20240601T120000.000+0200", TEN),
        ("20240601T1000", TEN),
        ("20240601T10", TEN),
        ("2024-06-01T1000", TEN),
        ("20240601100000", TEN),
        ("20240601 100000", TEN),
        ("2024/06/01", datetime(2024, 6, 1)),
        ("2024/6/1 10:00", TEN),
        ("2024/06/01 12:00:00 +02:00", TEN),
        ("2024.06.01 10:00:00", TEN),
        ("2024-6-1 10:00", TEN),
        ("2024-06-01 10:00 AM", TEN),
        ("2024-06-01 10:00:00 pm", datetime(2024, 6, 1, 22)),
        ("2024-05-31T24:00:00", datetime(2024, 6, 1)),
        ("2024-05-31 24:00", datetime(2024, 6, 1)),
        ("2024-06-01T24:00:00+02:00", datetime(2024, 6, 1, 22)),
    ],
)
def test_other_spellings_of_iso_8601_are_read(text: str, moment: datetime) -> None:
    assert parsed(text, "2024-06-01 10:00:00", "x", None) == [moment, TEN, None, None]
    assert parsed(*[text] * 40) == [moment] * 40


def test_the_end_of_a_day_is_one_by_the_clock() -> None:
    days = ("2024-03-31T24:00", "2024-10-27T24:00")

    assert parsed(*days, zone="Europe/Berlin") == [
        datetime(2024, 3, 31, 22), datetime(2024, 10, 27, 23),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["24-06-01", "15-01-24", "24-06-01 10:00:00", "-0001-01-01", "15012024", "2024-06-01T24:01"],
)
def test_a_year_of_two_digits_is_not_one_of_the_romans(text: str) -> None:
    assert parsed(text, "2024-06-01 10:00:00") == [None, TEN]


def test_a_column_of_usual_times_gives_the_same_as_a_mixed_one() -> None:
    usual = ["2024-06-01 10:00:00", "2024-12-01 10:00:00"]

    assert parsed(*usual, zone="Europe/Berlin") == parsed(*usual, "x", zone="Europe/Berlin")[:2]


def test_a_column_in_utc_gives_the_same_as_a_mixed_one() -> None:
    usual = [None, "2024-06-01T10:00:00Z", "2024-12-01T10:00:00Z"]
    offset = "2024-06-01T12:00:00+02:00"

    assert parsed(*usual, zone="Europe/Berlin") == [None, TEN, datetime(2024, 12, 1, 10)]
    assert parsed(*usual, offset, zone="Europe/Berlin")[1:] == [TEN, datetime(2024, 12, 1, 10), TEN]


WRITTEN = st.one_of(
    st.builds(
        lambda moment, spelling: moment.strftime(spelling),
        st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),
        st.sampled_from(
            ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S+02:00", "%Y-%m-%d",
             "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%d %H:%M", "%s", " %Y-%m-%dT%H:%M:%SZ", "%d.%m.%Y",
             "%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%d %H:%M:%S.%f +0200", "%Y-%m-%dT%H:%M:%S.%f000Z",
             "%Y-%m-%d %H:%M:%S.%f+00", "%Y-%m-%dT%H:%M+02", "%Y-%m-%dT%HZ", "%Y-%m-%dT%H",
             "%Y-%m-%d UTC", "%Y-%m-%d +01:00", "%Y-%m-%dT%H:%M:%S.%f", "%Y%m%d", "%Y%m%dT%H%M%SZ",
             "%Y-%m-%d %H:%M:%S,%f", "%Y/%m/%d %H:%M", "%Y-%m-%dT24:00", "%y-%m-%d"]
        ),
    ),
    st.sampled_from([None, "", "x", "2024-02-30T10:00:00Z", "2024-06-01T10:00:60Z", "2024-6-1"]),
    st.text(alphabet="0123456789-:TZ+. ", max_size=22),
)  # fmt: skip


@given(st.lists(WRITTEN, max_size=24), st.sampled_from(["UTC", "Europe/Berlin"]))
@example(["x", *["2024-06-01T10:00:00Z"] * 3, "2024-06-01 10:00"], "Europe/Berlin")
@example(["2024-06-01", "2024-06-01", "2024-06-01T10:00:00+02:00"], "Europe/Berlin")
def test_what_a_text_says_does_not_depend_on_the_others(texts: list[str | None], zone: str) -> None:
    assert parsed(*texts, zone=zone) == [parsed(text, zone=zone)[0] for text in texts]


def test_the_zone_applies_only_without_offset() -> None:
    assert parsed("2024-06-01 12:00:00", "2024-06-01T10:00:00Z", zone="Europe/Berlin") == [TEN, TEN]


def test_an_hour_that_comes_twice_is_the_earlier() -> None:
    assert parsed("2024-10-27 02:30:00", zone="Europe/Berlin") == [datetime(2024, 10, 27, 0, 30)]


def test_an_hour_that_does_not_exist_is_read_by_the_old_clock() -> None:
    assert parsed("2024-03-31 02:30:00", zone="Europe/Berlin") == [datetime(2024, 3, 31, 1, 30)]


def test_a_day_that_does_not_exist_is_read_by_the_old_clock() -> None:
    (moment,) = parsed("2011-12-30 12:00:00", zone="Pacific/Apia")

    assert moment == datetime(2011, 12, 30, 22)


def test_formats_are_followed() -> None:
    assert parsed("31/12/2024 10:00", "2024-12-31", format_="%d/%m/%Y %H:%M") == [
        datetime(2024, 12, 31, 10),
        None,
    ]
    assert parsed("1717236000500", format_="epoch_ms") == [datetime(2024, 6, 1, 10, 0, 0, 500000)]
    assert parsed("01.06.2024", format_="%d.%m.%Y", zone="Europe/Berlin") == [
        datetime(2024, 5, 31, 22)
    ]


def test_a_format_does_not_read_a_year_of_two_digits_as_one_of_four() -> None:
    texts = ("01.06.24", "01.06.2024", "01.01.0001")

    assert parsed(*texts, format_="%d.%m.%Y") == [
        None, datetime(2024, 6, 1), datetime(1, 1, 1),
    ]  # fmt: skip
    assert parsed("01.06.24 10:00", format_="%d.%m.%Y %H:%M") == [None]


def test_years_of_two_digits_begin_with_1969() -> None:
    assert parsed("01.06.69", "01.06.68", format_="%d.%m.%y") == [
        datetime(1969, 6, 1), datetime(2068, 6, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("format_", "text"),
    [
        ("%Y-%m-%d %H:%M:%S.%f", "2024-06-01 10:00:00.5"),
        ("%Y-%m-%d %H:%M:%S,%f", "2024-06-01 10:00:00,500"),
        ("%d.%m.%Y %H:%M:%S.%f%z", "01.06.2024 12:00:00.5+0200"),
        ("%Y-%m-%dT%H:%M:%S.%f%z", "2024-06-01T10:00:00.5Z"),
    ],
)
def test_codes_mean_what_they_do_in_python(format_: str, text: str) -> None:
    assert parsed(text, format_=format_) == [datetime(2024, 6, 1, 10, 0, 0, 500000)]


def test_the_name_of_a_zone_says_which_clock_it_was() -> None:
    texts = (
        "2024-10-27 02:30:00 CEST", "2024-10-27 02:30:00 CET", "2024-10-27 02:30:00 UTC",
        "2024-10-27 02:30:00 EST",
    )  # fmt: skip

    assert parsed(*texts, zone="Europe/Berlin", format_="%Y-%m-%d %H:%M:%S %Z") == [
        datetime(2024, 10, 27, 0, 30), datetime(2024, 10, 27, 1, 30), datetime(2024, 10, 27, 2, 30),
        None,
    ]  # fmt: skip
    assert parsed("Sat Jun 01 10:00:00 UTC 2024", format_="%a %b %d %H:%M:%S %Z %Y") == [TEN]


def test_days_of_excel_are_read_in_both_of_its_calendars() -> None:
    texts = ("45292", "45292.75", "45292,5", "1", "59", "60", "61", "0", "-1", "2958466", "x")

    assert parsed(*texts, format_="excel") == [
        datetime(2024, 1, 1), datetime(2024, 1, 1, 18), datetime(2024, 1, 1, 12),
        datetime(1900, 1, 1), datetime(1900, 2, 28), None, datetime(1900, 3, 1),
        None, None, None, None,
    ]  # fmt: skip
    assert parsed("0", "43830.000011574", format_="excel_1904") == [
        datetime(1904, 1, 1), datetime(2024, 1, 1, 0, 0, 1),
    ]  # fmt: skip
    assert parsed("2957003", "2957004", format_="excel_1904") == [datetime(9999, 12, 31), None]
    assert parsed("45444.5", format_="excel", zone="Europe/Berlin") == [TEN]


def test_milliseconds_are_no_seconds_of_the_year_56000() -> None:
    assert parsed("1717236000000", "253402300799", format_="epoch") == [
        None, datetime(9999, 12, 31, 23, 59, 59),
    ]  # fmt: skip


@pytest.mark.parametrize("seconds", [1717236000.0, 1717236000000.0, 1717236000000000.0])
def test_epochs_beside_a_missing_one_are_floats_in_files_of_pandas(seconds: float) -> None:
    epochs = pl.Series("t", [seconds, None], dtype=pl.Float64)

    moment = epochs.to_frame().select(to_naive_utc(pl.col("t"), epochs.dtype, "UTC"))

    assert moment.to_series().to_list() == [TEN, None]


def test_typed_columns_are_brought_to_utc() -> None:
    zoned = pl.Series([datetime(2024, 6, 1, 12, tzinfo=ZoneInfo("Europe/Berlin"))])
    frame = zoned.to_frame("t")

    moment = frame.select(to_naive_utc(pl.col("t"), zoned.dtype, "UTC"))

    assert moment.item() == TEN


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
)
def test_local_times_agree_with_the_standard_library(local: datetime, zone: str) -> None:
    local = local.replace(microsecond=0)
    expected = local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC).replace(tzinfo=None)

    assert parsed(local.isoformat(" "), zone=zone) == [expected]


@given(st.text(max_size=30))
@example("100000000000000000000000000")
@example("-" + "9" * 30)
def test_no_text_is_an_error(text: str) -> None:
    parsed(text, zone="Europe/Berlin")
    parsed(text, format_="%d/%m/%Y %H:%M")
    parsed(text, format_="epoch")
