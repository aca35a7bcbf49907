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
        count(*) filter (where id_type = 'anonymous_id') as device_count,
        max_by(identifier, recency) filter (where id_type = 'email') as newest_email,
        max_by(identifier, recency) filter (where id_type = 'phone') as newest_phone
    from (
        select
            identifier,
            id_type,
            customer_id,
            row_number() over (
                partition by customer_id, id_type
                order by last_seen_at nulls first, identifier
            ) as recency
        from identifiers
    ) as ranked
    group by customer_id

)

select * from counted
