-- Grain: one row per colleague who sells and calendar month with a deal, an activity or a quota.
with

events as (

    select * from {{ ref('int_opportunity_events__dated') }}

),

activities as (

    select * from {{ ref('int_rep_activities__monthly') }}

),

targets as (

    select * from {{ ref('int_rep_targets__monthly') }}

),

deals as (

    select
        owner_id,
        period_start,
        count(*) filter (where event_type = 'created') as created_count,
        count(*) filter (where event_type = 'won') as won_count,
        count(*) filter (where event_type = 'lost') as lost_count,
        sum(won_value_base) as won_value_base,
        avg(won_value_base) as mean_deal_base,
        avg(cycle_days) as mean_cycle_days,
        median(cast(cycle_days as double)) as median_cycle_days
    from events
    group by owner_id, period_start

),

months as (

    select
        owner_id,
        period_start
    from deals

    union

    select
        owner_id,
        period_start
    from activities

    union

    select
        owner_id,
        period_start
    from targets

),

summed as (

    select
        months.owner_id,
        months.period_start,
        coalesce(activities.activity_count, 0) as activity_count,
        coalesce(activities.contacted_customer_count, 0) as contacted_customer_count,
        coalesce(deals.created_count, 0) as created_count,
        coalesce(deals.won_count, 0) as won_count,
        coalesce(deals.lost_count, 0) as lost_count,
        try_cast(coalesce(deals.won_value_base, 0) as decimal(18, 4)) as won_value_base,
        deals.mean_deal_base,
        deals.mean_cycle_days,
        deals.median_cycle_days,
        targets.quota_base

    from months

    left join deals
        on
            months.owner_id is not distinct from deals.owner_id
            and months.period_start = deals.period_start

    left join activities
        on
            months.owner_id = activities.owner_id
            and months.period_start = activities.period_start

    left join targets
        on
            months.owner_id = targets.owner_id
            and months.period_start = targets.period_start

)

select * from summed
