"""How large the simulated company is: a size name in, the counts it stands for out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Counts of one size.

    Parameters
    ----------
    leads
        CRM leads created within the simulated time.
    direct_customers
        Customers who buy without ever having been a lead; won leads come on top.
    visits
        Web sessions of visitors who never say who they are.
    newsletter_share
        Share of known addresses that each newsletter goes to.
    order_session_share
        Share of orders that leave a web session behind.
    slack_messages
        Messages in the Slack workspace, colleagues' and shared channels.
    """

    name: str
    leads: int
    direct_customers: int
    visits: int
    newsletter_share: float
    order_session_share: float
    slack_messages: int


SIZES: dict[str, Size] = {
    size.name: size
    for size in (
        Size(
            name="xs",
            leads=220,
            direct_customers=90,
            visits=40,
            newsletter_share=0.01,
            order_session_share=0.05,
            slack_messages=40,
        ),
        Size(
            name="s",
            leads=3_000,
            direct_customers=1_200,
            visits=300,
            newsletter_share=0.01,
            order_session_share=0.02,
            slack_messages=300,
        ),
        Size(
            name="m",
            leads=20_000,
            direct_customers=10_000,
            visits=150_000,
            newsletter_share=0.25,
            order_session_share=0.6,
            slack_messages=20_000,
        ),
        Size(
            name="l",
            leads=100_000,
            direct_customers=50_000,
            visits=2_750_000,
            newsletter_share=0.35,
            order_session_share=0.8,
            slack_messages=100_000,
        ),
    )
}
"""xs about 2 thousand interactions (tests), s 20 thousand, m 1 million, l 10 million."""
