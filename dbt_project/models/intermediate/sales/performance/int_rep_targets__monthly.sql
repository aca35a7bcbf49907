-- Grain: one row per colleague and calendar month, up to the as_of, that a quota falls into.
with

-- a target for one family of products is no target of the whole
quotas as (

    select *
    from {{ ref('int_quotas__dated') }}
    where
        product_family is null
        and next_period_start is not null
        and quota_base is not null

),

months as (

    select
        owner_id,
        month_count,
        quota_base / month_count as quota_base,
        cast(unnest(range(
            date_trunc('month', cast(period_start as timestamp)),
            cast(least(next_period_start, today) as timestamp),
            interval 1 month
        )) as date) as period_start
    from quotas

),

-- of a quota for the month and one for the year the nearer one is the target of the month
targets as (

    select
        owner_id,
        period_start,
        try_cast(sum(quota_base) as decimal(18, 4)) as quota_base
    from months
    group by owner_id, period_start, month_count
    qualify row_number() over (
        partition by owner_id, period_start
        order by month_count
    ) = 1

)

select * from targets
