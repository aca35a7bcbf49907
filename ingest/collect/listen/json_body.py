"""The body of a request in; the JSON object that it holds out."""

from __future__ import annotations

import json
from typing import Any

from ingest.collect.listen.exchange import Refused
from ingest.sources.json_documents import strict_decoder
from ingest.sources.json_nesting import MAX_NESTING, is_nested_deeper

_decode = strict_decoder().decode
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def json_object(body: bytes, source: str = "") -> dict[str, Any]:
    """Read a body as strictly as the parsers will read the line that becomes of it.

    Raises
    ------
    Refused
        400, if it is no UTF-8, no JSON, no object, or nests too deep.
    """
    try:
        value = _decode(body.decode("utf-8"))
        # fewer brackets cannot nest that deep, and next to no body has more
        if body.count(b"[") + body.count(b"{") > MAX_NESTING:
            deep = is_nested_deeper(value, MAX_NESTING + 4)
        else:
            deep = False
    except RecursionError:
        deep = True
    except ValueError as error:
        # JSONDecodeError and UnicodeDecodeError quote nothing of the body
        reason = f"the body is no JSON in UTF-8: {getattr(error, 'msg', type(error).__name__)}"
        raise Refused(400, "malformed_json", reason, source=source) from None
    if deep:
        reason = f"JSON nests deeper than {MAX_NESTING} levels"
        raise Refused(400, "nested_too_deep", reason, source=source)
    if not isinstance(value, dict):
        raise Refused(400, "not_an_object", "the body is no JSON object", source=source)
    return value


def json_line(value: dict[str, Any]) -> bytes:
    """Write an object as one line, with ``?`` for halves of surrogate pairs."""
    return _encode(value).encode("utf-8", "replace")
