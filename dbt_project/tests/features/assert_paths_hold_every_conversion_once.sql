-- Conversions and their value over the paths equal those of the books, and touches are counted.
with

paths as (

    select
        path_id,
        is_converted,
        max(conversion_value) as conversion_value,
        max(touch_count) as touch_count,
        max(touch_index) as last_index,
        count(*) as row_count
    from {{ ref('campaign_paths') }}
    group by
        path_id,
        is_converted

),

converted_paths as (

    select * from paths
    where is_converted

),

broken_conversions as (

    select
        coalesce(conversions.conversion_id, converted_paths.path_id) as broken,
        converted_paths.conversion_value as paths_value,
        conversions.conversion_value as expected_value
    from {{ ref('int_conversions__unioned') }} as conversions
    full join converted_paths
        on conversions.conversion_id = converted_paths.path_id
    where
        converted_paths.conversion_value is distinct from conversions.conversion_value

)

select * from broken_conversions

union all

select
    path_id as broken,
    row_count as paths_value,
    touch_count as expected_value
from paths
where
    row_count <> greatest(touch_count, 1)
    or last_index <> touch_count
