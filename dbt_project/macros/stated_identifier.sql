{#
    A row of raw.identifier as identity.identifier_map names it: a source states a value with its
    type before it or without.
#}
{% macro stated_identifier(relation) -%}
    case
        when starts_with({{ relation }}.id_value, {{ relation }}.id_type || ':')
            then {{ relation }}.id_value
        else {{ relation }}.id_type || ':' || {{ relation }}.id_value
    end
{%- endmacro %}
