"""Mail parser against the standard library's, in one run over the same messages.

    python -m benchmarks.mail_parsing [--messages 4000] [--rounds 3]      one JSON object

The peer is ``message_from_bytes`` and ``get_body`` of one process, with the messages already in
memory; it reads no header and decodes no text. Ours reads the same messages from an mbox and
gives the rows that the loader stores: sides, conversation, texts, replies, attachments, bounces.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import re
import tempfile
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import cast

from ingest.source import Company, Source
from ingest.sources.email import parse
from ingest.sources.email.mailbox import raw_messages

REQUIRED_RATIO = 1.5
WORDS = re.findall(
    r"\w+",
    "Lampe Lieferung order invoice bitte danke when arrive März Gerät defekt the a of we you "
    "Rechnung return could please Grüße größer help setup price question from morgen",
)
START = datetime(2025, 1, 1, 8, tzinfo=UTC)


def paragraph(chance: random.Random, words: int) -> str:
    """Return prose of ``words`` words, 12 on a line."""
    said = chance.choices(WORDS, k=words)
    return "\n".join(" ".join(said[at : at + 12]) for at in range(0, words, 12))


def head(chance: random.Random, number: int) -> str:
    """Return the headers that a mail has after three servers."""
    at = START + timedelta(minutes=7 * number)
    sent = format_datetime(at)
    is_reply = chance.random() < 0.6
    hops = "".join(
        f"Received: from mx{hop}.isp.example (mx{hop}.isp.example [192.0.2.{hop}])\n"
        f"\tby mail.nordlicht.example (Postfix) with ESMTPS id {chance.getrandbits(40):010X}\n"
        f"\tfor <support@nordlicht.example>; {format_datetime(at + timedelta(seconds=hop))}\n"
        for hop in (3, 2, 1)
    )
    signature = base64.b64encode(chance.randbytes(240)).decode()
    folded = "\n\t ".join(signature[i : i + 70] for i in range(0, len(signature), 70))
    reply = (
        f"In-Reply-To: <m{number - 1}@kunde.example>\n"
        f"References: <m{number - 3}@kunde.example>\n <m{number - 1}@kunde.example>\n"
    )
    return (
        f"Return-Path: <jane{number % 997}@kunde.example>\n"
        "Delivered-To: support@nordlicht.example\n"
        f"{hops}DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=kunde.example; s=s1;\n"
        f"\t b={folded}\nMIME-Version: 1.0\nMessage-ID: <m{number}@kunde.example>\nDate: {sent}\n"
        f'From: "Jane van Dyk" <jane{number % 997}@kunde.example>\n'
        "To: Nordlicht Support <support@nordlicht.example>, anna@nordlicht.example\n"
        f"Subject: {'Re: ' if is_reply else ''}=?utf-8?q?Frage_zur_Rechnung_f=C3=BCr_M=C3=A4rz?=\n"
        f"{reply if is_reply else ''}X-Mailer: Thunderbird\nX-Spam-Score: -1.2\n"
    )


def source_text(chance: random.Random, number: int) -> str:
    """Return one message: 55 % plain, 35 % with HTML, 7 % with a file, 3 % bounces."""
    text = paragraph(chance, chance.randrange(20, 300))
    quoted = "\n".join("> " + line for line in paragraph(chance, 150).split("\n"))
    said = f"Hello,\n\n{text}\n\nOn 2 June 2025 Anna wrote:\n{quoted}\n\n-- \nJane van Dyk\n"
    plain = f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{said}"
    kind = chance.random()
    if kind < 0.55:
        body = plain
    elif kind < 0.9:
        lines = "".join(f'<p style="margin:0">{line}</p>\n' for line in said.split("\n"))
        body = (
            'Content-Type: multipart/alternative; boundary="alt"\n\n'
            f"--alt\n{plain}\n--alt\nContent-Type: text/html; charset=utf-8\n\n"
            f"<html><body>{lines}</body></html>\n--alt--\n"
        )
    elif kind < 0.97:
        file = base64.encodebytes(chance.randbytes(chance.randrange(2_000, 60_000))).decode()
        body = (
            'Content-Type: multipart/mixed; boundary="mix"\n\n'
            f"--mix\n{plain}\n--mix\nContent-Type: application/pdf; name=order.pdf\n"
            "Content-Transfer-Encoding: base64\n"
            f'Content-Disposition: attachment; filename="order.pdf"\n\n{file}\n--mix--\n'
        )
    else:
        body = (
            "Content-Type: multipart/report; report-type=delivery-status;"
            ' boundary="rep"\n\n--rep\nContent-Type: text/plain\n\nnot delivered\n\n--rep\n'
            "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.kunde.example\n\n"
            f"Final-Recipient: rfc822; jane{number % 997}@kunde.example\nAction: failed\n"
            "Status: 5.1.1\nDiagnostic-Code: smtp; 550 unknown user\n\n--rep--\n"
        )
    return head(chance, number) + body


def write_mbox(path: Path, messages: int, seed: int) -> None:
    """Write ``messages`` synthetic messages to ``path``."""
    chance = random.Random(seed)
    with path.open("w", encoding="utf-8") as file:
        for number in range(messages):
            file.write("From jane@kunde.example Mon Jun  2 10:00:00 2025\n")
            file.write(source_text(chance, number) + "\n")


def standard_seconds(raws: list[bytes]) -> float:
    """Return what the standard library takes to parse and to find the bodies."""
    start = time.perf_counter()
    for raw in raws:
        message = cast(EmailMessage, message_from_bytes(raw, policy=policy.default))
        message.get_body(("plain", "html"))
    return time.perf_counter() - start


def our_seconds(path: Path, source: Source, messages: int) -> float:
    """Return what our parser takes from file to rows; each message must be among them."""
    start = time.perf_counter()
    rows = sum(len(chunk.rows["interaction"]) for chunk in parse(path, source))
    seconds = time.perf_counter() - start
    if rows != messages:
        raise AssertionError(f"{rows} of {messages} messages became rows")
    return seconds


def main() -> None:
    """Measure in turns, best of each, and print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--messages", type=int, default=4_000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--seed", type=int, default=7)
    given = arguments.parse_args()
    company = Company(name="Nordlicht", domains=("nordlicht.example",))
    source = Source(name="mail", format="email", path="*", namespace="mail", company=company)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.mbox"
        write_mbox(path, given.messages, given.seed)
        raws = [message.raw for message in raw_messages(path)]
        size = path.stat().st_size
        pairs = [
            (standard_seconds(raws), our_seconds(path, source, len(raws)))
            for _ in range(given.rounds)
        ]
    standard, ours = min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)
    figures = {
        "benchmark": "mail_parsing",
        "messages": len(raws),
        "mib": round(size / 2**20, 1),
        "standard_library_s": round(standard, 3),
        "ours_s": round(ours, 3),
        "messages_per_s": round(len(raws) / ours),
        "ratio": round(standard / ours, 2),
        "required_ratio": REQUIRED_RATIO,
        "processes": 1,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
