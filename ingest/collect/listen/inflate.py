"""A compressed request body in; its bytes, never more than allowed, out."""

from __future__ import annotations

import zlib

_GZIP = 31


class NotInflated(ValueError):
    """The body is no gzip, is cut off, or has something behind its end."""


class TooLarge(ValueError):
    """The body is larger than the limit once it is unpacked."""


def inflate(body: bytes, limit_bytes: int) -> bytes:
    """Unpack one gzip member; stops at the limit, whatever the body would become.

    Raises
    ------
    NotInflated, TooLarge
    """
    unpacking = zlib.decompressobj(_GZIP)
    try:
        data = unpacking.decompress(body, limit_bytes + 1)
    except zlib.error as error:
        raise NotInflated(f"the body is no gzip ({error})") from error
    if len(data) > limit_bytes:
        raise TooLarge
    if not unpacking.eof or unpacking.unused_data:
        raise NotInflated("the gzip body is cut off or has something behind its end")
    return data
