-- Grain: one row per quota, with the end of its period, its owner, and its target in base currency.
with

quotas as (

    select * from {{ ref('stg_quotas') }}

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

dated as (

    select
        *,
        case period_type when 'month' then 1 when 'quarter' then 3 when 'year' then 12 end
            as month_count,
        case period_type
            when 'month' then cast(period_start + interval 1 month as date)
            when 'quarter' then cast(period_start + interval 3 month as date)
            when 'year' then cast(period_start + interval 1 year as date)
        end as next_period_start,
        cast({{ as_of() }} as date) as today
    from quotas

),

described as (

    select
        dated.quota_id,
        {{ agent_id('dated.owner_id') }} as owner_id,
        dated.product_family,
        dated.territory,
        dated.period_type,
        dated.month_count,
        dated.period_start,
        dated.next_period_start,
        dated.today,
        dated.currency,
        dated.quota_amount,
        dated.quota_quantity,
        {{ to_base('dated.quota_amount', 'dated.currency') }} as quota_base,
        -- least() passes over a null: a period without an end would be over
        case
            when dated.next_period_start is not null
                then
                    least(
                        greatest(dated.today - dated.period_start, 0)
                        / (dated.next_period_start - dated.period_start),
                        1
                    )
        end as elapsed_share,
        dated.next_period_start <= dated.today as is_period_over,
        dated.source,
        dated.known_at

    from dated

    left join rates
        on
            dated.currency = rates.currency
            and dated.period_start = rates.day

    {{ join_agent('dated.owner_id') }}

)

select * from described
