-- Grain: one row per month of entry, source, campaign and lifecycle stage.
{% set stages = ['subscriber', 'lead', 'mql', 'sql', 'opportunity', 'customer'] %}

with

people as (

    select * from {{ ref('dim_customers') }}
    where customer_type = 'person'

),

leads as (

    select * from {{ ref('dim_leads') }}
    where customer_id is not null

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

-- the person of an opportunity is its contact, or who its lead was
opportunities_of_people as (

    select
        contact_customer_id as customer_id,
        opportunity_id
    from opportunities
    where contact_customer_id is not null

    union

    select
        customer_id,
        converted_opportunity_id as opportunity_id
    from leads
    where converted_opportunity_id is not null

),

entries as (

    select
        customer_id,
        1 as stage_order,
        created_at as entered_at
    from {{ ref('dim_contacts') }}

    union all

    select
        customer_id,
        2 as stage_order,
        created_at as entered_at
    from leads

    union all

    select
        customer_id,
        3 as stage_order,
        qualified_at as entered_at
    from leads

    union all

    select
        customer_id,
        4 as stage_order,
        converted_at as entered_at
    from leads

    union all

    select
        opportunities_of_people.customer_id,
        5 as stage_order,
        opportunities.created_at as entered_at
    from opportunities_of_people
    inner join opportunities
        on opportunities_of_people.opportunity_id = opportunities.opportunity_id

    union all

    select
        opportunities_of_people.customer_id,
        6 as stage_order,
        opportunities.closed_at as entered_at
    from opportunities_of_people
    inner join opportunities
        on opportunities_of_people.opportunity_id = opportunities.opportunity_id
    where opportunities.is_won

    union all

    select
        customer_id,
        6 as stage_order,
        placed_at as entered_at
    from {{ ref('fct_orders') }}
    where not is_cancelled

),

-- who reached a stage has reached every stage before it, at the latest then
reached as (

    select
        people.customer_id,
        coalesce(people.original_source, 'unknown') as source,
        min(entries.entered_at) as subscriber_at,
        min(entries.entered_at) filter (where entries.stage_order >= 2) as lead_at,
        min(entries.entered_at) filter (where entries.stage_order >= 3) as mql_at,
        min(entries.entered_at) filter (where entries.stage_order >= 4) as sql_at,
        min(entries.entered_at) filter (where entries.stage_order >= 5) as opportunity_at,
        min(entries.entered_at) filter (where entries.stage_order >= 6) as customer_at

    from people

    inner join entries
        on people.customer_id = entries.customer_id

    where entries.entered_at is not null

    group by
        people.customer_id,
        people.original_source

),

first_campaigns as (

    select
        customer_id,
        campaign_id
    from leads
    where campaign_id is not null
    qualify row_number() over (
        partition by customer_id
        order by created_at, lead_id
    ) = 1

),

stage_entries as (

    {% for stage in stages -%}
        {%- set next_stage = stages[loop.index] if not loop.last %}
        select
            reached.customer_id,
            reached.source,
            first_campaigns.campaign_id,
            '{{ stage }}' as lifecycle_stage,
            {{ loop.index }} as stage_order,
            reached.{{ stage }}_at as entered_at,
            {{ 'reached.' ~ next_stage ~ '_at' if next_stage else 'cast(null as timestamp)' }}
                as next_entered_at

        from reached

        left join first_campaigns
            on reached.customer_id = first_campaigns.customer_id

        where reached.{{ stage }}_at is not null
        {% if not loop.last -%}
            union all
        {%- endif %}
    {% endfor %}

),

counted as (

    select
        cast(date_trunc('month', entered_at) as date) as period_start,
        source,
        campaign_id,
        lifecycle_stage,
        stage_order,

        count(*) as entered_count,
        count(next_entered_at) as converted_count,
        median(epoch(next_entered_at - entered_at) / 86400) as median_days_to_next

    from stage_entries

    group by
        date_trunc('month', entered_at),
        source,
        campaign_id,
        lifecycle_stage,
        stage_order

),

funnel as (

    select
        source,
        campaign_id,
        lifecycle_stage,
        cast(stage_order as integer) as stage_order,
        entered_count,
        converted_count,
        case when lifecycle_stage <> 'customer' then converted_count / entered_count end
            as conversion_rate,
        median_days_to_next,
        period_start

    from counted

)

select * from funnel
