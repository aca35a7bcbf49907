-- Grain: one row per e-mail address or phone number that somebody answered from, or that failed.
with

email_events as (

    select * from {{ ref('stg_email_events') }}

),

interactions as (

    select * from {{ ref('stg_interactions') }}

),

contacts as (

    select * from {{ ref('stg_contacts') }}

),

signs as (

    -- a mail program opens mail unasked, so an opened mail proves nothing; nor does a link that
    -- the filter of a mailbox follows
    select
        recipient_ref as identifier,
        event_type in ('click', 'reply') as is_answer,
        event_at as happened_at
    from email_events
    where event_type in ('click', 'reply', 'bounce') and not is_filtered

    union all

    select
        from_ref as identifier,
        true as is_answer,
        occurred_at as happened_at
    from interactions
    -- anybody can type any address into a form
    where
        direction = 'inbound'
        and sub_channel is distinct from 'form'
        and (from_ref like 'email:%' or from_ref like 'phone:%')

    union all

    select
        'email:' || email as identifier,
        false as is_answer,
        email_bounced_at as happened_at
    from contacts
    where email is not null and email_bounced_at is not null

),

latest as (

    select
        identifier,
        max(happened_at) filter (where is_answer) as answered_at,
        max(happened_at) filter (where not is_answer) as failed_at
    from signs
    where identifier is not null
    group by identifier

),

judged as (

    select
        identifier,
        answered_at,
        failed_at,
        coalesce(answered_at >= failed_at, answered_at is not null) as is_verified
    from latest

)

select * from judged
