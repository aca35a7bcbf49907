-- Grain: one row per customer and day (UTC) on which we turned to them.
{% set window_days = 7 %}

with

touches as (

    select
        *,
        cast(touched_at as date) as touch_day
    from {{ ref('int_touches__unioned') }}

),

limits as (

    select
        max(max_touches_7d) filter (where contact_kind = 'personal') as max_personal_7d,
        max(max_touches_7d) filter (where contact_kind = 'campaign') as max_campaign_7d,
        max(max_agents_7d) filter (where contact_kind = 'personal') as max_agents_7d,
        max(cool_off_days) filter (where contact_kind = 'personal') as personal_cool_off_days,
        max(cool_off_days) filter (where contact_kind = 'campaign') as campaign_cool_off_days
    from {{ ref('contact_limits') }}

),

summed_by_day as (

    select
        customer_id,
        touch_day,
        count(*) filter (where contact_kind = 'personal') as personal_touches,
        count(*) filter (where contact_kind = 'campaign') as campaign_touches,
        max(touched_at) as last_touched_at,
        max_by(agent_id, (touched_at, touch_id)) filter (where agent_id is not null)
            as last_agent_id
    from touches
    group by
        customer_id,
        touch_day

),

ages as (

    select cast(unnest(range({{ window_days }})) as integer) as age_days

),

-- each touch counts on its day and the six that follow
spread as (

    select
        touches.customer_id,
        touches.touch_day + ages.age_days as day,
        touches.contact_kind,
        touches.agent_id
    from touches
    cross join ages

),

summed_7d as (

    select
        customer_id,
        day,
        count(*) as touches_7d,
        count(*) filter (where contact_kind = 'personal') as personal_touches_7d,
        count(*) filter (where contact_kind = 'campaign') as campaign_touches_7d,
        count(distinct agent_id) filter (where contact_kind = 'personal') as distinct_agents_7d
    from spread
    group by
        customer_id,
        day

),

judged as (

    select
        by_day.customer_id,
        by_day.touch_day as contact_date,
        by_day.personal_touches + by_day.campaign_touches as touches,
        summed_7d.touches_7d,
        summed_7d.personal_touches_7d,
        summed_7d.campaign_touches_7d,
        summed_7d.distinct_agents_7d,
        by_day.last_agent_id,
        coalesce(summed_7d.distinct_agents_7d > limits.max_agents_7d, false) as is_collision,
        coalesce(summed_7d.personal_touches_7d >= limits.max_personal_7d, false)
            as is_personal_limit_reached,
        coalesce(summed_7d.campaign_touches_7d >= limits.max_campaign_7d, false)
            as is_campaign_limit_reached,
        limits.personal_cool_off_days,
        limits.campaign_cool_off_days,
        by_day.last_touched_at

    from summed_by_day as by_day

    inner join summed_7d
        on
            by_day.customer_id = summed_7d.customer_id
            and by_day.touch_day = summed_7d.day

    cross join limits

),

described as (

    select
        customer_id,
        contact_date,
        touches,
        touches_7d,
        personal_touches_7d,
        campaign_touches_7d,
        distinct_agents_7d,
        last_agent_id,
        is_collision,
        is_personal_limit_reached,
        is_campaign_limit_reached,
        last_touched_at,
        greatest(
            case
                when is_collision or is_personal_limit_reached
                    then last_touched_at + to_days(personal_cool_off_days)
            end,
            case
                when is_campaign_limit_reached
                    then last_touched_at + to_days(campaign_cool_off_days)
            end
        ) as cool_off_until

    from judged

)

select * from described
