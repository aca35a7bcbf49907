-- Over all campaigns and days, every e-mail event of a campaign is counted under its name, but
-- for opens and clicks that the sender's tool leaves out, too.
{% set counts = {
    'sent': 'sent_count', 'delivered': 'delivered_count', 'bounce': 'bounced_count',
    'open': 'open_count', 'click': 'click_count', 'reply': 'reply_count',
    'unsubscribe': 'unsubscribe_count',
} %}

with

performance as (

    {% for event_type, count in counts.items() -%}
        select
            '{{ event_type }}' as event_type,
            coalesce(sum({{ count }}), 0) as event_count
        from {{ ref('campaign_performance') }}
        {% if not loop.last -%}
            union all
        {%- endif %}
    {% endfor %}

),

events as (

    select
        event_type,
        count(*) as event_count
    from {{ ref('stg_email_events') }}
    where campaign_id is not null and not is_filtered
    group by event_type

)

select
    performance.event_type,
    performance.event_count as counted,
    coalesce(events.event_count, 0) as stored

from performance

left join events
    on performance.event_type = events.event_type

where performance.event_count <> coalesce(events.event_count, 0)
