-- Grain: one row per experiment, variant and goal: who reached it, of those who were shown it.
with

variants as (

    select * from {{ ref('int_experiment_variants__counted') }}

),

reached as (

    select * from {{ ref('int_experiment_goals__reached') }}

),

-- a goal that one variant reaches is a goal of all of them, and the purchase always is
goals as (

    select distinct
        experiment_id,
        goal
    from reached

    union

    select distinct
        experiment_id,
        'conversion' as goal
    from variants

),

counted as (

    select
        experiment_id,
        variant_id,
        goal,
        count(*) as converted_count,
        sum(value_base) as value_base
    from reached
    group by
        experiment_id,
        variant_id,
        goal

),

rated as (

    select
        variants.*,
        goals.goal,
        coalesce(counted.converted_count, 0) as converted_count,
        try_cast(
            case when goals.goal = 'conversion' then coalesce(counted.value_base, 0) end
            as decimal(18, 4)
        ) as value_base,
        cast(coalesce(counted.converted_count, 0) as double)
        / nullif(variants.visitor_count, 0) as rate

    from variants

    inner join goals
        on variants.experiment_id = goals.experiment_id

    left join counted
        on
            variants.experiment_id = counted.experiment_id
            and variants.variant_id = counted.variant_id
            and goals.goal = counted.goal

)

select * from rated
