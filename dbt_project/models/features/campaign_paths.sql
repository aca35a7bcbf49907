-- Grain: one row per touch of a path; a conversion without touches has one row.
with

conversions as (

    -- a credit note is no conversion
    select
        order_id,
        customer_id,
        placed_at,
        cast(coalesce(revenue_base, 0) as decimal(18, 4)) as conversion_value
    from {{ ref('fct_orders') }}
    where
        not is_cancelled
        and coalesce(revenue_base >= 0, true)
        and known_at <= {{ as_of() }}

),

touches as (

    select
        touch_id,
        customer_id,
        campaign_id,
        channel,
        touched_at
    from {{ ref('fct_campaign_touches') }}
    where
        customer_id is not null
        and known_at <= {{ as_of() }}

),

events as (

    select
        customer_id,
        touched_at as happened_at,
        0 as is_conversion,
        touch_id as event_id
    from touches

    union all

    select
        customer_id,
        placed_at as happened_at,
        1 as is_conversion,
        order_id as event_id
    from conversions
    where customer_id is not null

),

-- A touch belongs to the first conversion at or after it: the one whose number is one more than
-- that of the conversions before the touch. Of two orders in the same moment the first gets it.
numbered as (

    select
        *,
        coalesce(
            sum(is_conversion) over (
                partition by customer_id
                order by happened_at, is_conversion, event_id
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) + 1 as path_number
    from events

),

numbered_conversions as (

    select
        conversions.*,
        numbered.path_number

    from conversions

    left join numbered
        on
            conversions.order_id = numbered.event_id
            and numbered.is_conversion = 1

),

touches_of_paths as (

    select
        numbered.customer_id,
        numbered_conversions.order_id,
        touches.touch_id,
        touches.campaign_id,
        touches.channel,
        touches.touched_at

    from numbered

    inner join touches
        on numbered.event_id = touches.touch_id

    left join numbered_conversions
        on
            numbered.customer_id = numbered_conversions.customer_id
            and numbered.path_number = numbered_conversions.path_number

    where
        numbered.is_conversion = 0
        and coalesce(
            touches.touched_at > numbered_conversions.placed_at - interval '90' day,
            true
        )

),

indexed as (

    select
        *,
        row_number() over (
            partition by customer_id, order_id
            order by touched_at, touch_id
        ) as touch_index,
        count(*) over (
            partition by customer_id, order_id
        ) as touch_count
    from touches_of_paths

),

paths as (

    select
        conversions.order_id as path_id,
        conversions.customer_id,
        true as is_converted,
        conversions.placed_at as converted_at,
        conversions.conversion_value,
        coalesce(indexed.touch_index, 0) as touch_index,
        coalesce(indexed.touch_count, 0) as touch_count,
        indexed.touched_at,
        indexed.campaign_id,
        case when indexed.touch_id is null then 'direct' else indexed.channel end as channel

    from conversions

    left join indexed
        on conversions.order_id = indexed.order_id

    union all

    select
        'open:' || customer_id as path_id,
        customer_id,
        false as is_converted,
        cast(null as timestamp) as converted_at,
        cast(0 as decimal(18, 4)) as conversion_value,
        touch_index,
        touch_count,
        touched_at,
        campaign_id,
        channel

    from indexed

    where order_id is null

)

select * from paths
