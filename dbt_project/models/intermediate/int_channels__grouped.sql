-- Grain: one row per distinct combination of tags and referring host that a session has.
with

sessions as (

    select * from {{ ref('int_web_sessions__summed') }}

),

categories as (

    select * from {{ ref('web_source_categories') }}

),

rules as (

    select * from {{ ref('channel_group_rules') }}

),

-- the rules look at a few thousand combinations instead of at millions of sessions
combinations as (

    select distinct
        channel_traces_id,
        coalesce(lower(utm_source), '') as utm_source,
        coalesce(lower(utm_medium), '') as utm_medium,
        coalesce(lower(utm_campaign), '') as campaign,
        coalesce(split_part(lower(click_id), ':', 1), '') as click_id_kind,
        coalesce(referrer_host, '') as referrer_host
    from sessions

),

-- a link that names its source or medium is believed; else the site that it stands on tells
traced as (

    select
        *,
        case
            when utm_source <> '' then utm_source
            when utm_medium = '' then referrer_host
            else ''
        end as source,
        case
            when utm_medium <> '' then utm_medium
            when utm_source = '' and referrer_host <> '' then 'referral'
            else ''
        end as medium
    from combinations

),

categorised as (

    select
        traced.channel_traces_id,
        traced.source,
        traced.medium,
        traced.campaign,
        traced.click_id_kind,
        coalesce(min_by(categories.source_category, categories.priority), '')
            as source_category
    from traced
    left join categories
        on regexp_matches(traced.source, categories.source_pattern)
    group by
        traced.channel_traces_id,
        traced.source,
        traced.medium,
        traced.campaign,
        traced.click_id_kind

),

matched as (

    select
        categorised.channel_traces_id,
        rules.priority,
        rules.channel_group
    from categorised
    inner join rules
        on
            (
                rules.source_category is null
                or categorised.source_category = rules.source_category
            )
            {% for trace in ['source', 'medium', 'campaign'] -%}
                and (
                    rules.{{ trace }}_pattern is null
                    or regexp_matches(categorised.{{ trace }}, rules.{{ trace }}_pattern)
                )
            {% endfor %}
            and (
                rules.click_id_pattern is null
                or regexp_matches(categorised.click_id_kind, rules.click_id_pattern)
            )

),

grouped as (

    select
        categorised.channel_traces_id,
        categorised.source,
        categorised.medium,
        coalesce(
            min_by(matched.channel_group, matched.priority),
            case
                when
                    concat(
                        categorised.source,
                        categorised.medium,
                        categorised.campaign,
                        categorised.click_id_kind
                    ) = ''
                    then 'direct'
                else 'unassigned'
            end
        ) as channel_group
    from categorised
    left join matched
        on categorised.channel_traces_id = matched.channel_traces_id
    group by
        categorised.channel_traces_id,
        categorised.source,
        categorised.medium,
        categorised.campaign,
        categorised.click_id_kind

)

select * from grouped
