-- Grain: one row per goal and period for which it holds, up to the one under way.
with

goals as (

    select * from {{ ref('goals') }}

),

measured as (

    select * from {{ ref('int_goals__measured') }}

),

with_target as (

    select
        goals.goal_id,
        goals.goal_name,
        goals.metric,
        goals.scope,
        goals.scope_value,
        goals.period_type,
        measured.period_start,
        measured.next_period_start,
        goals.target_type,
        goals.target_value,
        year_before.actual as actual_year_before,
        case goals.target_type
            when 'absolute' then goals.target_value
            else year_before.actual * (1 + goals.target_value)
        end as target,
        measured.actual,
        measured.next_period_start <= measured.today as is_complete,
        least(
            (measured.today - measured.period_start)
            / (measured.next_period_start - measured.period_start),
            1
        ) as elapsed_share,
        goals.metric in ('win_rate', 'lead_conversion_rate') as is_rate

    from measured

    inner join goals
        on measured.goal_id = goals.goal_id

    left join measured as year_before
        on
            measured.goal_id = year_before.goal_id
            and year_before.period_start
            = cast(measured.period_start - interval 1 year as date)

    where measured.is_valid

),

-- half a quarter is to bring half of the revenue, but the whole of the win rate
with_expected as (

    select
        *,
        case when is_rate then target else target * elapsed_share end as expected
    from with_target

),

tracked as (

    select
        goal_id,
        goal_name,
        metric,
        scope,
        scope_value,
        period_type,
        period_start,
        next_period_start - 1 as period_end,
        target_type,
        target_value,
        actual_year_before,
        target,
        actual,
        target - actual as gap,
        actual / nullif(target, 0) as attainment,
        elapsed_share,
        expected,
        case
            when target is null or actual is null then 'unknown'
            when actual >= target and (is_complete or not is_rate) then 'met'
            when is_complete then 'missed'
            when actual >= expected then 'on_track'
            else 'behind'
        end as status,
        is_complete

    from with_expected

)

select * from tracked
