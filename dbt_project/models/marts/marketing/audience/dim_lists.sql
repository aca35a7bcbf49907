-- Grain: one row per list: a marketing list, the audience of a campaign, or a subscription.
with

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

members as (

    select * from {{ ref('bridge_list_member') }}

),

counted as (

    select
        list_id,
        count(*) as member_count,
        count(*) filter (where is_active) as active_member_count,
        count(distinct customer_id) filter (where is_active) as customer_count,
        count(*) filter (where is_active and email_consent = 'granted') as mailable_count,
        min(joined_at) as first_joined_at,
        max(joined_at) as last_joined_at
    from members
    group by list_id

),

-- a campaign that nobody is a member of is no list; a marketing list is one even when empty
named as (

    select
        campaigns.campaign_id as list_id,
        campaigns.name,
        case when campaigns.type = 'list' then 'list' else 'campaign' end as list_type,
        case when campaigns.type <> 'list' then campaigns.channel end as channel,
        campaigns.source,
        campaigns.created_at
    from campaigns
    left join counted
        on campaigns.campaign_id = counted.list_id
    where campaigns.type = 'list' or counted.list_id is not null

    union all

    select
        list_id,
        -- a purpose may have slashes of its own, as newsletter/weekly has
        regexp_replace(
            substr(list_id, length('subscription:') + 1), '/([^/]*)$', ' by \1'
        ) as name,
        'subscription' as list_type,
        nullif(split_part(list_id, '/', -1), 'any') as channel,
        'consent' as source,
        cast(null as timestamp) as created_at
    from counted
    where starts_with(list_id, 'subscription:')

    union all

    -- members of a campaign that no source describes
    select
        counted.list_id,
        cast(null as varchar) as name,
        'campaign' as list_type,
        cast(null as varchar) as channel,
        cast(null as varchar) as source,
        cast(null as timestamp) as created_at
    from counted
    left join campaigns
        on counted.list_id = campaigns.campaign_id
    where campaigns.campaign_id is null and not starts_with(counted.list_id, 'subscription:')

),

described as (

    select
        named.list_id,
        named.name,
        named.list_type,
        named.channel,
        coalesce(counted.member_count, 0) as member_count,
        coalesce(counted.active_member_count, 0) as active_member_count,
        coalesce(counted.customer_count, 0) as customer_count,
        coalesce(counted.mailable_count, 0) as mailable_count,
        named.created_at,
        counted.first_joined_at,
        counted.last_joined_at,
        named.source

    from named

    left join counted
        on named.list_id = counted.list_id

)

select * from described
