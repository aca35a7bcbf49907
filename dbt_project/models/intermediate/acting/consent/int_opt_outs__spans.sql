-- Grain: one row per contact or lead record, channel and time in which its flag says to keep away.
with

contacts as (

    select * from {{ source('raw', 'contact') }}

),

leads as (

    select * from {{ source('raw', 'lead') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

-- a record that was deleted or merged away said no all the same: its last word stands
versions as (

    select
        'contact:' || record_key as identifier,
        coalesce(has_opted_out_of_email, false) as has_opted_out_of_email,
        coalesce(do_not_call, false) as do_not_call,
        known_at as valid_from,
        min(known_at) over (
            partition by record_key
            order by recorded_at nulls first, file, position, record_hash
            rows between 1 following and unbounded following
        ) as valid_to
    from contacts
    where not is_deleted and merged_into_ref is null

    union all

    -- what a lead said holds until it is a contact, whose own flag tells from then on
    select
        'lead:' || record_key as identifier,
        coalesce(has_opted_out_of_email, false) as has_opted_out_of_email,
        coalesce(do_not_call, false) as do_not_call,
        known_at as valid_from,
        least(
            min(known_at) over (
                partition by record_key
                order by recorded_at nulls first, file, position, record_hash
                rows between 1 following and unbounded following
            ),
            case
                when
                    leads.converted_contact_ref in (
                        select contacts.record_key from contacts
                    )
                    then leads.converted_at
            end
        ) as valid_to
    from leads
    where not is_deleted and merged_into_ref is null

),

unioned as (

    select
        identifier,
        'email' as channel,
        valid_from,
        valid_to
    from versions
    where has_opted_out_of_email and coalesce(valid_to > valid_from, true)

    union all

    select
        identifier,
        'phone' as channel,
        valid_from,
        valid_to
    from versions
    where do_not_call and coalesce(valid_to > valid_from, true)

),

described as (

    select
        identifiers.customer_id,
        unioned.channel,
        unioned.valid_from,
        unioned.valid_to
    from unioned
    inner join identifiers
        on unioned.identifier = identifiers.identifier

)

select * from described
