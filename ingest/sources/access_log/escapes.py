r"""Texts as a web server escapes them in; what the client had sent out.

Apache writes ``\"``, ``\\``, ``\t`` and ``\xhh``, nginx ``\xHH`` alone; both write one ``\xhh`` per
byte of what is no ASCII. The same browser in a JSON log has none of it.
"""

from __future__ import annotations

import re

import polars as pl

_ESCAPE = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_LETTERS = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"v": b"\v", b"f": b"\f"}


def unescaped(texts: pl.Series) -> pl.Series:
    """Undo escapes; a text that would be no printable UTF-8 stays as the server wrote it."""
    escaped = texts.filter(texts.str.contains("\\", literal=True).fill_null(False)).unique()
    if escaped.is_empty():
        return texts
    plain = [_plain(text) for text in escaped]
    return texts.replace(escaped, pl.Series(plain, dtype=pl.String))


def _plain(text: str) -> str:
    try:
        plain = _ESCAPE.sub(_byte, text.encode()).decode()
    except UnicodeDecodeError:
        return text
    return plain if plain.isprintable() else text


def _byte(escape: re.Match[bytes]) -> bytes:
    code, letter = escape.groups()
    return bytes.fromhex(code.decode()) if code else _LETTERS.get(letter, letter)
