-- Grain: one row per organization and person who works there.
with

accounts as (

    select * from {{ ref('dim_accounts') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

-- records of one organization may name several accounts
employed as (

    select distinct
        accounts.customer_id,
        customers.customer_id as person_id

    from accounts

    inner join customers
        on
            accounts.account_id = customers.account_id
            and accounts.customer_id <> customers.customer_id

)

select * from employed
