"""``crm sources check`` says of every stream what it would fetch, and which are missing."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from ingest.collect.batch import StreamPreview
from ingest.collect.run import Preview
from ingest.source import Source
from orchestration.cli.connection_report import report_connection
from orchestration.home import Home


@pytest.mark.parametrize("missing", [(), ("mail has no folder 'Old' to read",)])
def test_missing_streams_are_named_beside_what_would_be_fetched(
    home: Home, monkeypatch: pytest.MonkeyPatch, missing: tuple[str, ...]
) -> None:
    inbox = StreamPreview(stream="INBOX", waiting=1_234, detail="1234 messages from INBOX")
    found = Preview(source="mail", kind="imap", streams=(inbox,), missing=missing)
    monkeypatch.setattr("orchestration.cli.connection_report.preview", lambda *_: found)
    console = Console(file=io.StringIO(), width=200)
    source = Source(name="mail", format="email", path="mail/*", namespace="mail")

    is_whole = report_connection(source, home, console)

    told = console.file.getvalue()  # type: ignore[attr-defined]
    assert is_whole == (not missing)
    assert "INBOX: 1,234 to fetch; 1234 messages from INBOX" in told
    assert all(f"missing: {sentence}" in told for sentence in missing)


def test_what_nobody_foresaw_in_an_answer_fails_this_source_alone(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def preview(*_: object) -> Preview:
        raise KeyError("pages")

    monkeypatch.setattr("orchestration.cli.connection_report.preview", preview)
    console = Console(file=io.StringIO(), width=200)

    is_whole = report_connection(
        Source(name="chats", format="intercom", path="chats/*", namespace="chats"), home, console
    )

    assert not is_whole
    assert "not checked: KeyError, see above" in console.file.getvalue()  # type: ignore[attr-defined]
    assert "KeyError: 'pages'" in caplog.text
