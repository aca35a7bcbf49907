-- Grain: one row per team and calendar month in which one of its colleagues has a row.
with

reps as (

    select * from {{ ref('rep_performance') }}

),

events as (

    select * from {{ ref('int_opportunity_events__dated') }}

),

-- a mean or a median of the team is over its deals, not over its colleagues
deals as (

    select
        team,
        period_start,
        avg(won_value_base) as mean_deal_base,
        avg(cycle_days) as mean_cycle_days,
        median(cast(cycle_days as double)) as median_cycle_days
    from events
    group by team, period_start

),

summed as (

    select
        team,
        period_start,
        count(owner_id) filter (where created_count + won_count + lost_count > 0) as rep_count,
        cast(sum(activity_count) as bigint) as activity_count,
        cast(sum(created_count) as bigint) as created_count,
        cast(sum(won_count) as bigint) as won_count,
        cast(sum(lost_count) as bigint) as lost_count,
        try_cast(sum(won_value_base) as decimal(18, 4)) as won_value_base,
        try_cast(sum(won_value_base) filter (where quota_base is not null) as decimal(18, 4))
            as won_with_quota_base,
        try_cast(sum(quota_base) as decimal(18, 4)) as quota_base
    from reps
    group by team, period_start

),

ranked as (

    select
        summed.team,
        summed.rep_count,
        summed.activity_count,
        summed.created_count,
        summed.won_count,
        summed.lost_count,
        summed.won_value_base,
        deals.mean_deal_base,
        summed.won_count / nullif(summed.won_count + summed.lost_count, 0) as win_rate,
        deals.mean_cycle_days,
        deals.median_cycle_days,
        summed.quota_base,
        cast(summed.won_with_quota_base as double) / nullif(summed.quota_base, 0)
            as quota_attainment,
        case
            when summed.team is not null
                then rank() over (
                    partition by summed.period_start, summed.team is null
                    order by summed.won_value_base desc
                )
        end as rank_of_teams,
        cast(summed.won_value_base as double)
        / nullif(sum(summed.won_value_base) over (partition by summed.period_start), 0)
            as share_of_company,
        summed.period_start

    from summed

    left join deals
        on
            summed.team is not distinct from deals.team
            and summed.period_start = deals.period_start

)

select * from ranked
