-- Grain: one row per colleague and calendar month in which an opportunity came in or was closed.
with

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

agents as (

    select * from {{ ref('dim_agents') }}

),

-- an opportunity is told twice: in the month it came in and in the month it was closed
entries as (

    select
        owner_id,
        created_at as happened_at,
        true as is_created,
        false as is_won,
        false as is_lost,
        cast(null as decimal(18, 4)) as won_value_base,
        cast(null as decimal(18, 6)) as cycle_days
    from opportunities
    where created_at is not null

    union all

    select
        owner_id,
        closed_at as happened_at,
        false as is_created,
        is_won,
        not is_won as is_lost,
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

counted as (

    select
        entries.owner_id,
        agents.name as owner_name,
        agents.team,
        cast(date_trunc('month', entries.happened_at) as date) as period_start,
        count(*) filter (where entries.is_created) as created_count,
        count(*) filter (where entries.is_won) as won_count,
        count(*) filter (where entries.is_lost) as lost_count,
        cast(coalesce(sum(entries.won_value_base), 0) as decimal(18, 4)) as won_value_base,
        avg(entries.cycle_days) as mean_cycle_days,
        median(cast(entries.cycle_days as double)) as median_cycle_days

    from entries

    left join agents
        on entries.owner_id = agents.agent_id

    group by
        entries.owner_id,
        agents.name,
        agents.team,
        date_trunc('month', entries.happened_at)

),

ranked as (

    select
        owner_id,
        owner_name,
        team,
        created_count,
        won_count,
        lost_count,
        won_value_base,
        won_count / nullif(won_count + lost_count, 0) as win_rate,
        mean_cycle_days,
        median_cycle_days,
        case
            when team is not null
                then rank() over (
                    partition by team, period_start
                    order by won_value_base desc
                )
        end as rank_in_team,
        case
            when team is not null
                then
                    cast(won_value_base as double)
                    / nullif(sum(won_value_base) over (partition by team, period_start), 0)
        end as share_of_team,
        period_start

    from counted

)

select * from ranked
