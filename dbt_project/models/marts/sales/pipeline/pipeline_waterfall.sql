-- Grain: one row per calendar month (UTC) and pipeline, from its first opportunity to the as_of.
{%- set flows = [
    'created', 'reopened', 'increased', 'decreased', 'won', 'lost', 'deleted',
] %}
{%- set date_moves = [
    ('pushed_out', 'previous_due_month = period_start and due_month > period_start'),
    ('pushed_in', 'previous_due_month < period_start and due_month = period_start'),
    ('pulled_in', 'previous_due_month > period_start and due_month = period_start'),
    ('pulled_out', 'previous_due_month = period_start and due_month < period_start'),
] %}

with

moves as (

    select
        pipeline,
        movement,
        amount_base,
        cast(date_trunc('month', previous_close_date) as date) as previous_due_month,
        cast(date_trunc('month', close_date) as date) as due_month,
        cast(date_trunc('month', moved_at) as date) as period_start
    from {{ ref('fct_pipeline_movements') }}

),

balances as (

    select * from {{ ref('int_pipeline__balanced') }}

),

movements as (

    select
        pipeline,
        {% for name in flows -%}
            sum(amount_base) filter (where movement = '{{ name }}') as {{ name }}_base,
            count(*) filter (where movement = '{{ name }}') as {{ name }}_count,
        {% endfor -%}
        {% for name, condition in date_moves -%}
            sum(amount_base) filter (
                where movement in ('pushed', 'pulled') and {{ condition }}
            ) as {{ name }}_base,
            count(*) filter (
                where movement in ('pushed', 'pulled') and {{ condition }}
            ) as {{ name }}_count,
        {% endfor -%}
        period_start
    from moves
    group by pipeline, period_start

),

periods as (

    select
        pipeline,
        cast(unnest(range(
            cast(min(period_start) as timestamp), max({{ as_of() }}), interval 1 month
        )) as date) as period_start
    from moves
    group by pipeline

),

with_ends as (

    select
        pipeline,
        period_start,
        cast(least(period_start + interval 1 month, {{ as_of() }}) as date) as bound,
        period_start + interval 1 month <= {{ as_of() }} as is_complete
    from periods

),

waterfall as (

    select
        periods.period_start,
        cast(periods.bound - 1 as date) as last_day,
        periods.pipeline,

        coalesce(opening.open_count, 0) as open_start_count,
        {% for name in flows -%}
            coalesce(movements.{{ name }}_count, 0) as {{ name }}_count,
        {% endfor -%}
        coalesce(closing.open_count, 0) as open_end_count,

        try_cast(coalesce(opening.open_base, 0) as decimal(18, 4)) as open_start_base,
        {% for name in flows -%}
            try_cast(coalesce(movements.{{ name }}_base, 0) as decimal(18, 4)) as {{ name }}_base,
        {% endfor -%}
        try_cast(coalesce(closing.open_base, 0) as decimal(18, 4)) as open_end_base,

        {% for name, condition in date_moves -%}
            coalesce(movements.{{ name }}_count, 0) as {{ name }}_count,
            try_cast(coalesce(movements.{{ name }}_base, 0) as decimal(18, 4)) as {{ name }}_base,
        {% endfor -%}
        periods.is_complete
    from with_ends as periods

    left join movements
        on
            periods.pipeline = movements.pipeline
            and periods.period_start = movements.period_start

    left join balances as opening
        on periods.pipeline = opening.pipeline and periods.period_start = opening.bound

    left join balances as closing
        on periods.pipeline = closing.pipeline and periods.bound = closing.bound

)

select * from waterfall
