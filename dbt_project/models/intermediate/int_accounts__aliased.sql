-- Grain: one row per account of any source, with the account that stands for the same company.
with

accounts as (

    select * from {{ ref('stg_accounts') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

aliased as (

    select
        accounts.account_id as alias,
        identifiers.customer_id,
        -- the oldest record: what refers to the company keeps its meaning when a newer one joins
        first_value(accounts.account_id) over (
            partition by coalesce(identifiers.customer_id, accounts.account_id)
            order by accounts.created_at nulls last, accounts.account_id
            rows between unbounded preceding and unbounded following
        ) as account_id
    from accounts
    left join identifiers
        on 'account:' || accounts.account_id = identifiers.identifier

)

select * from aliased
