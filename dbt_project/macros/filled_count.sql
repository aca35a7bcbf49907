{# How many of some columns a row states. #}
{% macro filled_count(relation, columns) -%}
    cast(
        {% for column in columns -%}
            cast({{ relation }}.{{ column }} is not null as integer){{ " + " if not loop.last }}
        {%- endfor %} as bigint
    )
{%- endmacro %}
