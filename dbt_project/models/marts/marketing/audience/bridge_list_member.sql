-- Grain: one row per list and member.
with

members as (

    select * from {{ ref('int_list_members__unioned') }}

),

consents as (

    select * from {{ ref('stg_consents') }}
    where
        purpose = 'marketing'
        and coalesce(channel, 'email') = 'email'
        and captured_at <= {{ as_of() }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

-- what a person decided under one address holds for the person
email_consents as (

    select
        identifiers.customer_id,
        max_by(
            case
                when consents.status = 'granted' and consents.expires_at <= {{ as_of() }}
                    then 'expired'
                else consents.status
            end,
            (consents.captured_at, consents.consent_id)
        ) as email_consent
    from consents
    inner join identifiers
        on consents.person_ref = identifiers.identifier
    group by identifiers.customer_id

),

described as (

    select
        {{ surrogate_key(['members.list_id', 'members.member_ref']) }} as list_member_id,
        members.list_id,
        members.member_ref,
        members.customer_id,
        members.member_status,
        members.has_responded,
        members.joined_from,
        email_consents.email_consent,
        members.left_at is null as is_active,
        members.joined_at,
        members.left_at

    from members

    left join email_consents
        on members.customer_id = email_consents.customer_id

)

select * from described
