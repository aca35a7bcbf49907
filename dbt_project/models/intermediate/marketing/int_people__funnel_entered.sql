-- Grain: one row per person and lifecycle stage that the person has reached.
{% set stages = ['subscriber', 'lead', 'mql', 'sql', 'opportunity', 'customer'] %}

with

leads as (

    select * from {{ ref('dim_leads') }}
    where customer_id is not null

),

reached as (

    select * from {{ ref('int_people__stages_reached') }}

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

stages_of_people as (

    {% for stage in stages -%}
        select
            customer_id,
            source,
            '{{ stage }}' as lifecycle_stage,
            {{ loop.index }} as stage_order,
            subscriber_at as first_entered_at,
            {{ stage }}_at as entered_at
        from reached
        where {{ stage }}_at is not null
        {% if not loop.last -%}
            union all
        {%- endif %}
    {% endfor %}

),

entered as (

    select
        stages_of_people.customer_id,
        stages_of_people.source,
        first_campaigns.campaign_id,
        stages_of_people.lifecycle_stage,
        stages_of_people.stage_order,
        stages_of_people.first_entered_at,
        lag(stages_of_people.entered_at) over in_order as previous_entered_at,
        stages_of_people.entered_at,
        lead(stages_of_people.entered_at) over in_order as next_entered_at

    from stages_of_people

    left join first_campaigns
        on stages_of_people.customer_id = first_campaigns.customer_id

    window in_order as (
        partition by stages_of_people.customer_id
        order by stages_of_people.stage_order
    )

)

select * from entered
