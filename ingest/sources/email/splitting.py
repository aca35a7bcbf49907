"""The bytes of a well-formed message in, its parts out; None where only a full parser can.

Nine of ten mails are plain headers, and parts that begin and end at their boundaries. For those
finding the boundaries in the whole text takes a fraction of the time in which the standard
library looks at each line. Both give the same parts; a test compares them.
"""

from __future__ import annotations

import re

from ingest.sources.email.headers import Headers
from ingest.sources.email.parts import MAX_NESTING, Part, simple_field

_FOLD = re.compile("\n(?=[ \t])")
_NOT_A_NAME = re.compile(r"[^!-9;-~]")
_PLAIN_ENCODINGS = ("", "7bit", "8bit", "binary")


def split(raw: bytes) -> Part | None:
    """Return the message in ``raw`` as parts, None if it is not well-formed enough."""
    if raw.count(b"\r") != raw.count(b"\r\n"):
        return None
    return _part(raw, 0)


def _part(raw: bytes, depth: int) -> Part | None:
    divided = _divided(raw)
    if divided is None:
        return None
    head, body = divided
    headers = _headers(head)
    if headers is None:
        return None
    types, dispositions = headers.all("content-type"), headers.all("content-disposition")
    kind = simple_field(types[0]) if types else ("text/plain", {})
    placed = simple_field(dispositions[0]) if dispositions else ("", {})
    if kind is None or placed is None or kind[0].count("/") != 1 or "/" in placed[0]:
        return None
    content_type, parameters = kind
    part = Part(
        headers=headers,
        content_type=content_type,
        charset=parameters.get("charset"),
        is_flowed=parameters.get("format", "").lower() == "flowed",
        deletes_space=parameters.get("delsp", "").lower() == "yes",
        disposition=placed[0],
        file_name=placed[1].get("filename", parameters.get("name")),
    )
    main = content_type.partition("/")[0]
    if main == "message" or content_type == "multipart/digest":
        return None
    if main != "multipart":
        part.content = body
        return part
    encodings = headers.all("content-transfer-encoding")
    boundary = parameters.get("boundary", "").rstrip()
    if not boundary.isascii() or not boundary or depth == MAX_NESTING:
        return None
    if encodings and encodings[0].lower() not in _PLAIN_ENCODINGS[1:]:
        return None
    pieces = _pieces(body, b"--" + boundary.encode())
    if pieces is None:
        return None
    part.parts = []
    for piece in pieces:
        inner = _part(piece, depth + 1)
        if inner is None:
            return None
        part.parts.append(inner)
    return part


def _divided(raw: bytes) -> tuple[bytes, bytes] | None:
    """Return headers and body; the blank line between them belongs to neither."""
    if raw.startswith((b"\n", b"\r\n")):
        return b"", raw[1 if raw[:1] == b"\n" else 2 :]
    end = raw.find(b"\n\n")
    wide = raw.find(b"\n\r\n", 0, end + 2 if end >= 0 else len(raw))
    if wide >= 0:
        return raw[:wide], raw[wide + 3 :]
    return None if end < 0 else (raw[:end], raw[end + 2 :])


def _headers(head: bytes) -> Headers | None:
    text = head.decode("ascii", "surrogateescape").replace("\r", "")
    pairs: list[tuple[str, str]] = []
    for line in _FOLD.sub("", text).split("\n") if text else ():
        name, colon, value = line.partition(":")
        if not colon or not name or _NOT_A_NAME.search(name):
            return None
        pairs.append((name, value))
    return Headers(pairs)


def _pieces(body: bytes, delimiter: bytes) -> list[bytes] | None:
    """Return what stands between the delimiter lines, None without a first and a last one."""
    pieces: list[bytes] = []
    begin = -1
    at = body.find(delimiter)
    while at >= 0:
        after = at + len(delimiter)
        line_end = body.find(b"\n", after)
        rest = body[after : line_end if line_end >= 0 else len(body)]
        marks = rest.rstrip(b"\r").rstrip(b" \t")
        if marks not in (b"", b"--") or (at and body[at - 1] != 10):
            at = body.find(delimiter, after)
            continue
        if begin >= 0:
            end = at - 2 if body[at - 2 : at] == b"\r\n" else at - 1
            if end < begin:
                return None
            pieces.append(body[begin:end])
        if marks == b"--":
            return pieces or None
        if line_end < 0:
            return None
        begin = line_end + 1
        at = body.find(delimiter, begin)
    return None
