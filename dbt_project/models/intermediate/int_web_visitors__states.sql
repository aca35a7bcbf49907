-- Grain: one row per visitor of the web; the state tells whether any of its events changed.
with

web_events as (

    select
        *,
        {{ web_visitor_key('web_event_id') }} as visitor_key
    from {{ ref('stg_web_events') }}

),

-- a sum, because it does not depend on the order of rows
summed as (

    select
        visitor_key,
        count(*) as event_count,
        sum(hash(web_events)) as facts
    from web_events
    group by visitor_key

)

select
    visitor_key,
    hash(visitor_key, event_count, facts) as visitor_state
from summed
