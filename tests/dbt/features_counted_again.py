"""Features of customers counted a second time from the raw rows, for every moment of the grid."""

from __future__ import annotations

COUNTED_BY_HAND = """
with grid as (
    select timestamp '2026-01-01' - step * interval 30 day as as_of from range(25) as g (step)
),
map as (select identifier, customer_id from identity.identifier_map),
{% versions %}
rated as (
    select *, case currency when 'EUR' then 1 else (
            select r.rate from raw.fx_rate as r
            where r.rate_date <= cast(o.placed_at as date)
            order by r.rate_date desc limit 1
        ) end as rate
    from known_order as o
),
orders as (
    select
        as_of, record_key,
        coalesce(p.customer_id, a.customer_id) as customer_id, placed_at,
        coalesce(cast((subtotal - discount) * rate as decimal(18, 4)), (
            select sum(cast(
                cast(l.quantity * l.unit_price as decimal(18, 4)) * o.rate as decimal(18, 4)
            ))
            from known_order_line as l
            where l.as_of = o.as_of and l.order_ref = o.record_key
        )) as revenue
    from rated as o
    left join map as p on o.customer_ref = p.identifier
    left join map as a on 'account:' || o.account_ref = a.identifier
    where placed_at <= as_of
        and not (status = 'cancelled' and coalesce(cancelled_at, recorded_at) <= as_of)
),
ordered as (
    select
        customer_id, as_of, count(*) as orders_total,
        count(*) filter (where placed_at > as_of - interval 365 day) as orders_365d,
        count(*) filter (where placed_at > as_of - interval 90 day) as orders_90d,
        sum(cast(revenue as decimal(18, 4))) filter (where placed_at > as_of - interval 365 day)
            as revenue
    from orders group by all
),
ticketed as (
    select
        customer_id, as_of, count(*) filter (where created_at > as_of - interval 90 day) as recent,
        count(*) filter (where not (
            status in ('solved', 'closed') and coalesce(solved_at, recorded_at) <= as_of
        )) as open
    from known_ticket inner join map on requester_ref = identifier
    where created_at <= as_of
    group by all
),
interacted as (
    select
        customer_id, i.as_of,
        count(*) filter (where started_at > i.as_of - interval 90 day) as recent,
        count(*) filter (where started_at > i.as_of - interval 30 day and direction = 'inbound')
            as inbound
    from known_interaction as i
    left join known_ticket as t on t.as_of = i.as_of and t.record_key = i.ticket_ref
    inner join map on coalesce(i.customer_ref, t.requester_ref) = identifier
    where started_at <= i.as_of and direction <> 'internal' and interaction_type = 'message'
        and not coalesce(is_automated, false)
    group by all
),
clicked as (
    select customer_id, as_of, count(*) as clicks
    from known_email_event inner join map on recipient_ref = identifier
    where event_type = 'click' and event_at <= as_of and event_at > as_of - interval 90 day
    group by all
),
first_known as (
    select * from raw.web_event
    qualify row_number() over (partition by record_key order by known_at, position) = 1
),
opened as (
    select
        customer_id, as_of, event_at,
        event_at - lag(event_at) over (
            partition by anonymous_id, as_of order by event_at, record_key
        ) as gap
    from first_known cross join grid inner join map on anonymous_id = identifier
    where known_at <= as_of and event_at <= as_of
),
visited as (
    select
        customer_id, as_of,
        count(*) filter (where event_at > as_of - interval 30 day) as recent_30,
        count(*) filter (where event_at > as_of - interval 90 day) as recent_90
    from opened where gap is null or gap > interval 30 minute
    group by all
)
select
    customer_id, as_of, orders_total, orders_365d, orders_90d, coalesce(ticketed.recent, 0),
    coalesce(ticketed.open, 0), coalesce(interacted.recent, 0), coalesce(interacted.inbound, 0),
    coalesce(visited.recent_30, 0), coalesce(visited.recent_90, 0), coalesce(clicks, 0),
    cast(coalesce(revenue, 0) as decimal(18, 4))
from ordered
left join ticketed using (customer_id, as_of)
left join interacted using (customer_id, as_of)
left join clicked using (customer_id, as_of)
left join visited using (customer_id, as_of)
where orders_365d > 0
order by all
""".replace(
    "{% versions %}",
    "".join(
        f"""
        known_{entity} as (
            select * from (
                select * from raw."{entity}" cross join grid
                where known_at <= as_of
                qualify row_number() over (
                    partition by record_key, as_of order by recorded_at desc, position desc
                ) = 1
            ) where not is_deleted
        ),
        """
        for entity in ("order", "order_line", "ticket", "interaction", "email_event")
    ),
)
