-- Grain: one web event by which an experiment says which variant it showed.
with

current_versions as (

    {{ current_versions_of_events(source('raw', 'web_event')) }}

),

renamed as (

    select
        record_key as web_event_id,
        anonymous_id,
        user_id,
        email,
        coalesce(
            json_extract_string(attributes, '$.properties.experiment_id'),
            json_extract_string(attributes, '$.properties.experiment_name')
        ) as experiment_id,
        coalesce(
            json_extract_string(attributes, '$.properties.experiment_name'),
            json_extract_string(attributes, '$.properties.experiment_id')
        ) as experiment_name,
        coalesce(
            json_extract_string(attributes, '$.properties.variation_id'),
            json_extract_string(attributes, '$.properties.variation_name')
        ) as variant_id,
        coalesce(
            json_extract_string(attributes, '$.properties.variation_name'),
            json_extract_string(attributes, '$.properties.variation_id')
        ) as variant_name,
        event_at as exposed_at,
        coalesce(is_bot, false) as is_bot,
        source,
        coalesce(recorded_at, occurred_at) as known_at

    from current_versions

    where
        regexp_matches(lower(event_name), '{{ var("experiment_events") }}')
        and json_valid(attributes)

)

select * from renamed
