"""The body of a request in; the JSON object, or the list of them, that it holds out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ingest.collect.listen.exchange import Refused
from ingest.sources.json_documents import strict_decoder, tolerant_decoder
from ingest.sources.json_nesting import MAX_NESTING, is_nested_deeper

_decode = strict_decoder().decode
_decode_tolerantly = tolerant_decoder().decode
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def json_object(body: bytes, source: str = "", *, is_tolerant: bool = False) -> dict[str, Any]:
    """Read a body as strictly as the parsers will read the line that becomes of it.

    Parameters
    ----------
    is_tolerant
        Whether NaN is null, not a fault: Python's clients write a number that is none so, and
        beside it may stand a hundred other events.

    Raises
    ------
    Refused
        400, if it is no UTF-8, no JSON, no object, or nests too deep.
    """
    value = _decoded(body, source, _decode_tolerantly if is_tolerant else _decode)
    if not isinstance(value, dict):
        raise Refused(400, "not_an_object", "the body is no JSON object", source=source)
    return value


def json_list(body: bytes, source: str = "") -> list[dict[str, Any]]:
    """Read a body that holds a list of objects.

    Raises
    ------
    Refused
        400, as for an object.
    """
    value = _decoded(body, source, _decode)
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Refused(400, "not_a_list", "the body is no JSON list of objects", source=source)
    return value


def _decoded(body: bytes, source: str, decode: Callable[[str], Any]) -> Any:
    try:
        value = decode(body.decode("utf-8"))
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
    return value


def json_line(value: dict[str, Any]) -> bytes:
    """Write an object as one line, with ``?`` for halves of surrogate pairs."""
    return _encode(value).encode("utf-8", "replace")
