-- Rows are conversions whose credits do not add up to 1 or to their value, or that have none.
with

models as (

    select distinct attribution_model from {{ ref('fct_attribution') }}

),

expected as (

    select
        conversions.conversion_id,
        models.attribution_model,
        conversions.conversion_value,
        conversions.conversion_value_base
    from {{ ref('int_conversions__unioned') }} as conversions
    cross join models

),

credited as (

    select
        conversion_id,
        attribution_model,
        sum(credit) as credit,
        sum(credited_value) as credited_value,
        sum(credited_value_base) as credited_value_base
    from {{ ref('fct_attribution') }}
    group by
        conversion_id,
        attribution_model

)

select
    coalesce(expected.conversion_id, credited.conversion_id) as conversion_id,
    coalesce(expected.attribution_model, credited.attribution_model) as attribution_model,
    credited.credit
from expected
full join credited
    on
        expected.conversion_id = credited.conversion_id
        and expected.attribution_model = credited.attribution_model
where
    abs(credited.credit - 1) > 0.000000001
    or credited.credit is null
    or credited.credited_value is distinct from expected.conversion_value
    or credited.credited_value_base is distinct from expected.conversion_value_base
