-- Grain: one row per metric, owner and month; a rate is its numerator over its denominator.
with

deal_events as (

    select * from {{ ref('int_opportunity_events__dated') }}

),

leads as (

    select
        leads.owner_id,
        agents.team,
        leads.is_converted,
        cast(date_trunc('month', leads.created_at) as date) as month
    from {{ ref('dim_leads') }} as leads
    left join {{ ref('dim_agents') }} as agents
        on leads.owner_id = agents.agent_id
    where leads.created_at is not null

),

orders as (

    select
        revenue_base,
        cast(date_trunc('month', placed_at) as date) as month
    from {{ ref('fct_orders') }}
    where not is_cancelled and placed_at is not null

),

measured as (

    {% for metric, numerator, denominator in [
        ('bookings', 'coalesce(sum(won_value_base), 0)', 'cast(null as bigint)'),
        ('won_deals', "count(*) filter (where event_type = 'won')", 'cast(null as bigint)'),
        (
            'win_rate', "count(*) filter (where event_type = 'won')",
            "count(*) filter (where event_type in ('won', 'lost'))",
        ),
    ] -%}
        select
            '{{ metric }}' as metric,
            owner_id,
            team,
            period_start as month,
            try_cast({{ numerator }} as decimal(18, 4)) as numerator,
            {{ denominator }} as denominator
        from deal_events
        group by owner_id, team, period_start

        union all
    {% endfor -%}
    select
        'new_leads' as metric,
        owner_id,
        team,
        month,
        try_cast(count(*) as decimal(18, 4)) as numerator,
        cast(null as bigint) as denominator
    from leads
    group by owner_id, team, month

    union all

    select
        'lead_conversion_rate' as metric,
        owner_id,
        team,
        month,
        try_cast(count(*) filter (where is_converted) as decimal(18, 4)) as numerator,
        count(*) as denominator
    from leads
    group by owner_id, team, month

    union all

    select
        'order_revenue' as metric,
        null as owner_id,
        null as team,
        month,
        try_cast(coalesce(sum(revenue_base), 0) as decimal(18, 4)) as numerator,
        cast(null as bigint) as denominator
    from orders
    group by month

)

select * from measured
