"""Headers and parts of a message in; whether a machine wrote it, and what bounced, out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message

from ingest.sources.email.headers import Headers, addresses

_OUT_OF_OFFICE = re.compile(
    r"^\s*(?:auto(?:matic|mated)?[\s:-]*(?:reply|response|antwort)|out of (?:the )?office|"
    r"automatische antwort|abwesenheit|réponse automatique|respuesta automática|"
    r"risposta automatica|automatisch antwoord|vacation|away from)",
    re.IGNORECASE,
)
_FAILURE = re.compile(
    r"undeliver|delivery status notification \(failure\)|returned mail|failure notice|"
    r"mail delivery (?:failed|failure|system)|delivery (?:has )?failed|unzustellbar|"
    r"non remis|no se puede entregar",
    re.IGNORECASE,
)
_POSTMASTER = re.compile(r"^(?:mailer-daemon|postmaster|mail-daemon)@", re.IGNORECASE)
_RECIPIENT = re.compile(r"^\s*(?:[a-z0-9]+\s*;)?\s*(.+?)\s*$", re.IGNORECASE)
_STATUS = re.compile(r"\d\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a report (RFC 3464) says about one recipient."""

    recipient: str | None
    action: str
    status: str | None
    diagnostic: str | None


def deliveries(reports: list[Message]) -> list[Delivery]:
    """Return what the delivery reports of a message say, one entry per recipient."""
    found = []
    for report in reports:
        groups = report.get_payload() if report.is_multipart() else []
        for group in groups if isinstance(groups, list) else []:
            if not isinstance(group, Message):
                continue
            fields = Headers(group)
            action = fields.raw("action").lower()
            if not action:
                continue
            recipient = fields.raw("final-recipient") or fields.raw("original-recipient")
            inside = _RECIPIENT.match(recipient[:1_000])
            status = _STATUS.search(fields.raw("status"))
            named = addresses(inside.group(1)) if inside else []
            found.append(
                Delivery(
                    recipient=named[0] if named else None,
                    action=action.split()[0],
                    status=status.group() if status else None,
                    diagnostic=fields.text("diagnostic-code"),
                )
            )
    return found


def failed_recipients(headers: Headers, sender: str | None, found: list[Delivery]) -> list[str]:
    """Return the addresses that could not be reached, most certain evidence first."""
    failed = [one.recipient for one in found if one.action == "failed" and one.recipient]
    if not failed and is_postmaster(sender):
        failed = addresses(headers.raw("x-failed-recipients"))
    return list(dict.fromkeys(failed))


def is_bounce(headers: Headers, sender: str | None, found: list[Delivery]) -> bool:
    """Return whether the message says that another one did not arrive."""
    if any(one.action == "failed" for one in found):
        return True
    if found or not is_postmaster(sender):
        return False
    return "x-failed-recipients" in headers or bool(_FAILURE.search(headers.text("subject") or ""))


def is_postmaster(sender: str | None) -> bool:
    """Return whether a mail system wrote: its reports have an empty sender or such a name."""
    return sender is None or _POSTMASTER.match(sender) is not None


def is_auto_reply(headers: Headers, found: list[Delivery]) -> bool:
    """Return whether a machine answered: out of office, receipts, delay notices."""
    submitted = headers.raw("auto-submitted").lower()
    return (
        submitted.startswith("auto-replied")
        or bool(found)
        or headers.raw("precedence").lower() == "auto_reply"
        or any(name in headers for name in ("x-autoreply", "x-autorespond", "x-autoresponse"))
        or bool(_OUT_OF_OFFICE.search(headers.text("subject") or ""))
    )


def is_automated(headers: Headers) -> bool:
    """Return whether a machine sent it: notifications, newsletters, mailing lists."""
    submitted = headers.raw("auto-submitted").lower()
    return (
        (submitted != "" and not submitted.startswith("no"))
        or headers.raw("precedence").lower() in ("bulk", "list", "junk", "auto_reply")
        or any(name in headers for name in ("list-unsubscribe", "list-id", "feedback-id"))
    )
