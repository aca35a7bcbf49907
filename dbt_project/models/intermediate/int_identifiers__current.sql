-- Grain: one row per identifier that belongs to a customer now.
with

identifier_map as (

    select * from {{ source('identity', 'identifier_map') }}

),

customers as (

    select * from {{ source('identity', 'customers') }}

),

person_accounts as (

    select * from {{ ref('stg_person_accounts') }}

),

current_identifiers as (

    select
        identifier_map.identifier,
        identifier_map.id_type,
        identifier_map.customer_id,
        customers.customer_type,
        identifier_map.first_seen_at,
        identifier_map.last_seen_at

    from identifier_map

    inner join customers
        on identifier_map.customer_id = customers.customer_id

    where identifier_map.is_current

),

-- who refers to an account that is a person means that person
of_person_accounts as (

    select
        'account:' || person_accounts.account_id as identifier,
        'account' as id_type,
        current_identifiers.customer_id,
        current_identifiers.customer_type,
        current_identifiers.first_seen_at,
        current_identifiers.last_seen_at
    from person_accounts
    inner join current_identifiers
        on 'contact:' || person_accounts.contact_id = current_identifiers.identifier

),

unioned as (

    select * from of_person_accounts
    union all
    select current_identifiers.*
    from current_identifiers
    left join of_person_accounts
        on current_identifiers.identifier = of_person_accounts.identifier
    where of_person_accounts.identifier is null

)

select * from unioned
