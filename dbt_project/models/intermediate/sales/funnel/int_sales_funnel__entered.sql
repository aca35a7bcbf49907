-- Grain: one row per lead or opportunity and stage it ever entered.
with

stays as (

    select
        'opportunity' as record_type,
        opportunity_id as record_id,
        owner_id,
        product_id,
        pipeline,
        stage_index,
        stage_name,
        stage_order,
        amount_base,
        days_in_stage,
        is_closed and not is_won as is_lost_stage,
        false as is_lost_undated,
        entered_at
    from {{ ref('fct_opportunity_stage_history') }}

    union all by name

    select
        'lead' as record_type,
        lead_id as record_id,
        owner_id,
        'leads' as pipeline,
        stage_index,
        stage_name,
        stage_order,
        days_in_stage,
        stage_name = 'closed' as is_lost_stage,
        is_lost_undated,
        entered_at
    from {{ ref('fct_lead_stage_history') }}

),

with_next as (

    select
        *,
        coalesce(lead(is_lost_stage) over in_order, false)
        or is_lost_undated as is_followed_by_loss,
        max(case when not is_lost_stage then coalesce(stage_order, 0) end) over (
            partition by record_type, record_id
            order by stage_index
            rows between 1 following and unbounded following
        ) as furthest_order_after
    from stays
    window in_order as (
        partition by record_type, record_id
        order by stage_index
    )

),

-- who comes back to a stage entered it once, when they first came
entries as (

    select
        record_type,
        record_id,
        owner_id,
        product_id,
        pipeline,
        stage_name,
        min(stage_order) as stage_order,
        min(entered_at) as entered_at,
        sum(cast(days_in_stage as decimal(18, 6))) as days_in_stage,
        max(amount_base) as value_base,
        coalesce(
            max(furthest_order_after) > min(coalesce(stage_order, 0)), false
        ) as is_converted,
        bool_or(is_followed_by_loss) as is_followed_by_loss

    from with_next

    group by
        record_type,
        record_id,
        owner_id,
        product_id,
        pipeline,
        stage_name

)

select * from entries
