-- Grain: one row per article sold in a whole calendar month.
with

order_lines as (

    select
        {{ article('order_lines') }} as product_id,
        order_lines.placed_at,
        try_cast(order_lines.quantity as decimal(18, 4)) as units,
        date_trunc('month', cast({{ as_of() }} as date)) as this_month
    from {{ ref('fct_order_lines') }} as order_lines
    where not order_lines.is_cancelled and order_lines.quantity > 0

),

-- the month that has just begun would look like a collapse of demand
months_sold as (

    select
        product_id,
        this_month,
        cast(date_trunc('month', placed_at) as date) as sold_month,
        sum(units) as units
    from order_lines
    where placed_at < this_month and product_id is not null
    group by product_id, this_month, date_trunc('month', placed_at)

),

-- months without a sale add nothing to either sum, but count
demand as (

    select
        product_id,
        date_diff('month', min(sold_month), min(this_month)) as month_count,
        cast(sum(units) as double) as units,
        cast(sum(units * units) as double) as units_squared
    from months_sold
    group by product_id

),

varied as (

    select
        product_id,
        month_count,
        case
            when month_count >= 2
                then sqrt(
                    greatest(units_squared - units * units / month_count, 0) / (month_count - 1)
                ) / (units / month_count)
        end as variation_coefficient
    from demand

)

select * from varied
