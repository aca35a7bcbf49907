-- Grain: one row per customer whose origin any record or visit tells of.
with

records as (

    select * from {{ ref('int_customer_records__unioned') }}

),

sessions as (

    select * from {{ ref('fct_web_sessions') }}

),

stated as (

    select
        customer_id,
        source_label,
        created_at as seen_at,
        record_id as tie_break
    from records
    where source_label is not null and created_at is not null

    union all

    select
        customer_id,
        channel_group as source_label,
        started_at as seen_at,
        session_id as tie_break
    from sessions
    where customer_id is not null and not is_bot

),

ordered as (

    select
        customer_id,
        source_label,
        row_number() over (
            partition by customer_id
            order by seen_at, tie_break
        ) as source_index
    from stated

),

summed as (

    select
        customer_id,
        min_by(source_label, source_index) as original_source,
        max_by(source_label, source_index) as latest_source
    from ordered
    group by customer_id

)

select * from summed
