"""Arrow columns of lists and objects in; the same with texts for what JSON cannot hold out.

Bytes within them, and decimals of more than 38 digits, are no values that Polars can give on: they
would cost the file.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa


def needs_texts(kind: pa.DataType) -> bool:
    """Return whether a column holds, within lists or objects, what has to become text."""
    return pa.types.is_nested(kind) and _with_texts(kind) != kind


def with_texts(column: pa.ChunkedArray) -> pa.Array:
    """Return the column with bytes as text, UTF-8 or else hexadecimal digits."""
    kind = column.type
    return pa.array([_plain(value, kind) for value in column.to_pylist()], _with_texts(kind))


def text_or_digits(value: bytes) -> str:
    """Return bytes as the text that they are, else as hexadecimal digits."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()


def is_of_fixed_length(kind: pa.DataType) -> bool:
    """Return whether bytes are all of one length, as UUIDs and hashes are, and never texts."""
    return kind == pa.uuid() or pa.types.is_fixed_size_binary(kind)


def _with_texts(kind: pa.DataType) -> pa.DataType:
    if _is_list(kind):
        return pa.list_(kind.value_field.with_type(_with_texts(kind.value_type)))
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_with_texts(field.type)) for field in kind])
    if pa.types.is_map(kind):
        return pa.map_(_with_texts(kind.key_type), _with_texts(kind.item_type))
    is_text = is_of_fixed_length(kind) or _is_bytes(kind) or pa.types.is_decimal256(kind)
    return pa.string() if is_text else kind


def _plain(value: Any, kind: pa.DataType) -> Any:
    if value is None:
        return None
    if _is_list(kind):
        return [_plain(one, kind.value_type) for one in value]
    if pa.types.is_struct(kind):
        return {field.name: _plain(value[field.name], field.type) for field in kind}
    if pa.types.is_map(kind):
        return [(_plain(key, kind.key_type), _plain(one, kind.item_type)) for key, one in value]
    if kind == pa.uuid():
        return value.hex
    if is_of_fixed_length(kind):
        return value.hex()
    if _is_bytes(kind):
        return text_or_digits(value)
    return format(value, "f") if pa.types.is_decimal256(kind) else value


def _is_list(kind: pa.DataType) -> bool:
    lists = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    return any(is_one(kind) for is_one in lists)


def _is_bytes(kind: pa.DataType) -> bool:
    return any(
        is_one(kind)
        for is_one in (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)
    )
