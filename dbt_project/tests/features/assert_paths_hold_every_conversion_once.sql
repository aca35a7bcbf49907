-- Conversions and their value over the paths equal those of the orders, and touches are counted.
with

paths as (

    select
        path_id,
        is_converted,
        max(conversion_value) as conversion_value,
        max(touch_count) as touch_count,
        max(touch_index) as last_index,
        count(*) as row_count
    from {{ ref('campaign_paths') }}
    group by
        path_id,
        is_converted

),

summed as (

    select
        count(*) as conversions,
        coalesce(sum(conversion_value), 0) as conversion_value
    from paths
    where is_converted

),

orders as (

    select
        count(*) as conversions,
        coalesce(sum(revenue_base), 0) as conversion_value
    from {{ ref('fct_orders') }}
    where
        not is_cancelled
        and coalesce(revenue_base >= 0, true)
        and known_at <= {{ as_of() }}

)

select
    'orders' as broken,
    summed.conversions as paths_value,
    orders.conversions as expected_value
from summed
cross join orders
where
    summed.conversions <> orders.conversions
    or summed.conversion_value <> orders.conversion_value

union all

select
    path_id as broken,
    row_count as paths_value,
    touch_count as expected_value
from paths
where
    row_count <> greatest(touch_count, 1)
    or last_index <> touch_count
