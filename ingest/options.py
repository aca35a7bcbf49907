"""What the options of a format may hold, by name; ``sources.yml`` is checked against it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

OptionKind = (
    Literal[
        "text",
        "texts",  # one, or a list of them
        "mapping",  # of texts to texts
        "flag",
        "count",
        "pattern",  # a regular expression of Python's
        "plain pattern",  # of Polars, which looks neither ahead nor behind
        "encoding",
        "delimiter",
        "quote",
        "decimal",
        "header",
        "currency",
        "time zone",
    ]
    | tuple[str, ...]
)
"""What a value must be; a tuple lists the texts that it may be."""

Options = Mapping[str, OptionKind]
