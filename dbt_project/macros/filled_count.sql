{# How many of some columns a row states. #}
{% macro filled_count(relation, columns) -%}
    {%- set stated = [] -%}
    {%- for column in columns -%}
        {%- do stated.append("cast(" ~ relation ~ "." ~ column ~ " is not null as integer)") -%}
    {%- endfor -%}
    cast({{ stated | join(" + ") }} as bigint)
{%- endmacro %}
