-- Grain: one row per quota into whose period a won or open opportunity of its owner falls.
with

quotas as (

    select * from {{ ref('int_quotas__dated') }}

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

deals as (

    select
        opportunities.owner_id,
        products.family as product_family,
        opportunities.is_won,
        not opportunities.is_closed as is_open,
        opportunities.amount_base,
        try_cast(
            opportunities.amount_base * opportunities.probability as decimal(18, 4)
        ) as weighted_base,
        -- what is open closes, if at all, when it says it will
        case
            when opportunities.is_closed then cast(opportunities.closed_at as date)
            else opportunities.close_date
        end as closing_on

    from opportunities

    left join products
        on opportunities.product_id = products.product_id

    where opportunities.is_won or not opportunities.is_closed

),

counted as (

    select
        quotas.quota_id,
        count(*) filter (where deals.is_won) as won_count,
        sum(deals.amount_base) filter (where deals.is_won) as won_value_base,
        count(*) filter (where deals.is_open and not quotas.is_period_over) as open_count,
        sum(deals.amount_base) filter (
            where deals.is_open and not quotas.is_period_over
        ) as open_value_base,
        sum(deals.weighted_base) filter (
            where deals.is_open and not quotas.is_period_over
        ) as open_weighted_base

    from quotas

    inner join deals
        on
            quotas.owner_id = deals.owner_id
            and quotas.period_start <= deals.closing_on
            and quotas.next_period_start > deals.closing_on
            and (
                quotas.product_family is null
                or quotas.product_family = deals.product_family
            )

    group by quotas.quota_id

)

select * from counted
