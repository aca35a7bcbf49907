-- Grain: one row per opportunity, field and statement of a version or of the history about it.
{%- set fields = [
    ('stage', 'stage_name'), ('amount', 'amount'), ('close_date', 'close_date'),
    ('owner', 'owner_id'), ('forecast_category', 'forecast_category'),
] %}

with

versions as (

    select * from {{ ref('int_opportunity_versions__stated') }}

),

opportunities as (

    select
        opportunity_id,
        pipeline,
        newest_currency as currency,
        owner_namespace,
        started_at
    from versions
    where is_newest

),

history as (

    select
        opportunity_id,
        opportunity_history_id,
        field,
        old_value,
        new_value,
        changed_at,
        known_at
    from {{ ref('stg_opportunity_history') }}
    where field in ('stage', 'amount', 'close_date', 'owner', 'forecast_category')

),

last_changes as (

    select
        opportunity_id,
        field,
        max(changed_at) as last_changed_at
    from history
    group by opportunity_id, field

),

version_values as (

    {% for field, column in fields -%}
        select
            opportunity_id,
            '{{ field }}' as field,
            cast({{ column }} as varchar) as field_value,
            -- an amount or owner held before the first record of it; a stage or day of closing
            -- that came with the closing did not, and a category moves with its stage
            {% if field in ('amount', 'owner') -%}
                cast({{ column }} as varchar)
            {%- elif field == 'forecast_category' -%}
                cast(null as varchar)
            {%- else -%}
                case when not is_closed then cast({{ column }} as varchar) end
            {%- endif %} as value_before,
            currency,
            values_at as stated_at,
            known_at
        from versions
        where tells_values
        {% if not loop.last %}
            union all
        {% endif %}
    {%- endfor %}

),

-- the history of a field beats versions, but for those younger than all of it
stated as (

    select
        version_values.opportunity_id,
        version_values.field,
        version_values.field_value,
        version_values.value_before,
        version_values.currency,
        version_values.stated_at,
        version_values.known_at,
        '' as tie_break,
        'version' as evidence
    from version_values
    left join last_changes
        on
            version_values.opportunity_id = last_changes.opportunity_id
            and version_values.field = last_changes.field
    where
        last_changes.last_changed_at is null
        or version_values.stated_at > last_changes.last_changed_at

    union all

    select
        history.opportunity_id,
        history.field,
        history.new_value as field_value,
        coalesce(
            history.old_value,
            case
                when history.field <> 'stage' or not coalesce(stages.is_closed, false)
                    then history.new_value
            end
        ) as value_before,
        opportunities.currency,
        history.changed_at as stated_at,
        history.known_at,
        history.opportunity_history_id as tie_break,
        'history' as evidence
    from history
    inner join opportunities
        on history.opportunity_id = opportunities.opportunity_id
    left join {{ ref('int_stages__defined') }} as stages
        on
            opportunities.pipeline = stages.pipeline
            and history.new_value = stages.stage_name

)

select * from stated
