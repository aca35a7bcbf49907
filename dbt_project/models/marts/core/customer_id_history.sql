-- Grain: one row per customer id no longer in use and customer that has something of what it was.
with

customers as (

    select * from {{ source('identity', 'customers') }}

),

assignments as (

    select * from {{ source('identity', 'identifier_map') }}

),

retired as (

    select
        customer_id as retired_customer_id,
        status,
        merged_into_customer_id
    from customers
    where status <> 'active'

),

ended as (

    select
        customer_id as retired_customer_id,
        max(valid_to) as retired_at
    from assignments
    where not is_current
    group by customer_id

),

holders as (

    select
        former.customer_id as retired_customer_id,
        holding.customer_id,
        count(distinct former.identifier) as identifier_count
    from assignments as former
    inner join assignments as holding on former.identifier = holding.identifier
    where not former.is_current and holding.is_current
    group by former.customer_id, holding.customer_id

),

successors as (

    select
        retired_customer_id,
        customer_id
    from holders
    union
    select
        retired_customer_id,
        merged_into_customer_id as customer_id
    from retired
    where merged_into_customer_id is not null

),

resolved as (

    select
        retired.retired_customer_id,
        successors.customer_id,
        retired.status,
        coalesce(successors.customer_id = retired.merged_into_customer_id, false) as is_successor,
        coalesce(holders.identifier_count, 0) as identifier_count,
        ended.retired_at
    from retired
    left join successors on retired.retired_customer_id = successors.retired_customer_id
    left join holders
        on
            successors.retired_customer_id = holders.retired_customer_id
            and successors.customer_id = holders.customer_id
    left join ended on retired.retired_customer_id = ended.retired_customer_id

)

select * from resolved
