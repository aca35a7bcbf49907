-- Grain: one row per quota: the target of one colleague for one period.
with

quotas as (

    select * from {{ ref('stg_quotas') }}

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

agents as (

    select * from {{ ref('dim_agents') }}

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

dated as (

    select
        *,
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

),

deals as (

    select
        opportunities.owner_id,
        products.family as product_family,
        opportunities.is_won,
        not opportunities.is_closed as is_open,
        opportunities.amount_base,
        cast(
            opportunities.amount_base * opportunities.probability as decimal(18, 4)
        ) as weighted_base,
        -- what is open closes, if at all, when it says it will
        case
            when opportunities.is_closed then cast(opportunities.closed_at as date)
            else opportunities.close_date
        end as closing_on

    from opportunities

    left join products
        on opportunities.product_id = products.product_id

    where opportunities.is_won or not opportunities.is_closed

),

counted as (

    select
        described.quota_id,
        count(*) filter (where deals.is_won) as won_count,
        sum(deals.amount_base) filter (where deals.is_won) as won_value_base,
        count(*) filter (where deals.is_open and not described.is_period_over) as open_count,
        sum(deals.amount_base) filter (
            where deals.is_open and not described.is_period_over
        ) as open_value_base,
        sum(deals.weighted_base) filter (
            where deals.is_open and not described.is_period_over
        ) as open_weighted_base

    from described

    inner join deals
        on
            described.owner_id = deals.owner_id
            and described.period_start <= deals.closing_on
            and described.next_period_start > deals.closing_on
            and (
                described.product_family is null
                or described.product_family = deals.product_family
            )

    group by described.quota_id

),

-- a quota whose period has no known end has nothing that falls into it
filled as (

    select
        described.*,
        case
            when described.next_period_start is not null then coalesce(counted.won_count, 0)
        end as won_count,
        cast(
            case
                when described.next_period_start is not null
                    then coalesce(counted.won_value_base, 0)
            end as decimal(18, 4)
        ) as won_value_base,
        case
            when described.next_period_start is not null then coalesce(counted.open_count, 0)
        end as open_count,
        cast(
            case
                when described.next_period_start is not null
                    then coalesce(counted.open_value_base, 0)
            end as decimal(18, 4)
        ) as open_value_base,
        cast(
            case
                when described.next_period_start is not null
                    then coalesce(counted.open_weighted_base, 0)
            end as decimal(18, 4)
        ) as open_weighted_base

    from described

    left join counted
        on described.quota_id = counted.quota_id

),

attained as (

    select
        filled.quota_id,
        filled.owner_id,
        agents.name as owner_name,
        agents.team,
        filled.product_family,
        filled.territory,
        filled.period_type,
        filled.period_start,
        filled.next_period_start - 1 as period_end,
        filled.is_period_over,
        filled.currency,
        filled.quota_amount,
        filled.quota_quantity,
        filled.quota_base,
        filled.won_count,
        filled.won_value_base,
        cast(filled.quota_base - filled.won_value_base as decimal(18, 4)) as gap_base,
        cast(filled.won_value_base as double) / nullif(filled.quota_base, 0) as attainment,
        filled.elapsed_share,
        cast(filled.quota_base * filled.elapsed_share as decimal(18, 4)) as expected_base,
        cast(filled.won_value_base as double)
        / nullif(cast(filled.quota_base * filled.elapsed_share as decimal(18, 4)), 0) as pace,
        filled.open_count,
        filled.open_value_base,
        filled.open_weighted_base,
        case
            when not filled.is_period_over and filled.quota_base > filled.won_value_base
                then
                    cast(filled.open_value_base as double)
                    / (filled.quota_base - filled.won_value_base)
        end as coverage,
        filled.source,
        filled.known_at

    from filled

    left join agents
        on filled.owner_id = agents.agent_id

)

select * from attained
