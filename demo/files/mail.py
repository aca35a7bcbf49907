"""Mail: turns in, mbox files and now and then a message as a file of its own out."""

from __future__ import annotations

import numpy as np

from demo.company.world import World
from demo.files.dirt import DUPLICATE_LINE, TextDirt, plant_lines
from demo.files.landing import Landing, months
from demo.files.letters import make_letters
from demo.files.mail_text import message_text
from demo.timeline import timestamps

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
    letters = make_letters(world)
    texts = letters.select("day", "single", message=message_text())
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
