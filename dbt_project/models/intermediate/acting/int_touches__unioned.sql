-- Grain: one row per time we turned to a customer, by hand or by campaign, up to the as_of.
with

interactions as (

    select * from {{ ref('fct_interactions') }}

),

email_events as (

    select * from {{ ref('stg_email_events') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

-- some senders report only what arrived: the first event of an e-mail stands for its sending
campaign_emails as (

    select
        min_by(email_events.email_event_id, (email_events.event_at, email_events.email_event_id))
            as touch_id,
        identifiers.customer_id,
        email_events.campaign_id,
        min(email_events.event_at) as touched_at,
        min(email_events.known_at) as known_at

    from email_events

    inner join identifiers
        on email_events.recipient_ref = identifiers.identifier

    where email_events.event_type in ('sent', 'delivered')

    group by
        identifiers.customer_id,
        email_events.campaign_id,
        coalesce(email_events.email_id, email_events.email_event_id)

),

unioned as (

    select
        interaction_id as touch_id,
        customer_id,
        case when is_automated then 'campaign' else 'personal' end as contact_kind,
        channel,
        interaction_type,
        agent_id,
        campaign_id,
        opportunity_id,
        coalesce(outcome = 'answered' or answered_at is not null, false) as is_answered,
        started_at as touched_at,
        known_at
    from interactions
    where
        customer_id is not null
        and direction = 'outbound'
        and not is_bot
        and interaction_type not in ('note', 'task', 'bounce', 'auto_reply', 'web_session')

    union all by name

    select
        -- a source may number its messages and its e-mail events alike
        case when namesakes.interaction_id is not null then 'email_event:' else '' end
        || campaign_emails.touch_id as touch_id,
        campaign_emails.customer_id,
        'campaign' as contact_kind,
        'email' as channel,
        'message' as interaction_type,
        campaign_emails.campaign_id,
        false as is_answered,
        campaign_emails.touched_at,
        campaign_emails.known_at
    from campaign_emails
    left join interactions as namesakes
        on campaign_emails.touch_id = namesakes.interaction_id

)

select *
from unioned
where touched_at <= {{ as_of() }}
