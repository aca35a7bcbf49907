"""Bytes with the charset they claim in; text, and a note if the claim was wrong, out."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from charset_normalizer import from_bytes

_SAMPLE_BYTES = 65_536
_TOO_SHORT_TO_GUESS = 64

_WIDER = {
    # what senders call by the narrow name is nearly always the wider set
    "ascii": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
}

_ALIASES = {"iso-8859-8-i": "iso-8859-8", "unicode-1-1-utf-7": "utf-7", "x-sjis": "cp932",
            "x-gbk": "gb18030", "utf8mb4": "utf-8", "utf-8mb4": "utf-8", "cp-850": "cp850",
            "ansi": "cp1252", "unicode-1-1-utf-8": "utf-8", "unicode": "utf-8",
            "koi8-ru": "koi8-u", "iso-8859-8-e": "iso-8859-8", "gb_2312-80": "gb2312",
            "x-mac-ce": "mac-latin2"}  # fmt: skip

_NUMBERED = re.compile(r"(?:windows|win|cp|ibm|dos)[-_]?(\d{3,4})")
"""``windows1252``, ``x-cp1250``, ``win-1251``: of these Python knows but a few."""

_NOT_FOR_MAIL = frozenset(
    ("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-16", "utf-32")
)
"""Codecs of Python that no mail uses: slow on long texts, or they interpret backslashes."""


def decode(data: bytes, charset: str | None) -> tuple[str, str | None]:
    """Return the text, and a note where it is not in the charset that it claims.

    Parameters
    ----------
    charset
        Name in the message; None means that it names none.
    """
    claimed = _codec(charset)
    if claimed is not None:
        for codec in (_WIDER.get(claimed, claimed), claimed):
            try:
                return data.decode(codec), None
            except (UnicodeError, ValueError):
                continue
    text, found = _guessed(data)
    if data.isascii():
        return text, None if charset is None or claimed else f"{charset[:40]}: unknown"
    if charset is None:
        return text, None if found == "utf-8" else f"no charset: read as {found}"
    problem = "unknown" if claimed is None else "wrong"
    return text, f"{charset[:40]}: {problem}, read as {found}"


@lru_cache(maxsize=1_024)
def _codec(charset: str | None) -> str | None:
    """Return Python's name of a charset, None for an unknown one."""
    if charset is None:
        return None
    # behind * stands a language (RFC 2231)
    name = re.split(r"[*;]", charset.strip().lower(), maxsplit=1)[0]
    name = re.sub(r"[^a-z0-9_.:\-]", "", name)
    name = _ALIASES.get(name, name.removeprefix("x-"))
    if numbered := _NUMBERED.fullmatch(name):
        name = f"cp{numbered.group(1)}"
    if not name:
        return None
    try:
        info = codecs.lookup(name)
    except LookupError:
        return None
    is_text = getattr(info, "_is_text_encoding", True)
    return info.name if is_text and info.name not in _NOT_FOR_MAIL else None


def _guessed(data: bytes) -> tuple[str, str]:
    """Return a text and the charset that fits best; the last resort fits always."""
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    candidates = ["cp1252"]
    if len(data) >= _TOO_SHORT_TO_GUESS:
        best = from_bytes(data[:_SAMPLE_BYTES]).best()
        if best is not None:
            candidates.insert(0, best.encoding)
    for candidate in candidates:
        try:
            return data.decode(candidate), candidate
        except UnicodeError:
            continue
    return data.decode("latin-1"), "latin-1"
