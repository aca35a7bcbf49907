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
records as (

    select
        'contact:' || record_key as identifier,
        cast(null as varchar) as converted_contact_ref,
        cast(null as timestamp) as converted_at,
        has_opted_out_of_email,
        do_not_call,
        known_at,
        recorded_at,
        file,
        position,
        record_hash
    from contacts
    where not is_deleted and merged_into_ref is null

    union all

    select
        'lead:' || record_key as identifier,
        converted_contact_ref,
        converted_at,
        has_opted_out_of_email,
        do_not_call,
        known_at,
        recorded_at,
        file,
        position,
        record_hash
    from leads
    where not is_deleted and merged_into_ref is null

),

said as (

    {% for channel, flag in [('email', 'has_opted_out_of_email'), ('phone', 'do_not_call')] -%}
        select
            *,
            '{{ channel }}' as channel,
            {{ flag }} as is_refused
        from records
        {% if not loop.last -%}
            union all
        {%- endif %}
    {% endfor %}

),

-- a version that says nothing, as of an export without the column, leaves the last word
versions as (

    select
        identifier,
        channel,
        converted_contact_ref,
        converted_at,
        last_value(is_refused ignore nulls) over so_far as is_refused,
        known_at as valid_from,
        min(known_at) over afterwards as valid_to
    from said
    window
        so_far as (
            partition by identifier, channel
            order by recorded_at nulls first, file, position, record_hash
            rows between unbounded preceding and current row
        ),
        afterwards as (
            partition by identifier, channel
            order by recorded_at nulls first, file, position, record_hash
            rows between 1 following and unbounded following
        )

),

heard as (

    select distinct
        identifier,
        channel
    from said
    where is_refused is not null

),

-- what a lead said holds until it is a contact that tells, whose own flag counts from then on
ended as (

    select
        versions.identifier,
        versions.channel,
        versions.valid_from,
        least(
            versions.valid_to,
            case when heard.identifier is not null then versions.converted_at end
        ) as valid_to
    from versions
    left join heard
        on
            'contact:' || versions.converted_contact_ref = heard.identifier
            and versions.channel = heard.channel
    where versions.is_refused

),

described as (

    select
        identifiers.customer_id,
        ended.channel,
        ended.valid_from,
        ended.valid_to
    from ended
    inner join identifiers
        on ended.identifier = identifiers.identifier
    where coalesce(ended.valid_to > ended.valid_from, true)

)

select * from described
