-- Grain: one row per version of a record that a later version has replaced.
-- A version is the known truth from its known_at until a later one becomes known. Records with
-- a single version, nearly all events, have no row here: nothing of their size is sorted.
{% set entities = [
    'campaign_touch', 'email_event', 'interaction', 'lead', 'order', 'order_line',
    'survey_response', 'ticket', 'web_event',
] %}

with

{% for entity in entities -%}
    {{ entity }}_keys as (

        select record_key
        from {{ source('raw', entity) }}
        group by record_key
        having count(*) > 1

    ),

    {{ entity }}_versions as (

        select
            '{{ entity }}' as entity,
            versions.record_key,
            versions.record_hash,
            versions.file,
            versions.position,
            versions.known_at,

            min(versions.known_at) over (
                partition by versions.record_key
                order by
                    versions.recorded_at nulls first,
                    versions.file,
                    versions.position,
                    versions.record_hash
                rows between 1 following and unbounded following
            ) as known_to

        from {{ source('raw', entity) }} as versions

        inner join {{ entity }}_keys
            on versions.record_key = {{ entity }}_keys.record_key

    ),

{% endfor -%}

superseded as (

    {% for entity in entities -%}
        select
            entity,
            record_key,
            record_hash,
            file,
            position,
            known_at,
            known_to
        from {{ entity }}_versions
        where known_to is not null
        {% if not loop.last -%}
            union all
        {%- endif %}
    {% endfor %}

)

select * from superseded
