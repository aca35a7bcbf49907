-- Grain: one row per list and member, with the person the member is.
with

campaign_members as (

    select
        *,
        case
            when contact_id is not null then 'contact:' || contact_id
            when lead_id is not null then 'lead:' || lead_id
            else 'account:' || account_id
        end as member_ref
    from {{ ref('stg_campaign_members') }}
    where coalesce(contact_id, lead_id, account_id) is not null

),

consents as (

    select
        *,
        'subscription:' || coalesce(purpose, 'any') || '/' || coalesce(channel, 'any') as list_id
    from {{ ref('stg_consents') }}
    where person_ref is not null

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

erased as (

    select * from {{ ref('int_identifiers__erased') }}

),

-- the newest decision holds; whoever took it back or let it lapse has left
decided as (

    select
        list_id,
        person_ref as member_ref,
        max_by(status, (captured_at, consent_id)) as status,
        max_by(coalesce(consent_source, source), (captured_at, consent_id)) as joined_from,
        max(captured_at) as decided_at,
        min(captured_at) filter (where status = 'granted') as joined_at,
        max_by(expires_at, (captured_at, consent_id)) as expires_at
    from consents
    where captured_at <= {{ as_of() }}
    group by
        list_id,
        person_ref

),

unioned as (

    select
        campaign_id as list_id,
        member_ref,
        max_by(status, (added_at, campaign_member_id)) as member_status,
        bool_or(coalesce(has_responded, false)) as has_responded,
        min(source) as joined_from,
        min(added_at) as joined_at,
        cast(null as timestamp) as left_at
    from campaign_members
    where campaign_id is not null
    group by
        campaign_id,
        member_ref

    union all

    select
        list_id,
        member_ref,
        status as member_status,
        cast(null as boolean) as has_responded,
        joined_from,
        joined_at,
        case
            when status <> 'granted' then decided_at
            when expires_at <= {{ as_of() }} then expires_at
        end as left_at
    from decided
    where joined_at is not null

),

identified as (

    select
        unioned.list_id,
        unioned.member_ref,
        identifiers.customer_id,
        unioned.member_status,
        unioned.has_responded,
        unioned.joined_from,
        unioned.joined_at,
        unioned.left_at

    from unioned

    left join identifiers
        on unioned.member_ref = identifiers.identifier

    -- a member that is an address is shown as one
    left join erased
        on unioned.member_ref = erased.identifier

    where erased.identifier is null

)

select * from identified
