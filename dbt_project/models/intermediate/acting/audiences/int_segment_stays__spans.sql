-- Grain: one row per stay of one customer in one segment, over the runs that were scored.
with

segments as (

    select
        customer_id,
        segment_name,
        as_of
    from {{ source('crm', 'customer_segments') }}

),

runs as (

    select
        as_of,
        lead(as_of) over (
            order by as_of
        ) as next_as_of,
        row_number() over (
            order by as_of
        ) as run_number
    from (select distinct segments.as_of from segments) as distinct_runs

),

-- runs in a row differ from the number of the row within the segment by the same amount
numbered as (

    select
        segments.customer_id,
        segments.segment_name,
        segments.as_of,
        runs.next_as_of,
        runs.run_number - row_number() over (
            partition by segments.customer_id, segments.segment_name
            order by runs.run_number
        ) as stay
    from segments
    inner join runs
        on segments.as_of = runs.as_of

),

stays as (

    select
        customer_id,
        segment_name,
        min(as_of) as entered_at,
        max_by(next_as_of, as_of) as exited_at
    from numbered
    group by
        customer_id,
        segment_name,
        stay

)

select * from stays
