"""Lines of comma-separated values in, their fields out; a broken line costs no other line."""

from __future__ import annotations

import polars as pl

_FIELD = r'(?:"(?:[^"]|"")*"|[^",]*),'


def with_fields(lines: pl.DataFrame) -> pl.DataFrame:
    """Add ``fields`` (list of text), null where the quotes of a line do not match up.

    A quote within a quoted field is written twice, as in RFC 4180.
    """
    ended = pl.col("line") + ","
    raw = ended.str.extract_all(_FIELD)
    covered = raw.list.eval(pl.element().str.len_bytes()).list.sum()
    is_whole = covered == ended.str.len_bytes()
    content = pl.element().str.strip_suffix(",")
    is_quoted = content.str.starts_with('"')
    unquoted = content.str.slice(1, content.str.len_chars() - 2).str.replace_all('""', '"')
    fields = raw.list.eval(pl.when(is_quoted).then(unquoted).otherwise(content))
    return lines.with_columns(fields=pl.when(is_whole).then(fields))
