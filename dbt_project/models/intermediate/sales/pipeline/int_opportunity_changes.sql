-- Grain: one row per opportunity, field and moment at which the field got another value.
with

field_values as (

    select * from {{ ref('int_opportunity_values__in_base') }}

),

presence as (

    select * from {{ ref('int_opportunity_presence__stated') }}

),

up_to_as_of as (

    select *
    from field_values
    where valid_from < {{ as_of() }}

    union all by name

    select *
    from presence
    where valid_from < {{ as_of() }}

),

with_previous as (

    select
        *,
        lag(field_value) over in_order as old_value,
        row_number() over in_order = 1 as is_first
    from up_to_as_of
    window in_order as (
        partition by opportunity_id, field
        order by valid_from
    )

),

-- two names of one owner, or two currencies with one amount, are no change
changes as (

    select
        {{ surrogate_key(['opportunity_id', 'field', 'valid_from']) }} as opportunity_change_id,
        opportunity_id,
        field,
        row_number() over in_order as change_index,
        old_value,
        field_value as new_value,
        evidence,
        valid_from,
        lead(valid_from) over in_order as valid_to,
        known_at
    from with_previous
    where is_first or field_value is distinct from old_value
    window in_order as (
        partition by opportunity_id, field
        order by valid_from
    )

)

select * from changes
