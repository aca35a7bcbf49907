-- Grain: one row per row of churn_features whose next 90 days have passed.
with

activity as (

    select
        customer_id,
        as_of,
        step,
        orders_365d
    from {{ ref('int_customer_activity__summed') }}

),

newest as (

    select as_of
    from {{ ref('int_as_ofs__spaced') }}
    where step = 0

),

orders as (

    -- orders as they are known at the newest as_of, in the steps of 30 days they fell into
    select distinct
        customer_id,
        occurred_step
    from {{ ref('int_customer_activity__bucketed') }}
    where
        activity = 'order'
        and until_step < 0

),

labels as (

    select
        activity.customer_id,
        activity.as_of,
        -- an order in (as_of, as_of + 90 days] lies one, two or three steps of 30 days later
        not exists (
            select 1
            from orders
            where
                orders.customer_id = activity.customer_id
                and orders.occurred_step between activity.step - 3 and activity.step - 1
        ) as is_churned

    from activity

    inner join newest
        on activity.as_of + interval '90' day <= newest.as_of

    where activity.orders_365d > 0

)

select * from labels
