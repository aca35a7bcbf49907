-- Grain: one row per experiment, variant and goal.
with

rated as (

    select * from {{ ref('int_experiment_goals__rated') }}

),

bounded as (

    select
        *,
        {{ wilson_bound('converted_count', 'visitor_count', '-') }} as rate_low,
        {{ wilson_bound('converted_count', 'visitor_count', '+') }} as rate_high
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
        bounded.rate - controls.rate as rate_difference,
        bounded.rate / nullif(controls.rate, 0) - 1 as lift,
        sqrt(
            power(bounded.rate - bounded.rate_low, 2) + power(controls.rate_high - controls.rate, 2)
        ) as below,
        sqrt(
            power(bounded.rate_high - bounded.rate, 2) + power(controls.rate - controls.rate_low, 2)
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
