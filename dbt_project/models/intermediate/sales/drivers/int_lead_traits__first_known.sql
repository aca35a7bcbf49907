-- Grain: one row per lead whose fate is known, as it was when it was first known, with what was
-- done about it early on.
-- Rating and status are left out: they are what people made of the lead afterwards.
{%- set window = 'interval ' ~ var('conversion_window_days') ~ ' day' %}
with

first_versions as (

    select *
    from {{ source('raw', 'lead') }}
    where not is_deleted and merged_into_ref is null
    qualify row_number() over (
        partition by record_key
        order by recorded_at asc nulls last, file asc, position asc, record_hash asc
    ) = 1

),

leads as (

    select * from {{ ref('dim_leads') }}

),

free_mail_domains as (

    select * from {{ ref('free_mail_domains') }}

),

-- a lead younger than the window may still convert; one that converted nobody knows when is in
-- neither group
decided as (

    select
        lead_id as record_id,
        customer_id,
        created_at,
        converted_at,
        coalesce(converted_at <= created_at + {{ window }}, false) as is_converted
    from leads
    where
        created_at is not null
        and created_at + {{ window }} <= {{ as_of() }}
        and (converted_at is not null or not is_converted)

),

-- only what happened early, and before the conversion that it may have led to
early_activities as (

    select
        decided.record_id,
        bool_or(interactions.channel = 'phone') as has_call,
        bool_or(interactions.channel = 'email' and interactions.direction = 'outbound')
            as has_email,
        bool_or(interactions.channel = 'email' and interactions.direction = 'inbound')
            as has_email_reply,
        bool_or(interactions.channel = 'web') as has_web_visit
    from decided
    inner join {{ ref('fct_interactions') }} as interactions
        on
            decided.customer_id = interactions.customer_id
            and decided.created_at <= interactions.started_at
            and decided.created_at
            > interactions.started_at - interval '{{ var("early_activity_days") }}' day
            and coalesce(decided.converted_at > interactions.started_at, true)
    where
        interactions.direction <> 'internal'
        and interactions.interaction_type <> 'opt_out'
        and not interactions.is_automated
        and not interactions.is_bot
    group by decided.record_id

),

described as (

    select
        decided.record_id,
        decided.is_converted,
        coalesce(first_versions.recorded_at > decided.converted_at, false) as is_known_late,
        first_versions.lead_source,
        first_versions.industry,
        first_versions.country_code as country,
        nullif({{ title_level('first_versions.title') }}, 'unknown') as title_level,
        {{ company_size('first_versions.number_of_employees') }} as company_size,
        case
            when first_versions.email is null then 'none'
            when free_mail_domains.domain is not null then 'free mail'
            else 'own domain'
        end as email_domain,
        case when first_versions.phone is null then 'no' else 'yes' end as has_phone,
        case when first_versions.campaign_ref is null then 'no' else 'yes' end as has_campaign,
        -- of a lead that is no customer of the identity map nothing is known
        {% for activity in ['call', 'email', 'email_reply', 'web_visit'] -%}
            case
                when early_activities.has_{{ activity }} then 'yes'
                when decided.customer_id is not null then 'no'
            end as early_{{ activity }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}

    from decided

    inner join first_versions
        on decided.record_id = first_versions.record_key

    left join early_activities
        on decided.record_id = early_activities.record_id

    left join free_mail_domains
        on split_part(lower(first_versions.email), '@', 2) = free_mail_domains.domain

)

select * from described
