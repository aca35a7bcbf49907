-- Grain: one row per web session whose visitor is a customer, and what tells so.
with

sessions as (

    select * from {{ ref('int_web_sessions__summed') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

browsers as (

    select distinct anonymous_id from {{ ref('int_browser_owners__spans') }}

),

browser_owners as (

    select * from {{ ref('int_browser_owners__spans') }}

),

recognised as (

    select
        sessions.session_id,
        -- who logs in is known better than the browser; a browser on which nobody ever did is
        -- whose the identity map says
        coalesce(
            by_user.customer_id,
            by_email.customer_id,
            browser_owners.customer_id,
            case when browsers.anonymous_id is null then by_device.customer_id end
        ) as customer_id,
        case
            when by_user.customer_id is not null then 'login'
            when by_email.customer_id is not null then 'email'
            when browser_owners.customer_id is not null then 'browser'
            when browsers.anonymous_id is null and by_device.customer_id is not null
                then 'identity_map'
        end as recognised_by

    from sessions

    left join identifiers as by_user
        on sessions.user_ref = by_user.identifier

    left join identifiers as by_email
        on 'email:' || sessions.email = by_email.identifier

    left join identifiers as by_device
        on sessions.anonymous_ref = by_device.identifier

    left join browsers
        on sessions.anonymous_ref = browsers.anonymous_id

    left join browser_owners
        on
            sessions.anonymous_ref = browser_owners.anonymous_id
            and sessions.started_at > browser_owners.owned_after
            -- `or` would make this a comparison of every session with every owner
            and sessions.started_at
            < coalesce(browser_owners.owned_before, timestamp '9999-12-31')

)

select * from recognised
where customer_id is not null
