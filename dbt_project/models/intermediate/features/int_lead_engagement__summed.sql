-- Grain: one row per lead and as_of of int_leads__open whose person did anything by then.
with

leads as (

    select
        lead_id,
        customer_id,
        step,
        as_of
    from {{ ref('int_leads__open') }}

),

activity as (

    select * from {{ ref('int_customer_activity__bucketed') }}

),

summed as (

    select
        leads.lead_id,
        leads.as_of,

        sum(activity.activity_count) filter (where activity.activity = 'web_session')
            as web_sessions_total,
        sum(activity.activity_count) filter (
            where activity.activity = 'web_session' and leads.step > activity.occurred_step - 1
        ) as web_sessions_30d,
        sum(activity.activity_count) filter (where activity.activity = 'pricing_page_view')
            as pricing_page_views_total,
        sum(activity.activity_count) filter (where activity.activity = 'email_inbound')
            as emails_inbound_total,
        sum(activity.activity_count) filter (where activity.activity = 'email_outbound')
            as emails_outbound_total,
        sum(activity.activity_count) filter (where activity.activity = 'email_open')
            as email_opens_total,
        sum(activity.activity_count) filter (where activity.activity = 'email_click')
            as email_clicks_total,
        sum(activity.activity_count) filter (
            where activity.activity in ('call_inbound_answered', 'call_outbound_answered')
        ) as calls_answered_total,
        sum(activity.activity_count) filter (where activity.activity = 'campaign_touch')
            as campaign_touches_total,
        max(activity.last_at) filter (
            where activity.activity in (
                'email_inbound', 'message_inbound', 'call_inbound_answered',
                'call_inbound_missed', 'call_outbound_answered', 'web_session',
                'pricing_page_view', 'email_open', 'email_click'
            )
        ) as last_activity_at

    from leads

    inner join activity
        on
            leads.customer_id = activity.customer_id
            and leads.step <= activity.from_step
            and leads.step > activity.until_step

    group by
        leads.lead_id,
        leads.as_of

)

select * from summed
