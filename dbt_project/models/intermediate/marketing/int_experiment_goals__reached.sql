-- Grain: one row per experiment, visitor and goal reached in the days after the first exposure.
with

units as (

    select * from {{ ref('int_experiment_units__assigned') }}
    where not is_mixed

),

goals as (

    select
        coalesce(goals.customer_id, sessions.visitor_id) as visitor_id,
        goals.goal,
        cast(null as decimal(18, 4)) as value_base,
        goals.reached_at
    from {{ ref('fct_web_goals') }} as goals
    inner join {{ ref('fct_web_sessions') }} as sessions
        on goals.session_id = sessions.session_id
    where not goals.is_bot

    union all

    select
        customer_id as visitor_id,
        'conversion' as goal,
        conversion_value_base as value_base,
        converted_at as reached_at
    from {{ ref('int_conversions__unioned') }}
    where customer_id is not null

),

reached as (

    select
        units.experiment_id,
        units.variant_id,
        units.visitor_id,
        goals.goal,
        count(*) as reached_count,
        sum(goals.value_base) as value_base,
        min(goals.reached_at) as reached_at
    from units
    inner join goals
        on
            units.visitor_id = goals.visitor_id
            and units.exposed_at <= goals.reached_at
            and goals.reached_at
            < units.exposed_at + interval '{{ var("experiment_days") }}' day
    where goals.reached_at <= {{ as_of() }}
    group by
        units.experiment_id,
        units.variant_id,
        units.visitor_id,
        goals.goal

)

select * from reached
