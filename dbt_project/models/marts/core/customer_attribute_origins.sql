-- Grain: one row per customer and attribute; the value that survived, where from, and why that one.
with

scored as (

    select * from {{ ref('int_customer_attributes__scored') }}

),

ranked as (

    select
        *,
        row_number() over by_rules as place,
        {% for step in [1, 2, 3, 4] -%}
            coalesce(score_{{ step }}, -1) as own_score_{{ step }},
            coalesce(lead(score_{{ step }}) over by_rules, -1) as next_score_{{ step }},
        {% endfor -%}
        count(*) over (partition by customer_id, attribute) as value_count
    from scored
    window by_rules as (
        partition by customer_id, attribute
        order by
            score_1 desc nulls last,
            score_2 desc nulls last,
            score_3 desc nulls last,
            score_4 desc nulls last,
            record_type asc,
            record_id asc,
            stated_value asc
    )

),

survived as (

    select
        customer_id,
        attribute,
        stated_value as surviving_value,
        source,
        record_type,
        record_id,
        stated_at,
        case
            when value_count = 1 then 'only_value'
            when own_score_1 <> next_score_1 then criterion_1
            when own_score_2 <> next_score_2 then criterion_2
            when own_score_3 <> next_score_3 then criterion_3
            when own_score_4 <> next_score_4 then criterion_4
            else 'tie_break'
        end as survived_by,
        statement_count,
        value_count
    from ranked
    where place = 1

)

select * from survived
