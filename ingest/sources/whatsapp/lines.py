"""The text of a WhatsApp chat in; frames of its messages, each with all of its lines, out.

A message goes on until the next line that begins one. Memory is bounded: a chat is read in
blocks, and only the last message of a block is carried into the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from ingest.sources.line_bodies import Unread, line_bodies
from ingest.sources.rejects import PAYLOAD_CHARACTERS
from ingest.sources.whatsapp.headers import Style, is_start, with_headers

MAX_MESSAGE_BYTES = 1_000_000
"""WhatsApp sends at most 65,536 characters in one message."""

TOO_LONG = f"message is longer than {MAX_MESSAGE_BYTES:,} bytes, the limit for one"

CHUNK_MESSAGES = 50_000

_PARTS = ("first", "second", "third", "before", "hour", "minute", "sec", "after", "rest")

LINES = {"line": pl.String(), "is_utf8": pl.Boolean(), "fault": pl.String()}


def line_frames(path: Path, max_line_bytes: int) -> Iterator[pl.DataFrame]:
    """Yield ``line``, ``is_utf8`` and ``fault``, the reason why a line could not be read."""
    for body in line_bodies(path, max_line_bytes):
        if isinstance(body, Unread):
            head = body.head.decode("utf-8", "replace")
            yield pl.DataFrame([(head, True, body.reason)], schema=LINES, orient="row")
        else:
            yield _decoded(body)


def _decoded(body: memoryview) -> pl.DataFrame:
    try:
        lines = str(body, "utf-8").split("\n")
        is_utf8 = [True] * len(lines)
    except UnicodeDecodeError:
        # line by line: a broken one must not cost the others
        parts = bytes(body).split(b"\n")
        lines = [part.decode("utf-8", "replace") for part in parts]
        is_utf8 = [line.encode() == part for line, part in zip(lines, parts, strict=True)]
    line = pl.Series("line", lines, dtype=pl.String).str.strip_suffix("\r")
    frame = pl.DataFrame({"line": line.str.replace_all("\x00", "", literal=True)})
    return frame.with_columns(
        is_utf8=pl.Series(is_utf8, dtype=pl.Boolean), fault=pl.lit(None, dtype=pl.String)
    )


def messages(path: Path, style: Style, max_line_bytes: int) -> Iterator[pl.DataFrame]:
    """Yield messages: ``position``, the parts of the header, ``text``, ``is_utf8``, ``fault``.

    Lines before the first header are one message without a header.
    """
    position = 0
    carried = pl.DataFrame(schema=LINES)
    for lines in line_frames(path, max_line_bytes):
        frame = _started(pl.concat([carried, lines]), style)
        last = frame["start"].arg_true()
        cut = int(last[-1]) if len(last) else 0
        carried = _limited(frame[cut:].select(list(LINES)))
        for chunk in _grouped(frame[:cut], position):
            yield chunk
            position += len(chunk)
    yield from _grouped(_started(carried, style), position)


def _started(lines: pl.DataFrame, style: Style) -> pl.DataFrame:
    headed = with_headers(lines)
    return headed.with_columns(start=is_start(style) | pl.col("fault").is_not_null())


def _limited(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the lines of one message, or its head with a fault if it is too long to be one."""
    if lines["line"].str.len_bytes().sum() <= MAX_MESSAGE_BYTES:
        return lines
    head = pl.col("line").str.slice(0, PAYLOAD_CHARACTERS)
    return lines.head(1).with_columns(head, fault=pl.coalesce("fault", pl.lit(TOO_LONG)))


def _grouped(lines: pl.DataFrame, before: int) -> Iterator[pl.DataFrame]:
    if lines.is_empty():
        return
    first = pl.col("start").first()
    grouped = (
        lines.with_columns(number=pl.col("start").cum_sum())
        .group_by("number", maintain_order=True)
        .agg(
            *(pl.when(first).then(pl.col(part).first()).alias(part) for part in _PARTS),
            more=pl.col("line").slice(1).str.join("\n"),
            has_more=pl.len() > 1,
            payload=pl.col("line").str.join("\n"),
            is_utf8=pl.col("is_utf8").all(),
            fault=pl.col("fault").first(),
        )
    )
    is_long = pl.col("payload").str.len_bytes() > MAX_MESSAGE_BYTES
    yield from grouped.with_columns(
        position=pl.int_range(before + 1, before + 1 + len(grouped), dtype=pl.Int64, eager=True),
        fault=pl.coalesce("fault", pl.when(is_long).then(pl.lit(TOO_LONG))),
    ).iter_slices(CHUNK_MESSAGES)
