"""The text of a mail in, what its author newly wrote out.

Quoting styles of the usual clients in the usual languages. If the author answers between the
quoted lines, only those lines and their introduction are taken out.
"""

from __future__ import annotations

import re

MAX_CHARACTERS = 100_000
"""What somebody writes new is at the beginning; the rest of a longer text is not looked at."""

_INTRODUCTION = re.compile(
    r"^[>\s]*(?:"
    r"(?:on|le|el|am|il|op|em|den|dne|w dniu)\b.{0,300}"
    r"(?:wrote|writes|a écrit|escribió|schrieb|ha scritto|schreef|escreveu|skrev|napsal|napisał)"
    r".{0,100}"
    r"|.{0,300}\d{4}.{0,200}<[^<>\s]+@[^<>\s]+>"
    r"|\d{1,2}\D.{0,200}\d{4}.{0,200}(?:wrote|написал|пишет|schrieb)?.{0,50}"
    r")\s*:\s*$",
    re.IGNORECASE | re.DOTALL,
)

_DIVIDER = re.compile(
    r"^[\s>*]*(?:"
    r"[-_=]{2,}\s*(?:original message|original appointment|forwarded message|reply message|"
    r"ursprüngliche nachricht|weitergeleitete nachricht|message d'origine|mensaje original|"
    r"messaggio originale|oorspronkelijk bericht|oprindelig meddelelse|mensagem original)"
    r"\s*[-_=]{2,}"
    r"|_{20,}|-{20,}"
    r")\s*$",
    re.IGNORECASE,
)

_FIELD = re.compile(
    r"^[\s>*]*(from|von|de|da|van|fra|från|от|"
    r"sent|отправлено|gesendet|envoyé|enviado|inviato|verzonden|date|datum|data|fecha|"
    r"to|an|à|para|a|aan|till|til|кому|cc|kopie|"
    r"subject|betreff|objet|asunto|oggetto|onderwerp|emne|ämne|assunto|тема)\s*\*?\s*:\s*\*?",
    re.IGNORECASE,
)

_QUOTED = re.compile(r"^\s*>")
_SIGNATURE = re.compile(r"^--\s?$")


def reply_text(text: str) -> str:
    """Return ``text`` without quoted mails and without the signature below ``-- ``."""
    lines = text[:MAX_CHARACTERS].split("\n")
    quotes = [_QUOTED.match(line) is not None for line in lines]
    plain = [not quoted and line.strip() != "" for quoted, line in zip(quotes, lines, strict=True)]
    last_quote = max((at for at, quoted in enumerate(quotes) if quoted), default=-1)
    last_plain = max((at for at, is_plain in enumerate(plain) if is_plain), default=-1)
    kept: list[str] = []
    at = 0
    while at < len(lines) and not _is_divider(lines, at):
        span = _introduction_at(lines, at)
        if span and (last_quote < at + span or last_plain < at + span):
            break
        if not span and not quotes[at]:
            kept.append(lines[at])
        at += max(span, 1)
    return _ended(kept)


def _introduction_at(lines: list[str], at: int) -> int:
    """Return how many lines an introduction (``On ... wrote:``) takes at ``at``, 0 for none.

    Clients break it over up to three lines.
    """
    for span in (1, 2, 3):
        if at + span > len(lines) or not lines[at + span - 1].strip():
            return 0
        joined = " ".join(lines[at : at + span])
        if joined.rstrip().endswith(":") and _INTRODUCTION.match(joined[:800]):
            return span
    return 0


def _is_divider(lines: list[str], at: int) -> bool:
    """Return whether a quoted mail begins here: a dividing line or a block of its headers."""
    if _DIVIDER.match(lines[at]):
        return any(line.strip() for line in lines[at + 1 :])
    if not _FIELD.match(lines[at]):
        return False
    fields = {
        found.group(1).lower() for line in lines[at : at + 6] if (found := _FIELD.match(line))
    }
    return len(fields) >= 3


def _ended(lines: list[str]) -> str:
    for at, line in enumerate(lines):
        if _SIGNATURE.match(line):
            lines = lines[:at]
            break
    return "\n".join(lines).strip()
