-- Grain: one row per customer; the newest scores are joined on the right.
with

customers as (

    select * from {{ ref('dim_customers') }}

),

interactions as (

    select * from {{ ref('int_customer_interactions__summed') }}

),

dealings as (

    select * from {{ ref('int_customer_dealings__summed') }}

),

preferred_channels as (

    select
        customer_id,
        channel
    from {{ ref('channel_preference') }}
    where preference_rank = 1

),

next_actions as (

    select
        customer_id,

        min_by(reason_code, (priority, due_at, action_id)) as next_action_reason,
        min_by(due_at, (priority, due_at, action_id)) as next_action_due_at

    from {{ ref('next_actions') }}

    group by customer_id

),

lead_scores as (

    select * from {{ ref('int_lead_scores__best') }}

),

churn_risk as (

    {{ newest_scores('churn_risk') }}

),

segments as (

    {{ newest_scores('customer_segments') }}

),

joined as (

    select
        customers.customer_id,
        customers.account_id,
        customers.owner_id,
        customers.name,
        customers.email,
        customers.phone,
        customers.customer_type,
        customers.is_deleted,
        customers.country_code,
        customers.lifecycle_stage,
        interactions.last_interaction_channel,
        preferred_channels.channel as preferred_channel,
        interactions.last_note_subject,
        next_actions.next_action_reason,
        lead_scores.lead_grade,
        churn_risk.grade as churn_grade,
        segments.segment_name,
        {% for channel in ['email', 'chat', 'phone', 'web', 'sms', 'social', 'in_person'] -%}
            coalesce(interactions.{{ channel }}_interactions_90d, 0)
                as {{ channel }}_interactions_90d,
        {% endfor -%}
        coalesce(interactions.interactions_90d, 0) as interactions_90d,
        dealings.order_count,
        dealings.returned_order_count,
        dealings.revenue_base,
        dealings.open_opportunity_count,
        dealings.won_opportunity_count,
        dealings.lost_opportunity_count,
        dealings.open_amount_base,
        dealings.won_amount_base,
        dealings.open_invoice_amount_base,
        dealings.overdue_amount_base,
        dealings.ticket_count,
        dealings.open_ticket_count,
        dealings.csat_answer_count,
        dealings.csat_mean,
        lead_scores.lead_score,
        lead_scores.lead_probability,
        churn_risk.probability as churn_probability,
        customers.first_seen_at,
        customers.last_seen_at,
        interactions.last_interaction_at,
        interactions.next_interaction_at,
        next_actions.next_action_due_at,
        interactions.last_note_at,
        dealings.first_order_at,
        dealings.last_order_at

    from customers

    left join interactions
        on customers.customer_id = interactions.customer_id

    left join dealings
        on customers.customer_id = dealings.customer_id

    left join preferred_channels
        on customers.customer_id = preferred_channels.customer_id

    left join next_actions
        on customers.customer_id = next_actions.customer_id

    left join lead_scores
        on customers.customer_id = lead_scores.customer_id

    left join churn_risk
        on customers.customer_id = churn_risk.customer_id

    left join segments
        on customers.customer_id = segments.customer_id

)

select * from joined
