-- Grain: one row per profile: a combination of traits that enough buyers share, and the others.
{%- set traits = ['customer_type', 'industry', 'company_size', 'country_code'] %}
{%- set enough = var('buyer_profile_min_buyers') %}
with

customers as (

    select * from {{ ref('int_buyers__valued') }}

),

combined as (

    select
        {% for trait in traits -%}
            {{ trait }},
        {% endfor -%}
        count(*) as customer_count,
        count(*) filter (where is_buyer) as buyer_count,
        count(*) filter (where is_high_value) as high_value_count,
        sum(value_base) as value_base
    from customers
    group by {{ traits | join(', ') }}

),

-- a handful of buyers makes no profile
masked as (

    select
        {% for trait in traits -%}
            case when buyer_count >= {{ enough }} then {{ trait }} end as {{ trait }},
        {% endfor -%}
        buyer_count >= {{ enough }} as is_profile,
        customer_count,
        buyer_count,
        high_value_count,
        value_base
    from combined

),

profiles as (

    select
        {% for trait in traits -%}
            {{ trait }},
        {% endfor -%}
        is_profile,
        cast(sum(customer_count) as bigint) as customer_count,
        cast(sum(buyer_count) as bigint) as buyer_count,
        cast(sum(high_value_count) as bigint) as high_value_count,
        try_cast(coalesce(sum(value_base), 0) as decimal(18, 4)) as value_base
    from masked
    group by {{ traits | join(', ') }}, is_profile

),

with_base as (

    select
        *,
        sum(customer_count) over () as base_count,
        sum(buyer_count) over () as base_buyer_count,
        sum(high_value_count) over () as base_high_value_count,
        sum(value_base) over () as base_value_base
    from profiles

),

compared as (

    select
        case when is_profile then {{ surrogate_key(traits) }} else 'other' end as profile_id,
        case
            when is_profile
                then concat_ws(
                    ', ',
                    customer_type,
                    coalesce(industry, 'industry unknown'),
                    coalesce(company_size, 'size unknown'),
                    coalesce(country_code, 'country unknown')
                )
            else 'other'
        end as profile_name,
        customer_type,
        industry,
        company_size,
        country_code,
        customer_count,
        buyer_count,
        high_value_count,
        value_base,
        cast(value_base as double) / nullif(buyer_count, 0) as mean_value_base,
        cast(value_base as double) / nullif(base_value_base, 0) as share_of_value,
        buyer_count / customer_count as buyer_rate,
        (buyer_count / customer_count) / nullif(base_buyer_count / base_count, 0) as buyer_lift,
        high_value_count / customer_count as high_value_rate,
        {{ wilson_bound('high_value_count', 'customer_count', '-') }} as high_value_rate_low,
        {{ wilson_bound('high_value_count', 'customer_count', '+') }} as high_value_rate_high,
        (high_value_count / customer_count) / nullif(base_high_value_count / base_count, 0)
            as high_value_lift,
        is_profile and coalesce(
            {{ wilson_bound('high_value_count', 'customer_count', '-') }}
            > base_high_value_count / base_count,
            false
        ) as is_ideal

    from with_base

)

select * from compared
