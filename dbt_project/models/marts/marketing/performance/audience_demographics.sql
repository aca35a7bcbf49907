-- Grain: one row per segment, dimension and value; small values are in 'other'.
{% set dimensions = [
    'country', 'locale', 'industry', 'customer_type', 'gender', 'age_band', 'income_band',
] %}

with

customers as (

    select * from {{ ref('int_customers__described') }}

),

valued as (

    {% for dimension in dimensions + ['segment'] -%}
        select
            customer_id,
            '{{ dimension }}' as dimension,
            coalesce({{ dimension }}, 'unknown') as value,
            coalesce(segment, 'unknown') as segment,
            order_count,
            revenue_base,
            is_contacted,
            has_responded
        from customers
        {% if not loop.last -%}
            union all
        {%- endif %}
    {% endfor %}

),

groups as (

    {% for segment in ["'all'", 'segment'] -%}
        select
            {{ segment }} as segment,
            dimension,
            value,
            {{ loop.first }} as is_total,
            count(*) as customer_count,
            count(*) filter (where is_contacted) as contacted_count,
            count(*) filter (where is_contacted and has_responded) as responded_count,
            sum(order_count) as order_count,
            sum(revenue_base) as revenue_base
        from valued
        {% if not loop.first %}where dimension <> 'segment'{% endif %}
        group by
            {{ segment }},
            dimension,
            value
        {% if not loop.last -%}
            union all
        {%- endif %}
    {% endfor %}

),

-- a value that is rare in one segment is shown in none: else all less the others would tell it
sized as (

    select
        *,
        min(customer_count) over (partition by is_total, dimension, value) < 5 as is_small
    from groups

),

ranked as (

    select
        *,
        coalesce(sum(customer_count) filter (where is_small) over in_dimension, 0)
            as small_customer_count,
        row_number() over (
            partition by segment, is_total, dimension
            order by customer_count, value
        ) as place,
        count(*) filter (where is_small) over in_dimension as small_group_count
    from sized
    window in_dimension as (partition by segment, is_total, dimension)

),

-- an 'other' of fewer than five could be told from the total: the smallest value joins it, or in
-- a segment all of them
merged as (

    select
        *,
        is_small
        or (
            small_customer_count between 1 and 4
            and (place = small_group_count + 1 or not is_total)
        ) as is_merged
    from ranked

),

totalled as (

    select
        segment,
        dimension,
        case when is_merged then 'other' else value end as value,
        count(*) filter (where is_merged) as merged_value_count,
        sum(customer_count) as customer_count,
        sum(contacted_count) as contacted_count,
        sum(responded_count) as responded_count,
        sum(order_count) as order_count,
        sum(revenue_base) as revenue_base
    from merged
    group by
        segment,
        is_total,
        dimension,
        case when is_merged then 'other' else value end
    having sum(customer_count) >= 5

),

shared as (

    select
        segment,
        dimension,
        value,
        merged_value_count,
        cast(customer_count as bigint) as customer_count,
        cast(contacted_count as bigint) as contacted_count,
        cast(responded_count as bigint) as responded_count,
        responded_count / nullif(contacted_count, 0) as response_rate,
        cast(order_count as bigint) as order_count,
        try_cast(revenue_base as decimal(18, 4)) as revenue_base,
        cast(customer_count as double)
        / cast(sum(customer_count) over in_dimension as double) as customer_share,
        cast(revenue_base as double)
        / nullif(cast(sum(revenue_base) over in_dimension as double), 0) as revenue_share

    from totalled
    window in_dimension as (partition by segment, dimension)

)

select * from shared
