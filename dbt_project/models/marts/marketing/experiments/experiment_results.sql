-- Grain: one row per experiment, variant and goal.
{% set z = 1.959963985 %}

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
        cast(
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

),

-- Wilson 1927: a rate of few visitors is pulled to the middle and never leaves 0 to 1
bounded as (

    select
        *,
        (rate + {{ z }} * {{ z }} / (2 * visitor_count)) / (1 + {{ z }} * {{ z }} / visitor_count)
            as middle,
        {{ z }} * sqrt(
            rate * (1 - rate) / visitor_count
            + {{ z }} * {{ z }} / (4 * power(visitor_count, 2))
        ) / (1 + {{ z }} * {{ z }} / visitor_count) as half_width
    from rated

),

controls as (

    select * from bounded
    where is_control

),

-- Newcombe 1998, method 10: the interval of a difference from the Wilson bounds of both rates
compared as (

    select
        bounded.*,
        bounded.middle - bounded.half_width as rate_low,
        bounded.middle + bounded.half_width as rate_high,
        bounded.rate - controls.rate as rate_difference,
        bounded.rate / nullif(controls.rate, 0) - 1 as lift,
        sqrt(
            power(bounded.rate - (bounded.middle - bounded.half_width), 2)
            + power(controls.middle + controls.half_width - controls.rate, 2)
        ) as below,
        sqrt(
            power(bounded.middle + bounded.half_width - bounded.rate, 2)
            + power(controls.rate - (controls.middle - controls.half_width), 2)
        ) as above

    from bounded

    inner join controls
        on
            bounded.experiment_id = controls.experiment_id
            and bounded.goal = controls.goal

),

described as (

    select
        experiment_id,
        experiment_name,
        variant_id,
        variant_name,
        goal,
        is_control,
        visitor_count,
        converted_count,
        pending_visitor_count,
        mixed_visitor_count,
        value_base,
        rate as conversion_rate,
        rate_low as conversion_rate_low,
        rate_high as conversion_rate_high,
        case when not is_control then lift end as lift,
        case when not is_control then rate_difference end as rate_difference,
        case when not is_control then rate_difference - below end as rate_difference_low,
        case when not is_control then rate_difference + above end as rate_difference_high,
        case
            when not is_control
                then rate_difference - below > 0 or rate_difference + above < 0
        end as is_significant,
        srm_chi_square,
        has_sample_ratio_mismatch,
        first_exposed_at,
        last_exposed_at

    from compared

)

select * from described
