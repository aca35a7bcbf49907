-- Grain: one row per stay of one customer in one audience: entered, and left or still there.
with

reasons as (

    select * from {{ ref('int_audience_reasons__unioned') }}

),

segment_stays as (

    select * from {{ ref('int_segment_stays__spans') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

marketable as (

    select distinct customer_id
    from {{ ref('int_permissions__current') }}
    where purpose = 'marketing' and is_allowed

),

-- a new stay begins where no earlier reason still holds
with_previous_end as (

    select
        *,
        max(coalesce(holds_to, timestamp '9999-12-31')) over (
            partition by customer_id, audience_id
            order by holds_from, holds_to
            rows between unbounded preceding and 1 preceding
        ) as held_until
    from reasons

),

numbered as (

    select
        *,
        count(*) filter (where held_until is null or held_until < holds_from) over (
            partition by customer_id, audience_id
            order by holds_from, holds_to
            rows between unbounded preceding and current row
        ) as stay
    from with_previous_end

),

stays as (

    select
        customer_id,
        audience_id,
        min(holds_from) as entered_at,
        nullif(max(coalesce(holds_to, timestamp '9999-12-31')), timestamp '9999-12-31')
            as exited_at
    from numbered
    group by
        customer_id,
        audience_id,
        stay

    union all

    select
        customer_id,
        'segment:' || segment_name as audience_id,
        entered_at,
        exited_at
    from segment_stays

),

-- who was deleted has left with that, unless they agreed to marketing since
until_deleted as (

    select
        stays.customer_id,
        stays.audience_id,
        stays.entered_at,
        case
            when customers.is_deleted and marketable.customer_id is null
                then least(stays.exited_at, customers.deleted_at, {{ as_of() }})
            else stays.exited_at
        end as exited_at

    from stays

    inner join customers
        on stays.customer_id = customers.customer_id

    left join marketable
        on stays.customer_id = marketable.customer_id

),

described as (

    select
        customer_id,
        audience_id,
        entered_at,
        case when exited_at <= {{ as_of() }} then exited_at end as exited_at,
        coalesce(exited_at > {{ as_of() }}, true) as is_member
    from until_deleted
    where coalesce(exited_at > entered_at, true)

)

select * from described
