-- Grain: one campaign; its current version.
with

current_versions as (

    {{ current_versions(source('raw', 'campaign')) }}

),

renamed as (

    select
        record_key as campaign_id,
        name,
        type,
        channel,
        status,
        start_date,
        end_date,
        parent_ref as parent_id,
        budgeted_cost,
        actual_cost,
        expected_revenue,
        currency,
        utm_campaign,
        utm_source,
        utm_medium,
        created_at,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, occurred_at) as known_at

    from current_versions

)

select * from renamed
