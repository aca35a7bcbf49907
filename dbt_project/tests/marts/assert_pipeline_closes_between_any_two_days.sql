-- Days on which the movements so far do not add up to what is open at the end of the day. No such
-- day means that the waterfall closes between any two days.
with

moved as (

    select
        pipeline,
        date_day,
        sum(open_count_change) as open_count_change,
        sum(open_base_change) as open_base_change
    from {{ ref('fct_pipeline_movements') }}
    group by pipeline, date_day

),

open_daily as (

    select
        pipeline,
        date_day,
        sum(open_count) as open_count,
        sum(amount_base) as open_base
    from {{ ref('fct_pipeline_daily') }}
    group by pipeline, date_day

),

first_days as (

    select
        pipeline,
        min(date_day) as first_day
    from moved
    group by pipeline

),

days as (

    select
        pipeline,
        cast(unnest(range(
            cast(first_day as timestamp), {{ as_of() }}, interval 1 day
        )) as date) as date_day
    from first_days

),

compared as (

    select
        days.pipeline,
        days.date_day,
        sum(coalesce(moved.open_count_change, 0)) over so_far as moved_count,
        sum(coalesce(moved.open_base_change, 0)) over so_far as moved_base,
        coalesce(open_daily.open_count, 0) as open_count,
        coalesce(open_daily.open_base, 0) as open_base

    from days

    left join moved
        on days.pipeline = moved.pipeline and days.date_day = moved.date_day

    left join open_daily
        on days.pipeline = open_daily.pipeline and days.date_day = open_daily.date_day

    window so_far as (
        partition by days.pipeline
        order by days.date_day
    )

)

select *
from compared
where moved_count <> open_count or moved_base <> open_base
