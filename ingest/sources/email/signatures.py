"""What somebody newly wrote in; the same without the signature, and the signature, out.

A signature stands below ``-- ``, or is a block of short lines at the end that begins with a
dividing line, a closing formula, the sender's name or what a telephone adds.
"""

from __future__ import annotations

import re

MAX_LINES = 12
"""Lines with content; a longer block of short lines is a list or a poem."""
MAX_LINE_CHARACTERS = 80
_MAX_LINES_LOOKED_AT = 40

_DELIMITER = re.compile(r"^--\s?$")
_RULE = re.compile(r"^\s*(?:[-_=*~—–]{2,})\s*$")
_CLOSING = re.compile(
    r"^\s*(?:(?:many |with |best |kind(?:est)? |warm(?:est)? |my )*"
    r"(?:thanks|thank you|thx|regards|wishes|cheers|sincerely|best|yours|respectfully)"
    r"(?: (?:again|so much|very much|in advance|a lot|truly|sincerely|faithfully|and regards|"
    r"for your help))?|"
    r"(?:mit )?(?:freundliche[nrm]?|viele[n]?|beste[n]?|liebe[n]?|schöne[n]?|herzliche[n]?)"
    r" (?:gr(?:ü|ue)(?:ß|ss)en?|dank)|mfg|lg|vg|danke(?: und gruß)?|gru(?:ß|ss)|"
    r"(?:bien )?cordialement|salutations|merci|saludos(?: cordiales)?|atentamente|gracias|"
    r"cordiali saluti|grazie|met vriendelijke groet(?:en)?|groet(?:en)?|pozdrawiam|"
    r"med vänliga hälsningar|atenciosamente|obrigad[oa]|с уважением|спасибо)[\s,.!]*$",
    re.IGNORECASE,
)
_TELEPHONE = (
    "iphon|ipad|android|galaxy|samsung|huawei|xiaomi|redmi|xperia|outlook|gmail|yahoo|mail|"
    "telef|puhelim|mobil|мобил|телефон|планшет|почт|mojego|mého|môjho|моего|мого"
)
"""What can be sent from a warehouse or a town, too, is of a telephone only if it is named."""
_DEVICE = re.compile(
    r"^\s*(?:sent (?:\S+ )?(?:from|via|with|using) .{2,60}|via mobile|"
    r"(?:(?:get|download|holen sie sich|obtenir|obtenez|téléchargez|obtener|scarica|obter o|"
    r"hämta|hent|pobierz) )?(?:program )?outlook "
    r"(?:for|für|pour|para|per|voor|för|til|dla(?: systemu)?) (?:ios|android|mac)\b\s*"
    r"(?:<[^<>]*>)?(?: (?:beziehen|herunterladen|downloaden))?|"
    r"(?:von meinem(?:/meiner)? .{2,40}|mit .{2,40}) gesendet|gesendet (?:von|mit) .{2,60}|"
    r"diese nachricht wurde von .{2,60} gesendet\.?|"
    r"envoyé (?:de|depuis|à partir de) mon .{2,40}|"
    r"enviado (?:des(?:de|e) (?:mi|o meu)|do meu) .{2,40}|"
    r"inviato da(?:l mio)? .{2,40}|verstuurd vanaf .{2,40}|skickat från .{2,40}|"
    r"sendt fra min .{2,40}|.{2,30}[ıiuü]mdan gönderildi|发自我的.{2,30}|從我的 ?.{2,30}傳送|"
    r"나의 .{2,30}에서 보냄|"
    rf"(?:lähetetty|wysłane z|odesláno z[eo]?|odoslané z[eo]?|trimis de pe|отправлено (?:с|из)|"
    rf"надіслано з|στάλθηκε από|נשלח מה-?|أ[ُ]?رسلت من) ?.{{0,20}}(?:{_TELEPHONE}).{{0,20}}|"
    rf".{{0,10}}(?:{_TELEPHONE}).{{0,20}}から送信)\s*$",
    re.IGNORECASE,
)
_TITLE = re.compile(r"\b(?:[A-Z][A-Za-z]{0,3}\.\s?[A-Z]\.|Jr\.|Sr\.|Inc\.|Ltd\.)$")
_WORD = re.compile(r"\w+")


def without_signature(text: str, name: str | None, address: str | None) -> tuple[str, str | None]:
    """Return the text above the signature, and the signature or None.

    Parameters
    ----------
    name, address
        The sender's, to recognise the line with the name.
    """
    lines = text.split("\n")
    if "--" in text:
        for at, line in enumerate(lines):
            if _DELIMITER.match(line):
                return _cut(lines, at)
    names = _names(name, address)
    start, content = None, 0
    for at in range(len(lines) - 1, max(0, len(lines) - _MAX_LINES_LOOKED_AT), -1):
        line = lines[at]
        if not line.strip():
            continue
        content += 1
        if content > MAX_LINES or len(line) > MAX_LINE_CHARACTERS or line.rstrip().endswith("?"):
            break
        if _begins(line, names, is_last=content == 1):
            start = at
    return (text, None) if start is None else _cut(lines, start)


def _cut(lines: list[str], at: int) -> tuple[str, str | None]:
    return "\n".join(lines[:at]).strip(), "\n".join(lines[at:]).strip() or None


def _names(name: str | None, address: str | None) -> list[set[str]]:
    """Return the sets of words of which one, whole, makes a line the sender's name."""
    whole = set(_WORD.findall((name or "").lower()))
    local = re.split(r"[._+\-\d]+", (address or "").partition("@")[0].lower())
    mailbox = {word for word in local if len(word) > 2}
    return [words for words in (whole, mailbox) if words]


def _begins(line: str, names: list[set[str]], *, is_last: bool) -> bool:
    """Return whether a signature may begin with this line."""
    if _DEVICE.match(line):
        return True
    if not is_last and (_RULE.match(line) or _CLOSING.match(line)):
        return True
    words = _WORD.findall(line.lower())
    bare = line.rstrip()
    if not words or len(words) > 6 or (bare.endswith((".", "!", ":")) and not _TITLE.search(bare)):
        return False
    # the name comes first, a greeting to somebody of the same name ends in a comma
    begins_with = set(words[:4])
    return any(name <= begins_with and words[0] in name for name in names) and not (
        len(words) <= 2 and bare.endswith(",")
    )
