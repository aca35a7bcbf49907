{# A model's schema is exactly what its folder says; dbt's own macro would put `main_` before it. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
