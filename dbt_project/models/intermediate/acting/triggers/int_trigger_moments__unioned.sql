-- Grain: one row per thing that may set off a trigger, and since when it was known.
{{ config(materialized='view') }}

{% set sources = [
    ('order', ref('int_trigger_moments__orders')),
    ('invoice', ref('int_trigger_moments__invoices')),
    ('cart_event', ref('int_trigger_moments__carts')),
    ('interaction', ref('int_trigger_moments__interactions')),
    ('lead', ref('int_trigger_moments__leads')),
    ('order_line', ref('int_trigger_moments__products')),
    ('ticket', ref('int_trigger_moments__tickets')),
] %}

with

unioned as (

    {% for subject_type, relation in sources -%}
        select
            trigger_type,
            '{{ subject_type }}' as subject_type,
            subject_id,
            customer_id,
            cast(value as double) as value,
            anchor_at,
            known_from,
            ended_at
        from {{ relation }}
        {% if not loop.last -%}
            union all
        {%- endif %}
    {% endfor %}

)

select * from unioned
