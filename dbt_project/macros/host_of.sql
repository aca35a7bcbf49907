{# Host of a web address in lower case, without www, user and password; null if it is none. #}
{% macro host_of(address) -%}
    nullif(regexp_extract(lower({{ address }}), '^[a-z]+://([^/?#]*@)?(www\.)?([^/:?#]+)', 3), '')
{%- endmacro %}
