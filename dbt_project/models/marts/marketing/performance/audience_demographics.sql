-- Grain: one row per dimension and value; values of fewer than five customers are in 'other'.
with

leads as (

    select
        customer_id,
        max_by(industry, (created_at, lead_id)) as industry
    from {{ ref('dim_leads') }}
    where industry is not null and created_at is not null
    group by customer_id

),

segments as (

    select
        customer_id,
        segment_name
    from {{ source('crm', 'customer_segments') }}
    where
        as_of = (
            select max(every_score.as_of)
            from {{ source('crm', 'customer_segments') }} as every_score
        )

),

orders as (

    select
        customer_id,
        count(*) as order_count,
        sum(revenue_base) as revenue_base
    from {{ ref('fct_orders') }}
    where customer_id is not null and not is_cancelled
    group by customer_id

),

described as (

    select
        customers.customer_id,
        customers.country_code as country,
        coalesce(accounts.industry, leads.industry) as industry,
        customers.customer_type,
        segments.segment_name as segment,
        coalesce(orders.order_count, 0) as order_count,
        coalesce(orders.revenue_base, 0) as revenue_base

    from {{ ref('dim_customers') }} as customers

    left join {{ ref('dim_accounts') }} as accounts
        on customers.account_id = accounts.account_id

    left join leads
        on customers.customer_id = leads.customer_id

    left join segments
        on customers.customer_id = segments.customer_id

    left join orders
        on customers.customer_id = orders.customer_id

),

groups as (

    {% for dimension in ['country', 'industry', 'customer_type', 'segment'] -%}
        select
            '{{ dimension }}' as dimension,
            coalesce({{ dimension }}, 'unknown') as value,
            count(*) as customer_count,
            sum(order_count) as order_count,
            sum(revenue_base) as revenue_base
        from described
        group by coalesce({{ dimension }}, 'unknown')
        {% if not loop.last -%}
            union all
        {%- endif %}
    {% endfor %}

),

ranked as (

    select
        *,
        customer_count < 5 as is_small,
        coalesce(sum(customer_count) filter (where customer_count < 5) over (
            partition by dimension
        ), 0) as small_customer_count,
        row_number() over (
            partition by dimension
            order by customer_count, value
        ) as place,
        count(*) filter (where customer_count < 5) over (partition by dimension)
            as small_group_count
    from groups

),

-- an 'other' of fewer than five could be told from the total: the smallest value joins it
merged as (

    select
        *,
        is_small
        or (small_customer_count between 1 and 4 and place = small_group_count + 1)
            as is_merged
    from ranked

),

totalled as (

    select
        dimension,
        case when is_merged then 'other' else value end as value,
        count(*) filter (where is_merged) as merged_value_count,
        sum(customer_count) as customer_count,
        sum(order_count) as order_count,
        sum(revenue_base) as revenue_base
    from merged
    group by
        dimension,
        case when is_merged then 'other' else value end
    having sum(customer_count) >= 5

),

shared as (

    select
        dimension,
        value,
        merged_value_count,
        cast(customer_count as bigint) as customer_count,
        cast(order_count as bigint) as order_count,
        cast(revenue_base as decimal(18, 4)) as revenue_base,
        cast(customer_count as double)
        / cast(sum(customer_count) over (partition by dimension) as double) as customer_share,
        cast(revenue_base as double)
        / nullif(cast(sum(revenue_base) over (partition by dimension) as double), 0)
            as revenue_share

    from totalled

)

select * from shared
