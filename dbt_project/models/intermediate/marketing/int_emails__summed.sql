-- Grain: one row per e-mail: one email_id to one recipient for one campaign.
with

email_events as (

    select * from {{ ref('stg_email_events') }}

),

-- a provider that names no e-mail is taken to have sent each recipient one
emails as (

    select
        campaign_id,
        email_id,
        recipient_ref,
        {% for event_type in [
            'sent', 'delivered', 'dropped', 'deferred', 'open', 'click', 'bounce', 'spam_report',
            'unsubscribe', 'reply',
        ] -%}
            count(*) filter (where event_type = '{{ event_type }}') as {{ event_type }}_events,
        {% endfor -%}
        -- the gravest of several bounces decides
        bool_or(event_type = 'bounce' and bounce_category = 'hard') as has_hard_bounce,
        bool_or(event_type = 'bounce' and bounce_category = 'block') as has_block_bounce,
        bool_or(event_type = 'bounce' and bounce_category = 'soft') as has_soft_bounce,
        min(event_at) as first_event_at
    from email_events
    where not is_filtered
    group by
        campaign_id,
        email_id,
        recipient_ref

),

described as (

    select
        *,
        case
            when bounce_events = 0 then null
            when has_hard_bounce then 'hard'
            when has_block_bounce then 'block'
            when has_soft_bounce then 'soft'
            else 'unclassified'
        end as bounce_category,
        nullif(lower(split_part(recipient_ref, '@', 2)), '') as recipient_domain
    from emails

)

select * from described
