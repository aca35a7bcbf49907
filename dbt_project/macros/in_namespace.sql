{# An id that is no record's own, as record keys are: two sources may number theirs alike. #}
{% macro in_namespace(column) -%}
    split_part(record_key, ':', 1) || ':' || {{ column }}
{%- endmacro %}
