-- Grain: one row per ticket that was deleted, and not because it became part of another.
-- Staging keeps no deleted records.
{{ config(materialized='view') }}

with

last_versions as (

    select
        record_key,
        is_deleted,
        merged_into_ref
    from {{ source('raw', 'ticket') }}
    qualify {{ is_last_version() }}

)

select record_key as ticket_id
from last_versions
where is_deleted and merged_into_ref is null
