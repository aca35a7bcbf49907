"""Who wants no more messages, as Twilio was told; ``consent`` rows out.

A message that is one of the words to stop with, and nothing else, has Twilio send that number no
message of any kind any more. The words to start again are no consent here: YES is one of them, and
answers most questions.
"""

from __future__ import annotations

from datetime import datetime

from ingest.sources.gathering import Gathering

STOP_WORDS = ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT")
"""Those that Twilio obeys in SMS unless an account sets up others."""

PURPOSES = ("marketing", "sales", "service")


def is_stop_word(text: str | None) -> bool:
    """Return whether a message is one of the words, in whatever case, and nothing else."""
    return text is not None and text.strip().upper() in STOP_WORDS


def add_refusal(
    gathering: Gathering,
    position: int,
    message_sid: str,
    person_ref: str,
    channel: str,
    said_at: datetime,
) -> None:
    """Add the refusal of all messages over a channel that a message was."""
    for purpose in PURPOSES:
        row = {
            "consent_id": f"{message_sid}|{purpose}",
            "person_ref": person_ref,
            "purpose": purpose,
            "channel": channel,
            "status": "withdrawn",
            "captured_at": said_at,
            "consent_source": "twilio_stop",
            "evidence_ref": message_sid,
            "recorded_at": said_at,
        }
        gathering.add("consent", position, row)
