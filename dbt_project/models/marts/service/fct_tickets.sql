-- Grain: one row per ticket.
with

timed as (

    select * from {{ ref('int_tickets__timed') }}

),

minutes as (

    select * from {{ ref('int_ticket_minutes__summed') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

described as (

    select
        timed.ticket_id,
        coalesce(by_requester.customer_id, by_organization.customer_id) as customer_id,
        {{ account_id('timed.organization_id') }} as account_id,
        {{ agent_id('timed.assignee_id') }} as agent_id,
        timed.order_id,
        timed.product_id,
        timed.problem_id as problem_ticket_id,
        timed.group_name,
        timed.brand,
        timed.via_channel,
        timed.type,
        timed.priority,
        timed.status,
        timed.subject,
        timed.tags,
        timed.satisfaction_score,
        timed.reply_count,
        timed.times_reopened as reopened_count,
        minutes.schedule_key,
        minutes.first_reply_calendar_minutes,
        minutes.first_reply_business_minutes,
        minutes.first_resolution_calendar_minutes,
        minutes.first_resolution_business_minutes,
        minutes.full_resolution_calendar_minutes,
        minutes.full_resolution_business_minutes,
        minutes.agent_wait_calendar_minutes,
        minutes.agent_wait_business_minutes,
        minutes.requester_wait_calendar_minutes,
        minutes.requester_wait_business_minutes,
        minutes.on_hold_calendar_minutes,
        minutes.on_hold_business_minutes,
        minutes.is_schedule_missing,
        timed.is_solved,
        timed.created_at,
        timed.due_at,
        timed.first_replied_at,
        timed.first_solved_at,
        timed.last_solved_at as solved_at,
        timed.source,
        timed.known_at

    from timed

    inner join minutes
        on timed.ticket_id = minutes.ticket_id

    left join identifiers as by_requester
        on timed.requester_ref = by_requester.identifier

    left join identifiers as by_organization
        on 'account:' || timed.organization_id = by_organization.identifier

    {{ join_account('timed.organization_id') }}
    {{ join_agent('timed.assignee_id') }}

)

select * from described
