{# Host of a web address in lower case, without www; null if the text is no address. #}
{% macro host_of(address) -%}
    nullif(regexp_extract(lower({{ address }}), '^[a-z]+://(www\.)?([^/:?#]+)', 2), '')
{%- endmacro %}
