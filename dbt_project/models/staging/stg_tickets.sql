-- Grain: one ticket; its current version.
{{ config(materialized='table') }}

with

current_versions as (

    {{ current_versions(source('raw', 'ticket')) }}

),

renamed as (

    select
        record_key as ticket_id,
        requester_ref,
        submitter_ref,
        assignee_ref as assignee_id,
        group_name,
        organization_ref as organization_id,
        brand,
        via_channel,
        type,
        priority,
        status,
        subject,
        tags,
        created_at,
        due_at,
        solved_at,
        problem_ref as problem_id,
        satisfaction_score,
        order_ref as order_id,
        product_ref as product_id,
        reopened_count,
        first_replied_at as stated_first_replied_at,
        source,
        occurred_at,
        recorded_at,
        coalesce(recorded_at, occurred_at) as known_at

    from current_versions

)

select * from renamed
