-- Grain: one row per calendar month (UTC) and pipeline, from its first opportunity to the as_of.
{%- set flows = [
    ('created', 'is_created', 'amount'),
    ('reopened', 'is_reopened', 'amount'),
    ('increased', 'is_increased', 'amount_change'),
    ('decreased', 'is_decreased', '-amount_change'),
    ('won', "left_as = 'won'", 'amount'),
    ('lost', "left_as = 'lost'", 'amount'),
    ('deleted', "left_as = 'deleted'", 'amount'),
] %}
{%- set date_moves = [
    ('pushed_out', 'previous_due_month = period_start and due_month > period_start'),
    ('pushed_in', 'previous_due_month < period_start and due_month = period_start'),
    ('pulled_in', 'previous_due_month > period_start and due_month = period_start'),
    ('pulled_out', 'previous_due_month = period_start and due_month < period_start'),
] %}

with

states as (

    select
        *,
        coalesce(amount_base, 0) as amount,
        lag(coalesce(amount_base, 0)) over in_order as previous_amount,
        lag(status) over in_order as previous_status,
        lag(close_date) over in_order as previous_close_date,
        cast(date_trunc('month', valid_from) as date) as period_start
    from {{ ref('int_opportunity_states__spans') }}
    window in_order as (
        partition by opportunity_id
        order by state_index
    )

),

-- what was open at every end of a month, counted from the states alone: the movements below
-- have to arrive at the same
covered as (

    select
        pipeline,
        amount,
        unnest(generate_series(
            date_trunc('month', valid_from) + interval 1 month,
            coalesce(valid_to, {{ as_of() }}),
            interval 1 month
        )) as bound
    from states
    where status = 'open'

    union all

    select
        pipeline,
        amount,
        {{ as_of() }} as bound
    from states
    where
        status = 'open'
        and valid_to is null
        and date_trunc('month', {{ as_of() }}) <> {{ as_of() }}

),

balances as (

    select
        pipeline,
        cast(bound as date) as bound,
        count(*) as open_count,
        sum(amount) as open_base
    from covered
    group by pipeline, bound

),

-- an amount that changes in the moment of closing changes first, then the deal closes with it
moves as (

    select
        pipeline,
        period_start,
        amount,
        previous_status is null as is_created,
        status = 'open' and previous_status <> 'open' as is_reopened,
        previous_status = 'open' and amount > previous_amount as is_increased,
        previous_status = 'open' and amount < previous_amount as is_decreased,
        amount - previous_amount as amount_change,
        case
            when status <> 'open' and coalesce(previous_status, 'open') = 'open' then status
        end as left_as,
        cast(date_trunc('month', close_date) as date) as due_month,
        case
            when status = 'open' and previous_status = 'open'
                then cast(date_trunc('month', previous_close_date) as date)
        end as previous_due_month
    from states

),

movements as (

    select
        pipeline,
        {% for name, condition, amount in flows -%}
            sum({{ amount }}) filter (where {{ condition }}) as {{ name }}_base,
            count(*) filter (where {{ condition }}) as {{ name }}_count,
        {% endfor -%}
        {% for name, condition in date_moves -%}
            sum(amount) filter (where {{ condition }}) as {{ name }}_base,
            count(*) filter (where {{ condition }}) as {{ name }}_count,
        {% endfor -%}
        period_start
    from moves
    group by pipeline, period_start

),

first_months as (

    select
        pipeline,
        min(period_start) as first_month
    from states
    group by pipeline

),

periods as (

    select
        pipeline,
        cast(unnest(range(
            cast(first_month as timestamp), {{ as_of() }}, interval 1 month
        )) as date) as period_start
    from first_months

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
        {% for name, condition, amount in flows -%}
            coalesce(movements.{{ name }}_count, 0) as {{ name }}_count,
        {% endfor -%}
        coalesce(closing.open_count, 0) as open_end_count,

        cast(coalesce(opening.open_base, 0) as decimal(18, 4)) as open_start_base,
        {% for name, condition, amount in flows -%}
            cast(coalesce(movements.{{ name }}_base, 0) as decimal(18, 4)) as {{ name }}_base,
        {% endfor -%}
        cast(coalesce(closing.open_base, 0) as decimal(18, 4)) as open_end_base,

        {% for name, condition in date_moves -%}
            coalesce(movements.{{ name }}_count, 0) as {{ name }}_count,
            cast(coalesce(movements.{{ name }}_base, 0) as decimal(18, 4)) as {{ name }}_base,
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
