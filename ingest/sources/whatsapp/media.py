"""Texts of WhatsApp messages in; the files that came with them, and what is no message, out."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from ingest.expressions.empty_text import null_if_empty
from ingest.sources.whatsapp.headers import MARKS

_FILE = r"[^/\\<>:\n]+\.[A-Za-z0-9]{2,5}"

_IPHONE_FILE = rf"\u200e<[^<>:\n]{{2,30}}:\s({_FILE})>"
OMITTED_FILE = Path(__file__).with_name("omitted.tsv")
ATTACHED_FILE = Path(__file__).with_name("attached.tsv")
NOTICES_FILE = Path(__file__).with_name("notices.tsv")


def omitted_texts() -> pl.DataFrame:
    """Return what Android writes for a file that was left out: ``language`` and ``text``."""
    return _texts(OMITTED_FILE)


def attached_texts() -> pl.DataFrame:
    """Return what Android writes behind the name of a file: ``language`` and ``text``."""
    return _texts(ATTACHED_FILE)


def notice_texts() -> pl.DataFrame:
    """Return parts of what WhatsApp itself writes under a name: ``language`` and ``text``."""
    return _texts(NOTICES_FILE)


def _texts(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, separator="\t", comment_prefix="#", quote_char=None)


def _any_of(texts: pl.DataFrame) -> str:
    return "|".join(pl.escape_regex(text) for text in texts["text"])


_NAMED_BY_THE_APP = r"(?:IMG|VID|PTT|AUD|STK|DOC)-[0-9]{8}-WA[0-9]{4,}\.[A-Za-z0-9]{2,5}"
_ANDROID_FILE = (
    rf"^(?:(?:\u200e({_FILE})|({_NAMED_BY_THE_APP})) \([^()\n]{{4,40}}\)|"
    rf"({_FILE}) \((?i:{_any_of(attached_texts())})\)(?:\n|$))"
)
_ANDROID_TEXTS = _any_of(omitted_texts())
_OMITTED = (
    r"(?i)(?:^|\u200e)(?:"
    rf"<\s?(?:{_ANDROID_TEXTS})\s?>|"
    r"(?:image|video|audio|sticker|gif|document|contact card|video note) omitted|"
    r"(?:bild|video|audio|sticker|gif|dokument|kontaktkarte) (?:weg|aus)gelassen|"
    r"(?:imagen|video|audio|sticker|gif|documento|tarjeta de contacto) omitid[oa]|"
    r"(?:image|vidéo|audio|sticker|gif|document|fiche contact) (?:absente?|omise?|retirée?)|"
    r"(?:immagine|video|audio|sticker|gif|documento) (?:omess[oa]|esclus[oa])|"
    r"(?:imagem|vídeo|áudio|figurinha|gif|documento) (?:ocult[oa]|omitid[oa]|não revelad[oa])|"
    r"(?:afbeelding|video|audio|sticker|gif|document) weggelaten|"
    r"(?:görüntü|video|ses|çıkartma|gif|belge) dahil edilmedi"
    r")$"
)
"""What stands for a file where a chat is exported without media, in the languages known here."""

_OF_THE_APP = r"^[\u200e\u200f]"
_NOTICE = rf"(?s){_OF_THE_APP}.*?(?i:{_any_of(notice_texts())})"


def file_name(text: pl.Expr) -> pl.Expr:
    """Return the name of the file that came with a message; null where none is named."""
    android = text.str.extract_groups(_ANDROID_FILE)
    return pl.coalesce(
        text.str.extract(_IPHONE_FILE, 1), *(android.struct.field(group) for group in "123")
    ).str.strip_chars()


def is_omitted(text: pl.Expr) -> pl.Expr:
    """Return whether a file came with a message but not with the export."""
    return text.str.contains(_OMITTED)


def is_notice(text: pl.Expr) -> pl.Expr:
    """Return whether WhatsApp itself wrote the text that stands under a name."""
    return text.str.contains(_NOTICE)


def is_of_the_app(text: pl.Expr) -> pl.Expr:
    """Return whether a text begins with the mark that iPhones put before what nobody typed."""
    return text.str.contains(_OF_THE_APP)


def without_marks(text: pl.Expr) -> pl.Expr:
    """Return a text without invisible marks; null where nothing is left."""
    return null_if_empty(text.str.replace_all(rf"[{MARKS}]", "").str.strip_chars())
