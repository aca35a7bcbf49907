-- Grain: one row per customer of whom anything is stated: the values that survived.
{% set attributes = [
    'name', 'first_name', 'last_name', 'email', 'phone', 'title', 'account_id', 'owner_id', 'city',
    'country_code', 'locale', 'time_zone',
] %}

with

records as (

    select * from {{ ref('int_customer_records__unioned') }}

),

origins as (

    select * from {{ ref('customer_attribute_origins') }}

),

pivoted as (

    select
        customer_id,
        {% for attribute in attributes -%}
            max(surviving_value) filter (where attribute = '{{ attribute }}') as {{ attribute }},
        {% endfor -%}
        max(record_type || ':' || record_id) filter (where attribute = 'name') as name_identifier
    from origins
    group by customer_id

),

named as (

    select
        pivoted.customer_id,
        pivoted.account_id,
        pivoted.owner_id,
        pivoted.email,
        pivoted.phone,
        pivoted.title,
        pivoted.city,
        pivoted.country_code,
        pivoted.locale,
        pivoted.time_zone,
        -- both parts come from the record whose name survived: of two records' parts nobody may be
        -- called; only a part that it lacks is another record's
        coalesce(
            nullif(
                concat_ws(
                    ' ',
                    coalesce(named_by.first_name, pivoted.first_name),
                    coalesce(named_by.last_name, pivoted.last_name)
                ),
                ''
            ),
            pivoted.name
        ) as name,
        coalesce(named_by.first_name, pivoted.first_name) as first_name,
        coalesce(named_by.last_name, pivoted.last_name) as last_name

    from pivoted

    left join records as named_by
        on pivoted.name_identifier = named_by.identifier

)

select * from named
