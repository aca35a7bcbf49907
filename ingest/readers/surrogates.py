r"""JSON in which halves of surrogate pairs are written out in; the same with ``?`` for them out.

JavaScript cuts texts in the middle of an emoji and writes what is left as ``\ud83d``, which is no
character, and no JSON to strict readers.
"""

from __future__ import annotations

import re

_ESCAPE = re.compile(
    r"\\(?:u(?P<high>[dD][89aAbB][0-9a-fA-F]{2})(?P<low>\\u[dD][c-fC-F][0-9a-fA-F]{2})?"
    r"|u(?P<lone>[dD][c-fC-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


def without_halves(text: str) -> str:
    """Return ``text`` with ``?`` for every half of a pair that stands alone."""
    return _ESCAPE.sub(_mended, text)


def _mended(escape: re.Match[str]) -> str:
    is_half = escape["lone"] or (escape["high"] and not escape["low"])
    return "?" if is_half else escape[0]
