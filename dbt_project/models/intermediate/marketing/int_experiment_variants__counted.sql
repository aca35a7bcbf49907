-- Grain: one row per experiment and variant: who was shown it, and whether the split is as planned.
with

units as (

    select * from {{ ref('int_experiment_units__assigned') }}

),

names as (

    select
        experiment_id,
        variant_id,
        max_by(experiment_name, (exposed_at, web_event_id)) as experiment_name,
        max_by(variant_name, (exposed_at, web_event_id)) as variant_name
    from {{ ref('stg_experiment_exposures') }}
    group by
        experiment_id,
        variant_id

),

-- chance of 1 in 1000 that a chi-square of so many degrees of freedom is larger
critical_values as (

    select
        stated.degrees,
        stated.chi_square
    from (
        values
        (1, 10.828),
        (2, 13.816),
        (3, 16.266),
        (4, 18.467),
        (5, 20.515),
        (6, 22.458),
        (7, 24.322),
        (8, 26.124),
        (9, 27.877)
    ) as stated (degrees, chi_square)

),

counted as (

    select
        experiment_id,
        variant_id,
        count(*) filter (where not is_mixed) as visitor_count,
        count(*) filter (where is_mixed) as mixed_visitor_count,
        count(*) filter (
            where not is_mixed
            and exposed_at + interval '{{ var("experiment_days") }}' day > {{ as_of() }}
        ) as pending_visitor_count,
        min(exposed_at) as first_exposed_at,
        max(exposed_at) as last_exposed_at
    from units
    group by
        experiment_id,
        variant_id

),

-- equal shares are what a split without a stated ratio promises
compared as (

    select
        *,
        count(*) over of_experiment - 1 as degrees,
        sum(visitor_count) over of_experiment as total_count,
        sum(visitor_count * visitor_count) over of_experiment as total_of_squares,
        row_number() over (
            partition by experiment_id
            order by
                case
                    when regexp_matches(lower(variant_id), '^(control|original|baseline|a|0)$')
                        then 0
                    else 1
                end,
                variant_id
        ) = 1 as is_control
    from counted
    window of_experiment as (partition by experiment_id)

),

-- the sum of (count - expected)^2 / expected over all variants, in whole numbers up to the division
tested as (

    select
        *,
        ((degrees + 1) * total_of_squares - total_count * total_count)
        / nullif(total_count, 0) as srm_chi_square
    from compared

),

checked as (

    select
        tested.experiment_id,
        names.experiment_name,
        tested.variant_id,
        names.variant_name,
        tested.is_control,
        tested.visitor_count,
        tested.mixed_visitor_count,
        tested.pending_visitor_count,
        tested.srm_chi_square,
        tested.srm_chi_square > critical_values.chi_square as has_sample_ratio_mismatch,
        tested.first_exposed_at,
        tested.last_exposed_at

    from tested

    left join critical_values
        on tested.degrees = critical_values.degrees

    left join names
        on
            tested.experiment_id = names.experiment_id
            and tested.variant_id = names.variant_id

)

select * from checked
