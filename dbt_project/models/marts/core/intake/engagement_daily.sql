-- Grain: one row per customer, day (UTC) and channel on which anything happened.
with

interactions as (

    select
        customer_id,
        cast(started_at as date) as engagement_date,
        channel,
        count(*) filter (
            where
            direction = 'inbound'
            and interaction_type not in ('auto_reply', 'bounce', 'opt_out')
        ) as inbound_count,
        count(*) filter (where direction = 'outbound' and not is_automated) as outbound_count,
        count(*) filter (where direction = 'outbound' and is_automated) as automated_count,
        -- minutes in which the customer was there: on the page, or on the telephone; exact, so
        -- that the order of the rows makes no difference
        cast(
            sum(
                cast(
                    case
                        when interaction_type = 'web_session' then duration_s
                        when interaction_type = 'call' then talk_s
                    end as decimal(18, 3)
                )
            ) as double
        ) / 60 as engaged_minutes
    from {{ ref('fct_interactions') }}
    where
        customer_id is not null
        and direction in ('inbound', 'outbound')
        and interaction_type not in ('note', 'task')
        and not is_bot
        and started_at <= {{ as_of() }}
    group by
        customer_id,
        cast(started_at as date),
        channel

),

email_events as (

    select
        identifiers.customer_id,
        cast(email_events.event_at as date) as engagement_date,
        'email' as channel,
        count(*) filter (where email_events.event_type = 'sent') as campaign_sent_count,
        count(*) filter (where email_events.event_type = 'open') as open_count,
        count(*) filter (where email_events.event_type = 'click') as click_count
    from {{ ref('stg_email_events') }} as email_events
    inner join {{ ref('int_identifiers__current') }} as identifiers
        on email_events.recipient_ref = identifiers.identifier
    where
        email_events.event_type in ('sent', 'open', 'click')
        and not email_events.is_filtered
        and email_events.event_at <= {{ as_of() }}
    group by
        identifiers.customer_id,
        cast(email_events.event_at as date)

),

joined as (

    select
        coalesce(interactions.customer_id, email_events.customer_id) as customer_id,
        coalesce(interactions.engagement_date, email_events.engagement_date) as engagement_date,
        coalesce(interactions.channel, email_events.channel) as channel,
        coalesce(interactions.inbound_count, 0) as inbound_count,
        coalesce(interactions.outbound_count, 0) as outbound_count,
        coalesce(interactions.automated_count, 0) as automated_count,
        coalesce(email_events.campaign_sent_count, 0) as campaign_sent_count,
        coalesce(email_events.open_count, 0) as open_count,
        coalesce(email_events.click_count, 0) as click_count,
        interactions.engaged_minutes

    from interactions

    full outer join email_events
        on
            interactions.customer_id = email_events.customer_id
            and interactions.engagement_date = email_events.engagement_date
            and interactions.channel = email_events.channel

)

select * from joined
