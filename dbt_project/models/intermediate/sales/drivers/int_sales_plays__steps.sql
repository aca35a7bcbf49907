-- Grain: one row per closed opportunity and step of the conversation that went before the closing.
with

opportunities as (

    select
        opportunity_id,
        customer_id,
        contact_customer_id,
        is_won,
        amount_base,
        created_at,
        closed_at
    from {{ ref('fct_opportunities') }}
    where is_closed and created_at is not null and closed_at is not null

),

-- what colleagues write among themselves and what machines send is no step towards a customer
interactions as (

    select
        interaction_id,
        customer_id,
        opportunity_id,
        started_at,
        case
            when interaction_type = 'meeting' then 'meeting'
            when channel = 'web' then 'web visit'
            when direction = 'inbound' then channel || ' in'
            else channel || ' out'
        end as step
    from {{ ref('fct_interactions') }}
    where direction <> 'internal' and not is_automated and not is_bot

),

-- an interaction that names its opportunity belongs to no other one of the customer
matched as (

    {% for ours, theirs in [
        ('opportunity_id', 'opportunity_id'),
        ('customer_id', 'customer_id'),
        ('contact_customer_id', 'customer_id'),
    ] -%}
        select
            opportunities.opportunity_id,
            opportunities.is_won,
            opportunities.amount_base,
            interactions.interaction_id,
            interactions.step,
            interactions.started_at
        from opportunities
        inner join interactions
            on
                opportunities.{{ ours }} = interactions.{{ theirs }}
                and opportunities.created_at <= interactions.started_at
                and opportunities.closed_at > interactions.started_at
        {% if not loop.first -%}
            where interactions.opportunity_id is null
        {% endif -%}
        {% if not loop.last %}
            union
        {% endif %}
    {%- endfor %}

),

with_previous as (

    select
        *,
        lag(step) over (
            partition by opportunity_id
            order by started_at, interaction_id
        ) as previous_step
    from matched

),

-- three mails in a row are one step
steps as (

    select
        opportunity_id,
        is_won,
        amount_base,
        row_number() over (
            partition by opportunity_id
            order by started_at, interaction_id
        ) as step_index,
        step,
        started_at
    from with_previous
    where step is distinct from previous_step

)

select * from steps
