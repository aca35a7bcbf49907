-- Grain: one row per customer, with what profiles are made of and what it bought.
with

customers as (

    select * from {{ ref('dim_customers') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

orders as (

    select * from {{ ref('fct_orders') }}
    where not is_cancelled

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}
    where is_won

),

ordered as (

    select distinct opportunity_id
    from orders

),

-- a won opportunity that became an order is worth what was ordered
sales as (

    select
        customer_id,
        revenue_base as value_base
    from orders

    union all

    select
        opportunities.customer_id,
        opportunities.amount_base as value_base
    from opportunities
    left join ordered
        on opportunities.opportunity_id = ordered.opportunity_id
    where ordered.opportunity_id is null

),

bought as (

    select
        customer_id,
        try_cast(coalesce(sum(value_base), 0) as decimal(18, 4)) as value_base
    from sales
    where customer_id is not null
    group by customer_id

),

ranked as (

    select
        customer_id,
        value_base,
        ntile(5) over (order by value_base desc, customer_id asc) as fifth
    from bought

),

described as (

    select
        customers.customer_id,
        customers.customer_type,
        accounts.industry,
        {{ company_size('accounts.number_of_employees') }} as company_size,
        customers.country_code,
        ranked.customer_id is not null as is_buyer,
        coalesce(ranked.fifth = 1, false) as is_high_value,
        ranked.value_base

    from customers

    left join accounts
        on customers.account_id = accounts.account_id

    left join ranked
        on customers.customer_id = ranked.customer_id

)

select * from described
