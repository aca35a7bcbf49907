-- Rows are models whose campaigns add up to other than all conversions and their revenue.
with

conversions as (

    select
        count(*) as conversions,
        coalesce(sum(conversion_value_base), 0) as revenue_base
    from {{ ref('int_conversions__unioned') }}

),

credited as (

    select
        attribution_model,
        sum(conversions) as conversions,
        sum(revenue_base) as revenue_base
    from {{ ref('campaign_roi') }}
    group by attribution_model

)

select
    credited.attribution_model,
    credited.conversions,
    conversions.conversions as expected_conversions
from credited
cross join conversions
where
    abs(credited.conversions - conversions.conversions) > 0.000001
    or credited.revenue_base <> conversions.revenue_base
