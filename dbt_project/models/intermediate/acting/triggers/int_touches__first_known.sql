-- Grain: one row per personal touch; with an as-of join the first one known after a moment.
with

touches as (

    select
        *,
        greatest(touched_at, known_at) as known_from
    from {{ ref('int_touches__unioned') }}
    where contact_kind = 'personal'

),

described as (

    select
        touch_id,
        customer_id,
        channel,
        touched_at,
        -- touches of one moment share the value: the as-of join may find any of them
        min(known_from) over (
            partition by customer_id
            order by touched_at
            range between current row and unbounded following
        ) as touch_known_by,
        min(known_from) filter (where channel = 'email') over (
            partition by customer_id
            order by touched_at
            range between current row and unbounded following
        ) as email_known_by
    from touches

)

select * from described
