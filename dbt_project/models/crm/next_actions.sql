-- Grain: one row per lead, opportunity, invoice, ticket or interaction and reason to act on it.
-- what is due later than this many days ahead is not listed yet
{% set horizon_days = 7 %}

with

actions as (

    {% for part in ['leads', 'opportunities', 'customers'] -%}
        select * from {{ ref('int_actions__' ~ part) }}
        {% if not loop.last -%}
            union all
        {%- endif %}
    {% endfor %}

),

rules as (

    select *
    from {{ ref('action_rules') }}
    where is_active

),

agents as (

    select * from {{ ref('dim_agents') }}

),

locks as (

    select * from {{ ref('contact_lock') }}

),

touches as (

    select * from {{ ref('int_last_touches__summed') }}

),

-- the best channel for each purpose; none where the customer has refused all there are
channels as (

    select
        customer_id,
        min_by(channel, preference_rank) filter (where is_sales_allowed) as sales_channel,
        min_by(channel, preference_rank) filter (where is_service_allowed) as service_channel
    from {{ ref('channel_preference') }}
    group by customer_id

),

timed as (

    select
        actions.*,
        rules.purpose,
        rules.priority,
        rules.respects_contact_lock,
        case rules.purpose
            when 'sales' then channels.sales_channel
            when 'service' then channels.service_channel
        end as channel,
        channels.customer_id is not null as is_reachable,
        actions.anchor_at + to_hours(rules.due_after_hours) as due_at

    from actions

    inner join rules
        on actions.reason_code = rules.reason_code

    left join channels
        on actions.contact_customer_id = channels.customer_id

),

permitted as (

    select *
    from timed
    where
        due_at <= {{ as_of() }} + interval '{{ horizon_days }}' day
        -- who refuses every way to be reached is not turned to
        and (purpose is null or channel is not null or not is_reachable)

),

described as (

    select
        {{ surrogate_key(['permitted.reason_code', 'permitted.entity_id', 'permitted.due_at']) }}
            as action_id,
        permitted.reason_code,
        permitted.entity_type,
        permitted.entity_id,
        permitted.customer_id,
        agents.agent_id,
        permitted.purpose,
        permitted.channel,
        permitted.next_step,
        permitted.priority,
        permitted.value_base,
        cast(date_diff('day', touches.last_touched_at, {{ as_of() }}) as bigint)
            as days_since_last_touch,
        cast(greatest(date_diff('day', permitted.due_at, {{ as_of() }}), 0) as bigint)
            as overdue_days,
        permitted.due_at < {{ as_of() }} as is_sla_breached,
        permitted.anchor_at,
        permitted.due_at,
        case when permitted.respects_contact_lock then locks.cool_off_until end as contact_after

    from permitted

    -- a colleague who has left does nothing any more
    left join agents
        on
            permitted.agent_id = agents.agent_id
            and agents.is_active

    left join locks
        on permitted.contact_customer_id = locks.customer_id

    left join touches
        on permitted.contact_customer_id = touches.customer_id

)

select * from described
