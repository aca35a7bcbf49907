-- Grain: one row per identifier that belongs to a customer now.
with

identifier_map as (

    select * from {{ source('identity', 'identifier_map') }}

),

customers as (

    select * from {{ source('identity', 'customers') }}

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

)

select * from current_identifiers
