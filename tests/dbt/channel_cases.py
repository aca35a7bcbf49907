"""Visits and the channel that each is: source, medium, campaign, ad click id, referrer, group.

The groups are the default channel groups that Google publishes for Analytics 4, with three of our
own: AI assistants, events, and what a click id alone tells.
"""

from __future__ import annotations

Case = tuple[str | None, str | None, str | None, str | None, str | None, str]

CASES: list[Case] = [
    # nothing at all, or the words for it
    (None, None, None, None, None, "direct"),
    ("(direct)", "(none)", None, None, None, "direct"),
    ("(direct)", "(not set)", None, None, None, "direct"),
    # paid
    ("google", "cpc", "q3 cross-network sale", None, None, "cross_network"),
    ("amazon", "cpc", None, None, None, "paid_shopping"),
    ("google", "cpc", "summer-shop", None, None, "paid_shopping"),
    ("google", "cpc", "workshop", None, None, "paid_search"),
    ("google", "cpc", None, None, None, "paid_search"),
    ("Bing", "PPC", None, None, None, "paid_search"),
    ("google", "cpm", None, None, None, "paid_search"),
    ("google", "retargeting", None, None, None, "paid_search"),
    ("duckduckgo", "paid-search", None, None, None, "paid_search"),
    ("partner", "paid_search", None, None, None, "paid_search"),
    ("facebook", "cpc", None, None, None, "paid_social"),
    ("fb", "paid", None, None, None, "paid_social"),
    ("meta_ads", "paid_social", None, None, None, "paid_social"),
    ("linkedin", "cpm", None, None, None, "paid_social"),
    ("youtube", "cpv-cpc", None, None, None, "paid_video"),
    ("someblog", "display", None, None, None, "display"),
    ("someblog", "cpm", None, None, None, "display"),
    ("someblog", "cpc", None, None, None, "paid_other"),
    (None, "cpc", None, None, None, "paid_other"),
    # ad click ids, where no tag says more
    (None, None, None, "gclid:1", None, "paid_search"),
    (None, None, None, "wbraid:1", None, "paid_search"),
    (None, None, None, "gbraid:1", "https://www.google.com/", "paid_search"),
    (None, None, None, "msclkid:1", "https://www.bing.com/", "paid_search"),
    (None, None, None, "dclid:1", None, "display"),
    (None, None, None, "ttclid:1", None, "paid_social"),
    (None, None, None, "li_fat_id:1", None, "paid_social"),
    # Facebook marks every link that leaves it, paid or not
    (None, None, None, "fbclid:1", "https://l.facebook.com/", "organic_social"),
    (None, None, None, "fbclid:1", None, "organic_social"),
    ("facebook", "paid", None, "fbclid:1", None, "paid_social"),
    # AI assistants
    (None, None, None, None, "https://chatgpt.com/", "ai_assistants"),
    (None, None, None, None, "https://chat.openai.com/c/1", "ai_assistants"),
    ("chatgpt.com", None, None, None, None, "ai_assistants"),
    (None, None, None, None, "https://www.perplexity.ai/search", "ai_assistants"),
    (None, None, None, None, "https://gemini.google.com/app", "ai_assistants"),
    (None, None, None, None, "https://copilot.microsoft.com/", "ai_assistants"),
    (None, None, None, None, "https://claude.ai/chat", "ai_assistants"),
    ("perplexity", "referral", None, None, None, "ai_assistants"),
    # unpaid
    (None, None, None, None, "https://www.amazon.de/", "organic_shopping"),
    ("newsletter", "link", "shop-opening", None, None, "organic_shopping"),
    (None, None, None, None, "https://m.facebook.com/", "organic_social"),
    (None, None, None, None, "https://t.co/abc", "organic_social"),
    (None, None, None, None, "https://lnkd.in/abc", "organic_social"),
    ("x", None, None, None, None, "organic_social"),
    ("partner", "social-media", None, None, None, "organic_social"),
    (None, None, None, None, "https://www.youtube.com/watch", "organic_video"),
    ("partner", "video", None, None, None, "organic_video"),
    (None, None, None, None, "https://www.google.co.uk/", "organic_search"),
    (None, None, None, None, "https://duckduckgo.com/", "organic_search"),
    ("partner", "organic", None, None, None, "organic_search"),
    (None, None, None, None, "https://blog.example/", "referral"),
    ("partner", "referral", None, None, None, "referral"),
    ("partner", "app", None, None, None, "referral"),
    # "max" and "metafilter" hold names of sites without being one
    (None, None, None, None, "https://metafilter.example/", "referral"),
    (None, None, None, None, "https://max.example/", "referral"),
    (None, None, None, None, "https://mail.google.com/", "email"),
    ("newsletter", "email", None, None, None, "email"),
    ("e-mail", None, None, None, None, "email"),
    ("crm", "e_mail", None, None, None, "email"),
    ("awin", "affiliate", None, None, None, "affiliates"),
    ("spotify", "audio", None, None, None, "audio"),
    ("sms", None, None, None, None, "sms"),
    ("crm", "sms", None, None, None, "sms"),
    ("app", "web_push", None, None, None, "mobile_push"),
    ("crm", "mobile", None, None, None, "mobile_push"),
    ("firebase", None, None, None, None, "mobile_push"),
    ("fair", "webinar", None, None, None, "event"),
    # tagged, and no rule fits
    ("partner", "carrier-pigeon", None, None, None, "unassigned"),
    ("partner", None, None, None, "https://www.google.com/", "unassigned"),
    (None, None, "spring", None, None, "unassigned"),
]
