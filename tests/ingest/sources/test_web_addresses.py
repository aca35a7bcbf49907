from __future__ import annotations

import polars as pl
import pytest

from ingest.sources.web.addresses import CAMPAIGN_PARAMETERS, path_of, query_of, with_campaign


@pytest.mark.parametrize(
    ("url", "path", "query"),
    [
        ("https://a.example/x/y?q=1#top", "/x/y", "q=1"),
        ("https://a.example", "/", None),
        ("https://a.example?q=1", "/", "q=1"),
        ("/x?y=/z", "/x", "y=/z"),
        ("/x?", "/x", None),
        ("//cdn.example/x", "/x", None),
        ("android-app://com.example/screen", "/screen", None),
    ],
)
def test_an_address_is_taken_apart(url, path, query):
    frame = pl.DataFrame({"url": [url]})

    assert frame.select(path_of(pl.col("url"))).item() == path
    assert frame.select(query_of(pl.col("url"))).item() == query


def campaign(search, **said):
    names = ("search", *CAMPAIGN_PARAMETERS)
    row = {"search": search, **said}
    frame = pl.DataFrame([row], schema=dict.fromkeys(names, pl.String))
    return with_campaign(frame).row(0, named=True)


def test_campaign_parameters_are_decoded():
    row = campaign("UTM_Source=a+b&utm_campaign=f%C3%BCr%26&utm_medium=%ZZ&x=1")

    assert (row["utm_source"], row["utm_campaign"], row["utm_medium"]) == ("a b", "für&", "%ZZ")


def test_what_the_tracker_says_itself_wins():
    assert campaign("utm_source=a", utm_source="newsletter")["utm_source"] == "newsletter"


def test_of_several_click_ids_the_strongest_is_kept():
    assert campaign("fbclid=F&msclkid=M")["click_id"] == "msclkid:M"
    assert campaign("twclid=X&ScCid=S&fbclid=F")["click_id"] == "twclid:X"
    assert campaign("xgclid=1&gclid=")["click_id"] is None
    assert campaign(None)["click_id"] is None
