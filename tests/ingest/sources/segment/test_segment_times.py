"""Times of Segment calls: the quick way of the usual form, and all others beside it."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.sources.segment.times import with_times

at = datetime.fromisoformat

ODD = (
    "2025-06-01 07:02:38.000Z", "2025-06-01T24:00:00.000Z", "2025-06-01T07:02:60.000Z",
    "2025-13-01T07:02:38.000Z", "2025-02-29T07:02:38Z", "2025-06-01T07:02:38.0+01:00",
    "2025-06-01T07:02:38.5+01", "2025-06-01T09:02:38+0200", "+025-06-01T07:02:38.000Z",
    "2025-6-01T07:02:38.0000Z", "2025-06-01T07:02:38,000Z", "1748761358", "not a time", "", "Z",
)  # fmt: skip

moments = st.datetimes(at("1970-01-01"), at("2200-01-01")).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1_000 * 1_000)
)


def usual(moment: datetime) -> str:
    unit = "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=unit) + "Z"


def read(texts: list[str | None]) -> list[datetime | None]:
    nothing = pl.repeat(None, len(texts), dtype=pl.String, eager=True)
    calls = pl.DataFrame(
        {
            "received_at_text": nothing,
            "timestamp_text": pl.Series(texts, dtype=pl.String),
            "original_timestamp_text": nothing,
            "sent_at_text": nothing,
        }
    )
    return with_times(calls)["event_at"].to_list()


@given(st.lists(moments, min_size=1))
def test_the_usual_form_is_read_as_the_standard_library_reads_it(written: list[datetime]) -> None:
    texts = [usual(moment) for moment in written]

    theirs = [at(text).astimezone(UTC).replace(tzinfo=None) for text in texts]

    assert read(texts) == theirs == written


@given(st.lists(st.one_of(moments.map(usual), st.sampled_from(ODD), st.none()), min_size=1))
@example([*ODD, "2025-06-01T07:02:38.000Z", None])
def test_a_time_is_read_the_same_whatever_is_read_beside_it(texts: list[str | None]) -> None:
    assert read(texts) == [read([text])[0] for text in texts]


def test_what_is_no_time_is_null_and_an_offset_counts() -> None:
    texts = ["2025-13-01T07:02:38.000Z", "not a time", "2025-06-01T09:02:38+02:00"]

    assert read(texts) == [None, None, at("2025-06-01 07:02:38")]
