-- Grain: one row per customer and channel that they can be reached on.
-- touches that the average of a channel weighs as much as
{% set prior_touches = 10 %}
-- a habit is told by this many messages or calls of the customer
{% set least_inbound = 3 %}

with

reachable as (

    select * from {{ ref('int_channels__reachable') }}

),

replies as (

    select
        customer_id,
        channel,
        count(*) as touch_count,
        count(*) filter (where is_replied) as reply_count
    from {{ ref('int_replies__paired') }}
    group by
        customer_id,
        channel

),

hours as (

    select * from {{ ref('int_contact_hours__counted') }}

),

channel_averages as (

    select
        channel,
        sum(touch_count) as touch_count,
        sum(reply_count) / sum(touch_count) as reply_share
    from replies
    group by channel

),

measured as (

    select
        reachable.customer_id,
        reachable.channel,
        coalesce(replies.touch_count, 0) as evidence_n,
        coalesce(replies.reply_count, 0) as reply_count,
        channel_averages.reply_share as channel_reply_share,
        (coalesce(replies.reply_count, 0) + {{ prior_touches }} * channel_averages.reply_share)
        / (coalesce(replies.touch_count, 0) + {{ prior_touches }}) as p_reply,
        coalesce(hours.inbound_count, 0) as inbound_count,
        case when hours.inbound_count >= {{ least_inbound }} then hours.best_weekday end
            as best_weekday,
        case when hours.inbound_count >= {{ least_inbound }} then hours.best_hour end
            as best_hour,
        reachable.is_opted_out,
        reachable.is_sales_allowed,
        reachable.is_service_allowed,
        reachable.is_marketing_allowed,
        case
            when channel_averages.reply_share is null then 'no_evidence'
            when coalesce(replies.touch_count, 0) = 0 then 'channel_average'
            else 'observed'
        end as method,
        hours.last_inbound_at

    from reachable

    left join replies
        on
            reachable.customer_id = replies.customer_id
            and reachable.channel = replies.channel

    left join hours
        on
            reachable.customer_id = hours.customer_id
            and reachable.channel = hours.channel

    left join channel_averages
        on reachable.channel = channel_averages.channel

),

ranked as (

    select
        customer_id,
        channel,
        case
            when not is_opted_out
                then
                    row_number() over (
                        partition by customer_id, is_opted_out
                        order by
                            p_reply desc nulls last,
                            inbound_count desc,
                            channel asc
                    )
        end as preference_rank,
        evidence_n,
        reply_count,
        reply_count / nullif(evidence_n, 0) as reply_share,
        channel_reply_share,
        p_reply,
        method,
        cast(inbound_count as bigint) as inbound_count,
        best_weekday,
        best_hour,
        is_opted_out,
        is_sales_allowed,
        is_service_allowed,
        is_marketing_allowed,
        last_inbound_at

    from measured

)

select * from ranked
