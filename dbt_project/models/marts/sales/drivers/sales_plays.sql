-- Grain: one row per sequence of steps that enough closed opportunities went through.
{%- set longest = 4 %}
with

steps as (

    select * from {{ ref('int_sales_plays__steps') }}

),

with_next as (

    select
        opportunity_id,
        is_won,
        amount_base,
        {% for place in range(1, longest) -%}
            lead(step, {{ place }}) over in_order as step_{{ place + 1 }},
        {% endfor -%}
        step as step_1
    from steps
    window in_order as (
        partition by opportunity_id
        order by step_index
    )

),

-- a deal that went through a sequence twice supports it once
sequences as (

    {% for length in range(1, longest + 1) -%}
        select distinct
            opportunity_id,
            is_won,
            amount_base,
            {{ length }} as step_count,
            concat_ws(
                ' > ',
                {% for place in range(1, length) -%}
                    step_{{ place }},
                {% endfor -%}
                step_{{ length }}
            ) as sequence
        from with_next
        where step_{{ length }} is not null
        {% if not loop.last %}
            union all
        {% endif %}
    {%- endfor %}

),

base as (

    select
        count(distinct opportunity_id) as opportunity_count,
        count(distinct opportunity_id) filter (where is_won) as won_count
    from steps

),

counted as (

    select
        sequence,
        step_count,
        count(*) as opportunity_count,
        count(*) filter (where is_won) as won_count,
        sum(amount_base) filter (where is_won) as won_value_base
    from sequences
    group by sequence, step_count
    having count(*) >= {{ var('sales_play_min_opportunities') }}

),

compared as (

    select
        counted.sequence,
        cast(counted.step_count as integer) as step_count,
        counted.opportunity_count,
        counted.won_count,
        counted.opportunity_count - counted.won_count as lost_count,
        try_cast(coalesce(counted.won_value_base, 0) as decimal(18, 4)) as won_value_base,
        counted.opportunity_count / base.opportunity_count as support,
        counted.won_count / nullif(base.won_count, 0) as support_won,
        (counted.opportunity_count - counted.won_count)
        / nullif(base.opportunity_count - base.won_count, 0) as support_lost,
        counted.won_count / counted.opportunity_count as win_rate,
        {{ wilson_bound('counted.won_count', 'counted.opportunity_count', '-') }} as win_rate_low,
        {{ wilson_bound('counted.won_count', 'counted.opportunity_count', '+') }} as win_rate_high,
        base.won_count / base.opportunity_count as base_win_rate,
        (counted.won_count / counted.opportunity_count)
        / nullif(base.won_count / base.opportunity_count, 0) as lift

    from counted

    cross join base

)

select * from compared
