"""A small real-looking file of every format, and how its source is declared."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from ingest.source import Company, Source
from ingest.sources.snowplow.columns import COLUMNS

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


@dataclass(frozen=True)
class Sample:
    """A file: its path below landing/, its bytes, the options of its source."""

    path: str
    content: bytes
    options: dict[str, Any] = field(default_factory=dict)
    entity: str | None = None
    columns: dict[str, Any] = field(default_factory=dict)

    def source(self, format_: str) -> Source:
        """Return the source that reads the file."""
        return Source(
            name="s",
            format=format_,
            path="**/*",
            namespace="ns",
            company=Company(name="Nordlicht", domains=("nordlicht.example",)),
            time_zone="Europe/Berlin",
            options=self.options,
            entity=self.entity,
            columns=self.columns,
        )


def fixture(path: str, **options: Any) -> Sample:
    """Return a file of tests/fixtures as a sample."""
    return Sample(path, (FIXTURES / path).read_bytes(), options)


def document(path: str, value: Any, **options: Any) -> Sample:
    """Return a JSON document as a sample."""
    return Sample(path, json.dumps(value).encode(), options)


def lines(path: str, *values: Any, **options: Any) -> Sample:
    """Return JSON lines as a sample."""
    return Sample(path, "".join(json.dumps(v) + "\n" for v in values).encode(), options)


PEOPLE = pl.DataFrame(
    {
        "Id": ["1", "2", "3"],
        "Email": ["jane@x.example", "nobody", None],
        "Created": ["2025-06-02 10:00:00", "soon", "2025-06-03 11:00:00"],
        "Note": ["Füße, \"quoted\"", "a;b\tc", "x"],
    }
)  # fmt: skip
MAPPING = {"contact_id": "Id", "email": "Email", "created_at": "Created"}


def zipped(**entries: bytes) -> bytes:
    """Return a zip archive; ``__`` in a name stands for a dot."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


def table(format_: str) -> Sample:
    """Return the three people in a tabular format."""
    buffer = io.BytesIO()
    if format_ in {"csv", "tsv"}:
        PEOPLE.write_csv(buffer, separator="," if format_ == "csv" else "\t")
    elif format_ == "parquet":
        PEOPLE.write_parquet(buffer)
    elif format_ == "xlsx":
        PEOPLE.write_excel(buffer)
    elif format_ == "json":
        buffer.write(json.dumps(PEOPLE.to_dicts()).encode())
    else:
        PEOPLE.write_ndjson(buffer)
    return Sample(f"contacts.{format_}", buffer.getvalue(), {}, "contact", MAPPING)


TICKET = {
    "id": 35436, "subject": "Help", "description": "Printer on fire", "status": "open",
    "priority": "high", "requester_id": 20978392, "assignee_id": 235323, "tags": ["hardware"],
    "via": {"channel": "email"}, "created_at": "2025-06-02T10:00:00Z",
    "updated_at": "2025-06-02T11:00:00Z", "custom_fields": [{"id": 1, "value": "745"}],
    "satisfaction_rating": {"id": 1, "score": "good", "comment": "Great"},
}  # fmt: skip
ZENDESK_PAGE = {
    "users": [{"id": 5, "name": "Jane", "email": "jane@x.example", "role": "end-user",
               "updated_at": "2025-06-02T11:00:00Z", "tags": ["vip"]}],
    "identities": [{"id": 9, "user_id": 5, "type": "phone_number", "value": "+49301112233"}],
    "audits": [{"id": 3, "ticket_id": 35436, "created_at": "2025-06-02T10:00:00Z", "author_id": 5,
                "via": {"channel": "web"}, "events": [
                    {"id": 1, "type": "Comment", "body": "Thanks!", "public": True},
                    {"id": 2, "type": "Change", "field_name": "status", "value": "solved",
                     "previous_value": "open"}]}],
}  # fmt: skip
INTERCOM = [
    {"type": "contact", "id": "c1", "role": "user", "email": "jane@x.example", "name": "Jane Doe",
     "updated_at": 1748858400, "tags": {"data": [{"id": "t", "name": "vip"}]},
     "companies": {"data": [{"id": "k"}]}, "location": {"country": "Germany"}},
    {"type": "ticket", "id": "t1", "category": "Customer", "ticket_state": "submitted",
     "created_at": 1748858400, "updated_at": 1748858500, "contacts": {"contacts": [{"id": "c1"}]},
     "ticket_parts": {"ticket_parts": [
         {"id": "p", "part_type": "comment", "body": "Hi", "created_at": 1748858450,
          "author": {"type": "user", "id": "c1"}}]}},
]  # fmt: skip
CHAT = {
    "id": "2506.10502823.TYcB5", "type": "chat", "timestamp": "2025-06-02T10:00:00Z",
    "visitor": {"id": "1", "name": "Jane", "email": "jane@x.example", "phone": ""},
    "agent_ids": ["7"], "agent_names": {"7": "Max"}, "rating": "good", "duration": 60,
    "history": [
        {"type": "chat.memberjoin", "timestamp": "2025-06-02T10:00:00Z", "name": "Jane"},
        {"type": "chat.msg", "timestamp": "2025-06-02T10:00:01Z", "name": "Jane", "msg": "Hi",
         "sender_type": "Visitor", "msg_id": "1"},
    ],
}  # fmt: skip
WHATSAPP = (
    b"[13.06.25, 10:00:00] Messages and calls are end-to-end encrypted.\n"
    b"[13.06.25, 10:00:01] Jane: Hi\nis it there?\n[13.06.25, 10:01:00] Max: <attached: a.jpg>\n"
    b"13/06/2025, 10:02 - Jane: thanks\n"
)
CONVERSATION = {
    "meta": {"key": "messages"},
    "messages": [{
        "sid": "IM1", "conversation_sid": "CH1", "author": "+491701234567", "body": "Hi",
        "index": 0, "date_created": "2025-06-02T10:00:00Z", "participant_sid": "MB1",
        "date_updated": "2025-06-02T10:00:00Z", "media": None, "attributes": "{}",
    }],
}  # fmt: skip
SNOWPLOW = {
    "app_id": "shop", "platform": "web", "collector_tstamp": "2025-06-02 10:00:00.000",
    "derived_tstamp": "2025-06-02 10:00:00.000", "event": "page_view", "event_name": "page_view",
    "event_id": "c6ef3124-b53a-4b13-a233-0088f79dcbcb", "user_id": "17",
    "domain_userid": "bc2e92ec6c204a14", "domain_sessionid": "s", "page_url": "http://x.example/",
    "page_title": "Home", "useragent": "Mozilla/5.0", "mkt_campaign": "spring",
}  # fmt: skip
GA4 = {
    "event_date": "20250602", "event_timestamp": "1748858400000000", "event_name": "page_view",
    "event_params": [
        {"key": "ga_session_id", "value": {"int_value": "1748858400"}},
        {"key": "page_location", "value": {"string_value": "https://x.example/"}},
    ],
    "user_pseudo_id": "1.2", "user_id": "17", "platform": "WEB", "stream_id": "1",
    "device": {"category": "mobile"}, "geo": {"country": "Germany"},
    "traffic_source": {"name": "spring", "medium": "cpc", "source": "google"},
}  # fmt: skip
HUBSPOT = {
    "results": [{
        "id": "51", "createdAt": "2025-06-02T10:00:00.000Z", "archived": False,
        "updatedAt": "2025-06-02T11:00:00.000Z",
        "properties": {"email": "jane@x.example", "firstname": "Jane", "phone": "+49301112233",
                       "lifecyclestage": "lead", "hs_object_id": "51"},
    }],
    "paging": {"next": {"after": "52"}},
}  # fmt: skip
HUBSPOT_DEALS = {
    "results": [{
        "id": "7", "createdAt": "2025-06-02T10:00:00.000Z", "updatedAt": "2025-06-02T11:00:00.000Z",
        "properties": {"dealname": "Ten seats", "amount": "1200.50", "dealstage": "closedwon",
                       "pipeline": "default", "closedate": "2025-07-01T00:00:00Z"},
        "propertiesWithHistory": {"dealstage": [
            {"value": "closedwon", "timestamp": "2025-06-02T11:00:00.000Z"},
            {"value": "appointmentscheduled", "timestamp": "2025-06-02T10:00:00.000Z"}]},
        "associations": {"contacts": {"results": [{"id": "51", "type": "deal_to_contact"}]}},
    }],
}  # fmt: skip
SALESFORCE_HISTORY = (
    "Id,OpportunityId,StageName,Amount,Probability,ForecastCategory,CloseDate,CreatedDate\n"
    "008A,006A,Prospecting,100,10,Pipeline,2025-07-01,2025-06-02T10:00:00.000Z\n"
    "008B,006A,Closed Won,120,100,Closed,2025-06-20,2025-06-20T10:00:00.000Z\n"
)
SALESFORCE = (
    '"Id","FirstName","LastName","Email","AccountId","CreatedDate","SystemModstamp","IsDeleted"\n'
    '"0035g00000AbCdE","Jane","Doe","jane@x.example","0015g00000XyZ12",'
    '"2025-06-02T10:00:00.000Z","2025-06-02T11:00:00.000Z","false"\n'
)
SALESFORCE_QUERY = {
    "totalSize": 1, "done": True,
    "records": [{"attributes": {"type": "Lead", "url": "/services/data/v60.0/sobjects/Lead/00Q1"},
                 "Id": "00Q5g00000AbCdE", "LastName": "Doe", "Company": "X", "Status": "Open",
                 "CreatedDate": "2025-06-02T10:00:00.000+0000"}],
}  # fmt: skip
ADS = {
    "google_ads": "Day,Campaign ID,Customer ID,Cost,Impr.,Currency code\n"
    '2026-09-01,11,877-953-6058,"1,020.50","10,500",EUR\n2026-09-01,11,1,2,--,EUR\n'
    "Total: Account,--,--,1,2,EUR\n",
    "meta_ads": '"Reporting starts","Reporting ends","Campaign ID","Account ID",'
    '"Amount spent (EUR)"\n2026-09-01,2026-09-30,1,5,9\n2026-09-01,2026-09-01,2,5,10\n,,,,19\n',
    "linkedin_ads": "Campaign Performance Report (in UTC)\nReport Start: 09/01/2026\n\n"
    "Start Date (in UTC),Campaign ID,Account ID,Total Spent,Currency\n09/01/2026,1,5,9.5,USD\n",
    "microsoft_ads": '"Report Aggregation: Daily"\n\n"TimePeriod","AccountId","CampaignId",'
    '"CurrencyCode","Spend"\n"2/7/2020","55","1","EUR","2.5"\n"@2020 Microsoft Corporation. x"\n',
}
RATES = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org'
    '/xml/2002-08-01"><Cube><Cube time="2020-06-08"><Cube currency="USD" rate="1.1285"/></Cube>'
    "</Cube></gesmes:Envelope>"
)
FIVETRAN = {
    "hubspot": ("contact", "company",
                "id,property_email,property_createdate,_fivetran_synced,is_deleted\n"
                "1,jane@x.example,2025-06-02 10:00:00,2025-06-03 10:00:00,false\n"),
    "salesforce": ("contact", "account",
                   "id,email,last_name,created_date,_fivetran_synced,is_deleted\n"
                   "003,jane@x.example,Doe,2025-06-02 10:00:00,2025-06-03 10:00:00,false\n"),
    "zendesk": ("ticket", "organization",
                "id,subject,status,requester_id,created_at,updated_at,_fivetran_synced\n"
                "1,Help,open,5,2025-06-02 10:00:00,2025-06-02 10:00:00,2025-06-03 10:00:00\n"),
}  # fmt: skip
HISTORY_MODE = (
    "id,name,property_name,_fivetran_start,_fivetran_end,_fivetran_active\n"
    "1,Acme,Acme,2024-01-01,2024-03-01,false\n2,Beta,Beta,2024-01-01,9999-12-31,true\n"
)

ZENDESK_LOG = {"ticket_id": 9, "events": [{
    "id": "01J", "type": "Messaging::ConversationMessage", "received_at": "2025-04-22T09:24:26.8Z",
    "author": {"type": "user", "zen:support:user_id": 7}, "source": {"type": "whatsapp"},
    "content": {"type": "text", "text": "Hi"}, "metadata": {"public": True},
    "attachments": [{"id": 1, "file_name": "a.png", "size": 2}],
    "reference": "zen:sunco:conversation_message:6807603a38564290f5a086c2",
}]}  # fmt: skip
OURS = {"agents": ["Max"], "date_order": "dmy"}
ACCESS = '192.0.2.7 - - [26/Oct/2025:02:30:00 +0200] "GET /a HTTP/1.1" 200 12 "-" "Mozilla/5.0"'

SAMPLES: dict[str, tuple[Sample, ...]] = {
    "email": (fixture("email/team.mbox"), Sample("mail/a.eml", b"From: a@x.example\n\nHi\n")),
    "intercom": (fixture("intercom/conversations.json"), lines("intercom/more.json", *INTERCOM)),
    "slack": (fixture("slack/ext-acme/2025-06-02.json", customer_channels="^ext-"),
              fixture("slack/users.json")),
    "zendesk": (document("zendesk/tickets.json", {"tickets": [TICKET], "users": []}),
                document("zendesk/page.json", ZENDESK_PAGE),
                document("zendesk/log.json", ZENDESK_LOG)),
    "zendesk_chat": (document("chats.json", {"chats": [CHAT]}),),
    "whatsapp": (Sample("WhatsApp Chat/_chat.txt", WHATSAPP, OURS),
                 Sample("Chat.zip", zipped(_chat__txt=WHATSAPP, a__jpg=b"x"), OURS)),
    "twilio_conversations": (document("messages.json", CONVERSATION),),
    "asterisk_cdr": (fixture("asterisk_cdr/csv.csv"),),
    "twilio": (fixture("twilio/page.json"),),
    "segment": (fixture("segment/calls.jsonl"),),
    "snowplow": (Sample("events.tsv", "\t".join(SNOWPLOW.get(c, "") for c in COLUMNS).encode()),),
    "ga4": (lines("events_20250602.jsonl", GA4, GA4),),
    "access_log": (fixture("access_log/access.log"),
                   lines("docker.log", {"log": ACCESS + "\n", "stream": "stdout"},
                         {"@message": json.dumps({"log": ACCESS}), "x": {"y": 1}})),
    "hubspot": (document("hubspot/contacts.json", HUBSPOT),
                document("hubspot/deals.json", HUBSPOT_DEALS)),
    "salesforce": (Sample("salesforce/Contact.csv", SALESFORCE.encode()),
                   document("salesforce/query.json", SALESFORCE_QUERY),
                   Sample("salesforce/OpportunityHistory.csv", SALESFORCE_HISTORY.encode())),
    **{name: (Sample("report.csv", text.encode()),) for name, text in ADS.items()},
    "ecb_rates": (Sample("eurofxref-daily.xml", RATES.encode()),
                  Sample("eurofxref-hist.csv", b"Date,USD,JPY,\n2019-04-10,1.1279,N/A,\n")),
    **{f"fivetran.{name}": (Sample(f"{name}/{object_}.csv", text.encode()),
                           Sample(f"{name}/{account}.csv", HISTORY_MODE.encode()))
       for name, (object_, account, text) in FIVETRAN.items()},
    **{name: (table(name),) for name in ("csv", "tsv", "parquet", "json", "jsonl", "xlsx")},
}  # fmt: skip

REAL_FILES: dict[str, tuple[str, ...]] = {
    "email": ("email/**/*.eml", "email/**/*.txt"),
    "asterisk_cdr": ("phone_asterisk_cdr/*.csv",),
    "twilio": ("phone_twilio_api/**/*.json",),
    "access_log": ("web_access_logs/*",),
    "fivetran.hubspot": ("fivetran_seeds/hubspot/*_data.csv",),
    "fivetran.salesforce": ("fivetran_seeds/salesforce/*_data.csv",),
    "fivetran.zendesk": ("fivetran_seeds/zendesk/*_data.csv",),
    "hubspot": ("fivetran_seeds/hubspot/contact_data.csv",),
    "salesforce": ("fivetran_seeds/salesforce/*_data.csv",),
}
"""Public files by format, as globs below the folder of public data sets."""


def gzipped(pieces: list[bytes]) -> bytes:
    """Return ``pieces`` one after the other, compressed."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=1, mtime=0) as file:
        for piece in pieces:
            file.write(piece)
    return buffer.getvalue()
