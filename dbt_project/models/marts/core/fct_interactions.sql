-- Grain: one row per message, call or note, and one per web session.
with

interactions as (

    select * from {{ ref('stg_interactions') }}

),

sessions as (

    select * from {{ ref('fct_web_sessions') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

with_customer_side as (

    select
        *,
        coalesce(
            customer_ref,
            case direction when 'inbound' then from_ref when 'outbound' then to_refs[1] end
        ) as customer_side_ref
    from interactions

),

unioned as (

    select
        with_customer_side.interaction_id,
        with_customer_side.conversation_id,
        with_customer_side.turn_index,
        with_customer_side.channel,
        with_customer_side.sub_channel,
        with_customer_side.direction,
        with_customer_side.interaction_type,
        with_customer_side.subject,
        identifiers.customer_id,
        {{ agent_id('with_customer_side.agent_id') }} as agent_id,
        with_customer_side.campaign_id,
        with_customer_side.ticket_id,
        with_customer_side.opportunity_id,
        with_customer_side.order_id,
        with_customer_side.queue,
        with_customer_side.started_at,
        with_customer_side.answered_at,
        with_customer_side.ended_at,
        with_customer_side.duration_s,
        with_customer_side.talk_s,
        with_customer_side.wait_s,
        with_customer_side.outcome,
        with_customer_side.sentiment,
        coalesce(with_customer_side.is_automated, false) as is_automated,
        coalesce(with_customer_side.is_bot, false) as is_bot,
        coalesce(with_customer_side.attachment_count, 0) as attachment_count,
        with_customer_side.source,
        with_customer_side.known_at

    from with_customer_side

    left join identifiers
        on with_customer_side.customer_side_ref = identifiers.identifier

    {{ join_agent('with_customer_side.agent_id') }}

    union all by name

    select
        session_id as interaction_id,
        session_id as conversation_id,
        cast(0 as bigint) as turn_index,
        'web' as channel,
        channel_group as sub_channel,
        'inbound' as direction,
        'web_session' as interaction_type,
        customer_id,
        campaign_id,
        started_at,
        ended_at,
        engaged_s as duration_s,
        false as is_automated,
        is_bot,
        cast(0 as bigint) as attachment_count,
        source,
        known_at
    from sessions

)

select * from unioned
