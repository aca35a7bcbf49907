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

agent_aliases as (

    select * from {{ ref('int_agents__aliased') }}

),

-- a help desk's answers and notes may name the ticket alone
requesters as (

    select
        ticket_aliases.alias as ticket_id,
        requested_by.customer_id
    from {{ ref('int_tickets__aliased') }} as ticket_aliases
    inner join {{ ref('stg_tickets') }} as tickets
        on ticket_aliases.ticket_id = tickets.ticket_id
    inner join {{ ref('int_identifiers__current') }} as requested_by
        on tickets.requester_ref = requested_by.identifier

),

with_sides as (

    select
        *,
        coalesce(
            customer_ref,
            case direction when 'inbound' then from_ref when 'outbound' then to_refs[1] end
        ) as customer_side_ref,
        case direction when 'inbound' then to_refs[1] else from_ref end as our_side_ref
    from interactions

),

unioned as (

    select
        with_sides.interaction_id,
        with_sides.conversation_id,
        with_sides.turn_index,
        with_sides.channel,
        with_sides.sub_channel,
        with_sides.direction,
        with_sides.interaction_type,
        with_sides.subject,
        case
            when with_sides.customer_side_ref is null then requesters.customer_id
            else identifiers.customer_id
        end as customer_id,
        coalesce(
            {{ agent_id('with_sides.agent_id') }}, agent_by_address.agent_id
        ) as agent_id,
        with_sides.campaign_id,
        with_sides.ticket_id,
        with_sides.opportunity_id,
        with_sides.order_id,
        with_sides.queue,
        with_sides.started_at,
        with_sides.answered_at,
        with_sides.ended_at,
        with_sides.duration_s,
        with_sides.talk_s,
        with_sides.wait_s,
        with_sides.outcome,
        with_sides.sentiment,
        coalesce(with_sides.is_automated, false) as is_automated,
        coalesce(with_sides.is_bot, false) as is_bot,
        coalesce(with_sides.attachment_count, 0) as attachment_count,
        with_sides.source,
        with_sides.known_at

    from with_sides

    left join identifiers
        on with_sides.customer_side_ref = identifiers.identifier

    left join requesters
        on with_sides.ticket_id = requesters.ticket_id

    {{ join_agent('with_sides.agent_id') }}

    -- a mail names the colleague by address only
    left join agent_aliases as agent_by_address
        on with_sides.our_side_ref = agent_by_address.alias

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
