-- Grain: one row per kind of record, owner, team, pipeline, stage and month of entry.
with

opportunity_stages as (

    select
        *,
        is_closed and not is_won as is_lost_stage,
        lead(is_closed and not is_won) over in_order as is_followed_by_loss,
        max(case when not (is_closed and not is_won) then coalesce(stage_order, 0) end) over (
            partition by opportunity_id
            order by stage_index
            rows between 1 following and unbounded following
        ) as furthest_order_after
    from {{ ref('fct_opportunity_stage_history') }}
    window in_order as (
        partition by opportunity_id
        order by stage_index
    )

),

-- an opportunity that comes back to a stage entered it once, when it first came
opportunity_entries as (

    select
        'opportunity' as record_type,
        opportunity_id as record_id,
        owner_id,
        pipeline,
        stage_name,
        min(stage_order) as stage_order,
        min(entered_at) as entered_at,
        sum(cast(days_in_stage as decimal(18, 6))) as days_in_stage,
        max(amount_base) as value_base,
        coalesce(
            max(furthest_order_after) > min(coalesce(stage_order, 0)), false
        ) as is_converted,
        coalesce(bool_or(is_followed_by_loss), false) as is_followed_by_loss

    from opportunity_stages

    group by
        opportunity_id,
        owner_id,
        pipeline,
        stage_name

),

lead_stages as (

    {% set stages = [
        ('new', 'created_at'), ('contacted', 'first_responded_at'),
        ('qualified', 'qualified_at'), ('converted', 'converted_at'),
    ] %}
    {% for stage_name, entered_at in stages -%}
        select
            lead_id,
            owner_id,
            is_closed,
            '{{ stage_name }}' as stage_name,
            {{ loop.index }} as stage_order,
            {{ entered_at }} as entered_at
        from {{ ref('dim_leads') }}
        where {{ entered_at }} is not null
        {% if not loop.last -%}
            union all
        {%- endif %}
    {% endfor %}

),

lead_entries as (

    select
        'lead' as record_type,
        lead_id as record_id,
        owner_id,
        'leads' as pipeline,
        stage_name,
        stage_order,
        entered_at,
        case
            when min(entered_at) over later_stages >= entered_at
                then epoch(min(entered_at) over later_stages - entered_at) / 86400
        end as days_in_stage,
        cast(null as decimal(18, 4)) as value_base,
        count(*) over later_stages > 0 as is_converted,
        is_closed as is_followed_by_loss
    from lead_stages
    window later_stages as (
        partition by lead_id
        order by stage_order
        rows between 1 following and unbounded following
    )

),

entries as (

    select * from opportunity_entries

    union all by name

    select * from lead_entries

),

agents as (

    select * from {{ ref('dim_agents') }}

),

counted as (

    select
        entries.record_type,
        entries.owner_id,
        agents.name as owner_name,
        agents.team,
        entries.pipeline,
        entries.stage_name,
        cast(date_trunc('month', entries.entered_at) as date) as period_start,

        min(entries.stage_order) as stage_order,
        count(*) as entered_count,
        count(*) filter (where entries.is_converted) as converted_count,
        count(*) filter (where entries.is_followed_by_loss and not entries.is_converted)
            as lost_count,
        avg(cast(entries.days_in_stage as decimal(18, 6))) as mean_days_in_stage,
        median(entries.days_in_stage) as median_days_in_stage,
        sum(entries.value_base) as value_base

    from entries

    left join agents
        on entries.owner_id = agents.agent_id

    group by
        entries.record_type,
        entries.owner_id,
        agents.name,
        agents.team,
        entries.pipeline,
        entries.stage_name,
        date_trunc('month', entries.entered_at)

),

funnel as (

    select
        record_type,
        owner_id,
        owner_name,
        team,
        pipeline,
        stage_name,
        cast(stage_order as integer) as stage_order,
        entered_count,
        converted_count,
        lost_count,
        entered_count - converted_count - lost_count as remaining_count,
        converted_count / entered_count as conversion_rate,
        mean_days_in_stage,
        median_days_in_stage,
        cast(value_base as decimal(18, 4)) as value_base,
        period_start

    from counted

)

select * from funnel
