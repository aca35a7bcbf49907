-- Grain: one row per month of entry, source, campaign and lifecycle stage.
with

stage_entries as (

    select * from {{ ref('int_people__funnel_entered') }}

),

counted as (

    select
        cast(date_trunc('month', entered_at) as date) as period_start,
        source,
        campaign_id,
        lifecycle_stage,
        stage_order,

        count(*) as entered_count,
        count(next_entered_at) as converted_count,
        median(epoch(next_entered_at - entered_at) / 86400) as median_days_to_next

    from stage_entries

    group by
        date_trunc('month', entered_at),
        source,
        campaign_id,
        lifecycle_stage,
        stage_order

),

funnel as (

    select
        source,
        campaign_id,
        lifecycle_stage,
        cast(stage_order as integer) as stage_order,
        entered_count,
        converted_count,
        case when lifecycle_stage <> 'customer' then converted_count / entered_count end
            as conversion_rate,
        median_days_to_next,
        period_start

    from counted

)

select * from funnel
