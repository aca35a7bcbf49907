-- Grain: one row per customer and channel: when the customer turns to us, in their local time.
with

interactions as (

    select
        customer_id,
        channel,
        direction,
        started_at
    from {{ ref('fct_interactions') }}
    where
        customer_id is not null
        and direction = 'inbound'
        and interaction_type not in (
            'note', 'task', 'bounce', 'auto_reply', 'opt_out', 'web_session'
        )
        and not is_bot
        and not is_automated
        and started_at <= {{ as_of() }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

localized as (

    select
        interactions.customer_id,
        interactions.channel,
        interactions.started_at,
        -- a zone that the engine does not know would fail the whole run
        {{ local_time(
            'interactions.started_at', "coalesce(zones.name, " ~ setting('time_zone') ~ ")"
        ) }} as local_started_at
    from interactions
    inner join customers
        on interactions.customer_id = customers.customer_id
    left join {{ known_time_zones() }} as zones
        on customers.time_zone = zones.name

),

by_hour as (

    select
        customer_id,
        channel,
        cast(extract(hour from local_started_at) as integer) as local_hour,
        count(*) as inbound_count
    from localized
    group by
        customer_id,
        channel,
        cast(extract(hour from local_started_at) as integer)

),

by_weekday as (

    select
        customer_id,
        channel,
        cast(extract(isodow from local_started_at) as integer) as local_weekday,
        count(*) as inbound_count,
        max(started_at) as last_inbound_at
    from localized
    group by
        customer_id,
        channel,
        cast(extract(isodow from local_started_at) as integer)

),

best_hours as (

    select
        customer_id,
        channel,
        max_by(local_hour, (inbound_count, -local_hour)) as best_hour
    from by_hour
    group by
        customer_id,
        channel

),

best_weekdays as (

    select
        customer_id,
        channel,
        max_by(local_weekday, (inbound_count, -local_weekday)) as best_weekday,
        sum(inbound_count) as inbound_count,
        max(last_inbound_at) as last_inbound_at
    from by_weekday
    group by
        customer_id,
        channel

),

described as (

    select
        best_weekdays.customer_id,
        best_weekdays.channel,
        best_weekdays.inbound_count,
        best_weekdays.best_weekday,
        best_hours.best_hour,
        best_weekdays.last_inbound_at
    from best_weekdays
    inner join best_hours
        on
            best_weekdays.customer_id = best_hours.customer_id
            and best_weekdays.channel = best_hours.channel

)

select * from described
