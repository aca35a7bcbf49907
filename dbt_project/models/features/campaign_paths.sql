-- Grain: one row per touch of a path; a conversion without touches has one row.
with

conversions as (

    select * from {{ ref('int_conversions__unioned') }}

),

touches as (

    select * from {{ ref('int_touches__pathed') }}

),

paths as (

    select
        conversions.conversion_id as path_id,
        conversions.conversion_type,
        conversions.is_acquisition,
        conversions.customer_id,
        true as is_converted,
        conversions.converted_at,
        conversions.currency,
        conversions.conversion_value,
        conversions.conversion_value_base,
        coalesce(touches.touch_index, 0) as touch_index,
        coalesce(touches.touch_count, 0) as touch_count,
        touches.touch_id,
        touches.touched_at,
        touches.campaign_id,
        -- direct is what nothing touched; a touch of an unnamed channel is a touch all the same
        case
            when touches.touch_id is null then 'direct'
            else coalesce(nullif(touches.channel, 'direct'), 'unassigned')
        end as channel

    from conversions

    left join touches
        on conversions.conversion_id = touches.conversion_id

    union all

    select
        'open:' || customer_id as path_id,
        cast(null as varchar) as conversion_type,
        false as is_acquisition,
        customer_id,
        false as is_converted,
        cast(null as timestamp) as converted_at,
        cast(null as varchar) as currency,
        cast(0 as decimal(18, 4)) as conversion_value,
        cast(0 as decimal(18, 4)) as conversion_value_base,
        touch_index,
        touch_count,
        touch_id,
        touched_at,
        campaign_id,
        coalesce(nullif(channel, 'direct'), 'unassigned') as channel

    from touches

    where conversion_id is null

)

select * from paths
