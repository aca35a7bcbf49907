-- Grain: one row per customer with a scored lead: of several leads the most promising.
with

scores as (

    {{ newest_scores('lead_scores') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

best as (

    select
        leads.customer_id,
        max(scores.score) as lead_score,
        max(scores.probability) as lead_probability,
        min(scores.grade) as lead_grade

    from scores

    inner join leads
        on scores.lead_id = leads.lead_id

    group by leads.customer_id

)

select * from best
