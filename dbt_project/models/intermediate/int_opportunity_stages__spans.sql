-- Grain: one row per stay of one opportunity in one stage.
with

entries as (

    select * from {{ ref('int_opportunity_stages__entries') }}

),

with_previous as (

    select
        *,
        lag(stage_name) over (
            partition by opportunity_id
            order by entered_at, tie_break
        ) as previous_stage_name
    from entries
    where entered_at is not null

),

-- a version that changed another field repeats the stage
changes as (

    select *
    from with_previous
    where stage_name is distinct from previous_stage_name

),

spans as (

    select
        opportunity_id,
        row_number() over in_order as stage_index,
        lag(stage_name) over in_order as from_stage,
        stage_name,
        lead(stage_name) over in_order as to_stage,
        entered_at,
        lead(entered_at) over in_order as exited_at,
        evidence,
        known_at
    from changes
    window in_order as (
        partition by opportunity_id
        order by entered_at, tie_break
    )

)

select * from spans
