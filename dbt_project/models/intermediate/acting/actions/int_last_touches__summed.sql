-- Grain: one row per customer whom a colleague has turned to, or who has turned to us.
with

touches as (

    select
        customer_id,
        max(touched_at) as last_touched_at,
        max_by(agent_id, (touched_at, touch_id)) filter (where agent_id is not null)
            as last_agent_id
    from {{ ref('int_touches__unioned') }}
    where contact_kind = 'personal'
    group by customer_id

),

inbound as (

    select
        customer_id,
        max(started_at) as last_inbound_at,
        max_by(interaction_id, (started_at, interaction_id)) as last_inbound_id,
        max_by(channel, (started_at, interaction_id)) as last_inbound_channel,
        max_by(interaction_type, (started_at, interaction_id)) as last_inbound_type,
        max_by(agent_id, (started_at, interaction_id)) as last_inbound_agent_id,
        max_by(outcome, (started_at, interaction_id)) as last_inbound_outcome
    from {{ ref('fct_interactions') }}
    where
        customer_id is not null
        and direction = 'inbound'
        and interaction_type in ('message', 'call', 'chat')
        and not is_bot
        and not is_automated
        and started_at <= {{ as_of() }}
    group by customer_id

),

joined as (

    select
        coalesce(touches.customer_id, inbound.customer_id) as customer_id,
        touches.last_touched_at,
        touches.last_agent_id,
        inbound.last_inbound_at,
        inbound.last_inbound_id,
        inbound.last_inbound_channel,
        inbound.last_inbound_type,
        inbound.last_inbound_agent_id,
        inbound.last_inbound_outcome
    from touches
    full outer join inbound
        on touches.customer_id = inbound.customer_id

)

select * from joined
