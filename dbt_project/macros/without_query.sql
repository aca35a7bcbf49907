{#
    A web address or path without user and password, query and fragment: what people typed into
    forms stands there, and what lets somebody in. What campaigns write there has columns of its own.
#}
{% macro without_query(address) -%}
    {%- set plain = "regexp_replace(" ~ address ~ ", '(?s)[?#].*$', '')" -%}
    case
        -- hardly an address has any, and there are millions
        when
            contains({{ address }}, '?') or contains({{ address }}, '#')
            or contains({{ address }}, '@')
            then nullif(regexp_replace({{ plain }}, '^([A-Za-z0-9+.-]+:)?//[^/]*@', '\1//'), '')
        else {{ address }}
    end
{%- endmacro %}
