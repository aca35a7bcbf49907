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

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

stage_history as (

    select * from {{ ref('fct_opportunity_stage_history') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

described as (

    select
        opportunities.opportunity_id,
        'all' as company,
        opportunities.pipeline,
        opportunities.product_id as product,
        products.name as product_name,
        opportunities.lead_source,
        accounts.industry as account_industry,
        -- headcount classes of the Recommendation 2003/361/EC
        case
            when accounts.number_of_employees < 10 then 'micro'
            when accounts.number_of_employees < 50 then 'small'
            when accounts.number_of_employees < 250 then 'medium'
            when accounts.number_of_employees >= 250 then 'large'
        end as account_segment,
        opportunities.is_closed,
        opportunities.is_won,
        opportunities.created_at,
        case
            when opportunities.is_closed then opportunities.closed_at else {{ as_of() }}
        end as ended_at

    from opportunities

    left join accounts
        on opportunities.account_id = accounts.account_id

    left join products
        on opportunities.product_id = products.product_id

),

stages_reached as (

    select
        opportunity_id,
        stage_name,
        min(entered_at) as entered_at
    from stage_history
    where not is_closed
    group by opportunity_id, stage_name

),

valued as (

    {% for dimension in [
        'company', 'pipeline', 'product', 'lead_source', 'account_industry', 'account_segment'
    ] -%}
        select
            '{{ dimension }}' as dimension,
            {{ dimension }} as dimension_value,
            {{ 'product_name' if dimension == 'product' else dimension }} as dimension_label,
            opportunity_id,
            is_closed,
            is_won,
            created_at as started_at,
            ended_at
        from described

        union all
    {% endfor %}
    select
        'stage' as dimension,
        stages_reached.stage_name as dimension_value,
        stages_reached.stage_name as dimension_label,
        described.opportunity_id,
        described.is_closed,
        described.is_won,
        stages_reached.entered_at as started_at,
        described.ended_at
    from stages_reached
    inner join described
        on stages_reached.opportunity_id = described.opportunity_id

),

timed as (

    select
        *,
        -- a source that states only the day of closing puts it before the hour of creation
        case
            when cast(ended_at as date) >= cast(started_at as date)
                then cast(greatest(epoch(ended_at - started_at), 0) / 86400 as decimal(18, 6))
        end as days
    from valued

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
            as kaplan_meier_median_days

    from surviving

    group by dimension, dimension_value

)

select * from summed
