"""A Zendesk export written in the test, and what is read of it."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def parsed(read, tmp_path):
    def parse(content, name="export.json", **options):
        path = tmp_path / "zendesk" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return read("zendesk", path, **options)

    return parse
