"""Bytes of whole lines in; a column of those lines that shares the bytes, out.

Splitting makes every line twice, as a Python text and in the column: four times as dear.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

_NEWLINE, _RETURN = 10, 13
_PIECE_BYTES = 1 << 18
_INLINE_BYTES = 12
"""Arrow keeps a text of up to so many bytes in the view itself, of a longer one the first four."""


def line_views(body: memoryview) -> pl.Series | None:
    """Return the lines of ``body``, each without its line end; None if a byte is no UTF-8.

    Parameters
    ----------
    body
        Less than 2 GiB, the reach of a view.
    """
    if not body:
        return pl.Series("line", [""], dtype=pl.String)
    data = np.frombuffer(body, dtype=np.uint8)
    newlines = _places_of(data, _NEWLINE)
    starts = np.concatenate(([0], newlines + 1))
    ends = np.append(newlines, len(data))
    ends -= (ends > starts) & (data[np.maximum(ends - 1, 0)] == _RETURN)
    lengths = ends - starts
    # length, first four bytes or all twelve, number of the buffer, offset in it
    views = np.zeros((len(starts), 4), dtype=np.int32)
    views[:, 0] = lengths
    views[:, 3] = starts
    view_bytes = views.view(np.uint8)
    for place in range(4):
        view_bytes[:, 4 + place] = data[np.minimum(starts + place, len(data) - 1)]
    for row in np.flatnonzero(lengths <= _INLINE_BYTES):
        view_bytes[row, 4:] = 0
        view_bytes[row, 4 : 4 + lengths[row]] = data[starts[row] : ends[row]]
    buffers = [None, pa.py_buffer(views), pa.py_buffer(body)]
    column = pa.Array.from_buffers(pa.string_view(), len(starts), buffers)
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return None
    return pl.DataFrame(pa.table({"line": column})).to_series()


def _places_of(data: NDArray[np.uint8], byte: int) -> NDArray[np.int64]:
    """Return where ``byte`` stands, looked for piece by piece within the processor's cache."""
    return np.concatenate(
        [
            start + np.flatnonzero(data[start : start + _PIECE_BYTES] == byte)
            for start in range(0, len(data), _PIECE_BYTES)
        ]
    )
