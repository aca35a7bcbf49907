-- Grain: one row per opportunity and thing that happened to it: it came in, or was closed.
with

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

agents as (

    select * from {{ ref('dim_agents') }}

),

events as (

    select
        opportunity_id,
        owner_id,
        'created' as event_type,
        created_at as happened_at,
        cast(null as decimal(18, 4)) as won_value_base,
        cast(null as decimal(18, 6)) as cycle_days
    from opportunities
    where created_at is not null

    union all

    select
        opportunity_id,
        owner_id,
        case when is_won then 'won' else 'lost' end as event_type,
        closed_at as happened_at,
        case when is_won then amount_base end as won_value_base,
        -- a source that states only the day of closing puts it before the hour of creation
        case
            when is_won and cast(closed_at as date) >= cast(created_at as date)
                then cast(
                    greatest(epoch(closed_at - created_at), 0) / 86400 as decimal(18, 6)
                )
        end as cycle_days
    from opportunities
    where is_closed and closed_at is not null

),

with_owners as (

    select
        events.opportunity_id,
        events.owner_id,
        agents.name as owner_name,
        agents.team,
        events.event_type,
        events.won_value_base,
        events.cycle_days,
        cast(date_trunc('month', events.happened_at) as date) as period_start

    from events

    left join agents
        on events.owner_id = agents.agent_id

)

select * from with_owners
