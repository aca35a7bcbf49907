-- Grain: one row per product that an opportunity names.
with

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

counted as (

    select
        product_id,
        count(*) filter (where is_won) as won_count,
        count(*) filter (where is_closed and not is_won) as lost_count,
        count(*) filter (where not is_closed) as open_count,
        sum(amount_base) filter (where is_won) as won_value_base,
        sum(amount_base) filter (where not is_closed) as open_value_base
    from opportunities
    where product_id is not null
    group by product_id

)

select * from counted
