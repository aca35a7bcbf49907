-- Grain: one row per opportunity or order and template that fits its stage or status.
{% set source_fields = [
    'company_name', 'account_name', 'contact_name', 'contact_email', 'street', 'postal_code',
    'city', 'document_name', 'document_date', 'close_date', 'currency', 'subtotal', 'tax', 'total',
    'lines', 'owner_name',
] %}

with

documents as (

    select * from {{ ref('int_documents__described') }}

),

templates as (

    select * from {{ ref('document_templates') }}

),

filled as (

    select
        templates.template_id,
        templates.document_type,
        documents.entity_type,
        documents.entity_id,
        documents.customer_id,
        templates.field_order,
        templates.merge_field,
        templates.is_required,
        case templates.source_field
            {% for field in source_fields -%}
                when '{{ field }}' then nullif(documents.{{ field }}, '')
            {% endfor %}
        end as field_value,
        documents.document_at

    from documents

    inner join templates
        on
            documents.entity_type = templates.entity_type
            and regexp_matches(documents.status_key, templates.status_pattern)
            and documents.document_at > {{ as_of() }} - to_days(templates.max_age_days)

    where documents.document_at <= {{ as_of() }}

),

gathered as (

    select
        {{ surrogate_key(['template_id', 'entity_id']) }} as document_id,
        template_id,
        document_type,
        entity_type,
        entity_id,
        customer_id,
        cast(
            to_json(
                map_from_entries(list(row(merge_field, field_value) order by field_order))
            ) as varchar
        ) as merge_fields,
        coalesce(
            list(merge_field order by field_order) filter (
                where is_required and field_value is null
            ), []
        ) as missing_fields,
        count(*) as field_count,
        count(field_value) as filled_field_count,
        document_at
    from filled
    group by
        template_id,
        document_type,
        entity_type,
        entity_id,
        customer_id,
        document_at

),

described as (

    select
        document_id,
        template_id,
        document_type,
        entity_type,
        entity_id,
        customer_id,
        merge_fields,
        missing_fields,
        field_count,
        filled_field_count,
        len(missing_fields) = 0 as is_complete,
        document_at

    from gathered

)

select * from described
