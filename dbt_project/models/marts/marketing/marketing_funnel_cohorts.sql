-- Grain: one row per month of the first stage, source, campaign and lifecycle stage.
with

stage_entries as (

    select
        *,
        cast(date_trunc('month', first_entered_at) as date) as cohort_month,
        epoch(entered_at - previous_entered_at) / 86400 as days_from_previous,
        epoch(entered_at - first_entered_at) / 86400 as days_from_first
    from {{ ref('int_people__funnel_entered') }}

),

cohorts as (

    select
        cohort_month,
        source,
        campaign_id,
        count(*) as cohort_count
    from stage_entries
    where stage_order = 1
    group by
        cohort_month,
        source,
        campaign_id

),

-- a stage that nobody of a cohort has reached is a row too
stages as (

    select
        stated.lifecycle_stage,
        stated.stage_order
    from (
        values
        ('subscriber', 1),
        ('lead', 2),
        ('mql', 3),
        ('sql', 4),
        ('opportunity', 5),
        ('customer', 6)
    ) as stated (lifecycle_stage, stage_order)

),

counted as (

    select
        cohort_month,
        source,
        campaign_id,
        stage_order,
        count(*) as reached_count,
        median(days_from_previous) as median_days_from_previous,
        quantile_cont(days_from_previous, 0.9) as p90_days_from_previous,
        median(days_from_first) as median_days_from_first
    from stage_entries
    group by
        cohort_month,
        source,
        campaign_id,
        stage_order

),

joined as (

    select
        cohorts.cohort_month,
        cohorts.source,
        cohorts.campaign_id,
        stages.lifecycle_stage,
        stages.stage_order,
        cohorts.cohort_count,
        coalesce(counted.reached_count, 0) as reached_count,
        counted.median_days_from_previous,
        counted.p90_days_from_previous,
        counted.median_days_from_first

    from cohorts

    cross join stages

    left join counted
        on
            cohorts.cohort_month = counted.cohort_month
            and cohorts.source = counted.source
            and cohorts.campaign_id is not distinct from counted.campaign_id
            and stages.stage_order = counted.stage_order

),

with_previous as (

    select
        *,
        lag(reached_count) over (
            partition by cohort_month, source, campaign_id
            order by stage_order
        ) as previous_reached_count
    from joined

),

rated as (

    select
        source,
        campaign_id,
        lifecycle_stage,
        stage_order,
        cohort_count,
        reached_count,
        previous_reached_count,
        reached_count / nullif(previous_reached_count, 0) as step_rate,
        reached_count / cohort_count as cohort_rate,
        median_days_from_previous,
        p90_days_from_previous,
        median_days_from_first,
        cohort_month
    from with_previous

)

select * from rated
