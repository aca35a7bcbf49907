"""The text of messages: letters in, RFC 5322 sources out."""

from __future__ import annotations

import base64
from email.header import Header

import polars as pl

from demo.timeline import local

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
_TABLE = base64.b64encode(b"sku;quantity\r\nNL-1010;3\r\nNL-1042;1\r\n").decode()


def message_text() -> pl.Expr:
    """Return the source of a letter: plain or HTML, with attachment, bounce or auto-reply."""
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


def _encoded(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8").encode()
