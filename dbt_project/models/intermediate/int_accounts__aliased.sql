-- Grain: one row per account of any source, gone ones too, with the account that stands for the
-- same company.
with

accounts as (

    select * from {{ ref('stg_accounts') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

present as (

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

),

-- contacts still name an account that the CRM has merged away or deleted
gone as (

    select
        substr(identifiers.identifier, length('account:') + 1) as alias,
        identifiers.customer_id,
        min(present.account_id) as account_id
    from identifiers
    inner join present
        on identifiers.customer_id = present.customer_id
    left join accounts
        on identifiers.identifier = 'account:' || accounts.account_id
    where identifiers.identifier like 'account:%' and accounts.account_id is null
    group by identifiers.identifier, identifiers.customer_id

),

aliased as (

    select * from present
    union all
    select * from gone

)

select * from aliased
