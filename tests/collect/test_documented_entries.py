"""The entries on the pages about live collection and webhooks are read, and find what is landed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingest.collect.kinds import KINDS
from ingest.collect.listen.settings import read_webhooks
from ingest.config import read_config

PAGES = Path(__file__).resolve().parents[2] / "docs" / "sources"


@pytest.mark.parametrize(("name", "entries"), [("collecting", 6), ("webhooks", 7)])
def test_the_entries_of_a_page_find_what_is_landed(name: str, entries: int, tmp_path: Path) -> None:
    text = (PAGES / f"{name}.md").read_text()
    file = tmp_path / "sources.yml"
    found = 0
    for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL):
        file.write_text(block)
        received = read_webhooks(file, None) if "webhook" in block else ()
        sources = read_config(file).sources
        assert {one.source for one in received} == {s.name for s in sources if s.is_received}
        for source in sources:
            found += 1
            folder = source.collect.folder if source.collect else f"{source.name}/channel"
            suffix = KINDS[source.collect.kind].suffix if source.collect else ".jsonl"
            landed = tmp_path / folder / f"stream-00000001{suffix}"
            landed.parent.mkdir(parents=True, exist_ok=True)
            landed.touch()
            assert landed in tmp_path.glob(source.path), source.name
    assert found == entries
