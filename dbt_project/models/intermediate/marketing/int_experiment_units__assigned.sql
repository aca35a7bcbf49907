-- Grain: one row per experiment and visitor who was shown a variant.
with

exposures as (

    select * from {{ ref('stg_experiment_exposures') }}
    where
        experiment_id is not null
        and variant_id is not null
        and not is_bot
        and exposed_at <= {{ as_of() }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

identified as (

    select
        exposures.*,
        -- who logs in is one visitor on all devices
        coalesce(
            by_user.customer_id,
            by_email.customer_id,
            by_device.customer_id,
            md5(coalesce(
                exposures.anonymous_id,
                exposures.user_id,
                'email:' || exposures.email,
                exposures.web_event_id
            ))
        ) as visitor_id

    from exposures

    left join identifiers as by_user
        on exposures.user_id = by_user.identifier

    left join identifiers as by_email
        on 'email:' || exposures.email = by_email.identifier

    left join identifiers as by_device
        on exposures.anonymous_id = by_device.identifier

),

assigned as (

    select
        experiment_id,
        visitor_id,
        min_by(variant_id, (exposed_at, web_event_id)) as variant_id,
        count(distinct variant_id) > 1 as is_mixed,
        count(*) as exposure_count,
        min(exposed_at) as exposed_at
    from identified
    group by
        experiment_id,
        visitor_id

)

select * from assigned
