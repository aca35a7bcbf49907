"""A chat as WhatsApp exports it, a text or a ``.zip`` with its media, in; the text to read out.

Nothing of an archive is unpacked but the text of the chat, and that under a name of our own. Its
media are only listed, for their sizes.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from ingest.parsed import UnreadableFile
from ingest.source import Source

MAX_BYTES = 256 * 1024 * 1024
MAX_RATIO = 200
"""Chats shrink to a fifth or a tenth of their size. A file of nothing but zeros, made to fill a
disk, shrinks to a thousandth."""
MAX_ENTRIES = 100_000

_BLOCK = 1 << 20

_OPENINGS = (
    r"WhatsApp Chat(?: -| with)?", r"WhatsApp[- ]Chat mit", r"Chat (?:de )?WhatsApp con",
    r"Discussion WhatsApp avec", r"Conversa do WhatsApp com", r"WhatsApp[- ]chat met",
)  # fmt: skip
_OPENING = re.compile(rf"^(?:{'|'.join(_OPENINGS)})\s+", re.IGNORECASE)
_COPY = re.compile(r"\s*\(\d+\)$")


@dataclass(frozen=True, slots=True)
class Chat:
    """One exported chat.

    Parameters
    ----------
    name
        The contact or group, as the export is called; part of the ids of its messages.
    text
        File to read.
    media_bytes
        Sizes of the media that came along, by file name.
    """

    name: str
    text: Path
    media_bytes: dict[str, int] = field(default_factory=dict)


@contextmanager
def open_chat(path: Path, source: Source) -> Iterator[Chat]:
    """Yield the chat of ``path``.

    Raises
    ------
    UnreadableFile
        If an archive is damaged, encrypted, too large, or holds no chat or several.
    """
    if path.suffix.lower() != ".zip":
        yield Chat(chat_name(path), path)
        return
    limit = int(source.options.get("max_bytes", MAX_BYTES))
    with TemporaryDirectory(prefix="whatsapp-") as folder:
        text = Path(folder) / "chat.txt"
        try:
            with zipfile.ZipFile(path) as archive:
                entries = archive.infolist()
                entry = _text_entry(entries, path.stem)
                _check(entry, limit)
                with archive.open(entry) as packed, text.open("wb") as plain:
                    _copy(packed, plain, limit)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as damage:
            raise UnreadableFile(f"{path.name} is damaged or no zip ({damage})") from damage
        except (NotImplementedError, RuntimeError) as unsupported:
            reason = f"{path.name} cannot be unpacked ({unsupported})"
            raise UnreadableFile(reason) from unsupported
        sizes = {PurePosixPath(one.filename).name: one.file_size for one in entries}
        yield Chat(chat_name(path), text, sizes)


def chat_name(path: Path) -> str:
    """Return whom a chat is with, by the name of its file; of its folder for ``_chat.txt``."""
    name = re.sub(r"\.(?:zip|txt)(?:\.gz|\.zst)?$", "", path.name, flags=re.IGNORECASE)
    if name.lower() == "_chat":
        name = path.parent.name
    return _OPENING.sub("", _COPY.sub("", name)).strip() or name


def _text_entry(entries: list[zipfile.ZipInfo], archive: str) -> zipfile.ZipInfo:
    if len(entries) > MAX_ENTRIES:
        raise UnreadableFile(f"the archive has more than {MAX_ENTRIES:,} entries")
    unsafe = [one.filename for one in entries if _is_unsafe(one.filename)]
    if unsafe:
        raise UnreadableFile(f"the archive has an entry that leads out of it: {unsafe[0][:80]!r}")
    texts = [
        one
        for one in entries
        if one.filename.lower().endswith(".txt") and not one.filename.startswith("__MACOSX/")
    ]
    chats = [one for one in texts if PurePosixPath(one.filename).name.lower() == "_chat.txt"]
    chats = chats or [one for one in texts if _OPENING.match(PurePosixPath(one.filename).name)]
    # in any language Android calls the archive as the text; other texts are what people sent
    called = _COPY.sub("", archive)
    chats = chats or [one for one in texts if PurePosixPath(one.filename).stem == called]
    chats = chats or texts
    if len(chats) != 1:
        names = ", ".join(one.filename[:60] for one in chats[:5]) or "none"
        reason = (
            f"the archive must hold one chat as _chat.txt or WhatsApp Chat ….txt; it holds {names}"
        )
        raise UnreadableFile(reason)
    return chats[0]


def _is_unsafe(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return ".." in parts or name.startswith(("/", "\\")) or (len(name) > 1 and name[1] == ":")


def _check(entry: zipfile.ZipInfo, limit: int) -> None:
    if entry.flag_bits & 0x1:
        raise UnreadableFile("the archive is encrypted; unpack it and put the text here")
    if entry.file_size > limit:
        raise UnreadableFile(_too_large(limit))
    if entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        reason = f"the text is packed {MAX_RATIO} times or more, which no chat is"
        raise UnreadableFile(reason)


def _copy(packed: IO[bytes], plain: IO[bytes], limit: int) -> None:
    size = 0
    while block := packed.read(_BLOCK):
        size += len(block)
        if size > limit:
            raise UnreadableFile(_too_large(limit))
        plain.write(block)


def _too_large(limit: int) -> str:
    return (
        f"the text has more than {limit:,} bytes unpacked; if that is right, raise "
        "options.max_bytes of the source"
    )
