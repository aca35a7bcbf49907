-- Grain: one row per contact of one person with one campaign.
with

campaign_touches as (

    select * from {{ ref('stg_campaign_touches') }}

),

email_events as (

    select * from {{ ref('stg_email_events') }}

),

sessions as (

    select * from {{ ref('fct_web_sessions') }}

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

click_ids as (

    select * from {{ ref('int_click_ids__campaigns') }}

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

unioned as (

    select
        campaign_touches.campaign_touch_id as touch_id,
        identifiers.customer_id,
        campaign_touches.campaign_id,
        campaign_touches.channel,
        campaign_touches.touch_type,
        campaign_touches.cost,
        campaign_touches.currency,
        campaign_touches.touched_at,
        campaign_touches.source,
        campaign_touches.known_at
    from campaign_touches
    left join identifiers
        on campaign_touches.person_ref = identifiers.identifier

    union all by name

    select
        -- a source may number its touches and its e-mail events alike
        case when namesakes.campaign_touch_id is not null then 'email_event:' else '' end
        || email_events.email_event_id as touch_id,
        identifiers.customer_id,
        email_events.campaign_id,
        'email' as channel,
        email_events.event_type as touch_type,
        email_events.event_at as touched_at,
        email_events.source,
        email_events.known_at
    from email_events
    left join identifiers
        on email_events.recipient_ref = identifiers.identifier
    left join campaign_touches as namesakes
        on email_events.email_event_id = namesakes.campaign_touch_id
    where
        email_events.event_type in ('open', 'click')
        and not email_events.is_filtered
        and email_events.campaign_id is not null

    union all by name

    -- a visit whose ad click is already a touch of its own would count twice
    select
        sessions.session_id as touch_id,
        sessions.customer_id,
        sessions.campaign_id,
        sessions.channel_group as channel,
        'visit' as touch_type,
        sessions.started_at as touched_at,
        sessions.source,
        sessions.known_at
    from sessions
    left join click_ids
        on sessions.click_id = click_ids.click_id
    where
        sessions.campaign_id is not null
        and not sessions.is_bot
        and click_ids.click_id is null

),

described as (

    select
        unioned.touch_id,
        unioned.customer_id,
        unioned.campaign_id,
        coalesce(unioned.channel, campaigns.channel) as channel,
        unioned.touch_type,
        unioned.cost,
        unioned.currency,
        {{ to_base('unioned.cost', 'unioned.currency') }} as cost_base,
        unioned.touched_at,
        unioned.source,
        unioned.known_at

    from unioned

    left join campaigns
        on unioned.campaign_id = campaigns.campaign_id

    left join rates
        on
            unioned.currency = rates.currency
            and cast(unioned.touched_at as date) = rates.day

)

select * from described
