-- Grain: one row per touch of a path; a conversion without touches has one row.
with

conversions as (

    select * from {{ ref('int_conversions__unioned') }}

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
        converted_at as happened_at,
        1 as is_conversion,
        conversion_id as event_id
    from conversions
    where customer_id is not null

),

-- A touch belongs to the first conversion at or after it: the one whose number is one more than
-- that of the conversions before the touch. Of two in the same moment the first gets it.
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
            conversions.conversion_id = numbered.event_id
            and numbered.is_conversion = 1

),

touches_of_paths as (

    select
        numbered.customer_id,
        numbered_conversions.conversion_id,
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
            touches.touched_at
            > numbered_conversions.converted_at - interval '{{ var("attribution_days") }}' day,
            true
        )

),

indexed as (

    select
        *,
        row_number() over (
            partition by customer_id, conversion_id
            order by touched_at, touch_id
        ) as touch_index,
        count(*) over (
            partition by customer_id, conversion_id
        ) as touch_count
    from touches_of_paths

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
        coalesce(indexed.touch_index, 0) as touch_index,
        coalesce(indexed.touch_count, 0) as touch_count,
        indexed.touch_id,
        indexed.touched_at,
        indexed.campaign_id,
        -- direct is what nothing touched; a touch of an unnamed channel is a touch all the same
        case
            when indexed.touch_id is null then 'direct'
            else coalesce(nullif(indexed.channel, 'direct'), 'unassigned')
        end as channel

    from conversions

    left join indexed
        on conversions.conversion_id = indexed.conversion_id

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

    from indexed

    where conversion_id is null

)

select * from paths
