{# A key made of several columns: the same values give the same key, on every engine. #}
{% macro surrogate_key(columns) -%}
    md5(concat_ws('|', {% for column in columns -%}
        coalesce(cast({{ column }} as varchar), '~'){{ ', ' if not loop.last }}
    {%- endfor %}))
{%- endmacro %}
