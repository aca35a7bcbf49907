-- Grain: one row per channel, Markov chain and currency: the conversions that the chain shares out.
with

effects as (

    select * from {{ source('crm', 'channel_removal_effects') }}
    where
        data_cutoff = (
            select max(newest.data_cutoff)
            from {{ source('crm', 'channel_removal_effects') }} as newest
        )

),

effects_running as (

    select
        channel,
        attribution_model,
        conversion_share,
        sum(conversion_share) over up_to as conversion_share_until,
        sum(value_share) over up_to as value_share_until,
        row_number() over up_to = count(*) over (partition by attribution_model) as is_last
    from effects
    window up_to as (
        partition by attribution_model
        order by channel
        rows between unbounded preceding and current row
    )

),

effects_bounded as (

    select
        channel,
        attribution_model,
        conversion_share,
        is_last,
        case when is_last then 1 else value_share_until end as value_until,
        coalesce(lag(value_share_until) over (
            partition by attribution_model
            order by channel
        ), 0) as value_before
    from effects_running

),

-- what no touch preceded stays direct; the chain speaks of the rest
totals as (

    select
        currency,
        channel = 'direct' as is_direct,
        count(*) as conversions,
        count(*) filter (where is_acquisition) as acquisitions,
        sum(credited_value) as credited_value,
        sum(credited_value_base) as credited_value_base
    from {{ ref('fct_attribution') }}
    where attribution_model = 'last'
    group by
        currency,
        channel = 'direct'

),

models as (

    select distinct attribution_model from effects

),

chain_credits as (

    select
        effects_bounded.channel,
        effects_bounded.attribution_model,
        totals.currency,
        totals.conversions * effects_bounded.conversion_share as conversions,
        totals.acquisitions * effects_bounded.conversion_share as acquisitions,
        try_cast(
            cast(totals.credited_value as double) * effects_bounded.value_until as decimal(18, 4)
        )
        - try_cast(
            cast(totals.credited_value as double) * effects_bounded.value_before as decimal(18, 4)
        ) as credited_value,
        try_cast(
            cast(totals.credited_value_base as double) * effects_bounded.value_until
            as decimal(18, 4)
        )
        - try_cast(
            cast(totals.credited_value_base as double) * effects_bounded.value_before
            as decimal(18, 4)
        ) as credited_value_base
    from effects_bounded
    cross join totals
    where not totals.is_direct

    union all

    select
        'direct' as channel,
        models.attribution_model,
        totals.currency,
        totals.conversions,
        totals.acquisitions,
        totals.credited_value,
        totals.credited_value_base
    from totals
    cross join models
    where totals.is_direct

)

select * from chain_credits
