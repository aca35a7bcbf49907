"""How it markets: campaigns, members, touches, e-mail events, ad spend."""

from __future__ import annotations

from ingest.contracts.contract import Contract
from ingest.contracts.declare import (
    at,
    count,
    country,
    currency,
    day,
    flag,
    key,
    money,
    number,
    person,
    ref,
    text,
)  # fmt: skip

CAMPAIGN = Contract(
    name="campaign",
    plural="campaigns",
    grain="one campaign",
    kind="state",
    occurred_at="created_at",
    columns=(
        key("campaign_id", "Id of the campaign in its source."),
        text("name", "Name."),
        text("type", "email, webinar, event, paid_search, paid_social, display, referral."),
        text("channel", "Marketing channel it is reported under."),
        text("status", "planned, active, completed, aborted."),
        day("start_date", "First day."),
        day("end_date", "Last day."),
        ref("parent_ref", "campaign", "Parent campaign."),
        money("budgeted_cost", "Planned cost in currency."),
        money("actual_cost", "Actual cost in currency, without ad spend."),
        money("expected_revenue", "Expected revenue in currency."),
        currency(),
        text("utm_campaign", "utm_campaign that its links carry."),
        text("utm_source", "utm_source that its links carry."),
        text("utm_medium", "utm_medium that its links carry."),
        at("created_at", "When it was created."),
    ),
)

CAMPAIGN_MEMBER = Contract(
    name="campaign_member",
    plural="campaign_members",
    grain="one person in one campaign",
    kind="state",
    occurred_at="added_at",
    columns=(
        key("campaign_member_id", "Id of the membership."),
        ref("campaign_ref", "campaign", "Campaign.", required=True),
        ref("contact_ref", "contact", "Member, if a contact."),
        ref("lead_ref", "lead", "Member, if a lead."),
        ref("account_ref", "account", "Member, if an account."),
        text("status", "Status as the source states it."),
        flag("has_responded", "Has responded."),
        at("first_responded_at", "When they first responded."),
        at("added_at", "When they were added."),
    ),
)

CAMPAIGN_TOUCH = Contract(
    name="campaign_touch",
    plural="campaign_touches",
    grain="one contact of one person with one campaign",
    kind="event",
    occurred_at="touched_at",
    columns=(
        key("touch_id", "Id of the touch."),
        person("person_ref", "Who was touched."),
        ref("campaign_ref", "campaign", "Campaign.", required=True),
        text("channel", "Marketing channel."),
        text("touch_type", "impression, click, open, visit, response or call.", required=True,
             allowed=("impression", "click", "open", "visit", "response", "call")),
        at("touched_at", "When.", required=True),
        text("click_id", "Ad click id with its kind, e.g. gclid:abc."),
        money("cost", "What it cost, in currency."),
        currency(),
    ),
)  # fmt: skip

EMAIL_EVENT = Contract(
    name="email_event",
    plural="email_events",
    grain="one event of one e-mail to one recipient",
    kind="event",
    occurred_at="event_at",
    columns=(
        key("email_event_id", "Id of the event."),
        text("email_id", "Id of the e-mail."),
        ref("campaign_ref", "campaign", "Campaign."),
        person("recipient_ref", "Who it went to, email:<address>.", required=True),
        text("event_type", "What happened.", required=True,
             allowed=("sent", "delivered", "open", "click", "bounce", "dropped", "deferred",
                      "spam_report", "unsubscribe", "forward", "print", "reply")),
        at("event_at", "When.", required=True),
        text("url", "Link that was clicked."),
        text("bounce_category", "hard, soft, block."),
        flag("is_filtered", "The sender's tool leaves this open or click out of its own counts: a "
             "machine made it, or somebody of the company.", describes=True),
        ref("obsoleted_by_ref", "email_event", "Later event that stands in place of this one."),
    ),
)  # fmt: skip

AD_SPEND = Contract(
    name="ad_spend",
    plural="ad_spend",
    grain="one ad, ad group or campaign on one day of the account's calendar",
    kind="state",
    columns=(
        key("platform", "google_ads, meta, linkedin, microsoft_ads."),
        key("ad_account_id", "Advertising account."),
        key("ad_campaign_id", "Campaign in the platform."),
        day("spend_date", "Day in the account's time zone.", key=True, required=True),
        text("ad_group_id", "Ad group; null at campaign level.", key=True),
        text("ad_id", "Ad; null above.", key=True),
        ref("campaign_ref", "campaign", "Our campaign."),
        text("keyword", "Keyword."),
        country("country_code", "Country of those who saw it."),
        count("impressions", "Times shown."),
        count("clicks", "Times clicked."),
        money("spend", "Cost in currency.", required=True),
        number("conversions", "Conversions as the platform claims them."),
        money("conversions_value", "Their value as the platform claims it, in currency."),
        currency(),
        text("account_time_zone", "IANA zone of the account.", codes="time_zone"),
    ),
)

CONTRACTS = (CAMPAIGN, CAMPAIGN_MEMBER, CAMPAIGN_TOUCH, EMAIL_EVENT, AD_SPEND)
