-- Grain: one row per programme and calendar month from its start to the one under way.
with

costs_monthly as (

    select * from {{ ref('int_programme_costs__monthly') }}

),

margins as (

    select * from {{ ref('int_margins__monthly') }}

),

starts as (

    select
        programme,
        min(month) as started_on
    from costs_monthly
    group by programme

),

first_margins as (

    select min(month) as first_month
    from margins

),

-- what an average month of the year before the start brought; nothing to compare with where the
-- books begin later than that
baselines as (

    select
        starts.programme,
        starts.started_on,
        case
            when
                min(first_margins.first_month)
                <= cast(starts.started_on - interval 12 month as date)
                then try_cast(coalesce(sum(margins.margin_base), 0) / 12 as decimal(18, 4))
        end as baseline_margin_base

    from starts

    cross join first_margins

    left join margins
        on
            starts.started_on > margins.month
            and cast(starts.started_on - interval 12 month as date) <= margins.month

    group by starts.programme, starts.started_on

),

months as (

    select
        programme,
        started_on,
        baseline_margin_base,
        cast(unnest(range(
            cast(started_on as timestamp), {{ as_of() }}, interval 1 month
        )) as date) as month
    from baselines

),

joined as (

    select
        months.programme,
        months.month as period_start,
        months.started_on,
        coalesce(costs_monthly.unrated_count, 0) as unrated_count,
        try_cast(coalesce(costs_monthly.cost_base, 0) as decimal(18, 4)) as cost_base,
        try_cast(coalesce(margins.margin_base, 0) as decimal(18, 4)) as margin_base,
        months.baseline_margin_base,
        try_cast(
            coalesce(margins.margin_base, 0) - months.baseline_margin_base as decimal(18, 4)
        ) as gain_base,
        cast(months.month + interval 1 month as date) <= {{ as_of() }} as is_complete

    from months

    left join costs_monthly
        on
            months.programme = costs_monthly.programme
            and months.month = costs_monthly.month

    left join margins
        on months.month = margins.month

),

-- a month under way has not brought its margin yet
cumulated as (

    select
        *,
        try_cast(sum(cost_base) over so_far as decimal(18, 4)) as cumulative_cost_base,
        try_cast(
            sum(case when is_complete then gain_base end) over so_far as decimal(18, 4)
        ) as cumulative_gain_base
    from joined
    window so_far as (
        partition by programme
        order by period_start
    )

),

returned as (

    select
        programme,
        period_start,
        started_on,
        unrated_count,
        cost_base,
        margin_base,
        baseline_margin_base,
        gain_base,
        cumulative_cost_base,
        cumulative_gain_base,
        cast(cumulative_gain_base as double) / nullif(cumulative_cost_base, 0)
            as return_per_unit,
        cast(cumulative_gain_base - cumulative_cost_base as double)
        / nullif(cumulative_cost_base, 0) as roi,
        cast({{ var('crm_return_benchmark') }} as double) as benchmark_return,
        is_complete

    from cumulated

)

select * from returned
