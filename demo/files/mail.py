"""Mail: turns in, mbox files and single messages out.

Threads by Message-ID, In-Reply-To and References; plain and HTML bodies, encoded words,
attachments, out-of-office answers and delivery failures.
"""

from __future__ import annotations

import base64
from email.header import Header

import numpy as np
import polars as pl

from demo.chance import stream
from demo.company.world import World
from demo.files.dirt import DUPLICATE_LINE, TextDirt, plant_lines
from demo.files.landing import Landing, months
from demo.timeline import LAST_MOMENT, local, timestamps

SUBJECTS = {
    "offer": "Ihr Angebot von Nordlicht", "delivery": "Where is my delivery",
    "invoice": "Frage zur Rechnung für März", "defect": "Gerät ist defekt",
    "login": "Cannot log in", "return": "Rückgabe einer Bestellung", "setup": "Help with the setup",
    "price": "Question about prices", "cancellation": "Kündigung",
}  # fmt: skip
ASKS = "Guten Tag,\n\nthis is about: {}. Could you please help me?\n\nMany thanks\n{}\n"
ANSWERS = (
    "Hello,\n\nthank you for your message. We are looking into it.\n\nKind regards\nNordlicht\n"
)
AUTO_REPLY_SHARE, BOUNCE_SHARE, ROLE_SHARE = 0.01, 0.008, 0.1
ATTACHMENT_SHARE, HTML_SHARE, SINGLE_FILES = 0.03, 0.25, 8
_TABLE = base64.b64encode(b"sku;quantity\r\nNL-1010;3\r\nNL-1042;1\r\n").decode()

_DIRT = (
    DUPLICATE_LINE,
    TextDirt(
        "unknown_charset", "loaded", 0.002,
        lambda text: text.replace("charset=utf-8", "charset=x-nordic-9", 1).replace(
            "Message-ID: <", "Message-ID: <odd-", 1
        ),
    ),
    TextDirt(
        "missing_date", "quarantined", 0.002,
        lambda text: "\n".join(
            line for line in text.replace("Message-ID: <", "Message-ID: <undated-", 1).split("\n")
            if not line.startswith("Date:")
        ),
    ),
)  # fmt: skip


def write_mail(landing: Landing, world: World) -> None:
    """Write one mbox a month, and now and then a message as a file of its own."""
    letters = _letters(world)
    texts = letters.select("day", "single", message=_message())
    for month, label, part in months(texts, "day"):
        alone = part.filter("single").head(1 if month % 3 == 0 else 0)
        rest = part.join(alone, on="message", how="anti", maintain_order="left")
        for day, message in alone.select("day", "message").iter_rows():
            stamp = timestamps(np.array([day]))[0]
            landing.write(f"mail/{stamp:%Y-%m-%d}-forwarded.eml", message.encode(), "mail", 1)
        if not len(rest):
            continue
        name = f"mail/mail-{label}.mbox"
        messages = plant_lines(landing, name, rest["message"], _DIRT).to_list()
        content = "".join(f"From MAILER Mon Jul  1 00:00:00 2024\n{text}\n" for text in messages)
        landing.write(name, content.encode(), "mail", len(messages))


def _letters(world: World) -> pl.DataFrame:
    rng = stream(world.seed, "mail")
    turns = world.turns.filter(pl.col("channel") == "email")
    staff = world.agents.select("agent", agent_name="name", agent_email="email")
    moves = world.contacts.filter(pl.col("new_email").is_not_null()).select(
        "person", "moved", "new_email"
    )
    domains = world.accounts.select("account", "domain")
    frame = (
        turns.join(world.people.select("person", "first", "last", "email", "account"), on="person",
                   maintain_order="left")
        .join(staff, on="agent", maintain_order="left")
        .join(moves, on="person", how="left", maintain_order="left")
        .join(domains, on="account", how="left", maintain_order="left")
    )  # fmt: skip
    count = len(frame)
    # a few business customers write inquiries from the company's role address
    role = (
        pl.Series(rng.random(count) < ROLE_SHARE)
        & pl.col("conversation").str.starts_with("inquiry")
        & pl.col("domain").is_not_null()
    )
    frame = frame.with_columns(
        kind=pl.lit("message"),
        address=pl.when(role)
        .then(pl.format("info@{}", "domain"))
        .when(pl.col("moved") < pl.col("day"))
        .then("new_email")
        .otherwise("email"),
        html=pl.Series(rng.random(count) < HTML_SHARE),
        attached=pl.Series(rng.random(count) < ATTACHMENT_SHARE),
        single=pl.col("inbound") & (pl.col("turn") == 0),
    )
    frame = frame.with_columns(
        message_id=pl.concat_str(
            "conversation", pl.lit("."), pl.col("turn").cast(pl.String),
            pl.when("inbound").then(pl.lit("@mx.kunde.example")).otherwise(
                pl.lit("@mail.nordlicht.example")
            ),
        )
    ).with_columns(
        previous_id=pl.col("message_id").shift(1).over("conversation"),
        root_id=pl.col("message_id").first().over("conversation"),
    )  # fmt: skip
    chance = pl.Series(rng.random(count))
    outbound = frame.filter(~pl.col("inbound") & (chance < AUTO_REPLY_SHARE + BOUNCE_SHARE))
    pick = rng.random(len(outbound))
    answers = outbound.with_columns(
        kind=pl.when(pl.Series(pick) < BOUNCE_SHARE / (AUTO_REPLY_SHARE + BOUNCE_SHARE))
        .then(pl.lit("bounce"))
        .otherwise(pl.lit("auto_reply")),
        day=pl.col("day") + 0.0008,
        inbound=pl.lit(True),
        previous_id="message_id",
        message_id=pl.format("auto-{}", "message_id"),
        html=pl.lit(False),
        attached=pl.lit(False),
        single=pl.lit(False),
    )
    both = pl.concat([frame, answers]).filter(pl.col("day") < LAST_MOMENT).sort("day", "message_id")
    return both.with_columns(timestamps(both["day"].to_numpy(), "at"))


def _encoded(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8").encode()


def _message() -> pl.Expr:
    names = pl.format("{} {}", "first", "last").map_batches(
        lambda series: series.replace_strict(
            {name: _encoded(name) for name in series.unique().to_list()}, return_dtype=pl.String
        ),
        return_dtype=pl.String,
    )
    subjects = {topic: _encoded(text) for topic, text in SUBJECTS.items()}
    bounce, auto = pl.col("kind") == "bounce", pl.col("kind") == "auto_reply"
    person = pl.concat_str(names, pl.lit(" <"), "address", pl.lit(">"))
    agent = pl.concat_str("agent_name", pl.lit(" <"), "agent_email", pl.lit(">"))
    support = pl.lit("Nordlicht Support <support@nordlicht.example>")
    to_agent = pl.when(pl.col("topic") == "offer").then(agent).otherwise(support)
    sender = (
        pl.when(bounce)
        .then(pl.lit("Mail Delivery System <MAILER-DAEMON@mx.kunde.example>"))
        .when("inbound").then(person).otherwise(agent)
    )  # fmt: skip
    recipient = pl.when(bounce | auto).then(agent).when("inbound").then(to_agent).otherwise(person)
    topic = pl.col("topic").replace_strict(subjects, return_dtype=pl.String)
    prefix = (
        pl.when(bounce).then(pl.lit("Undelivered Mail Returned to Sender: "))
        .when(auto).then(pl.lit("Automatic reply: "))
        .when(pl.col("turn") > 0).then(pl.lit("Re: ")).otherwise(pl.lit(""))
    )  # fmt: skip
    threaded = pl.col("previous_id").is_not_null()
    references = pl.when(threaded).then(
        pl.concat_str(
            pl.lit("In-Reply-To: <"), "previous_id", pl.lit(">\nReferences: <"), "root_id",
            pl.when(pl.col("root_id") != pl.col("previous_id"))
            .then(pl.format("> <{}", "previous_id")).otherwise(pl.lit("")),
            pl.lit(">\n"),
        )
    ).otherwise(pl.lit(""))  # fmt: skip
    header = pl.concat_str(
        pl.lit("Message-ID: <"), "message_id", pl.lit(">\nDate: "),
        pl.when("inbound").then(local("at", "%a, %d %b %Y %H:%M:%S %z", "UTC"))
        .otherwise(local("at", "%a, %d %b %Y %H:%M:%S %z")),
        pl.lit("\nFrom: "), sender, pl.lit("\nTo: "), recipient, pl.lit("\nSubject: "), prefix,
        topic, pl.lit("\n"), references,
        pl.when(auto).then(pl.lit("Auto-Submitted: auto-replied\n")).otherwise(pl.lit("")),
        pl.lit("MIME-Version: 1.0\n"),
    )  # fmt: skip
    text = (
        pl.when(auto).then(pl.lit("I am out of the office until Monday.\n"))
        .when("inbound").then(pl.format(ASKS, "topic", "first"))
        .otherwise(pl.lit(ANSWERS))
    )  # fmt: skip
    plain = pl.concat_str(
        pl.lit("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"), text
    )
    html = pl.concat_str(
        pl.lit('Content-Type: multipart/alternative; boundary="alt"\n\n--alt\n'), plain,
        pl.lit("\n--alt\nContent-Type: text/html; charset=utf-8\n\n<html><body><p>"), text,
        pl.lit("</p></body></html>\n--alt--\n"),
    )  # fmt: skip
    attached = pl.concat_str(
        pl.lit('Content-Type: multipart/mixed; boundary="mix"\n\n--mix\n'), plain,
        pl.lit(
            "\n--mix\nContent-Type: text/csv; name=order.csv\nContent-Transfer-Encoding: base64\n"
            f'Content-Disposition: attachment; filename="order.csv"\n\n{_TABLE}\n--mix--\n'
        ),
    )  # fmt: skip
    failure = pl.concat_str(
        pl.lit('Content-Type: multipart/report; report-type=delivery-status; boundary="rep"\n\n'
               "--rep\nContent-Type: text/plain; charset=utf-8\n\nYour message was not delivered.\n"
               "\n--rep\nContent-Type: message/delivery-status\n\n"
               "Reporting-MTA: dns; mx.kunde.example\n\nFinal-Recipient: rfc822; "),
        "address",
        pl.lit("\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 mailbox full\n"
               "--rep--\n"),
    )  # fmt: skip
    body = (
        pl.when(bounce).then(failure).when("attached").then(attached).when("html").then(html)
        .otherwise(plain)
    )  # fmt: skip
    return pl.concat_str(header, body)
