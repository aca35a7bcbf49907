"""Bytes of delimited records in; whether none of their texts needs stripping out.

A look at the bytes takes a tenth of the time of stripping the columns made of them.
"""

from __future__ import annotations

import numpy as np

from ingest.readers.record_cut import NEWLINE

_OTHER_BLANKS = (b"\t", b"\v", b"\f", b"\r")


def is_tidy(records: bytes, delimiter: str, quote: str) -> bool:
    """Say whether no field begins or ends with a blank; no, too, where a look is not enough.

    It is not where fields are quoted, or hold letters beyond ASCII, among which are other blanks.
    """
    if not records.isascii() or (quote and quote.encode() in records):
        return False
    if any(blank in records for blank in _OTHER_BLANKS if blank != delimiter.encode()):
        return False
    if records.startswith(b" ") or records.endswith(b" "):
        return False
    data = np.frombuffer(records, dtype=np.uint8)
    blanks = np.flatnonzero(data == ord(" "))
    edges = (ord(delimiter), NEWLINE)
    return not any((data[blanks + step] == edge).any() for step in (-1, 1) for edge in edges)
