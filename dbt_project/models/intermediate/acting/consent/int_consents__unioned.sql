-- Grain: one row per decision of a customer about one purpose and one channel.
{% set channels = ['email', 'phone', 'sms', 'chat', 'social', 'post'] %}

with

consents as (

    select * from {{ ref('stg_consents') }}

),

email_events as (

    select * from {{ ref('stg_email_events') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

purposes as (

    select * from {{ ref('contact_purposes') }}

),

stated_purposes as (

    select * from {{ ref('consent_purposes') }}

),

channels as (

    select unnest({{ channels }}) as channel

),

decisions as (

    select
        consent_id as decision_id,
        person_ref,
        lower(purpose) as purpose,
        lower(channel) as channel,
        status = 'granted' as is_granted,
        captured_at as decided_at,
        greatest(captured_at, known_at) as known_from,
        expires_at
    from consents

    union all by name

    -- who leaves one list says no to what is sent by it; who joins one says yes to nothing else
    select
        consents.consent_id as decision_id,
        consents.person_ref,
        coalesce(by_id.purpose, by_name.purpose) as purpose,
        coalesce(lower(consents.channel), by_id.channel, by_name.channel) as channel,
        false as is_granted,
        consents.captured_at as decided_at,
        greatest(consents.captured_at, consents.known_at) as known_from
    from consents
    left join stated_purposes as by_id
        on lower(consents.purpose) = by_id.stated_purpose
    left join stated_purposes as by_name
        on 'subscription_type:' || lower(consents.subscription_name) = by_name.stated_purpose
    where
        consents.status <> 'granted'
        and coalesce(by_id.purpose, by_name.purpose) is not null

    union all by name

    -- the link in the e-mail and the button of the mailbox are decisions too
    select
        email_events.email_event_id as decision_id,
        email_events.recipient_ref as person_ref,
        'marketing' as purpose,
        'email' as channel,
        false as is_granted,
        email_events.event_at as decided_at,
        greatest(email_events.event_at, email_events.known_at) as known_from
    from email_events
    -- HubSpot tells a change of subscription once, and it is an e-mail event and a consent; others
    -- may number the two alike
    left join consents
        on
            email_events.email_event_id = consents.consent_id
            and email_events.recipient_ref = consents.person_ref
            and email_events.event_at = consents.captured_at
    where
        email_events.event_type in ('unsubscribe', 'spam_report')
        and consents.consent_id is null

),

stated_addresses as (

    {% for record, model, columns in [
        ('contact', 'stg_contacts', [('email', 'email'), ('phone', 'phone'), ('phone', 'mobile')]),
        ('lead', 'stg_leads', [('email', 'email'), ('phone', 'phone')]),
    ] -%}
        {% set outer = loop -%}
        {% for kind, column in columns -%}
            select
                '{{ record }}:' || {{ record }}_id as record_identifier,
                '{{ kind }}:' || {{ column }} as address
            from {{ ref(model) }}
            where {{ column }} is not null
            {% if not (outer.last and loop.last) -%}
                union all
            {% endif %}
        {%- endfor %}
    {%- endfor %}

),

-- an address that several people state is none of theirs (a household's, a front desk's): who says
-- no there says it for all whom a message there would reach, and yes for nobody else
by_customer as (

    select
        decisions.*,
        identifiers.customer_id
    from decisions
    inner join identifiers
        on decisions.person_ref = identifiers.identifier

    union

    select
        decisions.*,
        identifiers.customer_id
    from decisions
    inner join stated_addresses
        on decisions.person_ref = stated_addresses.address
    inner join identifiers
        on stated_addresses.record_identifier = identifiers.identifier
    where not decisions.is_granted

),

expanded as (

    select
        decisions.decision_id,
        decisions.customer_id,
        purposes.purpose,
        channels.channel,
        decisions.is_granted,
        decisions.decided_at,
        decisions.known_from,
        decisions.expires_at

    from by_customer as decisions

    inner join purposes
        on decisions.purpose = purposes.purpose

    -- a decision that names no channel is about all of them
    inner join channels
        on coalesce(decisions.channel, channels.channel) = channels.channel

)

select * from expanded
