-- Grain: one row per contact record, channel and time in which its flag told us to keep away.
with

contacts as (

    select * from {{ source('raw', 'contact') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

-- a record that was deleted or merged away said no all the same: its last word stands
versions as (

    select
        record_key,
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

),

unioned as (

    select
        record_key,
        'email' as channel,
        valid_from,
        valid_to
    from versions
    where has_opted_out_of_email

    union all

    select
        record_key,
        'phone' as channel,
        valid_from,
        valid_to
    from versions
    where do_not_call

),

described as (

    select
        identifiers.customer_id,
        unioned.channel,
        unioned.valid_from,
        unioned.valid_to
    from unioned
    inner join identifiers
        on 'contact:' || unioned.record_key = identifiers.identifier

)

select * from described
