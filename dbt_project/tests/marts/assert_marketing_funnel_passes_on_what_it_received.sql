-- Over all months, who left a stage for the next is who entered the next: the funnel only narrows.
with

stages as (

    select
        source,
        campaign_id,
        stage_order,
        sum(entered_count) as entered_count,
        sum(converted_count) as converted_count
    from {{ ref('marketing_funnel') }}
    group by
        source,
        campaign_id,
        stage_order

)

select
    stages.source,
    stages.campaign_id,
    stages.stage_order,
    stages.converted_count,
    next_stages.entered_count as next_entered_count

from stages

left join stages as next_stages
    on
        stages.source = next_stages.source
        and stages.campaign_id is not distinct from next_stages.campaign_id
        and stages.stage_order + 1 = next_stages.stage_order

where
    stages.stage_order < 6
    and stages.converted_count <> coalesce(next_stages.entered_count, 0)
