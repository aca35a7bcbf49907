from __future__ import annotations

import gzip
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.conform import Origin, conform
from ingest.parsed import UnreadableFile

HISTORY = """Date,USD,JPY,BGN,CYP,CZK,
2019-04-10,1.1279,125.38,1.9558,N/A,25.608,
2019-04-09,1.1277,125.51,1.9558,N/A,25.618,
"""
DAY = "Date, USD, JPY, BGN,\n24 December 2020, 1.2193, 126.38, 1.9558, \n"
XML = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject>
<gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
<Cube>
<Cube time='2020-06-08'><Cube currency='USD' rate='1.1285'/>
<Cube currency='CHF' rate='1.0861'/></Cube>
<Cube time="2020-06-05"><Cube currency="CHF" rate="1.0866"/></Cube>
</Cube>
</gesmes:Envelope>
"""


def put(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rates(outcome):
    return {
        (row["rate_date"].isoformat(), row["to_currency"]): row["rate"]
        for row in outcome.rows["fx_rate"]
    }


def test_the_history_has_a_line_a_day_and_no_rate_where_none_is_quoted(read, tmp_path):
    outcome = read("ecb_rates", put(tmp_path, "eurofxref-hist.csv", HISTORY))

    assert outcome.read == 2
    assert outcome.rejected == []
    assert rates(outcome) == {
        ("2019-04-10", "USD"): 1.1279, ("2019-04-10", "JPY"): 125.38,
        ("2019-04-10", "BGN"): 1.9558, ("2019-04-10", "CZK"): 25.608,
        ("2019-04-09", "USD"): 1.1277, ("2019-04-09", "JPY"): 125.51,
        ("2019-04-09", "BGN"): 1.9558, ("2019-04-09", "CZK"): 25.618,
    }  # fmt: skip
    assert {row["position"] for row in outcome.rows["fx_rate"]} == {1, 2}
    assert {row["from_currency"] for row in outcome.rows["fx_rate"]} == {"EUR"}


def test_the_file_of_one_day_writes_the_month_as_a_word(read, tmp_path):
    outcome = read("ecb_rates", put(tmp_path, "eurofxref.csv", DAY))

    assert {row["rate_date"] for row in outcome.rows["fx_rate"]} == {date(2020, 12, 24)}
    assert rates(outcome)["2020-12-24", "USD"] == 1.2193


def test_the_xml_says_the_same_as_the_table(read, tmp_path):
    outcome = read("ecb_rates", put(tmp_path, "eurofxref-hist.xml", XML))

    assert (outcome.read, outcome.rejected) == (2, [])
    assert rates(outcome) == {
        ("2020-06-08", "USD"): 1.1285,
        ("2020-06-08", "CHF"): 1.0861,
        ("2020-06-05", "CHF"): 1.0866,
    }


def test_rates_have_the_direction_that_the_contract_states(read, tmp_path):
    from ingest.source import Source
    from ingest.sources import FORMATS

    source = Source(name="ecb", format="ecb_rates", path="*", namespace="ecb")
    (chunk,) = FORMATS["ecb_rates"](put(tmp_path, "e.xml", XML), source)
    import polars as pl

    frame = chunk.rows["fx_rate"].with_columns(
        **{"$file": pl.lit("e.xml"), "$ingested_at": pl.lit(None, dtype=pl.Datetime("us"))}
    )
    loaded = conform("fx_rate", frame, Origin(source=source, batch_id="b")).rows

    usd = loaded.filter(pl.col("to_currency") == "USD").row(0, named=True)
    assert usd["record_key"] == "ecb:2020-06-08|EUR|USD"
    assert (usd["from_currency"], usd["rate"]) == ("EUR", 1.1285)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("soon,1.1,2,3,4,5,", "missing_date"),
        ("1066-01-01,1.1,2,3,4,5,", "missing_date"),
        ("2019-04-08,N/A,N/A,,N/A,N/A,", "no_rates"),
        ("2019-04-08,1.1,2", "malformed_line"),
        ("2019-04-08,abc,2,3,4,5,", "bad_type"),
        ("2019-04-08,0,2,3,4,5,", "bad_type"),
        ("2019-04-08,-1,2,3,4,5,", "bad_type"),
    ],
)
def test_a_day_that_cannot_be_read_is_rejected_by_its_place(read, tmp_path, line, code):
    outcome = read("ecb_rates", put(tmp_path, "e.csv", HISTORY + line + "\n"))

    assert outcome.reasons() == {3: code}


def test_one_bad_rate_costs_no_other_rate_of_its_day(read, tmp_path):
    outcome = read("ecb_rates", put(tmp_path, "e.csv", HISTORY.replace("1.1279", "n.a.")))

    assert outcome.rejected[0]["reason"] == "USD is 'n.a.' on 2019-04-10, no rate"
    assert ("2019-04-10", "JPY") in rates(outcome)


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>', "document type"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "document type"),
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>', "document type"),
        ("<a>" * 10_000, "deeper than 10 levels"),
        ("<a/>", "no Cube with a time"),
        ("<a", "no XML"),
        ("PK\x03\x04", "unpack it"),
        ("", "is empty"),
        ("a,b\n1,2\n", "no columns Date, USD"),
        ("<a b='" + "x" * 3_000_000 + "'/>", "tag longer than"),
    ],
    ids=range(10),
)
def test_what_is_no_file_of_rates_is_refused(read, tmp_path, document, complaint):
    with pytest.raises(UnreadableFile, match=complaint):
        read("ecb_rates", put(tmp_path, "e.xml", document))


def test_days_before_a_damage_are_kept(tmp_path):
    from ingest.source import Source
    from ingest.sources import FORMATS

    source = Source(name="ecb", format="ecb_rates", path="*", namespace="ecb")
    chunks = FORMATS["ecb_rates"](put(tmp_path, "e.xml", XML[:-60]), source)

    chunk = next(chunks)
    assert (chunk.read, chunk.rows["fx_rate"].height) == (1, 2)
    with pytest.raises(UnreadableFile, match="no XML from line"):
        next(chunks)


def test_a_file_beyond_the_limit_is_refused(read, tmp_path):
    bomb = gzip.compress(b"<a>" + b" " * 200_000)

    with pytest.raises(UnreadableFile, match=r"options\.max_bytes"):
        read("ecb_rates", put(tmp_path, "e.xml.gz", bomb), max_bytes=100_000)


@settings(
    max_examples=60, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(
    st.lists(
        st.lists(st.sampled_from(["N/A", "", "1.5", "x", "2020-01-02", "1e9", '"', "-", "∞"]),
                 max_size=5),
        max_size=6,
    )
)  # fmt: skip
def test_whatever_stands_in_the_cells_every_day_comes_out_once(read, tmp_path, lines):
    body = "\n".join(",".join(line) for line in lines)
    with suppress(UnreadableFile):
        read("ecb_rates", put(tmp_path, "e.csv", f"Date,USD,JPY,BGN,CYP\n{body}\n"))


@pytest.mark.parametrize("encoding", ["UTF-9", "shift_jis"])
def test_an_encoding_that_cannot_be_read_is_named(read, tmp_path, encoding):
    path = put(tmp_path, "daily.xml", XML.replace("UTF-8", encoding))

    with pytest.raises(UnreadableFile, match=f"declares the encoding '{encoding}'"):
        read("ecb_rates", path)


def test_a_file_saved_in_a_western_encoding_is_read(read, tmp_path):
    text = XML.replace("UTF-8", "windows-1252").replace("European", "Europäische")

    outcome = read("ecb_rates", put(tmp_path, "daily.xml", text.encode("cp1252")))

    assert len(outcome.rows["fx_rate"]) == 3
