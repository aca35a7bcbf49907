-- Grain: one row per version of an opened or clicked e-mail, with the time in which it was the
-- known one: until a later version, or the event that stands in its place, is known.
{{ config(materialized='view') }}

with

email_events as (

    select * from {{ source('raw', 'email_event') }}

),

superseded as (

    select *
    from {{ ref('int_versions__superseded') }}
    where entity = 'email_event'

),

obsolete as (

    {{ obsolete_email_events(source('raw', 'email_event')) }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

known as (

    select
        identifiers.customer_id,
        case when email_events.event_type = 'open' then 'email_open' else 'email_click' end
            as activity,
        email_events.campaign_ref is not null as is_campaign_touch,
        cast(null as decimal(18, 4)) as amount,
        email_events.event_at as occurred_at,
        email_events.known_at as known_from,
        -- least is of those that are not null
        least(superseded.known_to, obsolete.known_to) as known_to

    from email_events

    inner join identifiers
        on email_events.recipient_ref = identifiers.identifier

    left join superseded
        on
            email_events.record_key = superseded.record_key
            and email_events.file = superseded.file
            and email_events.position = superseded.position
            and email_events.record_hash = superseded.record_hash
            and email_events.known_at = superseded.known_at

    left join obsolete
        on email_events.record_key = obsolete.record_key

    where
        email_events.event_type in ('open', 'click')
        and email_events.is_deleted = false
        and coalesce(email_events.is_filtered, false) = false
        and email_events.merged_into_ref is null

)

select * from known
