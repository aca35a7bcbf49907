-- Grain: one row per opportunity and moment that tells whether it is there or deleted.
with

versions as (

    select * from {{ ref('int_opportunity_versions__stated') }}

),

opportunities as (

    select
        opportunity_id,
        started_at
    from versions
    where is_newest

),

presence as (

    select
        opportunity_id,
        'is_deleted' as field,
        cast(is_deleted as varchar) as field_value,
        greatest(stated_at, started_at) as valid_from,
        known_at,
        'version' as evidence,
        newest_index
    from versions
    -- what a version that was there says is said by the creation, unless it was gone before
    qualify
        is_deleted
        or lag(is_deleted) over (
            partition by opportunity_id
            order by newest_index desc
        )

    union all

    select
        opportunity_id,
        'is_deleted' as field,
        'false' as field_value,
        started_at as valid_from,
        started_at as known_at,
        'carried_back' as evidence,
        null as newest_index
    from opportunities

),

-- a deletion in the very moment of creation beats the creation
presence_by_moment as (

    select * exclude (newest_index)
    from presence
    qualify row_number() over (
        partition by opportunity_id, valid_from
        order by newest_index nulls last
    ) = 1

)

select * from presence_by_moment
