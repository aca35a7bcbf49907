"""What authorises a request is shown to nobody, and a way that cannot be gone is named at once."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_intercom import FakeIntercom, intercom
from fake_salesforce import FakeSalesforce
from mail_server import MailServer
from vendor_server import TOKEN, Asked, Told, serving

from ingest.collect.errors import CollectError, SecretMissing, Unreachable
from ingest.collect.patience import Patience
from ingest.collect.run import collect
from ingest.collect.time_limit import TimeLimit
from ingest.source import Source

Make = Callable[..., Source]

ELSEWHERE = "https://api.example.invalid"


def test_an_access_token_that_a_system_repeats_is_not_shown(
    home: Path, source_of: Make, patience: Patience
) -> None:
    org = FakeSalesforce()

    def answer(asked: Asked) -> Told:
        if asked.path.endswith("/describe"):
            return Told(f"refused: {asked.headers['authorization']}", 418)
        return org.answer(asked)

    with serving(answer) as url:
        source = source_of("salesforce", "sf/*.csv", kind="salesforce", base_url=url,
                           client_id="id", client_secret="env:VENDOR_TOKEN")  # fmt: skip
        with pytest.raises(CollectError, match="418") as caught:
            collect(source, home, patience=patience)

    assert "refused: Bearer ***" in str(caught.value)
    assert org.tokens[-1] not in str(caught.value)


def test_a_password_that_a_system_repeats_in_base64_is_not_shown(
    home: Path, source_of: Make, patience: Patience
) -> None:
    def answer(asked: Asked) -> Told:
        return Told(f"refused: {asked.headers['authorization']}", 418)

    with serving(answer) as url:
        source = source_of("twilio", "calls/*.json", kind="twilio", account_sid="AC1",
                           token="env:VENDOR_TOKEN", base_url=url)  # fmt: skip
        with pytest.raises(CollectError, match="418") as caught:
            collect(source, home, patience=patience)

    assert "refused: Basic ***" in str(caught.value)
    assert base64.b64encode(f"AC1:{TOKEN}".encode()).decode() not in str(caught.value)


@pytest.mark.parametrize("token", ["…", "s3cr3t\nmore", "s3cr3t more", "s3cr3t\x07"])
def test_what_can_be_no_token_is_told_at_once_by_its_variable_and_shown_nowhere(
    token: str,
    home: Path,
    source_of: Make,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(0)
    monkeypatch.setenv("VENDOR_TOKEN", token)
    with serving(FakeIntercom().answer) as url:
        source = intercom(source_of, url)
        with pytest.raises(SecretMissing, match="VENDOR_TOKEN holds no token") as caught:
            collect(source, home)

    assert "s3cr3t" not in f"{caught.value!r} {caught.value.__context__!r} {caplog.text}"


def test_a_certificate_that_nobody_vouches_for_is_refused_at_once_with_the_remedy(
    mailbox: MailServer, home: Path, source_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(TimeLimit, "sleep", lambda _, seconds: waited.append(seconds))

    with pytest.raises(Unreachable, match=r"of localhost is not accepted: .*ca_file"):
        collect(intercom(source_of, f"https://localhost:{mailbox.port}"), home)

    assert waited == []


@pytest.mark.parametrize("proxy", ["ftp://joe:hidden@10.0.0.1:21", "socks5://joe:hidden@10.0.0.1"])
def test_a_proxy_that_cannot_be_used_is_named_without_its_password(
    proxy: str, home: Path, source_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    with pytest.raises(CollectError, match=r"proxy of the environment \(10.0.0.1") as caught:
        collect(intercom(source_of, ELSEWHERE), home)

    assert "hidden" not in str(caught.value)


def test_a_proxy_that_lets_nobody_through_is_named(
    home: Path, source_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://joe:hidden@127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    with pytest.raises(Unreachable, match=r"by the proxy 127\.0\.0\.1:1: ") as caught:
        collect(intercom(source_of, ELSEWHERE), home, patience=Patience(attempts=1))

    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("pause", ["nan", "inf"])
def test_a_pause_that_is_no_number_of_seconds_is_none(
    pause: str, home: Path, source_of: Make, patience: Patience
) -> None:
    vendor = FakeIntercom()
    vendor.put("c1", 1_700_000_000)
    pauses = [pause]

    def answer(asked: Any) -> Any:
        told = vendor.answer(asked)
        if pauses:
            told.status, told.headers = 429, {"Retry-After": pauses.pop()}
        return told

    with serving(answer) as url:
        assert collect(intercom(source_of, url), home, patience=patience).records == 1
