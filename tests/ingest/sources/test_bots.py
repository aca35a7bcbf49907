from __future__ import annotations

import re

import polars as pl
import pytest

from ingest.sources.web.bots import PATTERNS_FILE, is_bot, patterns

PERSONS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 13; SM-G991B) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/109.0 Mobile Safari/537.36 [Pinterest/Android]",
    "Mozilla/5.0 (Linux; Android 9; CUBOT_NOTE_20) Chrome/100.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/143.0.0.0 Mobile Safari/537.36 (Ecosia android@143.0.0.0)",
    "Mozilla/5.0 (Linux; Android 7.0; M bot 54) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/78.0.3904.96 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 8.1.0; XBot_Senior Build/O11019) AppleWebKit/537.36 (KHTML, "
    "like Gecko) Chrome/65.0.3325.109 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 13; Spider 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/124.0.0.0 Safari/537.36",
    "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)",
    "Mozilla/5.0 (compatible; Konqueror/4.5; Linux) KHTML/4.5.4 (like Gecko)",
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/118.0 Safari/537.36",
    "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "GSA/284.0 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0",
    "Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.18",
    "Lynx/2.8.7rel.2 libwww-FM/2.14 SSL-MM/1.4.1",
    "",
)


@pytest.mark.parametrize(("pattern", "example"), patterns().select("pattern", "example").rows())
def test_every_line_of_the_list_finds_its_example(pattern, example):
    assert re.search(pattern, example, re.IGNORECASE)
    assert is_bot(pl.Series([example])).to_list() == [True]


@pytest.mark.parametrize(
    "user_agent",
    [
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_10_1) Version/8.0.2 Safari/600.2.5 "
        "(Applebot/0.1)",
        "CapsuleChecker (http://www.capsulink.com/)",
        "MetaURI API/2.0 +metauri.com",
        "WhatsApp",
        "Y!J-ASR/0.1 crawler (http://www.yahoo-help.jp/app/answers/detail/p/595/)",
        "www.deadlinkchecker.com XMLHTTP/1.0",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
        "Slack-ImgProxy 149 (+https://api.slack.com/robots)",
        "Pinterest/0.2 (+http://www.pinterest.com/bot.html)",
        "Mozilla/5.0 (compatible; Devin/1.0)",
        "Mozilla/5.0 (compatible)",
        "Mozilla/5.0",
        "Mozilla/5.0 (Linux; Android 4.0.4; Galaxy Nexus Build/IMM76B) AppleWebKit/537.36 (KHTML, "
        "like Gecko; Google-Publisher-Plugin) Chrome/27.0.1453 Mobile Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/49.0.2623.75 Safari/537.36 Google Favicon",
        "Klaviyo/1.0",
        "UGAResearchAgent/1.0",
        "Mozilla/5.0 (compatible; +centuryb.o.t9[at]gmail.com)",
    ],
)
def test_crawlers_that_declare_themselves_are_found(user_agent):
    assert is_bot(pl.Series([user_agent])).to_list() == [True]


@pytest.mark.parametrize("user_agent", PERSONS)
def test_browsers_of_persons_are_not(user_agent):
    assert is_bot(pl.Series([user_agent])).to_list() == [False]


def test_an_absent_agent_is_no_known_machine():
    assert is_bot(pl.Series([None, "curl/8.0", None], dtype=pl.String)).to_list() == [
        False, True, False,
    ]  # fmt: skip
    assert is_bot(pl.Series([], dtype=pl.String)).to_list() == []


def test_the_list_says_where_it_comes_from():
    head = PATTERNS_FILE.read_text(encoding="utf-8").splitlines()[:4]

    assert any("Provenance" in line for line in head)


@pytest.mark.real_data
def test_a_real_log_holds_machines_and_persons(read, real_data):
    outcome = read("access_log", real_data / "web_access_logs" / "elastic_apache_logs.gz")

    agents = pl.DataFrame(outcome.rows["web_event"]).select("user_agent", "is_bot").unique()
    robots = agents.filter(pl.col("user_agent").str.contains("(?i)bot/|spider|crawler|slurp"))
    assert len(robots) > 20
    assert robots["is_bot"].all()
    plain = r"^Mozilla/5\.0 \([^;+@]*(?:; [^;+@:]*)*\) AppleWebKit/[\d.]+ \(KHTML, like Gecko\) "
    plain += r"Chrome/[\d.]+ Safari/[\d.]+$"
    browsers = agents.filter(pl.col("user_agent").str.contains(plain))
    assert len(browsers) > 20
    assert not browsers["is_bot"].any()
