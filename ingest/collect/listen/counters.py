"""What happens to requests in; plain text in the format of Prometheus out."""

from __future__ import annotations

from collections import Counter

from ingest.collect.listen.journal import Journal

PREFIX = "crm_webhooks"


class Counters:
    """Counts since the receiver was started."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, int]] = Counter()
        self.events: Counter[str] = Counter()
        self.rejections: Counter[tuple[str, str]] = Counter()

    def text(self, journal: Journal) -> str:
        """Return all counters with those of the journal, one a line."""
        lines = [
            *_family("requests", "Requests answered, by source and status."),
            *(
                f'{PREFIX}_requests_total{{source="{source}",status="{status}"}} {count}'
                for (source, status), count in sorted(self.requests.items())
            ),
            *_family("events", "Events on the disk, by source."),
            *(
                f'{PREFIX}_events_total{{source="{source}"}} {count}'
                for source, count in sorted(self.events.items())
            ),
            *_family("rejections", "Requests and events not landed, by source and reason."),
            *(
                f'{PREFIX}_rejections_total{{source="{source}",reason="{code}"}} {count}'
                for (source, code), count in sorted(self.rejections.items())
            ),
            *_family("commits", "Groups of requests written and synced."),
            f"{PREFIX}_commits_total {journal.commits}",
            *_family("commit_seconds", "Time spent writing and syncing."),
            f"{PREFIX}_commit_seconds_total {journal.commit_s:.6f}",
        ]
        return "\n".join(lines) + "\n"


def _family(name: str, text: str) -> tuple[str, str]:
    return f"# HELP {PREFIX}_{name}_total {text}", f"# TYPE {PREFIX}_{name}_total counter"
