-- Grain: one row per customer; the newest scores are joined on the right.
with

customers as (

    select * from {{ ref('dim_customers') }}

),

interactions as (

    select
        customer_id,

        max(started_at) filter (where started_at <= {{ as_of() }}) as last_interaction_at,
        max_by(channel, (started_at, interaction_id)) filter (where started_at <= {{ as_of() }})
            as last_interaction_channel,
        min(started_at) filter (where started_at > {{ as_of() }}) as next_interaction_at,
        {% for channel in ['email', 'chat', 'phone', 'web', 'sms', 'social', 'in_person'] -%}
            count(*) filter (where channel = '{{ channel }}' and is_in_90d)
                as {{ channel }}_interactions_90d,
        {% endfor -%}
        count(*) filter (where is_in_90d) as interactions_90d

    from (
        select
            *,
            started_at <= {{ as_of() }}
            and started_at > {{ as_of() }} - interval '90' day as is_in_90d
        from {{ ref('fct_interactions') }}
        where customer_id is not null and not is_bot
    ) as with_window

    group by customer_id

),

notes as (

    select
        customer_id,

        max(started_at) as last_note_at,
        max_by(subject, (started_at, interaction_id)) as last_note_subject

    from {{ ref('fct_interactions') }}

    where
        customer_id is not null
        and interaction_type = 'note'
        and started_at <= {{ as_of() }}

    group by customer_id

),

receivables as (

    select
        customer_id,

        sum(open_amount_base) as open_invoice_amount_base,
        sum(open_amount_base) filter (where is_overdue) as overdue_amount_base

    from {{ ref('receivables') }}

    group by customer_id

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

orders as (

    select
        customer_id,

        count(*) as order_count,
        count(*) filter (where is_returned) as returned_order_count,
        sum(revenue_base) as revenue_base,
        min(placed_at) as first_order_at,
        max(placed_at) as last_order_at

    from {{ ref('fct_orders') }}

    where not is_cancelled

    group by customer_id

),

opportunities as (

    select
        customer_id,

        count(*) filter (where not is_closed) as open_opportunity_count,
        count(*) filter (where is_won) as won_opportunity_count,
        count(*) filter (where is_closed and not is_won) as lost_opportunity_count,
        sum(amount_base) filter (where not is_closed) as open_amount_base,
        sum(amount_base) filter (where is_won) as won_amount_base

    from {{ ref('fct_opportunities') }}

    group by customer_id

),

tickets as (

    select
        customer_id,

        count(*) as ticket_count,
        count(*) filter (where not is_solved) as open_ticket_count

    from {{ ref('fct_tickets') }}

    group by customer_id

),

surveys as (

    select
        customer_id,

        count(*) as csat_answer_count,
        avg(cast(normalized_score as decimal(18, 6))) as csat_mean

    from {{ ref('fct_survey_responses') }}

    where survey_type = 'CSAT' and normalized_score is not null

    group by customer_id

),

lead_scores as (

    -- of several leads of one person the most promising
    select
        leads.customer_id,

        max(scores.score) as lead_score,
        max(scores.probability) as lead_probability,
        min(scores.grade) as lead_grade

    from ({{ newest_scores('lead_scores') }}) as scores

    inner join {{ ref('dim_leads') }} as leads
        on scores.lead_id = leads.lead_id

    group by leads.customer_id

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
        customers.country_code,
        customers.lifecycle_stage,
        interactions.last_interaction_channel,
        preferred_channels.channel as preferred_channel,
        notes.last_note_subject,
        next_actions.next_action_reason,
        lead_scores.lead_grade,
        churn_risk.grade as churn_grade,
        segments.segment_name,
        {% for channel in ['email', 'chat', 'phone', 'web', 'sms', 'social', 'in_person'] -%}
            coalesce(interactions.{{ channel }}_interactions_90d, 0)
                as {{ channel }}_interactions_90d,
        {% endfor -%}
        coalesce(interactions.interactions_90d, 0) as interactions_90d,
        coalesce(orders.order_count, 0) as order_count,
        coalesce(orders.returned_order_count, 0) as returned_order_count,
        cast(coalesce(orders.revenue_base, 0) as decimal(18, 4)) as revenue_base,
        coalesce(opportunities.open_opportunity_count, 0) as open_opportunity_count,
        coalesce(opportunities.won_opportunity_count, 0) as won_opportunity_count,
        coalesce(opportunities.lost_opportunity_count, 0) as lost_opportunity_count,
        cast(coalesce(opportunities.open_amount_base, 0) as decimal(18, 4)) as open_amount_base,
        cast(coalesce(opportunities.won_amount_base, 0) as decimal(18, 4)) as won_amount_base,
        cast(coalesce(receivables.open_invoice_amount_base, 0) as decimal(18, 4))
            as open_invoice_amount_base,
        cast(coalesce(receivables.overdue_amount_base, 0) as decimal(18, 4))
            as overdue_amount_base,
        coalesce(tickets.ticket_count, 0) as ticket_count,
        coalesce(tickets.open_ticket_count, 0) as open_ticket_count,
        coalesce(surveys.csat_answer_count, 0) as csat_answer_count,
        surveys.csat_mean,
        lead_scores.lead_score,
        lead_scores.lead_probability,
        churn_risk.probability as churn_probability,
        customers.first_seen_at,
        customers.last_seen_at,
        interactions.last_interaction_at,
        interactions.next_interaction_at,
        next_actions.next_action_due_at,
        notes.last_note_at,
        orders.first_order_at,
        orders.last_order_at

    from customers

    left join interactions
        on customers.customer_id = interactions.customer_id

    left join notes
        on customers.customer_id = notes.customer_id

    left join receivables
        on customers.customer_id = receivables.customer_id

    left join preferred_channels
        on customers.customer_id = preferred_channels.customer_id

    left join next_actions
        on customers.customer_id = next_actions.customer_id

    left join orders
        on customers.customer_id = orders.customer_id

    left join opportunities
        on customers.customer_id = opportunities.customer_id

    left join tickets
        on customers.customer_id = tickets.customer_id

    left join surveys
        on customers.customer_id = surveys.customer_id

    left join lead_scores
        on customers.customer_id = lead_scores.customer_id

    left join churn_risk
        on customers.customer_id = churn_risk.customer_id

    left join segments
        on customers.customer_id = segments.customer_id

)

select * from joined
