-- Grain: one row per goal and period from the first with data to the one under way.
with

goals as (

    select
        *,
        cast({{ as_of() }} as date) as today,
        case period_type when 'month' then 1 when 'quarter' then 3 when 'year' then 12 end
            as month_count
    from {{ ref('goals') }}

),

months as (

    select
        goals.goal_id,
        cast(date_trunc(goals.period_type, metrics.month) as date) as period_start,
        metrics.numerator,
        metrics.denominator,
        metrics.metric in ('win_rate', 'lead_conversion_rate') as is_rate

    from goals

    inner join {{ ref('int_goal_metrics__monthly') }} as metrics
        on
            goals.metric = metrics.metric
            and (
                goals.scope = 'company'
                or (goals.scope = 'team' and goals.scope_value = metrics.team)
                or (goals.scope = 'rep' and goals.scope_value = metrics.owner_id)
            )

    where metrics.month < goals.today

),

summed as (

    select
        goal_id,
        period_start,
        case
            when is_rate then cast(sum(numerator) as double) / nullif(sum(denominator), 0)
            else cast(sum(numerator) as double)
        end as actual
    from months
    group by goal_id, period_start, is_rate

),

first_periods as (

    select
        goal_id,
        min(period_start) as first_period
    from summed
    group by goal_id

),

periods as (

    select
        goals.goal_id,
        goals.month_count,
        goals.today,
        goals.valid_from,
        goals.valid_to,
        first_periods.first_period,
        cast(unnest(range(
            cast(first_periods.first_period as timestamp),
            cast(goals.today as timestamp),
            to_months(goals.month_count)
        )) as date) as period_start
    from goals
    inner join first_periods
        on goals.goal_id = first_periods.goal_id

),

-- a period between two with data in which nothing happened has 0 of what is counted
measured as (

    select
        periods.goal_id,
        periods.period_start,
        cast(periods.period_start + to_months(periods.month_count) as date) as next_period_start,
        periods.today,
        coalesce(
            summed.actual,
            case when goals.metric not in ('win_rate', 'lead_conversion_rate') then 0 end
        ) as actual,
        coalesce(periods.period_start >= periods.valid_from, true)
        and coalesce(periods.period_start <= periods.valid_to, true) as is_valid

    from periods

    inner join goals
        on periods.goal_id = goals.goal_id

    left join summed
        on
            periods.goal_id = summed.goal_id
            and periods.period_start = summed.period_start

)

select * from measured
