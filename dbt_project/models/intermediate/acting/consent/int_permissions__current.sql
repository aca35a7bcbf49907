-- Grain: one row per customer, purpose and channel: may we, at the as_of, and why.
{% set channels = ['email', 'phone', 'sms', 'post'] %}

with

customers as (

    select * from {{ ref('dim_customers') }}

),

purposes as (

    select * from {{ ref('contact_purposes') }}

),

channels as (

    select unnest({{ channels }}) as channel

),

consents as (

    select *
    from {{ ref('int_consents__spans') }}
    where valid_from <= {{ as_of() }} and coalesce(valid_to > {{ as_of() }}, true)

),

opt_outs as (

    select distinct
        customer_id,
        channel
    from {{ ref('int_opt_outs__spans') }}
    where valid_from <= {{ as_of() }} and coalesce(valid_to > {{ as_of() }}, true)

),

judged as (

    select
        customers.customer_id,
        purposes.purpose,
        channels.channel,
        case
            when {{ is_opted_out('opt_outs', 'purposes.purpose') }} then 'opted_out'
            when not consents.is_granted then 'denied'
            -- an open ticket or invoice is still seen to; who said yes afterwards is asked for
            when
                customers.is_deleted
                and purposes.purpose <> 'service'
                and not coalesce(consents.valid_from > customers.deleted_at, false)
                then 'deleted'
            when consents.is_granted then 'granted'
            when purposes.needs_grant then 'no_consent'
            else 'not_denied'
        end as reason

    from customers

    cross join purposes

    cross join channels

    left join consents
        on
            customers.customer_id = consents.customer_id
            and purposes.purpose = consents.purpose
            and channels.channel = consents.channel

    left join opt_outs
        on
            customers.customer_id = opt_outs.customer_id
            and channels.channel = opt_outs.channel

),

described as (

    select
        customer_id,
        purpose,
        channel,
        reason,
        reason in ('granted', 'not_denied') as is_allowed
    from judged

)

select * from described
