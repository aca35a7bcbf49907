-- Grain: one row per customer, attribute and value; its best statement by survivorship_rules.
with

stated as (

    select * from {{ ref('int_customer_attributes__stated') }}

),

rules as (

    select * from {{ ref('int_survivorship_rules__pivoted') }}

),

own_rules as (

    select attribute from rules

),

scored as (

    select
        {% for step in [1, 2, 3, 4] -%}
            {{ survivorship_score('rules.criterion_' ~ step, 'rules.preferred_' ~ step) }}
                as score_{{ step }},
            rules.criterion_{{ step }},
        {% endfor -%}
        stated.*
    from stated
    left join own_rules
        on stated.attribute = own_rules.attribute
    left join rules
        on coalesce(own_rules.attribute, '*') = rules.attribute

),

best_of_value as (

    select
        *,
        count(*) over (
            partition by customer_id, attribute, stated_value
        ) as statement_count
    from scored
    qualify row_number() over (
        partition by customer_id, attribute, stated_value
        order by
            score_1 desc nulls last,
            score_2 desc nulls last,
            score_3 desc nulls last,
            score_4 desc nulls last,
            record_type asc,
            record_id asc
    ) = 1

)

select * from best_of_value
