-- Grain: one row per dimension and value of it, over all opportunities that have the value.
--
-- Median until won with open and lost opportunities as censored: the product-limit estimator of
-- Kaplan, E. L. and Meier, P. (1958), Nonparametric Estimation from Incomplete Observations,
-- Journal of the American Statistical Association 53 (282), 457-481:
--     S(t) = product over all days t_i <= t with wins of (1 - d_i / n_i)
-- d_i opportunities won after t_i days, n_i neither closed nor censored before t_i days. The
-- median is the first t with S(t) <= 1/2. Wins of the same day may be taken one after the other,
-- since (n - d) / n = (n - 1) / n * (n - 2) / (n - 1) * ...; whoever is censored that day is
-- still at risk for all of them.
with

timed as (

    select * from {{ ref('int_sales_cycles__timed') }}

),

at_risk as (

    select
        *,
        count(days) over (partition by dimension, dimension_value)
        - row_number() over in_order + 1 as at_risk_count
    from timed
    window in_order as (
        partition by dimension, dimension_value
        order by days asc nulls last, is_won desc, opportunity_id asc
    )

),

surviving as (

    select
        *,
        product(
            case when days is not null and is_won then 1 - 1 / at_risk_count else 1 end
        ) over (
            partition by dimension, dimension_value
            order by days asc nulls last, is_won desc, opportunity_id asc
            rows between unbounded preceding and current row
        ) as survival
    from at_risk

),

summed as (

    select
        dimension,
        dimension_value,
        min(dimension_label) as dimension_label,
        count(*) as opportunity_count,
        count(*) filter (where is_won) as won_count,
        count(*) filter (where is_closed and not is_won) as lost_count,
        count(*) filter (where not is_closed) as open_count,
        count(*) filter (where days is null) as undated_count,
        median(cast(days as double)) filter (where is_won) as median_days_to_win,
        quantile_cont(cast(days as double), 0.75) filter (where is_won) as p75_days_to_win,
        quantile_cont(cast(days as double), 0.9) filter (where is_won) as p90_days_to_win,
        -- 3/4 * 2/3 is a half also where the factors are rounded
        cast(min(days) filter (where survival <= 0.5 + 1e-9) as double)
            as kaplan_meier_median_days,
        cast(min(days) filter (where survival <= 0.25 + 1e-9) as double)
            as kaplan_meier_p75_days,
        median(cast(days_in_stage as double)) as median_days_in_stage

    from surviving

    group by dimension, dimension_value

)

select * from summed
