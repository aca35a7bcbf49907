{# A name without case, blanks and punctuation, so that "Closed Won" finds `closedwon`. #}
{% macro letters_and_digits(name) -%}
    regexp_replace(lower({{ name }}), '[^a-z0-9]', '', 'g')
{%- endmacro %}
