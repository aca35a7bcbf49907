"""One file of a Slack export in; messages, files, colleagues and contacts out.

``<channel>/YYYY-MM-DD.json`` holds messages, ``users.json`` people; the lists of channels and of
integrations hold no records of ours. E-mail addresses of authors come from ``users.json`` beside
the channel folder, and what a renamed channel was called before from the lists of channels.

``options: {customer_channels: "^ext-"}`` names the channels that are shared with customers: what
colleagues write there is outbound, elsewhere internal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ingest.options import Options
from ingest.parsed import Parsed
from ingest.source import Source
from ingest.sources.gathering import Gathering
from ingest.sources.json_records import json_records
from ingest.sources.slack.channels import first_name
from ingest.sources.slack.colleagues import colleagues_among
from ingest.sources.slack.messages import Channel, add_message
from ingest.sources.slack.people import PEOPLE, add_person, people_beside

OPTIONS: Options = {"customer_channels": "pattern"}

CHUNK_MESSAGES = 20_000

WITHOUT_RECORDS = (
    "channels.json", "groups.json", "dms.json", "mpims.json", "integration_logs.json",
    "canvases.json", "lists.json", "file_conversations.json", "huddle_transcripts.json",
)  # fmt: skip


def _plain_name(path: Path) -> str:
    return path.name.lower().removesuffix(".gz").removesuffix(".zst")


def is_readable_alone(path: Path) -> bool:
    """Say whether a file of an export can be read without its ``users.json``."""
    return _plain_name(path) in (*WITHOUT_RECORDS, *PEOPLE)


def parse(path: Path, source: Source) -> Iterator[Parsed]:
    """Yield the messages or people of ``path``; nothing for the lists of an export."""
    name = _plain_name(path)
    if name in WITHOUT_RECORDS:
        return
    is_people = name in PEOPLE
    pattern = source.options.get("customer_channels")
    folder = path.parent.name
    people = people_beside(path)
    colleagues = colleagues_among(people.values(), source.company)
    channel = Channel(
        name=folder,
        first_name=first_name(path),
        has_customers=pattern is not None and re.search(pattern, folder) is not None,
        people=people,
    )
    records = json_records(path)
    while chunk := list(islice(records, CHUNK_MESSAGES)):
        gathering = Gathering("agent" if is_people else "interaction")
        gathering.read = len(chunk)
        for record in chunk:
            if record.value is None:
                gathering.reject(record.position, record.reason_code, record.reason, record.payload)
            elif is_people:
                add_person(gathering, record, colleagues)
            else:
                add_message(gathering, record, channel, colleagues)
        yield gathering.parsed()
