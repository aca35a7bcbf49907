"""What a system may not do, what it is not told, and how a refusal is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_intercom import FakeIntercom, intercom
from fake_twilio import FakeTwilio
from vendor_server import Moods, Told, serving

from ingest.collect.errors import AccessRefused, SecretMissing, UnexpectedAnswer, Unreachable
from ingest.collect.patience import Patience
from ingest.collect.run import collect, preview
from ingest.collect.time_limit import TimeLimit
from ingest.source import Source

Make = Callable[..., Source]


def test_a_pause_that_is_asked_for_is_kept_and_a_long_one_ends_the_run(
    home: Path, source_of: Make, monkeypatch: pytest.MonkeyPatch, patience: Patience
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(TimeLimit, "sleep", lambda _, seconds: waited.append(seconds))
    vendor = FakeIntercom()
    pauses = ["2", "4000"]

    def answer(asked: Any) -> Any:
        told = vendor.answer(asked)
        if pauses:
            told.status, told.headers = 429, {"Retry-After": pauses.pop(0)}
        return told

    with serving(answer) as url, pytest.raises(Unreachable, match="left alone for 4000 s"):
        collect(intercom(source_of, url), home, patience=patience)
    assert waited == [2.0]


@pytest.mark.parametrize("status", [423, 477, 500, 503, 520, 522, 524, 529])
def test_a_system_that_is_busy_or_not_reached_is_asked_again(
    status: int, home: Path, source_of: Make, patience: Patience
) -> None:
    vendor = FakeIntercom()
    vendor.put("c1", 1_700_000_000)
    troubles = [status, status]

    def answer(asked: Any) -> Any:
        told = vendor.answer(asked)
        return Told("down", troubles.pop()) if troubles else told

    with serving(answer) as url:
        assert collect(intercom(source_of, url), home, patience=patience).records == 1


def test_a_system_that_never_answers_is_given_up_after_the_attempts(
    home: Path, source_of: Make
) -> None:
    moods = Moods(0, 1.0)
    few = Patience(attempts=3, first_wait_s=0.001, longest_wait_s=0.002)
    with serving(FakeIntercom().answer, moods) as url, pytest.raises(Unreachable):
        collect(intercom(source_of, url), home, patience=few)
    assert len(moods.seen) >= 3


def test_an_answer_larger_than_allowed_is_not_taken_in(
    home: Path, source_of: Make, patience: Patience
) -> None:
    vendor = FakeIntercom()
    vendor.put("c1", 1_700_000_000)
    with serving(vendor.answer) as url, pytest.raises(UnexpectedAnswer, match="more than 50 bytes"):
        collect(intercom(source_of, url, max_response_bytes=50), home, patience=patience)


@pytest.mark.parametrize(
    ("next_page", "refusal"),
    [
        ("https://elsewhere.example/2010-04-01/next", "another host"),
        ("{path}?StartTime%3E=2024-01-01&Page=0", "leads back"),
    ],
    ids=["the secret is sent to no other host", "pages that lead back to themselves are noticed"],
)
def test_a_next_page_that_must_not_be_asked_for_is_refused(
    next_page: str, refusal: str, home: Path, source_of: Make, patience: Patience
) -> None:
    vendor = FakeTwilio()
    vendor.put("CA1", "2024-03-01T10:00:00Z")

    def answer(asked: Any) -> Any:
        told = vendor.answer(asked)
        told.content["next_page_uri"] = next_page.format(path=asked.path)
        return told

    with serving(answer) as url:
        source = source_of("twilio", "calls/*.json", kind="twilio", account_sid="AC1",
                           token="env:VENDOR_TOKEN", base_url=url, streams=["calls"])  # fmt: skip
        with pytest.raises(UnexpectedAnswer, match=refusal):
            collect(source, home, patience=patience)


def test_a_wrong_token_is_named_by_its_variable_and_shown_nowhere(
    home: Path,
    source_of: Make,
    patience: Patience,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(0)
    wrong = "wr0ng-but-secret"
    monkeypatch.setenv("VENDOR_TOKEN", wrong)
    with serving(FakeIntercom().answer) as url:
        source = intercom(source_of, url)
        with pytest.raises(AccessRefused, match="VENDOR_TOKEN") as caught:
            collect(source, home, patience=patience)
    shown = f"{caught.value!r} {caught.value.__context__!r} {caplog.text} {source!r}"
    assert wrong not in shown
    assert "***" in str(caught.value)
    assert not list(home.rglob("*.json"))


def test_a_secret_that_is_not_set_is_asked_for(
    home: Path, source_of: Make, patience: Patience, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VENDOR_TOKEN")
    with serving(FakeIntercom().answer) as url, pytest.raises(SecretMissing, match="VENDOR_TOKEN"):
        collect(intercom(source_of, url), home, patience=patience)


def test_a_preview_says_what_would_be_fetched_and_writes_nothing(
    home: Path, source_of: Make, patience: Patience
) -> None:
    vendor = FakeIntercom()
    for number in range(12):
        vendor.put(f"c{number}", 1_700_000_000)
    with serving(vendor.answer) as url:
        said = preview(intercom(source_of, url), home, patience=patience)
    assert [(one.stream, one.waiting) for one in said.streams] == [("conversations", 12)]
    assert vendor.fetched == []
    assert list(home.iterdir()) == []
