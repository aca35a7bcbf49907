-- Grain: one row per opportunity, field and moment from which it was stated to have a value.
with

stated as (

    select * from {{ ref('int_opportunity_values__stated') }}

),

opportunities as (

    select
        opportunity_id,
        owner_namespace,
        started_at
    from {{ ref('int_opportunity_versions__stated') }}
    where is_newest

),

-- nothing happens to an opportunity before it was created
since_creation as (

    select
        stated.*,
        opportunities.started_at,
        opportunities.owner_namespace,
        greatest(stated.stated_at, opportunities.started_at) as valid_from
    from stated
    inner join opportunities
        on stated.opportunity_id = opportunities.opportunity_id
    qualify row_number() over (
        partition by
            stated.opportunity_id,
            stated.field,
            greatest(stated.stated_at, opportunities.started_at)
        order by stated.stated_at desc, stated.tie_break desc
    ) = 1

),

first_stated as (

    select *
    from since_creation
    qualify row_number() over (
        partition by opportunity_id, field
        order by valid_from
    ) = 1

),

from_creation_on as (

    select
        opportunity_id,
        field,
        field_value,
        currency,
        owner_namespace,
        started_at,
        valid_from,
        known_at,
        evidence
    from since_creation

    union all

    select
        opportunity_id,
        field,
        value_before as field_value,
        currency,
        owner_namespace,
        started_at,
        started_at as valid_from,
        known_at,
        'carried_back' as evidence
    from first_stated
    where valid_from > started_at

),

-- a record that changed another field repeats the value
with_one_before as (

    select
        *,
        row_number() over in_order = 1 as is_first,
        lag(field_value) over in_order as value_before,
        lag(currency) over in_order as currency_before
    from from_creation_on
    window in_order as (
        partition by opportunity_id, field
        order by valid_from
    )

),

unrepeated as (

    select *
    from with_one_before
    where
        is_first
        or field_value is distinct from value_before
        or currency is distinct from currency_before

)

select * from unrepeated
