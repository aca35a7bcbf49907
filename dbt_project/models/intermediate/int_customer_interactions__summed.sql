-- Grain: one row per customer with any conversation or note: when, where and how often.
with

-- what colleagues wrote down, plan or drafted is about the customer, but not with them
interactions as (

    select
        *,
        direction <> 'internal' and not is_bot and started_at <= {{ as_of() }} as is_past,
        direction <> 'internal' and not is_bot and started_at > {{ as_of() }} as is_ahead,
        direction <> 'internal'
        and not is_bot
        and started_at <= {{ as_of() }}
        and started_at > {{ as_of() }} - interval '90' day as is_in_90d,
        interaction_type = 'note' and started_at <= {{ as_of() }} as is_note
    from {{ ref('fct_interactions') }}
    where customer_id is not null

),

summed as (

    select
        customer_id,

        max_by(channel, (started_at, interaction_id)) filter (where is_past)
            as last_interaction_channel,
        max_by(subject, (started_at, interaction_id)) filter (where is_note)
            as last_note_subject,
        {% for channel in ['email', 'chat', 'phone', 'web', 'sms', 'social', 'in_person'] -%}
            count(*) filter (where channel = '{{ channel }}' and is_in_90d)
                as {{ channel }}_interactions_90d,
        {% endfor -%}
        count(*) filter (where is_in_90d) as interactions_90d,
        max(started_at) filter (where is_past) as last_interaction_at,
        min(started_at) filter (where is_ahead) as next_interaction_at,
        max(started_at) filter (where is_note) as last_note_at

    from interactions

    group by customer_id

)

select * from summed
