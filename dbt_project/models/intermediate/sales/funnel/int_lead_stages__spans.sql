-- Grain: one row per stay of one lead in one stage.
{%- set stages = [
    ('new', 'created_at'), ('contacted', 'first_responded_at'),
    ('qualified', 'qualified_at'), ('converted', 'converted_at'), ('closed', none),
] %}

with

leads as (

    select * from {{ ref('stg_leads') }}

),

versions as (

    select * from {{ ref('int_lead_versions__staged') }}

),

stage_orders as (

    {% for stage_name, stamp in stages -%}
        select
            '{{ stage_name }}' as stage_name,
            {{ loop.index }} as stage_order
        {% if not loop.last %}
            union all
        {% endif %}
    {%- endfor %}

),

stamped as (

    {% for stage_name, stamp in stages if stamp -%}
        select
            lead_id,
            '{{ stage_name }}' as stage_name,
            {{ stamp }} as entered_at,
            known_at
        from leads
        where {{ stamp }} is not null
        {% if not loop.last %}
            union all
        {% endif %}
    {%- endfor %}

),

-- a lead states when it first reached a stage; its versions tell of returns and of closings
entries as (

    select
        lead_id,
        stage_name,
        entered_at,
        known_at,
        'lead' as evidence
    from stamped

    union all

    select
        versions.lead_id,
        versions.stage_name,
        versions.recorded_at as entered_at,
        versions.known_at,
        'versions' as evidence
    from versions
    inner join leads
        on versions.lead_id = leads.lead_id
    left join stamped
        on
            versions.lead_id = stamped.lead_id
            and versions.stage_name = stamped.stage_name
    where stamped.lead_id is null or versions.entry_index > 1

),

with_previous as (

    select
        entries.*,
        stage_orders.stage_order,
        lag(entries.stage_name) over (
            partition by entries.lead_id
            order by entries.entered_at, stage_orders.stage_order
        ) as previous_stage_name

    from entries

    inner join stage_orders
        on entries.stage_name = stage_orders.stage_name

),

spans as (

    select
        lead_id,
        row_number() over in_order as stage_index,
        lag(stage_name) over in_order as from_stage,
        stage_name,
        lead(stage_name) over in_order as to_stage,
        stage_order,
        entered_at,
        lead(entered_at) over in_order as exited_at,
        evidence,
        known_at
    from with_previous
    where stage_name is distinct from previous_stage_name
    window in_order as (
        partition by lead_id
        order by entered_at, stage_order
    )

)

select * from spans
