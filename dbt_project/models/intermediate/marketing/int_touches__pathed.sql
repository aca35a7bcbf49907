-- Grain: one row per touch and customer whose conversion it led to; or that it led to none of yet.
with

conversions as (

    select * from {{ ref('int_conversions__unioned') }}

),

touches as (

    select * from {{ ref('int_touches__attributable') }}

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
        on
            numbered.customer_id = touches.customer_id
            and numbered.event_id = touches.touch_id

    left join numbered_conversions
        on
            numbered.customer_id = numbered_conversions.customer_id
            and numbered.path_number = numbered_conversions.path_number

    where
        numbered.is_conversion = 0
        -- a person's touch that led their company to nothing is the person's alone
        and not (touches.is_of_account and numbered_conversions.conversion_id is null)
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

)

select * from indexed
