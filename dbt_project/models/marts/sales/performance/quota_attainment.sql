-- Grain: one row per quota: the target of one colleague for one period.
with

quotas as (

    select * from {{ ref('int_quotas__dated') }}

),

counted as (

    select * from {{ ref('int_quotas__counted') }}

),

agents as (

    select * from {{ ref('dim_agents') }}

),

-- a quota whose period has no known end has nothing that falls into it
filled as (

    select
        quotas.*,
        case
            when quotas.next_period_start is not null then coalesce(counted.won_count, 0)
        end as won_count,
        try_cast(
            case
                when quotas.next_period_start is not null
                    then coalesce(counted.won_value_base, 0)
            end as decimal(18, 4)
        ) as won_value_base,
        case
            when quotas.next_period_start is not null then coalesce(counted.open_count, 0)
        end as open_count,
        try_cast(
            case
                when quotas.next_period_start is not null
                    then coalesce(counted.open_value_base, 0)
            end as decimal(18, 4)
        ) as open_value_base,
        try_cast(
            case
                when quotas.next_period_start is not null
                    then coalesce(counted.open_weighted_base, 0)
            end as decimal(18, 4)
        ) as open_weighted_base

    from quotas

    left join counted
        on quotas.quota_id = counted.quota_id

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
        try_cast(
            cast(filled.quota_base as decimal(20, 4)) - filled.won_value_base as decimal(18, 4)
        ) as gap_base,
        cast(filled.won_value_base as double) / nullif(filled.quota_base, 0) as attainment,
        filled.elapsed_share,
        try_cast(filled.quota_base * filled.elapsed_share as decimal(18, 4)) as expected_base,
        cast(filled.won_value_base as double)
        / nullif(try_cast(filled.quota_base * filled.elapsed_share as decimal(18, 4)), 0) as pace,
        filled.open_count,
        filled.open_value_base,
        filled.open_weighted_base,
        case
            when not filled.is_period_over and filled.quota_base > filled.won_value_base
                then
                    cast(filled.open_value_base as double)
                    / (cast(filled.quota_base as decimal(20, 4)) - filled.won_value_base)
        end as coverage,
        filled.source,
        filled.known_at

    from filled

    left join agents
        on filled.owner_id = agents.agent_id

)

select * from attained
