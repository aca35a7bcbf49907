-- Grain: one row per channel, attribution model and currency of the conversions.
with

-- sums of doubles depend on the order of the rows, sums of decimals do not
rule_credits as (

    select
        channel,
        attribution_model,
        currency,
        cast(sum(cast(credit as decimal(38, 18))) as double) as conversions,
        cast(
            sum(cast(credit as decimal(38, 18))) filter (where is_acquisition) as double
        ) as acquisitions,
        sum(credited_value) as credited_value,
        sum(credited_value_base) as credited_value_base
    from {{ ref('fct_attribution') }}
    group by
        channel,
        attribution_model,
        currency

),

chain_credits as (

    select * from {{ ref('int_chain_credits__shared') }}

),

unioned as (

    select * from rule_credits

    union all

    select * from chain_credits

),

shared as (

    select
        channel,
        attribution_model,
        currency,
        cast(conversions as double) as conversions,
        cast(coalesce(acquisitions, 0) as double) as acquisitions,
        try_cast(credited_value as decimal(18, 4)) as credited_value,
        try_cast(credited_value_base as decimal(18, 4)) as credited_value_base,
        case
            when channel <> 'direct'
                then conversions / cast(
                    sum(cast(conversions as decimal(38, 18)))
                    filter (where channel <> 'direct') over (
                        partition by attribution_model, currency
                    ) as double
                )
        end as touched_share
    from unioned

)

select * from shared
