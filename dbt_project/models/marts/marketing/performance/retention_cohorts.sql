-- Grain: one row per month of first order and month since.
with

orders as (

    select
        customer_id,
        revenue_base,
        is_refund,
        cast(date_trunc('month', placed_at) as date) as order_month
    from {{ ref('fct_orders') }}
    where
        customer_id is not null
        and not is_cancelled
        and placed_at < {{ as_of() }}

),

first_months as (

    select
        customer_id,
        min(order_month) as cohort_month
    from orders
    where not is_refund
    group by customer_id

),

cohorts as (

    select
        cohort_month,
        count(*) as customer_count
    from first_months
    group by cohort_month

),

-- a refund lowers the revenue of its month, of the first one at the earliest
dated as (

    select
        first_months.cohort_month,
        greatest(orders.order_month, first_months.cohort_month) as activity_month,
        orders.customer_id,
        orders.is_refund,
        orders.revenue_base
    from orders
    inner join first_months
        on orders.customer_id = first_months.customer_id

),

-- a month in which nobody came back is a row too
months as (

    select
        cohort_month,
        customer_count,
        cast(unnest(generate_series(
            cohort_month, {{ as_of() }} - interval '1' microsecond, interval '1' month
        )) as date) as activity_month
    from cohorts

),

activity as (

    select
        cohort_month,
        activity_month,
        count(distinct customer_id) filter (where not is_refund) as retained_customer_count,
        count(*) filter (where not is_refund) as order_count,
        sum(revenue_base) as revenue_base
    from dated
    group by
        cohort_month,
        activity_month

),

joined as (

    select
        months.cohort_month,
        months.activity_month,
        date_diff('month', months.cohort_month, months.activity_month) as months_since,
        months.customer_count,
        coalesce(activity.retained_customer_count, 0) as retained_customer_count,
        coalesce(activity.order_count, 0) as order_count,
        try_cast(coalesce(activity.revenue_base, 0) as decimal(18, 4)) as revenue_base,
        first_activity.revenue_base as first_month_revenue_base,
        months.activity_month + interval '1' month <= {{ as_of() }} as is_month_over

    from months

    left join activity
        on
            months.cohort_month = activity.cohort_month
            and months.activity_month = activity.activity_month

    left join activity as first_activity
        on
            months.cohort_month = first_activity.cohort_month
            and months.cohort_month = first_activity.activity_month

),

shared as (

    select
        cohort_month,
        cast(months_since as integer) as months_since,
        activity_month,
        is_month_over,
        customer_count,
        retained_customer_count,
        order_count,
        revenue_base,
        retained_customer_count / customer_count as retained_share,
        case
            when first_month_revenue_base > 0
                then cast(revenue_base as double) / cast(first_month_revenue_base as double)
        end as revenue_share

    from joined

)

select * from shared
