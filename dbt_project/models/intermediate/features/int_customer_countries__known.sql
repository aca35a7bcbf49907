-- Grain: one row per customer and period in which one country was the last one stated.
with

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

statements as (

    select
        'contact:' || record_key as identifier,
        country_code,
        known_at
    from {{ source('raw', 'contact') }}
    where not is_deleted

    union all

    select
        'lead:' || record_key as identifier,
        country_code,
        known_at
    from {{ source('raw', 'lead') }}
    where not is_deleted

    union all

    select
        'account:' || record_key as identifier,
        billing_country as country_code,
        known_at
    from {{ source('raw', 'account') }}
    where not is_deleted

    union all

    select
        coalesce(customer_ref, 'account:' || account_ref) as identifier,
        country_code,
        known_at
    from {{ source('raw', 'order') }}
    where not is_deleted

),

stated as (

    -- two countries stated in the same moment: the first by alphabet, to have one
    select
        identifiers.customer_id,
        statements.known_at as known_from,
        min(statements.country_code) as country_code

    from statements

    inner join identifiers
        on statements.identifier = identifiers.identifier

    where statements.country_code is not null

    group by
        identifiers.customer_id,
        statements.known_at

),

changed as (

    select *
    from stated
    qualify country_code is distinct from lag(country_code) over (
        partition by customer_id
        order by known_from
    )

),

known as (

    select
        customer_id,
        country_code,
        known_from,

        lead(known_from) over (
            partition by customer_id
            order by known_from
        ) as known_to

    from changed

)

select * from known
