-- Grain: one row per kind of record, owner, team, pipeline, product, stage and month of entry.
with

entries as (

    select * from {{ ref('int_sales_funnel__entered') }}

),

agents as (

    select * from {{ ref('dim_agents') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

counted as (

    select
        entries.record_type,
        entries.owner_id,
        agents.name as owner_name,
        agents.team,
        entries.pipeline,
        entries.product_id,
        products.name as product_name,
        entries.stage_name,
        cast(date_trunc('month', entries.entered_at) as date) as period_start,

        min(entries.stage_order) as stage_order,
        count(*) as entered_count,
        count(*) filter (where entries.is_converted) as converted_count,
        count(*) filter (where entries.is_followed_by_loss and not entries.is_converted)
            as lost_count,
        avg(entries.days_in_stage) as mean_days_in_stage,
        median(cast(entries.days_in_stage as double)) as median_days_in_stage,
        sum(entries.value_base) as value_base,
        sum(entries.value_base) filter (where entries.is_converted) as converted_value_base

    from entries

    left join agents
        on entries.owner_id = agents.agent_id

    left join products
        on entries.product_id = products.product_id

    group by
        entries.record_type,
        entries.owner_id,
        agents.name,
        agents.team,
        entries.pipeline,
        entries.product_id,
        products.name,
        entries.stage_name,
        date_trunc('month', entries.entered_at)

),

funnel as (

    select
        record_type,
        owner_id,
        owner_name,
        team,
        pipeline,
        product_id,
        product_name,
        stage_name,
        cast(stage_order as integer) as stage_order,
        entered_count,
        converted_count,
        lost_count,
        entered_count - converted_count - lost_count as remaining_count,
        converted_count / entered_count as conversion_rate,
        mean_days_in_stage,
        median_days_in_stage,
        try_cast(value_base as decimal(18, 4)) as value_base,
        try_cast(converted_value_base as decimal(18, 4)) as converted_value_base,
        period_start

    from counted

)

select * from funnel
