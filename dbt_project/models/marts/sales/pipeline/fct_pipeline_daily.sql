-- Grain: one row per day, pipeline, stage, owner and forecast category with an open opportunity.
with

open_spans as (

    select
        *,
        cast(valid_from as date) as first_day,
        cast(coalesce(valid_to, {{ as_of() }}) as date) as day_after
    from {{ ref('int_opportunity_states__spans') }}
    where status = 'open'

),

-- what comes in and goes out, and the running sums of it: a deal open for ten years costs two
-- rows here instead of one a day
moves as (

    {% for moved_on, sign in [('first_day', '1'), ('day_after', '-1')] -%}
        select
            pipeline,
            stage_name,
            owner_id,
            forecast_category,
            {{ moved_on }} as date_day,
            {{ sign }} as open_count,
            {{ sign }} * cast(amount_base is null as integer) as without_amount_count,
            {{ sign }} * cast(weighted_amount_base is null as integer) as unweighted_count,
            {{ sign }} * coalesce(amount_base, 0) as amount_base,
            {{ sign }} * coalesce(weighted_amount_base, 0) as weighted_amount_base
        from open_spans
        where first_day < day_after
        {% if not loop.last %}
            union all
        {% endif %}
    {%- endfor %}

),

moved_on_day as (

    select
        pipeline,
        stage_name,
        owner_id,
        forecast_category,
        date_day,
        sum(open_count) as open_count,
        sum(without_amount_count) as without_amount_count,
        sum(unweighted_count) as unweighted_count,
        sum(amount_base) as amount_base,
        sum(weighted_amount_base) as weighted_amount_base
    from moves
    group by pipeline, stage_name, owner_id, forecast_category, date_day

),

{% set measures = [
    'open_count', 'without_amount_count', 'unweighted_count', 'amount_base',
    'weighted_amount_base',
] -%}
balances as (

    select
        pipeline,
        stage_name,
        owner_id,
        forecast_category,
        {% for measure in measures -%}
            sum({{ measure }}) over in_order as {{ measure }},
        {% endfor -%}
        date_day,
        lead(date_day) over in_order as next_date_day
    from moved_on_day
    window in_order as (
        partition by pipeline, stage_name, owner_id, forecast_category
        order by date_day
    )

),

-- after the last move nothing is left: all that is open still goes out on the as_of
days as (

    select
        cast(unnest(range(date_day, next_date_day, interval 1 day)) as date) as date_day,
        pipeline,
        stage_name,
        owner_id,
        forecast_category,
        cast(open_count as bigint) as open_count,
        cast(without_amount_count as bigint) as without_amount_count,
        cast(unweighted_count as bigint) as unweighted_count,
        try_cast(amount_base as decimal(18, 4)) as amount_base,
        try_cast(weighted_amount_base as decimal(18, 4)) as weighted_amount_base
    from balances
    where open_count > 0

)

select * from days
