"""Bytes of delimited text in; where its records start, end and how many fields they have out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

NEWLINE, RETURN = 10, 13

Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cut:
    """Complete records at the beginning of a buffer.

    Parameters
    ----------
    starts, ends
        Offsets of each record, without its line end.
    fields
        Number of fields of each record.
    newlines
        Offsets of all newlines, those within quotes too.
    end
        Offset of what is not complete yet.
    """

    starts: Offsets
    ends: Offsets
    fields: Offsets
    newlines: Offsets
    end: int

    def lines_before(self, offset: int) -> int:
        """Return how many physical lines end before ``offset``."""
        return int(np.searchsorted(self.newlines, offset))


def cut_records(buffer: bytes, delimiter: str, quote: str, *, is_last: bool) -> Cut | None:
    """Find the records of ``buffer``; a newline within quotes ends none.

    Returns
    -------
    None if a quote stands where none belongs: then nobody can tell where records end.
    """
    data = np.frombuffer(buffer, dtype=np.uint8)
    physical = newlines = np.flatnonzero(data == NEWLINE)
    delimiters = np.flatnonzero(data == ord(delimiter))
    is_open = False
    if quote and (found := np.flatnonzero(data == ord(quote))).size:
        if not _are_in_place(data, found, ord(delimiter), ord(quote)):
            return None
        newlines = _outside(newlines, found)
        delimiters = _outside(delimiters, found)
        is_open = bool(found.size % 2)
    next_starts = newlines + 1
    end = int(next_starts[-1]) if next_starts.size else 0
    ends = newlines
    if is_last and end < len(buffer) and not is_open:
        end = len(buffer)
        ends = np.append(ends, end)
        next_starts = np.append(next_starts, end)
    starts = np.concatenate([[0], next_starts[:-1]]).astype(np.int64)[: len(ends)]
    fields = np.diff(np.searchsorted(delimiters, ends), prepend=0) + 1
    has_return = (ends > starts) & (data[np.maximum(ends - 1, 0)] == RETURN)
    return Cut(starts, ends - has_return, fields, physical, end)


def _outside(offsets: Offsets, quotes: Offsets) -> Offsets:
    """Return the offsets that do not lie within quotes: an even number of them comes before."""
    return offsets[np.searchsorted(quotes, offsets) % 2 == 0]


def _are_in_place(data: npt.NDArray[np.uint8], found: Offsets, delimiter: int, quote: int) -> bool:
    """Say whether every quote opens or closes a field, or stands for itself doubled."""
    opening, closing = found[0::2], found[1::2]
    before = data[np.maximum(opening - 1, 0)]
    after = data[np.minimum(closing + 1, len(data) - 1)]
    opens = (opening == 0) | np.isin(before, (delimiter, NEWLINE, quote))
    closes = (closing == len(data) - 1) | np.isin(after, (delimiter, NEWLINE, RETURN, quote))
    return bool(opens.all() and closes.all())
