"""What the page on exports of other systems shows works with files as those write them."""
# ruff: noqa: DTZ001 - times in the warehouse are UTC without zone

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from ingest.config import read_config
from ingest.loading.load import load_source
from ingest.source import Source

PAGE = Path(__file__).resolve().parents[3] / "docs" / "sources" / "exports.md"

Load = Callable[[str, str], list[tuple]]


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Source]:
    """Return the entries of the page by name."""
    file = tmp_path_factory.mktemp("page") / "sources.yml"
    found: dict[str, Source] = {}
    for block in re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), flags=re.DOTALL):
        file.write_text(block)
        found |= {source.name: source for source in read_config(file).sources}
    return found


@pytest.fixture
def load(warehouse, landing, put, entries) -> Load:
    """Return a function that loads a file by an entry, none of it quarantined, and asks for it."""

    def load_and_ask(name: str, file: str, text: str, query: str) -> list[tuple]:
        assert Path(file).match(entries[name].path)
        put(file, text)
        outcome = load_source(warehouse, entries[name], landing)
        rejects = warehouse.execute("select reason from meta.quarantine").fetchall()
        assert (outcome.rows_quarantined, rejects) == (0, [])
        return warehouse.execute(query).fetchall()

    return load_and_ask


DEALS = (
    "select record_key, stage_name, amount, currency, probability, is_closed, is_won, "
    "close_date from raw.opportunity order by 1"
)


def test_a_report_of_salesforce(load):
    rows = load(
        "salesforce_report",
        "salesforce_reports/a.csv",
        '"Opportunity ID","Opportunity Name","Account Name","Stage","Amount Currency","Amount",'
        '"Close Date","Created Date","Probability (%)"\n'
        '"006A","Roof","Acme","Closed Won","EUR","12,500.00","9/30/2026","9/1/2026","100%"\n'
        '"006B","Wall, ""big""","Beta","Prospecting","EUR","500.00","10/15/2026","9/2/2026","10%"\n'
        '\n\n"Grand Totals (2 records)"\n"","","","","EUR","13,000.00"\n'
        '"Confidential Information - Do Not Distribute"\n'
        '"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."\n',
        DEALS,
    )

    assert rows == [
        ("salesforce_report:006A", "Closed Won", 12500, "EUR", 1, True, True, date(2026, 9, 30)),
        ("salesforce_report:006B", "Prospecting", 500, "EUR", 0.1, False, False,
         date(2026, 10, 15)),
    ]  # fmt: skip


PAYMENTS = (
    "select record_key, customer_ref, order_ref, status, amount, currency, paid_at "
    "from raw.payment order by 1"
)
STRIPE = (
    "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Refunded date (UTC),Status,"
    "Customer Email,order_id (metadata)\n"
    "ch_1,2026-09-01 09:00:00,100.00,20.00,eur,TRUE,2026-09-05 10:00:00,Refunded,a@x.example,T-1\n"
    "ch_2,2026-09-01 09:05:00,50.00,0.00,eur,FALSE,,Failed,b@x.example,T-2\n"
)


def test_payments_of_stripe_and_what_of_them_was_paid_back(load):
    file = "stripe/unified_payments.csv"

    assert load("stripe_payments", file, STRIPE, PAYMENTS) == [
        ("stripe:ch_1", "email:a@x.example", "shop:T-1", "succeeded", 100, "EUR",
         datetime(2026, 9, 1, 9)),
    ]  # fmt: skip
    assert load("stripe_refunds", file, STRIPE, PAYMENTS)[1:] == [
        ("stripe:ch_1-2026-09-05 10:00:00", "email:a@x.example", "shop:T-1", "refunded", -20,
         "EUR", datetime(2026, 9, 5, 10)),
    ]  # fmt: skip


def test_charges_of_stripe_are_in_the_smallest_unit_of_their_currency(load):
    charge = (
        '{"id": "%s", "amount_captured": %d, "currency": "%s", "paid": %s, "created": 1788253200, '
        '"billing_details": {"email": "a@x.example"}, "metadata": {}}\n'
    )
    text = "".join(
        charge % one
        for one in (
            ("ch_1", 10050, "eur", "true"),
            ("ch_2", 5000, "jpy", "true"),
            ("ch_3", 100, "eur", "false"),
        )
    )
    query = "select record_key, amount, currency, paid_at from raw.payment order by 1"

    load("stripe_charges", "stripe/charges.jsonl", text, query)
    rows = load("stripe_charges_in_whole_units", "stripe/charges.jsonl", text, query)

    assert rows == [
        ("stripe:ch_1", Decimal("100.5"), "EUR", datetime(2026, 9, 1, 9)),
        ("stripe:ch_2", 5000, "JPY", datetime(2026, 9, 1, 9)),
    ]


ORDERS = (
    "select record_key, customer_ref, status, subtotal, shipping, total, refunded_amount, "
    "currency, placed_at from raw.order order by 1"
)


def test_orders_of_woocommerce(load):
    rows = load(
        "woocommerce_orders",
        "woocommerce/orders-2026.csv",
        "order_id,order_date,status,billing_email,billing_country,order_subtotal,cart_discount,"
        "shipping_total,tax_total,order_total,order_currency,refunded_total,line_items\n"
        "1,2026-09-01 09:00:00,completed,a@x.example,DE,84.03,0.00,4.90,15.97,104.90,EUR,0.00,"
        '"name:Lamp|sku:L1|quantity:2|total:84.03"\n'
        "2,2026-09-02 09:00:00,on-hold,b@x.example,AT,10.00,1.00,0,1.90,10.90,EUR,,x\n",
        ORDERS,
    )

    assert rows == [
        ("shop:1", "email:a@x.example", "completed", Decimal("84.03"), Decimal("4.9"),
         Decimal("104.9"), 0, "EUR", datetime(2026, 9, 1, 7)),
        ("shop:2", "email:b@x.example", "placed", 10, 0, Decimal("10.9"), None, "EUR",
         datetime(2026, 9, 2, 7)),
    ]  # fmt: skip


def test_orders_of_magento(load):
    rows = load(
        "magento_orders",
        "magento/export.csv",
        '"ID","Purchase Point","Purchase Date","Bill-to Name","Grand Total (Base)",'
        '"Grand Total (Purchased)","Status","Customer Email","Subtotal","Shipping and Handling",'
        '"Total Refunded"\n'
        '"000000012","Main Website\nMain Store\n   Default","Sep 1, 2026 9:00:00 PM","Ann Lee",'
        '"€1,104.90","€1,104.90","complete","a@x.example","€1,100.00","€4.90",""\n',
        ORDERS,
    )

    assert rows == [
        ("shop:000000012", "email:a@x.example", "completed", 1100, Decimal("4.9"),
         Decimal("1104.9"), None, "EUR", datetime(2026, 9, 1, 19)),
    ]  # fmt: skip


def test_an_audience_of_mailchimp(load):
    contacts = load(
        "mailchimp_contacts",
        "mailchimp/2026-09/subscribed_email_audience_export_a1.csv",
        '"Email Address","First Name","Last Name",MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,'
        "TIMEZONE,CC,LAST_CHANGED,LEID,EUID,NOTES,TAGS\n"
        'a@x.example,Ann,Lee,4,"2026-09-01 09:00:00","2026-09-01 09:00:00",europe/berlin,de,'
        '"2026-09-03 11:00:00",1234,abc,,"""vip"",""de"""\n',
        "select record_key, email, country_code, time_zone, created_at, recorded_at, "
        "attributes ->> 'TAGS' from raw.contact",
    )
    consents = load(
        "mailchimp_unsubscribed",
        "mailchimp/2026-09/unsubscribed_email_audience_export_a1.csv",
        '"Email Address","First Name",UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON,LEID\n'
        'b@x.example,Bob,"2026-09-05 10:00:00",Autumn,NORMAL,1235\n',
        "select person_ref, purpose, channel, status, captured_at from raw.consent",
    )

    assert contacts == [
        ("mailchimp:1234", "a@x.example", "DE", "Europe/Berlin", datetime(2026, 9, 1, 9),
         datetime(2026, 9, 3, 11), '"vip","de"'),
    ]  # fmt: skip
    assert consents == [
        ("email:b@x.example", "marketing", "email", "withdrawn", datetime(2026, 9, 5, 10))
    ]


def test_campaigns_of_mailchimp(load):
    rows = load(
        "mailchimp_campaigns",
        "mailchimp/campaigns.csv",
        'Title,Subject,List,"Send Date","Total Recipients","Open Rate","Unique Id"\n'
        'Autumn,"Autumn, again",News,"Sep 04, 2026 10:00 am",100,40.82%,a1b2\n',
        "select record_key, name, type, start_date, created_at from raw.campaign",
    )

    assert rows == [
        ("mailchimp:a1b2", "Autumn", "email", date(2026, 9, 4), datetime(2026, 9, 4, 8))
    ]


def test_deals_of_pipedrive(load):
    rows = load(
        "pipedrive_deals",
        "pipedrive/deals-1.csv",
        "Deal - ID,Deal - Title,Deal - Value,Deal - Currency of Value,Deal - Stage,"
        "Deal - Pipeline,Deal - Status,Deal - Deal created,Deal - Update time,Deal - Won time,"
        "Deal - Lost time,Deal - Lost reason,Deal - Expected close date,Deal - Probability\n"
        "1,Roof,12500.00,EUR,Talks,Sales,Won,2026-09-01 09:00:00,2026-09-30 10:00:00,"
        "2026-09-30 10:00:00,,,2026-09-30,\n"
        "2,Wall,500.00,EUR,Talks,Sales,Lost,2026-09-01 09:00:00,2026-09-20 10:00:00,,"
        "2026-09-20 10:00:00,price,,10\n",
        DEALS,
    )

    assert rows == [
        ("pipedrive:1", "Talks", 12500, "EUR", None, True, True, date(2026, 9, 30)),
        ("pipedrive:2", "Talks", 500, "EUR", 0.1, True, False, None),
    ]


def test_deals_of_zoho(load):
    rows = load(
        "zoho_deals",
        "zoho/Deals_2026.csv",
        "Record Id,Deal Owner.id,Deal Owner,Amount,Deal Name,Closing Date,Account Name.id,"
        "Account Name,Stage,Probability (%),Created Time,Modified Time,Currency,Contact Name.id\n"
        "zcrm_5001,zcrm_1,Jo,12500,Roof,2026-09-30,zcrm_201,Acme,Closed Won,100,"
        "2026-09-01 09:00:00,2026-09-30 10:00:00,EUR,zcrm_101\n",
        DEALS,
    )

    assert rows == [
        ("zoho:5001", "Closed Won", 12500, "EUR", 1, True, True, date(2026, 9, 30)),
    ]


def test_opportunities_of_dynamics(load):
    rows = load(
        "dynamics_opportunities",
        "dynamics/opportunities.csv",
        "(Do Not Modify) Opportunity,(Do Not Modify) Row Checksum,(Do Not Modify) Modified On,"
        "Topic,Est. Close Date,Est. Revenue,Probability,Status,Status Reason,Created On\n"
        '9f1c-1,abc==,9/30/2026 10:00 AM,Roof,9/30/2026,"€12,500.00",60,Open,In Progress,'
        "9/1/2026 9:00 AM\n",
        DEALS,
    )

    assert rows == [
        ("dynamics:9f1c-1", "In Progress", 12500, "EUR", 0.6, False, False, date(2026, 9, 30)),
    ]


CALLS = (
    "select direction, customer_ref, started_at, duration_s, talk_s, outcome from raw.interaction "
    "order by started_at"
)
AIRCALL = (
    "line,datetime (UTC),direction,from,to,answered,missed_call_reason,user,duration (total),"
    "duration (in call),call_id\n"
    "Support,2025-05-02 08:00:00,inbound,+4930123456,+49305550100,Yes,,Anna,185,170,9001\n"
    "Support,2025-05-02 08:10:00,inbound,anonymous,+49305550100,No,abandoned_in_ivr,,30,0,9002\n"
    "Support,2025-05-02 08:20:00,outbound,+49305550100,+491701112223,Yes,,Ben,60,50,9003\n"
)


def test_calls_of_aircall(load):
    assert load("aircall_inbound", "aircall/calls.csv", AIRCALL, CALLS) == [
        ("inbound", "phone:+4930123456", datetime(2025, 5, 2, 8), 185.0, 170.0, "answered"),
        ("inbound", None, datetime(2025, 5, 2, 8, 10), 30.0, 0.0, "no_answer"),
    ]


def test_calls_from_aircall(load):
    assert load("aircall_outbound", "aircall/calls.csv", AIRCALL, CALLS) == [
        ("outbound", "phone:+491701112223", datetime(2025, 5, 2, 8, 20), 60.0, 50.0, "answered"),
    ]


def test_transcripts_of_calls(load, tmp_path):
    (script,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)
    (tmp_path / "transcripts.py").write_text(script)
    folder = tmp_path / "recordings"
    folder.mkdir()
    (folder / "9001.transcript.vtt").write_text(
        "\ufeffWEBVTT - call\n\nNOTE not said\nat all\n\nSTYLE\n::cue { color: red }\n\n1\n"
        "00:00:01.000 --> 00:00:02.500 align:start\n<v.loud Anna Berg>Hello &amp; welcome</v>\n"
        "<i>twice</i>\n\nintro\n00:02.500 --> 00:03.000\nJane: Hi\n"
    )
    (folder / "9003.srt").write_bytes(
        b"1\r\n00:00:01,000 --> 00:00:02,000\r\nGuten Tag, B\xc3\xb6rse\r\n\r\n2\r\n"
        b"00:00:02,000 --> 00:00:03,000\r\nBye\r\n"
    )
    (folder / "9003.mp3").write_bytes(b"\x00")
    made = subprocess.run(
        [sys.executable, "transcripts.py", "recordings"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip

    rows = load(
        "call_transcripts",
        "transcripts/calls.jsonl",
        made.stdout,
        "select record_key, interaction_ref, file_name, mime_type, size_bytes, "
        "attributes->>'$.text' from raw.attachment order by 1",
    )

    vtt, srt = folder / "9001.transcript.vtt", folder / "9003.srt"
    assert rows == [
        ("aircall:9001.transcript.vtt", "aircall:9001", vtt.name, "text/vtt", vtt.stat().st_size,
         "Anna Berg: Hello & welcome\ntwice\nJane: Hi"),
        ("aircall:9003.srt", "aircall:9003", srt.name, "application/x-subrip", srt.stat().st_size,
         "Guten Tag, Börse\nBye"),
    ]  # fmt: skip


def test_calls_of_ringcentral(load):
    rows = load(
        "ringcentral",
        "ringcentral/log.csv",
        "Direction,Type,Phone Number,Name,Date,Time,Action,Action Result,Result Description,"
        "Duration\n"
        "Incoming,Voice,+1 415-555-0100,Jane,Fri 05/02/2025,9:05 AM,Phone Call,Accepted,x,0:02:50\n"
        "Incoming,Voice,+1 415-555-0102,,Fri 05/02/2025,1:15 PM,Phone Call,Missed,x,0:00:00\n"
        "Incoming,Fax,+1 415-555-0103,,Fri 05/02/2025,2:15 PM,Fax,Received,x,0:00:40\n",
        CALLS,
    )

    assert rows == [
        ("inbound", "phone:+14155550100", datetime(2025, 5, 2, 13, 5), 170.0, None, "answered"),
        ("inbound", "phone:+14155550102", datetime(2025, 5, 2, 17, 15), 0.0, None, "no_answer"),
    ]


RATES = "select rate_date, from_currency, to_currency, rate from raw.fx_rate order by 1"


def test_rates_of_the_data_portal_of_the_ecb(load):
    rows = load(
        "ecb_portal",
        "rates/EXR_1.csv",
        "KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n"
        "EXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2024-12-26,NaN,H\n"
        "EXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2024-12-27,1.0435,A\n"
        "EXR.M.USD.EUR.SP00.A,M,USD,EUR,SP00,A,2024-12,1.0479,A\n",
        RATES,
    )

    assert rows == [(date(2024, 12, 27), "EUR", "USD", 1.0435)]


def test_rates_of_the_bundesbank(load):
    rows = load(
        "bundesbank_usd",
        "rates/BBEX3.D.USD.EUR.BB.AC.000.csv",
        ";BBEX3.D.USD.EUR.BB.AC.000;BBEX3.D.USD.EUR.BB.AC.000_FLAGS\n"
        ";Euro-Referenzkurs der EZB / 1 EUR = ... USD / Vereinigte Staaten;\n"
        "2024-12-26;.;Kein Wert vorhanden\n2024-12-27;1,0435;\n",
        RATES,
    )

    assert rows == [(date(2024, 12, 27), "EUR", "USD", 1.0435)]


def test_every_entry_of_the_page_is_tried(entries):
    text = Path(__file__).read_text()

    assert [name for name in entries if f'"{name}"' not in text] == []
