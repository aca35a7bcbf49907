-- Grain: one row per personal touch on a channel that can be answered, with its answer.
{% set reply_days = 7 %}

with

interactions as (

    select * from {{ ref('fct_interactions') }}

),

conversation as (

    select
        interaction_id,
        customer_id,
        channel,
        direction,
        coalesce(outcome = 'answered' or answered_at is not null, false) as is_answered,
        started_at,
        lead(direction) over (
            partition by customer_id, channel
            order by started_at, interaction_id
        ) as next_direction,
        lead(started_at) over (
            partition by customer_id, channel
            order by started_at, interaction_id
        ) as next_started_at
    from interactions
    where
        customer_id is not null
        and direction in ('inbound', 'outbound')
        and interaction_type not in (
            'note', 'task', 'bounce', 'auto_reply', 'opt_out', 'web_session'
        )
        and not is_bot
        and not is_automated
        and started_at <= {{ as_of() }}

),

paired as (

    select
        interaction_id,
        customer_id,
        channel,
        started_at as touched_at,
        -- a call is answered or not while it rings; what is written may be answered for a week
        case
            when channel = 'phone' then is_answered
            when
                next_direction = 'inbound'
                and next_started_at <= started_at + interval '{{ reply_days }}' day
                then true
            when started_at + interval '{{ reply_days }}' day <= {{ as_of() }} then false
        end as is_replied
    from conversation
    where direction = 'outbound'

)

select * from paired
where is_replied is not null
