"""Requests to one HTTP API in, its answers out: retried, bounded, and to no other host.

A request is made again, after a wait that doubles with jitter, if the connection fails or is cut
off within the answer, if the answer is 408, 423, 425, 429, 477 or 5xx, or if it should be JSON and
ends early. ``Retry-After`` is obeyed up to a bound. Everything asked here only reads, or starts a
query job, so that asking twice does no harm.
"""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_exponential, wait_random

from ingest.collect.addresses import is_loopback, origin
from ingest.collect.certificates import trusted_by, unaccepted
from ingest.collect.errors import (
    AccessRefused,
    CollectError,
    NotGranted,
    UnexpectedAnswer,
    Unreachable,
)
from ingest.collect.patience import Patience
from ingest.collect.proxies import proxied, proxy_of
from ingest.collect.secret import Secret, redacted

logger = logging.getLogger(__name__)

RETRIED = frozenset({408, 423, 425, 429, 477, *range(500, 530)})
"""HubSpot locks for 2 seconds (423), tells of a move of the account by 477, and that it is not
reached by 521 to 524. It answers 530 to a token that has not the form of one."""

THROTTLED = "REQUEST_LIMIT_EXCEEDED"
"""Salesforce says so with 403, of too many requests at a time or in a day. The first is over in
seconds; after the second the next run goes on where this one was."""

GONE = frozenset({400, 404, 410, 422})
"""Answers to a page that has expired, besides being those to a wrong request."""

MAX_RESPONSE_BYTES = 128 * 1024 * 1024
"""Pages have up to 1,000 records of some kB; what is larger than the loader reads is no page."""

_EXCERPT_CHARACTERS = 500
"""HubSpot names the scope that is missing behind the first 300."""

Headers = Callable[[bool], Mapping[str, str]]
"""Gives the headers that authorise a request; asked with True if the last ones were refused."""


class RequestRefused(CollectError):
    """The other side does not answer this request; the same one will not fare better."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class _Again(Unreachable):
    """Not answered now."""

    def __init__(self, message: str, wait_s: float | None = None) -> None:
        super().__init__(message)
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Answer:
    """Status 2xx, headers and the whole body of an answer."""

    status: int
    headers: httpx.Headers
    body: bytes


class Client:
    """Requests to one API.

    Parameters
    ----------
    base_url
        Begin of every address; answers that lead to another host are refused.
    headers
        Authorisation; asked once per request.
    secrets
        What must not stand in a message.
    """

    def __init__(
        self,
        base_url: str,
        headers: Headers,
        secrets: tuple[Secret, ...],
        patience: Patience,
        *,
        ca_file: str | None = None,
        timeout_s: float = 60.0,
        max_response_bytes: int = MAX_RESPONSE_BYTES,
    ) -> None:
        self.base_url = base_url
        self._headers = headers
        self._secrets = secrets
        self._patience = patience
        self._max_response_bytes = max_response_bytes
        host = urlsplit(base_url).hostname or ""
        self._proxy = None if is_loopback(host) else proxy_of(base_url)
        with proxied(self._proxy):
            self._http = httpx.Client(
                timeout=httpx.Timeout(timeout_s, connect=min(10.0, timeout_s)),
                verify=trusted_by(base_url, ca_file),
                follow_redirects=False,
                trust_env=not is_loopback(host),
                headers={"User-Agent": "crm-warehouse"},
            )

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    def get(self, address: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the JSON object at an address, relative to the base or absolute."""
        return self._object("GET", address, params=params)

    def post(self, address: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the JSON object that answers a JSON object."""
        return self._object("POST", address, json=content)

    def post_form(self, address: str, form: Mapping[str, str]) -> dict[str, Any]:
        """Return the JSON object that answers the fields of a form."""
        return self._object("POST", address, data=dict(form))

    def get_bytes(
        self,
        address: str,
        params: Mapping[str, Any] | None,
        check: Callable[[Answer], str | None],
    ) -> Answer:
        """Return an answer of any type.

        Parameters
        ----------
        check
            Says what is missing from an answer, which is then asked for again.
        """
        return self._retried("GET", address, check, params=params)

    def _object(self, method: str, address: str, **given: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}

        def check(answer: Answer) -> str | None:
            try:
                value = json.loads(answer.body)
            except (ValueError, RecursionError):
                return "the answer is no JSON or ends early"
            if not isinstance(value, dict):
                return "the answer is no JSON object"
            found.update(value)
            return None

        self._retried(method, address, check, **given)
        return found

    def _retried(
        self, method: str, address: str, check: Callable[[Answer], str | None], **given: Any
    ) -> Answer:
        url = self._url(address)
        patience = self._patience
        patience.limit.waits_for = _named(url)
        backoff = wait_exponential(
            multiplier=patience.first_wait_s, max=patience.longest_wait_s
        ) + wait_random(0, patience.first_wait_s)

        def wait(attempt: RetryCallState) -> float:
            error = attempt.outcome.exception() if attempt.outcome else None
            asked = error.wait_s if isinstance(error, _Again) else None
            return asked or backoff(attempt)

        def note(attempt: RetryCallState) -> None:
            error = attempt.outcome.exception() if attempt.outcome else None
            logger.info("%s; attempt %d follows", error, attempt.attempt_number + 1)

        for attempt in Retrying(
            retry=retry_if_exception_type(_Again),
            stop=stop_after_attempt(patience.attempts),
            wait=wait,
            before_sleep=note,
            sleep=patience.limit.sleep,
            reraise=True,
        ):
            with attempt:
                answer = self._once(method, url, **given)
                if problem := check(answer):
                    raise _Again(f"{_named(url)}: {problem}")
        return answer

    def _url(self, address: str) -> str:
        url = urljoin(f"{self.base_url}/", address)
        if origin(url) != origin(self.base_url):
            raise UnexpectedAnswer(
                f"{_named(self.base_url)} leads on to another host, {_named(url)}; the secret is "
                "not sent there"
            )
        return url

    def _once(self, method: str, url: str, **given: Any) -> Answer:
        status, headers, body, sent = self._sent(method, url, is_second=False, **given)
        if status == 401:
            status, headers, body, sent = self._sent(method, url, is_second=True, **given)
        if 200 <= status < 300:
            return Answer(status, headers, body)
        # what authorised the request is a secret, too: an access token, or one in base64
        authorised = sent.get("Authorization", "").rpartition(" ")[2]
        said = redacted(body.decode("utf-8", "replace")[:2_000], self._secrets, authorised)
        message = f"{_named(url)} answered {status}: {said[:_EXCERPT_CHARACTERS] or 'nothing'}"
        if status == 403 and THROTTLED in said:
            raise _Again(f"{message}; collect again later", _retry_after(headers))
        if status in {401, 403}:
            variables = ", ".join(secret.variable for secret in self._secrets)
            refused = NotGranted if status == 403 else AccessRefused
            raise refused(f"{message}; check {variables} and what it may read")
        if status in RETRIED:
            wait_s = _retry_after(headers)
            if wait_s is not None and wait_s > self._patience.longest_retry_after_s:
                raise Unreachable(
                    f"{_named(url)} asks to be left alone for {wait_s:.0f} s; collect again later"
                )
            raise _Again(message, wait_s)
        raise RequestRefused(message, status)

    def _sent(
        self, method: str, url: str, *, is_second: bool, **given: Any
    ) -> tuple[int, httpx.Headers, bytes, Mapping[str, str]]:
        started = time.monotonic()
        headers = dict(self._headers(is_second))
        try:
            with self._http.stream(
                method, url, headers=headers, extensions={"trace": self._bound}, **given
            ) as response:
                parts: list[bytes] = []
                size = 0
                for part in response.iter_bytes():
                    size += len(part)
                    if size > self._max_response_bytes:
                        raise UnexpectedAnswer(
                            f"{_named(url)} answers with more than {self._max_response_bytes} "
                            "bytes; choose a smaller page_size or a larger max_response_bytes"
                        )
                    if time.monotonic() - started > self._patience.longest_transfer_s:
                        raise _Again(f"{_named(url)} takes too long over one answer")
                    parts.append(part)
                return response.status_code, response.headers, b"".join(parts), headers
        except httpx.TransportError as error:
            if (problem := unaccepted(error)) is not None:
                # asked again, it would show the same certificate
                raise Unreachable(
                    f"the certificate of {urlsplit(url).hostname} is not accepted: {problem}"
                ) from error
            # what cannot be written is repeated in bytes, where no secret is recognised
            said = "" if isinstance(error, httpx.LocalProtocolError) else str(error)
            reason = redacted(said, self._secrets) or type(error).__name__
            way = f" by the proxy {self._proxy}" if self._proxy else ""
            raise _Again(f"{_named(url)} cannot be reached{way}: {reason}") from error
        except (httpx.DecodingError, httpx.InvalidURL) as error:
            raise UnexpectedAnswer(f"{_named(url)}: {error}") from error

    def _bound(self, event: str, info: Mapping[str, Any]) -> None:
        """Let a new connection end with the time of the source, also while its headers drip."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._patience.limit.bind(info["return_value"].get_extra_info("socket"))


def _named(url: str) -> str:
    """Return an address without its query, which may be long."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _retry_after(headers: httpx.Headers) -> float | None:
    """Return the seconds that an answer asks to wait: a number of them, or a date."""
    written = headers.get("Retry-After", "").strip()
    if not written:
        return None
    try:
        return max(0.0, float(written)) if math.isfinite(float(written)) else None
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(written).timestamp() - time.time())
    except (ValueError, TypeError):
        return None
