-- Grain: one row per customer, campaign and rule of attribution that gives the campaign a credit.
with

attribution as (

    select * from {{ ref('fct_attribution') }}

),

conversions as (

    select * from {{ ref('int_conversions__unioned') }}

),

-- what no touch preceded is one row per rule: it is nobody's sample
credits as (

    select
        case when attribution.touch_id is not null then attribution.customer_id end
            as customer_id,
        coalesce(attribution.campaign_id, 'direct') as campaign_id,
        attribution.attribution_model,
        attribution.credit,
        case when attribution.is_acquisition then attribution.credit else 0 end
            as acquisition_credit,
        attribution.credited_value_base,
        cast(
            attribution.credit * cast(conversions.margin_base as double) as decimal(38, 9)
        ) as margin_base

    from attribution

    inner join conversions
        on attribution.conversion_id = conversions.conversion_id

),

summed as (

    select
        customer_id,
        campaign_id,
        attribution_model,
        -- sums of doubles depend on the order of the rows, sums of decimals do not
        cast(sum(cast(credit as decimal(38, 18))) as double) as conversions,
        cast(sum(cast(acquisition_credit as decimal(38, 18))) as double) as acquisitions,
        try_cast(coalesce(sum(credited_value_base), 0) as decimal(18, 4)) as revenue_base,
        -- one conversion of unknown margin makes the margin unknown
        case when count(*) = count(margin_base) then cast(sum(margin_base) as double) end
            as margin_base
    from credits
    group by
        customer_id,
        campaign_id,
        attribution_model

)

select * from summed
