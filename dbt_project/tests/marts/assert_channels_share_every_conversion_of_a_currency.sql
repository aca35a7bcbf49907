-- Rows are models and currencies whose channels add up to other than all conversions.
with

models as (

    select distinct attribution_model from {{ ref('channel_attribution') }}

),

conversions as (

    select
        currency,
        count(*) as conversions,
        count(*) filter (where is_acquisition) as acquisitions,
        sum(conversion_value) as conversion_value,
        sum(conversion_value_base) as conversion_value_base
    from {{ ref('int_conversions__unioned') }}
    group by currency

),

credited as (

    select
        attribution_model,
        currency,
        sum(conversions) as conversions,
        sum(acquisitions) as acquisitions,
        sum(credited_value) as credited_value,
        sum(credited_value_base) as credited_value_base
    from {{ ref('channel_attribution') }}
    group by
        attribution_model,
        currency

)

select
    models.attribution_model,
    conversions.currency
from conversions
cross join models
left join credited
    on
        models.attribution_model = credited.attribution_model
        and conversions.currency is not distinct from credited.currency
where
    credited.conversions is null
    or abs(credited.conversions - conversions.conversions) > 0.000001
    or abs(credited.acquisitions - conversions.acquisitions) > 0.000001
    or credited.credited_value <> conversions.conversion_value
    or coalesce(credited.credited_value_base, 0)
    <> coalesce(conversions.conversion_value_base, 0)
