-- Grain: one row per customer with any current identifier.
with

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

counted as (

    select
        customer_id,
        count(*) as identifier_count,
        count(*) filter (where id_type = 'email') as email_count,
        count(*) filter (where id_type = 'phone') as phone_count,
        count(*) filter (where id_type = 'anonymous_id') as device_count
    from identifiers
    group by customer_id

)

select * from counted
