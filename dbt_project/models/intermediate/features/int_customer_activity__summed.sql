-- Grain: one row per customer and as_of with anything that counts at it.
{% set inbound -%}
    'email_inbound', 'message_inbound', 'call_inbound_answered', 'call_inbound_missed'
{%- endset %}
{% set outbound -%}
    'email_outbound', 'message_outbound', 'call_outbound_answered', 'call_outbound_missed'
{%- endset %}

with

as_ofs as (

    select * from {{ ref('int_as_ofs__spaced') }}

),

activity as (

    select * from {{ ref('int_customer_activity__bucketed') }}

),

-- nothing is asked of customers without an order
buyers as (

    select distinct customer_id
    from activity
    where activity = 'order'

),

windowed as (

    -- orders and open tickets count for as long as they are known, amounts and answers for a
    -- year, interactions and visits for 90 days
    select
        activity.*,
        case
            when activity.activity in ('order', 'ticket_open') then activity.until_step
            when
                activity.activity like 'order_%'
                or activity.activity in ('ticket', 'return_document', 'csat_good', 'csat_bad')
                then greatest(activity.until_step, activity.year_step)
            else greatest(activity.until_step, activity.occurred_step - 3)
        end as last_step

    from activity

    inner join buyers
        on activity.customer_id = buyers.customer_id

    -- what only leads are asked about
    where activity.activity not in ('email_open', 'campaign_touch', 'pricing_page_view')

),

unnested as (

    -- a join on the range would sort both sides: six times the work
    select
        customer_id,
        activity,
        occurred_step,
        year_step,
        activity_count,
        amount,
        first_at,
        last_at,
        cast(unnest(range(last_step + 1, from_step + 1)) as integer) as step
    from windowed

),

spread as (

    select
        *,
        step > occurred_step - 1 as is_in_30d,
        step > occurred_step - 3 as is_in_90d,
        step > year_step as is_in_365d
    from unnested

),

summed as (

    select
        customer_id,
        step,

        sum(activity_count) filter (where activity = 'order') as orders_total,
        sum(activity_count) filter (where activity = 'order' and is_in_365d) as orders_365d,
        sum(activity_count) filter (where activity = 'order' and is_in_90d) as orders_90d,
        sum(activity_count) filter (where activity = 'order_return' and is_in_365d)
            as returns_365d,
        sum(activity_count) filter (where activity = 'return_document' and is_in_365d)
            as return_documents_365d,
        sum(amount) filter (where activity = 'order_revenue' and is_in_365d) as revenue_365d,
        sum(amount) filter (where activity = 'order_revenue' and is_in_90d) as revenue_90d,
        sum(amount) filter (where activity = 'order_discount' and is_in_365d) as discount_365d,
        sum(amount) filter (where activity = 'order_subtotal' and is_in_365d) as subtotal_365d,
        sum(activity_count) filter (where activity = 'ticket' and is_in_365d) as tickets_365d,
        sum(activity_count) filter (where activity = 'ticket' and is_in_90d) as tickets_90d,
        sum(activity_count) filter (where activity = 'ticket_open') as tickets_open,
        sum(activity_count) filter (where activity in ('csat_good', 'csat_bad') and is_in_365d)
            as csat_365d,
        sum(amount) filter (where activity in ('csat_good', 'csat_bad') and is_in_365d)
            as csat_sum_365d,
        sum(activity_count) filter (where activity = 'csat_bad' and is_in_90d) as csat_bad_90d,
        sum(activity_count) filter (where activity in ({{ inbound }}, {{ outbound }}) and is_in_90d)
            as interactions_90d,
        sum(activity_count) filter (where activity in ({{ inbound }}) and is_in_30d)
            as inbound_30d,
        sum(activity_count) filter (where activity = 'web_session' and is_in_30d)
            as web_sessions_30d,
        sum(activity_count) filter (where activity = 'web_session' and is_in_90d)
            as web_sessions_90d,
        sum(activity_count) filter (where activity = 'email_click' and is_in_90d)
            as email_clicks_90d,
        min(first_at) filter (where activity = 'order') as first_order_at,
        max(last_at) filter (where activity = 'order') as last_order_at

    from spread

    group by
        customer_id,
        step

),

dated as (

    select
        summed.*,
        as_ofs.as_of

    from summed

    inner join as_ofs
        on summed.step = as_ofs.step

)

select * from dated
