-- Grain: one row per colleague who sells and calendar month with a deal, an activity or a quota.
with

months as (

    select * from {{ ref('int_rep_months__summed') }}

),

agents as (

    select * from {{ ref('dim_agents') }}

),

named as (

    select
        months.*,
        agents.name as owner_name,
        agents.team

    from months

    left join agents
        on months.owner_id = agents.agent_id

),

ranked as (

    select
        owner_id,
        owner_name,
        team,
        activity_count,
        contacted_customer_count,
        created_count,
        won_count,
        lost_count,
        won_value_base,
        mean_deal_base,
        won_count / nullif(won_count + lost_count, 0) as win_rate,
        mean_cycle_days,
        median_cycle_days,
        quota_base,
        cast(won_value_base as double) / nullif(quota_base, 0) as quota_attainment,
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
        case
            when owner_id is not null
                then rank() over (
                    partition by period_start, owner_id is null
                    order by won_value_base desc
                )
        end as rank_in_company,
        cast(won_value_base as double)
        / nullif(sum(won_value_base) over (partition by period_start), 0) as share_of_company,
        cast(
            sum(won_value_base) over (
                partition by period_start
                order by won_value_base desc, owner_id asc nulls last
                rows between unbounded preceding and current row
            ) as double
        ) / nullif(sum(won_value_base) over (partition by period_start), 0) as cumulative_share,
        period_start

    from named

)

select * from ranked
