"""A failed run tells somebody: always the log, and a webhook where ``CRM_ALERT_WEBHOOK`` is set."""

from __future__ import annotations

import http.client
import json
import logging
import os
import urllib.error
import urllib.request

log = logging.getLogger("crm.alerts")

TIMEOUT_S = 10.0


def send(run_id: str, text: str) -> bool:
    """Report a failed run and return whether a webhook took it.

    A webhook that does not answer is logged and nothing more: an alert must not change what the
    run reports. The address is a secret (it usually carries a token) and never logged.
    """
    log.error("run %s failed: %s", run_id, text)
    address = os.environ.get("CRM_ALERT_WEBHOOK")
    if not address:
        return False
    if not address.startswith(("https://", "http://")):
        log.error("CRM_ALERT_WEBHOOK is not an http(s) address: no alert was sent")
        return False
    body = json.dumps({"text": f"crm run {run_id} failed: {text}", "run_id": run_id}).encode()
    try:
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
            address, data=body, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT_S):  # noqa: S310
            return True
    except urllib.error.HTTPError as error:
        log.error("the alert webhook answered %d: no alert was sent", error.code)
    except (OSError, ValueError, http.client.HTTPException) as error:
        # an address that urllib cannot parse; the error's text would quote it
        log.error("the alert webhook cannot be reached (%s)", type(error).__name__)
    return False
