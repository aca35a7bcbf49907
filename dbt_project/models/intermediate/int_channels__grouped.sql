-- Grain: one row per distinct combination of tags and referring host that a session has.
with

sessions as (

    select * from {{ ref('int_web_sessions__summed') }}

),

rules as (

    select * from {{ ref('channel_group_rules') }}

),

-- the rules look at a few thousand combinations instead of at millions of sessions
combinations as (

    select distinct
        coalesce(lower(utm_source), '') as utm_source,
        coalesce(lower(utm_medium), '') as utm_medium,
        coalesce(split_part(lower(click_id), ':', 1), '') as click_id_kind,
        coalesce(referrer_host, '') as referrer_host
    from sessions

),

matched as (

    select
        combinations.utm_source,
        combinations.utm_medium,
        combinations.click_id_kind,
        combinations.referrer_host,
        rules.priority,
        rules.channel_group
    from combinations
    inner join rules
        on
            (
                rules.source_pattern is null
                or regexp_matches(combinations.utm_source, rules.source_pattern)
            )
            and (
                rules.medium_pattern is null
                or regexp_matches(combinations.utm_medium, rules.medium_pattern)
            )
            and (
                rules.click_id_pattern is null
                or regexp_matches(combinations.click_id_kind || ':', rules.click_id_pattern)
            )
            and (
                rules.referrer_pattern is null
                or regexp_matches(combinations.referrer_host, rules.referrer_pattern)
            )

),

grouped as (

    select
        combinations.utm_source,
        combinations.utm_medium,
        combinations.click_id_kind,
        combinations.referrer_host,
        coalesce(min_by(matched.channel_group, matched.priority), 'direct') as channel_group
    from combinations
    left join matched
        on
            combinations.utm_source = matched.utm_source
            and combinations.utm_medium = matched.utm_medium
            and combinations.click_id_kind = matched.click_id_kind
            and combinations.referrer_host = matched.referrer_host
    group by
        combinations.utm_source,
        combinations.utm_medium,
        combinations.click_id_kind,
        combinations.referrer_host

)

select * from grouped
