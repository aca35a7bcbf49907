-- Grain: one row per form that a visitor sent: a registration, a request, a subscription.
with

events as (

    select *
    from {{ ref('stg_web_events') }}
    where event_type = 'track' and event_name is not null and not coalesce(is_bot, false)

),

rules as (

    select * from {{ ref('form_rules') }}

),

-- few names, many events: the patterns are tried once a name
names as (

    select
        names.event_name,
        min_by(rules.form_type, rules.priority) as form_type
    from (select distinct events.event_name from events) as names
    inner join rules
        on regexp_matches(lower(names.event_name), rules.event_pattern)
    group by names.event_name

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

leads as (

    select
        customer_id,
        created_at,
        min(lead_id) as lead_id
    from {{ ref('dim_leads') }}
    where customer_id is not null and created_at is not null
    group by
        customer_id,
        created_at

),

submissions as (

    select
        events.web_event_id as submission_id,
        coalesce(
            by_user.customer_id, by_email.customer_id, by_device.customer_id
        ) as customer_id,
        names.form_type,
        events.event_name,
        events.path,
        events.utm_source,
        events.utm_medium,
        events.utm_campaign,
        events.email is not null or events.user_id is not null as is_identified,
        events.event_at as submitted_at,
        events.source,
        events.known_at

    from events

    inner join names
        on events.event_name = names.event_name

    left join identifiers as by_user
        on events.user_id = by_user.identifier

    left join identifiers as by_email
        on 'email:' || events.email = by_email.identifier

    left join identifiers as by_device
        on events.anonymous_id = by_device.identifier

),

-- the CRM makes its lead of the form within a day, or it is another one
described as (

    select
        submissions.submission_id,
        submissions.customer_id,
        case
            when leads.created_at <= submissions.submitted_at + interval '1' day then leads.lead_id
        end as lead_id,
        submissions.form_type,
        submissions.event_name,
        submissions.path,
        submissions.utm_source,
        submissions.utm_medium,
        submissions.utm_campaign,
        submissions.is_identified,
        submissions.submitted_at,
        submissions.source,
        submissions.known_at

    from submissions

    asof left join leads
        on
            submissions.customer_id = leads.customer_id
            and submissions.submitted_at - interval '1' hour <= leads.created_at

)

select * from described
