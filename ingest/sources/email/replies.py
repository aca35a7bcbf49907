"""The text of a mail in, what its author newly wrote out; a signature stays.

Quoting styles of the usual clients in the usual languages. If the author answers between the
quoted lines, only those lines and their introduction are taken out.
"""

from __future__ import annotations

import re

MAX_CHARACTERS = 100_000
"""What somebody writes new is at the beginning; the rest of a longer text is not looked at."""

_WORDED = re.compile(
    r"^[>\s]*(?:on|le|el|am|il|op|em|den|dne|w dniu)\b.{0,300}"
    r"(?:wrote|writes|a écrit|escribió|schrieb|ha scritto|schreef|escreveu|skrev|napsal|napisał|"
    r"pisze)"
    r".{0,100}:\s*$",
    re.IGNORECASE | re.DOTALL,
)
_DATED = re.compile(
    r"^[>\s]*(?:"
    r".{0,300}\d{4}.{0,200}<[^<>\s]+@[^<>\s]+>.{0,30}"
    r"|.{0,200}<[^<>\s]+@[^<>\s]+>.{0,80}(?<!\d)\d{4}(?!\d).{0,40}\d[:.]\d\d.{0,40}"
    r"|.{0,100}\d{4}.{0,200}\([^()\s]+@[^()\s]+\) kirjoitti"
    r"|.{1,150} (?:wrote on|schrieb am|a écrit sur|escribió el) \d{1,4}[./-]\d{1,2}[./-]\d{2,4}"
    r".{0,20}"
    r"|.{0,200}<[^<>\s]+@[^<>\s]+> (?:escreveu no dia|w dniu|kirjoitti) .{0,60}\d{4}.{0,40}"
    r"|\d{1,2}\D.{0,200}\d{4}.{0,200}(?:wrote|написал|пишет|schrieb)?.{0,50}"
    r"|[^\s<>@]{1,100}@[^\s<>@]{1,100} (?:\(.{0,100}\) )?(?:writes|wrote|schreibt|schrieb)"
    r")\s*[:：]\s*$",
    re.IGNORECASE | re.DOTALL,
)

_DIVIDER = re.compile(
    r"^[\s>*]*(?:"
    r"[-_=‐–—]{2,}\s*(?:original message|original appointment|forwarded message|reply message|"
    r"ursprüngliche nachricht|weitergeleitete nachricht|message d'origine|mensaje original|"
    r"messaggio originale|oorspronkelijk bericht|oprindelig meddelelse|mensagem original|"
    r"message d’origine|ursprungligt meddelande|opprinnelig melding|wiadomość oryginalna|"
    r"oryginalna wiadomość|původní zpráva|alkuperäinen viesti|eredeti üzenet)"
    r"\s*[-_=‐–—]{2,}"
    # the dashes are not given back, or a line of them and of digits would take a second
    r"|-{3,}+(?=.{5,250}\d{4}).{5,450}?"
    r"(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu)\s*+-{3,}"
    r"|_{20,}|-{20,}"
    r")\s*$",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"^[\s>*]*(?:[-_=‐–—]{3,}\s*[^\W\d_].{1,60}?\s*[-_=‐–—]{2,}|"
    r"(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)|"
    r"début du message (?:transféré|réexpédié)|inicio del mensaje reenviado|"
    r"inizio(?: del)? messaggio inoltrato|begin doorgestuurd bericht|"
    r"início da mensagem (?:reencaminhada|encaminhada)|vidarebefordrat brev|"
    r"start på videresendt besked|videresendt melding|początek przekazywanej wiadomości|"
    r"начало переадресованного сообщения)\s*[:：])\s*$",
    re.IGNORECASE,
)
"""What clients write in any language above the headers of the mail below, and nowhere else."""

_FIELD = re.compile(
    r"^[\s>*]*(from|von|de|da|van|fra|från|od|de la|feladó|lähettäjä|kimden|от|差出人|发件人|"
    r"寄件者|보낸 사람|sent|отправлено|gesendet|envoyé|enviado|inviato|verzonden|sendt|skickat|"
    r"wysłano|odesláno|trimis|elküldve|lähetetty|gönderildi|date|datum|data|fecha|送信日時|发送时间|"
    r"寄件日期|傳送時間|보낸 날짜|to|an|à|para|a|aan|till|til|do|komu|către|címzett|vastaanottaja|"
    r"kime|кому|宛先|收件人|收件者|받는 사람|cc|kopie|subject|betreff|objet|asunto|oggetto|"
    r"onderwerp|emne|ämne|assunto|temat|předmět|subiect|tárgy|aihe|konu|тема|件名|主题|主旨|제목|"
    r"από|στάλθηκε|ημερομηνία|προς|θέμα|від|надіслано|дата|odoslané|predmet|šalje|poslano|prima|"
    r"zadeva|изпратено|до|относно|saatja|saadetud|adressaat|teema|nosūtīts|kam|tēma|nuo|išsiųsta|"
    r"tema|từ|đã gửi|đến|tới|chủ đề|จาก|ส่ง|ถึง|เรื่อง|מאת|נשלח|תאריך|אל|נושא|من|تاريخ الإرسال|إلى|"
    r"الموضوع|dari|dikirim|kepada|subjek|enviat|per a|assumpte|日付|日期)"
    r"\s*\*?\s*[:：]\s*\*?",
    re.IGNORECASE,
)

_COLONS = (":", "：")
_COLON = re.compile("[:：]")
"""The second is that of Chinese clients."""
_TELLS_WHICH = re.compile(r"[\d@]")
"""A date or an address, by which an introduction without marks below tells what it quotes."""

_LOOKS_LIKE_DIVIDER = ("-", "_", "=", "‐", "–", "—")
_MAY_DIVIDE = (*_LOOKS_LIKE_DIVIDER, ">", "*")
"""How a line begins that divides, or is quoted and does."""
_DIRECTION = dict.fromkeys((0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x061C))
"""Marks that clients of right-to-left languages put around a name, an address and the colon."""
_MARKS = re.compile(f"[{''.join(map(chr, _DIRECTION))}]")


def unquoted(text: str) -> str:
    """Return ``text`` without quoted mails and the lines that introduce them."""
    text = text[:MAX_CHARACTERS]
    lines = text.split("\n")
    # a line at a time it would take a tenth of the time that a mail takes
    has_marks = not text.isascii() and _MARKS.search(text) is not None
    seen = text.translate(_DIRECTION).split("\n") if has_marks else lines
    bare = [line.strip() for line in seen]
    quotes = [line.startswith(">") for line in bare]
    last_quote = max((at for at, is_quote in enumerate(quotes) if is_quote), default=-1)
    last_plain = max(
        (at for at, line in enumerate(bare) if line and not quotes[at]), default=-1
    )  # fmt: skip
    ends_in_colon = [line.endswith(_COLONS) for line in bare] + [False, False]
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = bare[at]
        # nearly every line is some sentence
        may_divide = line[:1] in _MAY_DIVIDE or ":" in line or "：" in line
        if line and may_divide and _is_divider(seen, at, line):
            break
        may_introduce = ends_in_colon[at] or ends_in_colon[at + 1] or ends_in_colon[at + 2]
        span = _introduction_at(seen, bare, at) if may_introduce else 0
        if span and not _TELLS_WHICH.search(" ".join(bare[at : at + span])):
            # somebody's own sentence, unless a quotation follows it
            below = next((at for at in range(at + span, len(bare)) if bare[at]), None)
            span = span if below is not None and quotes[below] else 0
        if span and (last_quote < at + span or last_plain < at + span):
            break
        if not span and not quotes[at]:
            kept.append(lines[at])
        at += max(span, 1)
    return "\n".join(kept).strip()


def _introduction_at(lines: list[str], bare: list[str], at: int) -> int:
    """Return how many lines an introduction (``On ... wrote:``) takes at ``at``, 0 for none.

    Clients break it over up to three lines.
    """
    for span in (1, 2, 3):
        if at + span > len(lines) or not bare[at + span - 1]:
            return 0
        if bare[at + span - 1].endswith(_COLONS):
            joined = " ".join(lines[at : at + span])
            if _WORDED.match(joined[:800]):
                return span
            if _DATED.match(joined[:800]):
                # the lines before the one with the date are what the author wrote
                rest = " ".join(lines[at + 1 : at + span])
                return 0 if _DATED.match(rest[:800]) or _WORDED.match(rest[:800]) else span
    return 0


def _is_divider(lines: list[str], at: int, bare: str) -> bool:
    """Return whether a quoted mail begins here: a dividing line or a block of its headers."""
    is_line = bare.lstrip("> *")[:1] in _LOOKS_LIKE_DIVIDER
    if is_line and _DIVIDER.match(lines[at]):
        return any(line.strip() for line in lines[at + 1 :])
    if (is_line or bare.endswith(_COLONS)) and _TITLE.match(lines[at]):
        below = next((at for at in range(at + 1, len(lines)) if lines[at].strip(" \t>*")), None)
        return below is not None and _is_block_of_headers(lines, below)
    return _COLON.search(bare) is not None and _is_block_of_headers(lines, at)


def _is_block_of_headers(lines: list[str], at: int) -> bool:
    if not _FIELD.match(lines[at]):
        return False
    fields = {
        found.group(1).lower() for line in lines[at : at + 6] if (found := _FIELD.match(line))
    }
    return len(fields) >= 3
