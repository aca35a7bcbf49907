-- Grain: one row per customer whose contacts, leads and accounts are all deleted at their source.
-- Staging keeps no deleted records; what was merged away lives on in the record it became part of.
with

identifiers as (

    select * from {{ ref('int_identifiers__current') }}

),

last_versions as (

    {% for entity in ['contact', 'lead', 'account'] -%}
        select
            '{{ entity }}:' || record_key as identifier,
            is_deleted,
            merged_into_ref,
            coalesce(recorded_at, occurred_at) as deleted_at
        from {{ source('raw', entity) }}
        qualify {{ is_last_version() }}
        {% if not loop.last -%}
            union all
        {% endif %}
    {%- endfor %}

),

of_customers as (

    select
        identifiers.customer_id,
        max(last_versions.deleted_at) as deleted_at
    from last_versions
    inner join identifiers
        on last_versions.identifier = identifiers.identifier
    where last_versions.merged_into_ref is null
    group by identifiers.customer_id
    having bool_and(last_versions.is_deleted)

)

select * from of_customers
